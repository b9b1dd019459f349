/* SPDX-License-Identifier: MPL-2.0
 *
 * Tracks come and go: add-track, remove-track, and the same through the bin. */

#include "support.h"

/* A track of a new camera's, in no stream. */
static GstElement *
free_track_new (GstElement ** camera)
{
  GstElement *stream = camera_stream_new (camera);
  GstElement *original = nth_track (stream, 0);
  GstElement *track = clone_of (original);

  gst_object_unref (original);
  gst_object_unref (stream);
  return track;
}

GST_START_TEST (adding_a_track_twice_and_removing_it_twice_is_as_once)
{
  GstElement *camera;
  GstElement *stream = stream_new ();
  GstElement *track = free_track_new (&camera);

  for (guint i = 0; i < 2; i++) {
    g_signal_emit_by_name (stream, "add-track", track);
    fail_unless_equals_int (count_of (stream, "get-tracks"), 1);
    fail_unless_equals_int (stream->numsrcpads, 1);
    fail_unless (GST_OBJECT_PARENT (track) == GST_OBJECT_CAST (stream));
  }
  for (guint i = 0; i < 2; i++) {
    g_signal_emit_by_name (stream, "remove-track", track);
    fail_unless_equals_int (count_of (stream, "get-tracks"), 0);
    fail_unless_equals_int (stream->numsrcpads, 0);
    fail_unless (GST_OBJECT_PARENT (track) == NULL);
    fail_unless (is_live (track));
  }
  ASSERT_OBJECT_REFCOUNT (track, "track", 1);
  gst_object_unref (track);
  gst_object_unref (stream);
}

GST_END_TEST;

GST_START_TEST (a_bin_is_a_set_of_tracks)
{
  GstElement *camera;
  GstElement *stream = stream_new ();
  GstElement *track = free_track_new (&camera);

  for (guint i = 0; i < 2; i++) {
    fail_unless (gst_bin_add (GST_BIN (stream), track));
    fail_unless_equals_int (count_of (stream, "get-tracks"), 1);
    fail_unless_equals_int (GST_BIN_NUMCHILDREN (stream), 1);
    fail_unless (gst_bin_remove (GST_BIN (stream), track));
    fail_unless_equals_int (count_of (stream, "get-tracks"), 0);
    fail_unless_equals_int (GST_BIN_NUMCHILDREN (stream), 0);
  }
  fail_if (gst_bin_remove (GST_BIN (stream), track));
  gst_object_unref (track);
  gst_object_unref (stream);
}

GST_END_TEST;

GST_START_TEST (a_bin_takes_no_other_element_and_no_track_without_a_source)
{
  static const gchar *factories[] = { "fakesrc", "mediastream", "mediastreamtrack" };
  GstElement *stream = stream_new ();

  for (guint i = 0; i < G_N_ELEMENTS (factories); i++) {
    GstElement *other = gst_object_ref_sink (gst_element_factory_make (factories[i], NULL));

    must_die (other);
    fail_if (gst_bin_add (GST_BIN (stream), other), "%s", factories[i]);
    g_signal_emit_by_name (stream, "add-track", other);
    g_signal_emit_by_name (stream, "remove-track", other);
    fail_if (gst_bin_remove (GST_BIN (stream), other), "%s", factories[i]);
    fail_unless (GST_OBJECT_PARENT (other) == NULL);
    ASSERT_OBJECT_REFCOUNT (other, factories[i], 1);
    gst_object_unref (other);
  }
  fail_unless_equals_int (GST_BIN_NUMCHILDREN (stream), 0);
  fail_unless_equals_int (count_of (stream, "get-tracks"), 0);
  gst_object_unref (stream);
}

GST_END_TEST;

GST_START_TEST (a_pad_is_named_once)
{
  GstElement *camera;
  GstElement *stream = stream_new ();
  GstElement *track = free_track_new (&camera);
  GstPad *pad;

  g_signal_emit_by_name (stream, "add-track", track);
  g_signal_emit_by_name (stream, "remove-track", track);
  g_signal_emit_by_name (stream, "add-track", track);
  fail_unless (gst_element_get_static_pad (stream, "video_0") == NULL);
  pad = gst_element_get_static_pad (stream, "video_1");
  fail_unless (pad != NULL);
  gst_object_unref (pad);
  gst_object_unref (track);
  gst_object_unref (stream);
}

GST_END_TEST;

GST_START_TEST (a_track_in_two_streams_is_one_track_with_two_elements)
{
  GstElement *camera;
  GstElement *a = camera_stream_new (&camera);
  GstElement *b = stream_new ();
  GstElement *track = nth_track (a, 0);
  GstElement *shared;
  GstHarness *h, *other;
  gchar *id, *same;

  g_signal_emit_by_name (b, "add-track", track);
  g_signal_emit_by_name (b, "add-track", track);
  fail_unless_equals_int (count_of (b, "get-tracks"), 1);
  shared = nth_track (b, 0);
  fail_unless (shared != track);
  fail_unless (GST_OBJECT_PARENT (track) == GST_OBJECT_CAST (a));
  id = string_of (track, "id");
  same = string_of (shared, "id");
  fail_unless_equals_string (id, same);

  h = play (a, "video_0");
  other = play (b, "video_0");
  device_push (camera);
  expect (h, 0);
  expect (other, 0);
  g_signal_emit_by_name (shared, "stop");
  fail_if (is_live (track));
  expect_eos (h);
  expect_eos (other);
  /* The track, whichever of its elements is meant. */
  g_signal_emit_by_name (b, "remove-track", track);
  fail_unless_equals_int (count_of (b, "get-tracks"), 0);
  fail_unless_equals_int (count_of (a, "get-tracks"), 1);

  gst_harness_teardown (h);
  gst_harness_teardown (other);
  g_free (id);
  g_free (same);
  gst_object_unref (shared);
  gst_object_unref (track);
  gst_object_unref (a);
  gst_object_unref (b);
}

GST_END_TEST;

static void
link_new_pad (GstElement * stream, GstPad * pad, GstElement * sink)
{
  GstPad *target = gst_element_get_static_pad (sink, "sink");

  fail_unless_equals_int (gst_pad_link (pad, target), GST_PAD_LINK_OK);
  gst_object_unref (target);
}

static void
on_handoff (GstElement * sink, GstBuffer * buffer, GstPad * pad, GAsyncQueue * buffers)
{
  g_async_queue_push (buffers, gst_buffer_ref (buffer));
}

GST_START_TEST (a_track_added_to_a_playing_stream_plays)
{
  GstElement *camera;
  GstElement *track = free_track_new (&camera);
  GstElement *pipeline = gst_pipeline_new (NULL);
  GstElement *stream = stream_new ();
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);
  GAsyncQueue *buffers = g_async_queue_new_full ((GDestroyNotify) gst_buffer_unref);
  GstElement *own;
  GstBuffer *buffer;

  must_die (pipeline);
  g_object_set (sink, "async", FALSE, "sync", FALSE, "signal-handoffs", TRUE, NULL);
  g_signal_connect (sink, "handoff", G_CALLBACK (on_handoff), buffers);
  g_signal_connect (stream, "pad-added", G_CALLBACK (link_new_pad), sink);
  g_object_set (stream, "audio-source", microphone_new (), NULL);
  own = nth_track (stream, 0);
  g_signal_emit_by_name (stream, "remove-track", own);
  gst_object_unref (own);
  gst_bin_add_many (GST_BIN (pipeline), stream, sink, NULL);
  /* A stream that has lost its tracks is an ordinary empty one. */
  fail_if (gst_element_set_state (pipeline, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE);
  fail_unless_equals_int (gst_element_get_state (stream, NULL, NULL, GST_CLOCK_TIME_NONE),
      GST_STATE_CHANGE_SUCCESS);

  g_signal_emit_by_name (stream, "add-track", track);
  fail_unless_equals_int (GST_STATE (track), GST_STATE_PLAYING);
  device_push (camera);
  buffer = g_async_queue_timeout_pop (buffers, LONG);
  fail_unless (buffer != NULL);
  fail_unless_equals_uint64 (GST_BUFFER_OFFSET (buffer), 0);
  gst_buffer_unref (buffer);

  /* At once, or when the sink has returned. */
  g_signal_emit_by_name (stream, "remove-track", track);
  device_wait (camera, GST_STATE_NULL);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
  g_async_queue_unref (buffers);
  gst_object_unref (track);
}

GST_END_TEST;

static void
count_call (GObject * object, gpointer unused, guint * calls)
{
  (*calls)++;
}

GST_START_TEST (active_follows_the_tracks_and_notifies_when_it_changes)
{
  GstElement *camera;
  GstElement *stream = stream_new ();
  GstElement *tracks[2];
  guint calls = 0;
  gboolean active;

  tracks[0] = free_track_new (&camera);
  tracks[1] = clone_of (tracks[0]);
  g_signal_connect (stream, "notify::active", G_CALLBACK (count_call), &calls);
  g_signal_emit_by_name (stream, "add-track", tracks[0]);
  fail_unless_equals_int (calls, 1);
  g_signal_emit_by_name (stream, "add-track", tracks[1]);
  g_signal_emit_by_name (tracks[0], "stop");
  fail_unless_equals_int (calls, 1);
  g_object_get (stream, "active", &active, NULL);
  fail_unless (active);
  g_signal_emit_by_name (tracks[1], "stop");
  fail_unless_equals_int (calls, 2);
  g_object_get (stream, "active", &active, NULL);
  fail_if (active);
  gst_object_unref (tracks[0]);
  gst_object_unref (tracks[1]);
  gst_object_unref (stream);
}

GST_END_TEST;

static Suite *
mediastream_suite (void)
{
  Suite *s = suite_create ("mediastream");
  TCase *tc = tcase_create ("members");

  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, begin, end);
  tcase_add_test (tc, adding_a_track_twice_and_removing_it_twice_is_as_once);
  tcase_add_test (tc, a_bin_is_a_set_of_tracks);
  tcase_add_test (tc, a_bin_takes_no_other_element_and_no_track_without_a_source);
  tcase_add_test (tc, a_pad_is_named_once);
  tcase_add_test (tc, a_track_in_two_streams_is_one_track_with_two_elements);
  tcase_add_test (tc, a_track_added_to_a_playing_stream_plays);
  tcase_add_test (tc, active_follows_the_tracks_and_notifies_when_it_changes);
  return s;
}

GST_CHECK_MAIN (mediastream);
