/* SPDX-License-Identifier: MPL-2.0
 *
 * The life of a track: it ends by stop, or with its source, and for ever. */

#include "support.h"

static void
fail_if_called (GstElement * track, gpointer unused)
{
  fail ("%s was told of an end that the application made", GST_OBJECT_NAME (track));
}

static void
on_ended (GstElement * track, GAsyncQueue * ended)
{
  fail_if (is_live (track));
  g_async_queue_push (ended, track);
}

GST_START_TEST (stop_is_synchronous_and_silent)
{
  GstElement *camera;
  GstElement *stream = camera_stream_new (&camera);
  GstElement *track = nth_track (stream, 0);
  GstBus *bus = bus_of (stream);
  GstHarness *h = play (stream, "video_0");

  g_signal_connect (track, "ended", G_CALLBACK (fail_if_called), NULL);
  device_push (camera);
  expect (h, 0);
  for (guint i = 0; i < 2; i++) {
    g_signal_emit_by_name (track, "stop");
    fail_if (is_live (track));
  }
  expect_eos (h);
  /* With its last live track, though the element still plays. */
  device_wait (camera, GST_STATE_NULL);
  fail_unless_equals_int (GST_STATE (track), GST_STATE_PLAYING);
  gst_harness_teardown (h);
  fail_if_any_message (bus, GST_MESSAGE_ELEMENT | GST_MESSAGE_ERROR | GST_MESSAGE_WARNING);
  gst_element_set_bus (stream, NULL);
  gst_object_unref (bus);
  gst_object_unref (track);
  gst_object_unref (stream);
}

GST_END_TEST;

GST_START_TEST (eos_follows_what_the_pad_had)
{
  GstElement *camera;
  GstElement *stream = camera_stream_new (&camera);
  GstElement *track = nth_track (stream, 0);
  GAsyncQueue *ended = g_async_queue_new ();
  GstHarness *h = play (stream, "video_0");
  Trap trap;

  g_signal_connect (track, "ended", G_CALLBACK (on_ended), ended);
  trap_set (&trap, h, TRUE, GST_FLOW_OK);
  for (guint i = 0; i < 5; i++)
    device_push (camera);
  trap_wait (&trap, 1);
  device_end (camera);
  fail_unless_equals_pointer (g_async_queue_timeout_pop (ended, LONG), track);
  trap_open (&trap);
  expect_eos (h);
  fail_unless_equals_int (trap_calls (&trap), 5);
  gst_harness_teardown (h);
  g_async_queue_unref (ended);
  gst_object_unref (track);
  gst_object_unref (stream);
}

GST_END_TEST;

GST_START_TEST (stop_ends_that_track_only)
{
  GstElement *camera;
  GstElement *streams[2], *track;
  GstHarness *h[2];
  guint stopped = __i__;

  streams[0] = camera_stream_new (&camera);
  streams[1] = clone_of (streams[0]);
  for (guint i = 0; i < 2; i++)
    h[i] = play (streams[i], "video_0");
  device_push (camera);
  expect (h[0], 0);
  expect (h[1], 0);

  track = nth_track (streams[stopped], 0);
  g_signal_emit_by_name (track, "stop");
  expect_eos (h[stopped]);
  gst_object_unref (track);
  device_push (camera);
  expect (h[!stopped], 1);
  fail_unless (gst_harness_try_pull (h[stopped]) == NULL);
  track = nth_track (streams[!stopped], 0);
  fail_unless (is_live (track));
  gst_object_unref (track);

  for (guint i = 0; i < 2; i++)
    gst_harness_teardown (h[i]);
  gst_object_unref (streams[0]);
  gst_object_unref (streams[1]);
}

GST_END_TEST;

/* The message must be from this track of this stream, and carry what C programs look for. */
static void
fail_unless_ended (GstMessage * message, GstElement * stream, GstElement * track)
{
  const GstStructure *s = gst_message_get_structure (message);
  gchar *stream_id = string_of (stream, "id");
  gchar *track_id = string_of (track, "id");
  gchar *kind;

  fail_unless (gst_structure_has_name (s, "mediastream-track-ended"), "%" GST_PTR_FORMAT, message);
  fail_unless (GST_MESSAGE_SRC (message) == GST_OBJECT_CAST (track));
  fail_unless_equals_string (gst_structure_get_string (s, "stream-id"), stream_id);
  fail_unless_equals_string (gst_structure_get_string (s, "track-id"), track_id);
  kind = gst_value_serialize (gst_structure_get_value (s, "kind"));
  fail_unless_equals_string (kind, "video");
  g_free (kind);
  g_free (stream_id);
  g_free (track_id);
}

GST_START_TEST (the_end_of_the_source_ends_every_clone_and_tells_of_it)
{
  GstElement *camera;
  GstElement *streams[2], *tracks[2];
  GAsyncQueue *ended[2];
  GstBus *buses[2];
  GstHarness *h[2];

  streams[0] = camera_stream_new (&camera);
  streams[1] = clone_of (streams[0]);
  for (guint i = 0; i < 2; i++) {
    tracks[i] = nth_track (streams[i], 0);
    ended[i] = g_async_queue_new ();
    g_signal_connect (tracks[i], "ended", G_CALLBACK (on_ended), ended[i]);
    buses[i] = bus_of (streams[i]);
    h[i] = play (streams[i], "video_0");
  }
  device_push (camera);
  device_end (camera);
  for (guint i = 0; i < 2; i++) {
    GstMessage *message = next_message (buses[i], GST_MESSAGE_ELEMENT | GST_MESSAGE_ERROR);

    expect (h[i], 0);
    expect_eos (h[i]);
    fail_unless_ended (message, streams[i], tracks[i]);
    gst_message_unref (message);
    fail_unless_equals_pointer (g_async_queue_timeout_pop (ended[i], LONG), tracks[i]);
    fail_if (is_live (tracks[i]));
  }
  for (guint i = 0; i < 2; i++) {
    gst_harness_teardown (h[i]);
    /* Once. */
    fail_if_any_message (buses[i], GST_MESSAGE_ELEMENT);
    fail_unless_equals_int (g_async_queue_length (ended[i]), 0);
    gst_element_set_bus (streams[i], NULL);
    gst_object_unref (buses[i]);
    g_async_queue_unref (ended[i]);
    gst_object_unref (tracks[i]);
    gst_object_unref (streams[i]);
  }
}

GST_END_TEST;

static const gchar *const counting_sources[][2] = { {"videotestsrc", "video"}, {"audiotestsrc", "audio"} };

GST_START_TEST (a_source_that_stops_by_itself_ends_every_clone)
{
  const gchar *kind = counting_sources[__i__][1];
  gchar *property = g_strconcat (kind, "-source", NULL);
  gchar *pad = g_strconcat (kind, "_0", NULL);
  GstElement *source = gst_element_factory_make (counting_sources[__i__][0], NULL);
  GstElement *streams[2] = { stream_new (), NULL };
  GstHarness *h[2];

  must_die (source);
  g_object_set (source, "is-live", TRUE, "num-buffers", 3, NULL);
  g_object_set (streams[0], property, source, NULL);
  streams[1] = clone_of (streams[0]);
  for (guint i = 0; i < 2; i++) {
    h[i] = gst_harness_new_with_element (streams[i], NULL, pad);
    gst_harness_use_systemclock (h[i]);
    gst_element_set_state (streams[i], GST_STATE_READY);
  }
  for (guint i = 0; i < 2; i++)
    gst_harness_play (h[i]);
  for (guint i = 0; i < 2; i++) {
    GstElement *track = nth_track (streams[i], 0);

    expect_eos (h[i]);
    /* Who was there from the start has them all. */
    if (i == 0)
      fail_unless_equals_int (gst_harness_buffers_received (h[i]), 3);
    wait_ended (track);
    gst_object_unref (track);
    gst_harness_teardown (h[i]);
    gst_object_unref (streams[i]);
  }
  g_free (property);
  g_free (pad);
}

GST_END_TEST;

GST_START_TEST (a_clone_of_an_ended_track_is_ended)
{
  GstElement *camera;
  GstElement *stream = camera_stream_new (&camera);
  GstElement *track = nth_track (stream, 0);
  GstElement *clone, *copy, *copied;
  GstHarness *h;
  gboolean active;

  g_signal_emit_by_name (track, "stop");
  clone = clone_of (track);
  fail_if (is_live (clone));
  fail_unless_ids_differ (track, clone);
  copy = clone_of (stream);
  copied = nth_track (copy, 0);
  fail_if (is_live (copied));
  g_object_get (copy, "active", &active, NULL);
  fail_if (active);
  /* It opens nothing, and gives nothing but its end. */
  h = play (copy, "video_0");
  expect_eos (h);
  fail_unless_equals_int (device_opened (camera), 0);
  gst_harness_teardown (h);
  gst_object_unref (copied);
  gst_object_unref (copy);
  gst_object_unref (clone);
  gst_object_unref (track);
  gst_object_unref (stream);
}

GST_END_TEST;

static void
forget (GstElement * track, GstElement * stream)
{
  g_signal_emit_by_name (stream, "remove-track", track);
}

static void
stop (GstElement * track, GstElement * stream)
{
  GstElement *clone;

  g_signal_emit_by_name (track, "stop");
  clone = clone_of (track);
  fail_if (is_live (clone));
  gst_object_unref (clone);
}

static void
bring_down (GstElement * track, GstElement * stream)
{
  fail_unless_equals_int (gst_element_set_state (stream, GST_STATE_NULL), GST_STATE_CHANGE_SUCCESS);
}

static void (*const reactions[]) (GstElement *, GstElement *) = { forget, stop, bring_down };

GST_START_TEST (a_handler_of_ended_may_do_anything)
{
  GstElement *camera;
  GstElement *stream = camera_stream_new (&camera);
  GstElement *track = nth_track (stream, 0);
  GAsyncQueue *ended = g_async_queue_new ();
  GstHarness *h;

  g_signal_connect (track, "ended", G_CALLBACK (reactions[__i__]), stream);
  g_signal_connect (track, "ended", G_CALLBACK (on_ended), ended);
  h = play (stream, "video_0");
  device_push (camera);
  expect (h, 0);
  device_end (camera);
  fail_unless_equals_pointer (g_async_queue_timeout_pop (ended, LONG), track);
  gst_harness_teardown (h);
  g_async_queue_unref (ended);
  gst_object_unref (track);
  gst_object_unref (stream);
}

GST_END_TEST;

/* From the streaming thread of the track itself; only NULL is not for those, as anywhere in GStreamer. */
static GstPadProbeReturn
on_buffer (GstPad * pad, GstPadProbeInfo * info, gpointer stream)
{
  GstElement *track = nth_track (stream, 0);
  void (*react) (GstElement *, GstElement *) = g_object_get_data (G_OBJECT (pad), "reaction");

  react (track, stream);
  gst_object_unref (track);
  return GST_PAD_PROBE_REMOVE;
}

GST_START_TEST (a_consumer_may_stop_or_remove_its_own_track)
{
  GstElement *camera;
  GstElement *stream = camera_stream_new (&camera);
  GstElement *clone = clone_of (stream);
  GstHarness *h = play (stream, "video_0");
  GstHarness *other = play (clone, "video_0");

  g_object_set_data (G_OBJECT (h->sinkpad), "reaction", reactions[__i__]);
  gst_pad_add_probe (h->sinkpad, GST_PAD_PROBE_TYPE_BUFFER, on_buffer, stream, NULL);
  device_push (camera);
  expect (h, 0);
  expect (other, 0);
  device_push (camera);
  expect (other, 1);
  fail_unless_equals_int (gst_harness_buffers_received (h), 1);
  gst_harness_teardown (h);
  gst_harness_teardown (other);
  gst_object_unref (clone);
  gst_object_unref (stream);
}

GST_END_TEST;

static Suite *
mediastream_suite (void)
{
  Suite *s = suite_create ("mediastream");
  TCase *tc = tcase_create ("track");

  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, begin, end);
  tcase_add_test (tc, stop_is_synchronous_and_silent);
  tcase_add_test (tc, eos_follows_what_the_pad_had);
  tcase_add_loop_test (tc, stop_ends_that_track_only, 0, 2);
  tcase_add_test (tc, the_end_of_the_source_ends_every_clone_and_tells_of_it);
  tcase_add_loop_test (tc, a_source_that_stops_by_itself_ends_every_clone, 0, G_N_ELEMENTS (counting_sources));
  tcase_add_test (tc, a_clone_of_an_ended_track_is_ended);
  tcase_add_loop_test (tc, a_consumer_may_stop_or_remove_its_own_track, 0, 2);
  tcase_add_loop_test (tc, a_handler_of_ended_may_do_anything, 0, G_N_ELEMENTS (reactions));
  return s;
}

GST_CHECK_MAIN (mediastream);
