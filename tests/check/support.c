/* SPDX-License-Identifier: MPL-2.0 */

#include "support.h"

GstElement *
stream_new (void)
{
  GstElement *stream = gst_check_setup_element ("mediastream");

  must_die (stream);
  return stream;
}

GstElement *
camera_stream_new (GstElement ** camera)
{
  GstElement *stream = stream_new ();

  *camera = camera_new ();
  g_object_set (stream, "video-source", *camera, NULL);
  return stream;
}

GstElement *
clone_of (GstElement * original)
{
  GstElement *clone = NULL;

  g_signal_emit_by_name (original, "clone", &clone);
  fail_unless (GST_IS_ELEMENT (clone));
  must_die (clone);
  return clone;
}

GListModel *
list_of (GstElement * stream, const gchar * action)
{
  GListModel *list = NULL;

  g_signal_emit_by_name (stream, action, &list);
  fail_unless (G_IS_LIST_MODEL (list));
  return list;
}

guint
count_of (GstElement * stream, const gchar * action)
{
  GListModel *list = list_of (stream, action);
  guint count = g_list_model_get_n_items (list);

  g_object_unref (list);
  return count;
}

GstElement *
nth_track (GstElement * stream, guint index)
{
  GListModel *tracks = list_of (stream, "get-tracks");
  GstElement *track = g_list_model_get_item (tracks, index);

  fail_unless (GST_IS_ELEMENT (track), "no track %u", index);
  must_die (track);
  g_object_unref (tracks);
  return track;
}

gchar *
string_of (gpointer object, const gchar * property)
{
  gchar *string = NULL;

  g_object_get (object, property, &string, NULL);
  return string;
}

guint64
count_in_stats (GstElement * track, const gchar * field)
{
  GstStructure *stats = NULL;
  guint64 count = 0;

  g_object_get (track, "stats", &stats, NULL);
  fail_unless (gst_structure_get_uint64 (stats, field, &count));
  gst_structure_free (stats);
  return count;
}

gboolean
is_live (GstElement * track)
{
  GEnumClass *states;
  gint state;
  gboolean live;

  g_object_get (track, "ready-state", &state, NULL);
  states = g_type_class_ref (g_type_from_name ("GstMediaStreamReadyState"));
  live = state == g_enum_get_value_by_nick (states, "live")->value;
  g_type_class_unref (states);
  return live;
}

static void
on_ready_state (GstElement * track, GParamSpec * pspec, GAsyncQueue * changes)
{
  g_async_queue_push (changes, track);
}

void
wait_ended (GstElement * track)
{
  GAsyncQueue *changes = g_async_queue_new ();
  gulong handler = g_signal_connect_data (track, "notify::ready-state", G_CALLBACK (on_ready_state),
      g_async_queue_ref (changes), (GClosureNotify) g_async_queue_unref, 0);

  fail_unless (!is_live (track) || g_async_queue_timeout_pop (changes, LONG) != NULL, "still live");
  fail_if (is_live (track));
  g_signal_handler_disconnect (track, handler);
  g_async_queue_unref (changes);
}

void
fail_unless_ids_differ (GstElement * a, GstElement * b)
{
  gchar *id_a = string_of (a, "id");
  gchar *id_b = string_of (b, "id");

  fail_unless (g_strcmp0 (id_a, id_b) != 0, "both are %s", id_a);
  g_free (id_a);
  g_free (id_b);
}

GstBus *
bus_of (GstElement * element)
{
  GstBus *bus = gst_bus_new ();

  gst_element_set_bus (element, bus);
  return bus;
}

static gboolean
is_of (GstMessage * message, GstMessageType types)
{
  GstMessageType type = GST_MESSAGE_TYPE (message);

  /* Extended types are numbers, the others are bits. */
  if ((type | types) & GST_MESSAGE_EXTENDED)
    return type == types;
  return (type & types) != 0;
}

/* As gst_bus_timed_pop_filtered; but what that leaves out it drops with the bus locked, since GStreamer 1.26. A linked pad
 * that goes with its last message then waits for ever: it has to say on the bus that it is unlinked. */
static GstMessage *
pop (GstBus * bus, GstMessageType types, gint64 limit)
{
  gint64 deadline = g_get_monotonic_time () + limit;

  for (;;) {
    gint64 left = MAX (deadline - g_get_monotonic_time (), 0);
    GstMessage *message = gst_bus_timed_pop (bus, left * GST_USECOND);

    if (message == NULL || is_of (message, types))
      return message;
    gst_message_unref (message);
  }
}

GstMessage *
next_message (GstBus * bus, GstMessageType types)
{
  GstMessage *message = pop (bus, types, LONG);

  fail_unless (message != NULL, "no message in time");
  return message;
}

void
fail_if_any_message (GstBus * bus, GstMessageType types)
{
  GstMessage *message = pop (bus, types, 0);

  fail_unless (message == NULL, "%" GST_PTR_FORMAT, message);
}

GstHarness *
play (GstElement * element, const gchar * pad)
{
  GstHarness *h = gst_harness_new_with_element (element, NULL, pad);

  gst_harness_use_systemclock (h);
  gst_harness_play (h);
  return h;
}

GstBuffer *
pull (GstHarness * h, guint64 number)
{
  GstBuffer *buffer = gst_harness_pull (h);

  fail_unless (buffer != NULL, "buffer %" G_GUINT64_FORMAT " did not come", number);
  fail_unless_equals_uint64 (GST_BUFFER_OFFSET (buffer), number);
  return buffer;
}

void
expect (GstHarness * h, guint64 number)
{
  gst_buffer_unref (pull (h, number));
}

GstEvent *
pull_event (GstHarness * h, GstEventType type)
{
  for (;;) {
    GstEvent *event = gst_harness_pull_event (h);

    fail_unless (event != NULL, "no %s in time", gst_event_type_get_name (type));
    if (GST_EVENT_TYPE (event) == type)
      return event;
    fail_if (GST_EVENT_TYPE (event) == GST_EVENT_EOS, "EOS before any %s", gst_event_type_get_name (type));
    gst_event_unref (event);
  }
}

void
expect_eos (GstHarness * h)
{
  gst_event_unref (pull_event (h, GST_EVENT_EOS));
}

static GstFlowReturn
trap_chain (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  Trap *trap = pad->chaindata;
  GstFlowReturn answer;

  g_mutex_lock (&trap->lock);
  trap->calls++;
  trap->disconts += GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  g_cond_broadcast (&trap->changed);
  while (trap->shut)
    g_cond_wait (&trap->changed, &trap->lock);
  answer = trap->answer;
  g_mutex_unlock (&trap->lock);
  gst_buffer_unref (buffer);
  return answer;
}

void
trap_set (Trap * trap, GstHarness * h, gboolean shut, GstFlowReturn answer)
{
  memset (trap, 0, sizeof *trap);
  g_mutex_init (&trap->lock);
  g_cond_init (&trap->changed);
  trap->shut = shut;
  trap->answer = answer;
  gst_pad_set_chain_function_full (h->sinkpad, trap_chain, trap, NULL);
}

void
trap_wait (Trap * trap, guint calls)
{
  gint64 deadline = g_get_monotonic_time () + LONG;
  gboolean in_time = TRUE;

  g_mutex_lock (&trap->lock);
  while (trap->calls < calls && in_time)
    in_time = g_cond_wait_until (&trap->changed, &trap->lock, deadline);
  fail_unless (in_time, "%u buffers came, not %u", trap->calls, calls);
  g_mutex_unlock (&trap->lock);
}

void
trap_open (Trap * trap)
{
  g_mutex_lock (&trap->lock);
  trap->shut = FALSE;
  g_cond_broadcast (&trap->changed);
  g_mutex_unlock (&trap->lock);
}

guint
trap_calls (Trap * trap)
{
  guint calls;

  g_mutex_lock (&trap->lock);
  calls = trap->calls;
  g_mutex_unlock (&trap->lock);
  return calls;
}

/* Objects that still exist, by address, and of which type they are. */
static GHashTable *living;
static GMutex living_lock;
static GCond living_changed;

static void
on_death (gpointer data, GObject * dead)
{
  g_mutex_lock (&living_lock);
  if (living != NULL)
    g_hash_table_remove (living, dead);
  g_cond_broadcast (&living_changed);
  g_mutex_unlock (&living_lock);
}

void
must_die (gpointer object)
{
  gboolean is_new;

  g_mutex_lock (&living_lock);
  is_new = g_hash_table_insert (living, object, (gpointer) G_OBJECT_TYPE_NAME (object));
  g_mutex_unlock (&living_lock);
  if (is_new)
    g_object_weak_ref (object, on_death, NULL);
}

void
begin (void)
{
  living = g_hash_table_new (NULL, NULL);
}

void
end (void)
{
  gint64 deadline = g_get_monotonic_time () + LONG;
  gboolean in_time = TRUE;
  GHashTableIter iter;
  gpointer object, type;

  g_mutex_lock (&living_lock);
  /* A thread of the plugin may be on its way out of one. */
  while (g_hash_table_size (living) > 0 && in_time)
    in_time = g_cond_wait_until (&living_changed, &living_lock, deadline);
  g_hash_table_iter_init (&iter, living);
  if (g_hash_table_iter_next (&iter, &object, &type))
    fail ("a %s with %d references is still there", (gchar *) type, G_OBJECT (object)->ref_count);
  g_clear_pointer (&living, g_hash_table_unref);
  g_mutex_unlock (&living_lock);
}
