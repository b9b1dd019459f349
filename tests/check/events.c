/* SPDX-License-Identifier: MPL-2.0
 *
 * What goes over a track's pad besides media: who it is, and what consumers ask. */

#include "support.h"

/* STREAM_START, which must name the track and be of this type; its group. */
static guint
fail_unless_introduced (GstEvent * event, GstElement * track, GstStreamType type)
{
  gchar *id = string_of (track, "id");
  const gchar *stream_id;
  GstStream *stream = NULL;
  guint group;

  gst_event_parse_stream_start (event, &stream_id);
  fail_unless_equals_string (stream_id, id);
  fail_unless (gst_event_parse_group_id (event, &group));
  gst_event_parse_stream (event, &stream);
  fail_unless (stream != NULL);
  fail_unless_equals_string (gst_stream_get_stream_id (stream), id);
  fail_unless_equals_int (gst_stream_get_stream_type (stream), type);
  gst_object_unref (stream);
  g_free (id);
  return group;
}

static guint
group_of (GstHarness * h, GstElement * stream, guint index)
{
  GstElement *track = nth_track (stream, index);
  GstEvent *event = pull_event (h, GST_EVENT_STREAM_START);
  guint group = fail_unless_introduced (event, track, index == 0 ? GST_STREAM_TYPE_VIDEO : GST_STREAM_TYPE_AUDIO);

  gst_event_unref (event);
  gst_object_unref (track);
  return group;
}

GST_START_TEST (a_stream_start_names_the_track_and_one_group_the_stream)
{
  GstElement *devices[2];
  GstElement *streams[2];
  GstHarness *h[4];
  guint groups[4];

  streams[0] = camera_stream_new (&devices[0]);
  devices[1] = microphone_new ();
  g_object_set (streams[0], "audio-source", devices[1], NULL);
  streams[1] = clone_of (streams[0]);
  for (guint i = 0; i < 4; i++)
    h[i] = play (streams[i / 2], i % 2 == 0 ? "video_0" : "audio_0");
  for (guint i = 0; i < 2; i++)
    device_push (devices[i]);
  for (guint i = 0; i < 4; i++) {
    expect (h[i], 0);
    groups[i] = group_of (h[i], streams[i / 2], i % 2);
  }
  fail_unless_equals_int (groups[0], groups[1]);
  fail_unless_equals_int (groups[2], groups[3]);
  fail_unless (groups[0] != groups[2]);
  for (guint i = 0; i < 4; i++)
    gst_harness_teardown (h[i]);
  gst_object_unref (streams[0]);
  gst_object_unref (streams[1]);
}

GST_END_TEST;

GST_START_TEST (a_collection_has_every_track_of_the_stream_as_message_and_event)
{
  GstElement *camera;
  GstElement *stream = camera_stream_new (&camera);
  GstBus *bus = bus_of (stream);
  gchar *id = string_of (stream, "id");
  GstStreamCollection *collection = NULL;
  GstMessage *message;
  GstEvent *event;
  GstHarness *h;

  g_object_set (stream, "audio-source", microphone_new (), NULL);
  message = next_message (bus, GST_MESSAGE_STREAM_COLLECTION);
  gst_message_parse_stream_collection (message, &collection);
  fail_unless_equals_string (gst_stream_collection_get_upstream_id (collection), id);
  fail_unless_equals_int (gst_stream_collection_get_size (collection), 2);
  gst_message_unref (message);
  gst_clear_object (&collection);

  h = play (stream, "video_0");
  device_push (camera);
  expect (h, 0);
  event = pull_event (h, GST_EVENT_STREAM_COLLECTION);
  gst_event_parse_stream_collection (event, &collection);
  fail_unless_equals_string (gst_stream_collection_get_upstream_id (collection), id);
  fail_unless_equals_int (gst_stream_collection_get_size (collection), 2);
  gst_event_unref (event);
  gst_clear_object (&collection);
  gst_harness_teardown (h);
  gst_element_set_bus (stream, NULL);
  gst_object_unref (bus);
  g_free (id);
  gst_object_unref (stream);
}

GST_END_TEST;

GST_START_TEST (who_joins_late_gets_what_comes_first_first_and_no_old_buffer)
{
  static const GstEventType order[] = { GST_EVENT_STREAM_START, GST_EVENT_CAPS, GST_EVENT_SEGMENT };
  GstElement *camera;
  GstElement *stream = camera_stream_new (&camera);
  GstElement *clone = clone_of (stream);
  GstHarness *h = play (stream, "video_0");
  GstHarness *late;
  GstBuffer *buffer;
  guint found = 0;

  for (guint i = 0; i < 3; i++) {
    device_push (camera);
    expect (h, i);
  }
  late = play (clone, "video_0");
  device_push (camera);
  buffer = pull (late, 3);
  fail_unless (GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DISCONT));
  gst_buffer_unref (buffer);
  while (found < G_N_ELEMENTS (order)) {
    GstEvent *event = gst_harness_pull_event (late);

    if (GST_EVENT_TYPE (event) != GST_EVENT_STREAM_COLLECTION)
      fail_unless_equals_int (GST_EVENT_TYPE (event), order[found++]);
    gst_event_unref (event);
  }
  /* Nothing of this is seen by who was there before. */
  buffer = pull (h, 3);
  fail_if (GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DISCONT));
  gst_buffer_unref (buffer);
  gst_harness_teardown (h);
  gst_harness_teardown (late);
  gst_object_unref (clone);
  gst_object_unref (stream);
}

GST_END_TEST;

GST_START_TEST (a_track_is_live)
{
  GstElement *camera;
  GstElement *stream = camera_stream_new (&camera);
  GstHarness *h = gst_harness_new_with_element (stream, NULL, "video_0");
  GstQuery *query = gst_query_new_latency ();
  GstClockTime min, max;
  gboolean live;

  fail_unless_equals_int (gst_element_set_state (stream, GST_STATE_PAUSED), GST_STATE_CHANGE_NO_PREROLL);
  gst_harness_play (h);
  g_object_set (camera, "min-latency", 20 * GST_MSECOND, NULL);
  device_push (camera);
  expect (h, 0);
  fail_unless (gst_pad_peer_query (h->sinkpad, query));
  gst_query_parse_latency (query, &live, &min, &max);
  fail_unless (live);
  fail_unless_equals_clocktime (min, 20 * GST_MSECOND);
  fail_unless (max >= min);
  gst_query_unref (query);
  fail_unless_equals_int (gst_element_set_state (stream, GST_STATE_PAUSED), GST_STATE_CHANGE_NO_PREROLL);
  gst_harness_teardown (h);
  gst_object_unref (stream);
}

GST_END_TEST;

static GstPadProbeReturn
count_event (GstPad * pad, GstPadProbeInfo * info, gint * counts)
{
  g_atomic_int_inc (&counts[GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) >> GST_EVENT_NUM_SHIFT]);
  return GST_PAD_PROBE_OK;
}

static gint
count_of_type (gint * counts, GstEventType type)
{
  return g_atomic_int_get (&counts[type >> GST_EVENT_NUM_SHIFT]);
}

GST_START_TEST (what_a_consumer_sends_does_not_reach_the_device_but_for_navigation)
{
  gint counts[512] = { 0 };
  GstElement *camera;
  GstElement *stream = camera_stream_new (&camera);
  GstElement *clone = clone_of (stream);
  GstPad *pad = gst_element_get_static_pad (camera, "src");
  GstHarness *h = play (stream, "video_0");
  GstHarness *other;

  device_push (camera);
  expect (h, 0);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, (GstPadProbeCallback) count_event, counts, NULL);
  /* Linking sends RECONFIGURE. */
  other = play (clone, "video_0");
  gst_pad_push_event (other->sinkpad, gst_event_new_reconfigure ());
  gst_pad_push_event (other->sinkpad, gst_event_new_qos (GST_QOS_TYPE_UNDERFLOW, 2.0, 1000, 0));
  gst_pad_push_event (other->sinkpad, gst_event_new_latency (GST_SECOND));
  fail_if (gst_pad_push_event (other->sinkpad, gst_event_new_seek (1.0, GST_FORMAT_TIME,
              GST_SEEK_FLAG_FLUSH, GST_SEEK_TYPE_SET, 0, GST_SEEK_TYPE_NONE, 0)));
  gst_pad_push_event (other->sinkpad, gst_event_new_navigation (gst_structure_new_empty ("click")));
  device_push (camera);
  expect (h, 1);
  expect (other, 1);
  fail_unless_equals_int (count_of_type (counts, GST_EVENT_RECONFIGURE), 0);
  fail_unless_equals_int (count_of_type (counts, GST_EVENT_QOS), 0);
  fail_unless_equals_int (count_of_type (counts, GST_EVENT_LATENCY), 0);
  fail_unless_equals_int (count_of_type (counts, GST_EVENT_SEEK), 0);
  fail_unless_equals_int (count_of_type (counts, GST_EVENT_NAVIGATION), 1);
  gst_harness_teardown (h);
  gst_harness_teardown (other);
  gst_object_unref (pad);
  gst_object_unref (clone);
  gst_object_unref (stream);
}

GST_END_TEST;

GST_START_TEST (a_change_of_caps_reaches_each_clone_before_its_first_buffer)
{
  GstElement *camera;
  GstElement *stream = camera_stream_new (&camera);
  GstElement *clone = clone_of (stream);
  GstHarness *h[2] = { play (stream, "video_0"), play (clone, "video_0") };
  GstCaps *caps = gst_caps_from_string ("video/x-raw, format=GRAY8, width=2, height=2, framerate=10/1");

  device_push (camera);
  g_object_set (camera, "caps", caps, NULL);
  device_push (camera);
  for (guint i = 0; i < 2; i++) {
    GstCaps *now;

    expect (h[i], 0);
    expect (h[i], 1);
    now = gst_pad_get_current_caps (h[i]->sinkpad);
    gst_check_caps_equal (now, caps);
    gst_caps_unref (now);
    gst_event_unref (pull_event (h[i], GST_EVENT_CAPS));
    gst_event_unref (pull_event (h[i], GST_EVENT_CAPS));
    gst_harness_teardown (h[i]);
  }
  gst_caps_unref (caps);
  gst_object_unref (clone);
  gst_object_unref (stream);
}

GST_END_TEST;

static Suite *
mediastream_suite (void)
{
  Suite *s = suite_create ("mediastream");
  TCase *tc = tcase_create ("events");

  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, begin, end);
  tcase_add_test (tc, a_stream_start_names_the_track_and_one_group_the_stream);
  tcase_add_test (tc, a_collection_has_every_track_of_the_stream_as_message_and_event);
  tcase_add_test (tc, who_joins_late_gets_what_comes_first_first_and_no_old_buffer);
  tcase_add_test (tc, a_track_is_live);
  tcase_add_test (tc, what_a_consumer_sends_does_not_reach_the_device_but_for_navigation);
  tcase_add_test (tc, a_change_of_caps_reaches_each_clone_before_its_first_buffer);
  return s;
}

GST_CHECK_MAIN (mediastream);
