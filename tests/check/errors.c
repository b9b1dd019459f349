/* SPDX-License-Identifier: MPL-2.0
 *
 * What cannot work fails at once, and says on the bus why. */

#include "support.h"

/* A pipeline with this stream and a sink. */
static GstElement *
pipeline_new (GstElement * stream)
{
  GstElement *pipeline = gst_pipeline_new (NULL);

  must_die (pipeline);
  gst_bin_add (GST_BIN (pipeline), stream);
  return pipeline;
}

/* Going to this state must fail, and one error must say so, with this text in it. */
static void
fail_to_reach (GstElement * pipeline, GstState state, const gchar * text)
{
  GstBus *bus = gst_element_get_bus (pipeline);
  GstMessage *message;
  GError *error;
  gchar *debug;

  fail_unless_equals_int (gst_element_set_state (pipeline, state), GST_STATE_CHANGE_FAILURE);
  message = next_message (bus, GST_MESSAGE_ERROR);
  gst_message_parse_error (message, &error, &debug);
  fail_unless (strlen (error->message) > 0);
  fail_unless (strstr (error->message, text) != NULL || (debug != NULL && strstr (debug, text) != NULL),
      "\"%s\" (%s) does not say \"%s\"", error->message, debug, text);
  fail_unless (gst_object_has_as_ancestor (GST_MESSAGE_SRC (message), GST_OBJECT (pipeline)));
  fail_if_any_message (bus, GST_MESSAGE_ERROR);
  gst_message_unref (message);
  g_error_free (error);
  g_free (debug);
  gst_object_unref (bus);
  fail_unless_equals_int (gst_element_set_state (pipeline, GST_STATE_NULL), GST_STATE_CHANGE_SUCCESS);
}

static void
fail_for_source (const gchar * property, const gchar * description, const gchar * text)
{
  GstElement *stream = stream_new ();
  GstElement *pipeline = pipeline_new (stream);
  GError *error = NULL;
  GstElement *source = gst_parse_bin_from_description_full (description, FALSE, NULL,
      GST_PARSE_FLAG_NO_SINGLE_ELEMENT_BINS, &error);

  fail_unless (error == NULL, "%s", error ? error->message : NULL);
  must_die (source);
  g_object_set (stream, property, source, NULL);
  fail_to_reach (pipeline, GST_STATE_PLAYING, text);
  gst_object_unref (pipeline);
}

GST_START_TEST (a_stream_that_was_asked_for_nothing_says_what_to_set)
{
  GstElement *stream = stream_new ();
  GstElement *pipeline = pipeline_new (stream);
  GstElement *camera = camera_new ();
  GstHarness *h;

  fail_to_reach (pipeline, GST_STATE_READY, "video-source");
  /* It can be mended. */
  g_object_set (stream, "video-source", camera, NULL);
  h = play (stream, "video_0");
  device_push (camera);
  expect (h, 0);
  gst_harness_teardown (h);
  gst_object_unref (pipeline);
}

GST_END_TEST;

GST_START_TEST (a_source_of_the_other_kind_says_which_property_is_meant)
{
  fail_for_source ("video-source", "audiotestsrc", "audio-source");
  fail_for_source ("audio-source", "videotestsrc", "video-source");
  fail_for_source ("video-source", "audiotestsrc ! volume", "audio-source");
}

GST_END_TEST;

GST_START_TEST (a_source_that_gives_no_media_says_what_it_needs)
{
  fail_for_source ("video-source", "fakesink", "src pad");
  fail_for_source ("video-source", "videotestsrc ! fakesink", "src pad");
}

GST_END_TEST;

GST_START_TEST (a_source_that_fails_to_open_says_it_in_its_own_words)
{
  fail_for_source ("video-source", "filesrc location=/nonexistent", "/nonexistent");
  fail_for_source ("audio-source", "filesrc location=/nonexistent ! wavparse", "/nonexistent");
}

GST_END_TEST;

GST_START_TEST (an_element_is_the_source_of_one_stream)
{
  GstElement *camera;
  GstElement *first_stream = camera_stream_new (&camera);
  GstElement *other_stream = stream_new ();
  GstElement *pipeline = pipeline_new (other_stream);
  GstHarness *h = play (first_stream, "video_0");

  g_object_set (other_stream, "video-source", camera, NULL);
  fail_to_reach (pipeline, GST_STATE_PLAYING, "in use");
  device_push (camera);
  expect (h, 0);
  gst_harness_teardown (h);
  gst_object_unref (pipeline);
  gst_object_unref (first_stream);
}

GST_END_TEST;

GST_START_TEST (an_open_source_cannot_be_exchanged)
{
  GstElement *camera, *source;
  GstElement *stream = camera_stream_new (&camera);
  GstElement *pipeline = pipeline_new (stream);
  GstBus *bus = gst_element_get_bus (pipeline);
  GstHarness *h = play (stream, "video_0");
  GstElement *other = gst_object_ref_sink (camera_new ());
  GstMessage *message;

  g_object_set (stream, "video-source", other, NULL);
  message = next_message (bus, GST_MESSAGE_WARNING);
  fail_unless (GST_MESSAGE_SRC (message) == GST_OBJECT_CAST (stream));
  gst_message_unref (message);
  g_object_get (stream, "video-source", &source, NULL);
  fail_unless_equals_pointer (source, camera);
  gst_object_unref (source);
  gst_object_unref (other);
  device_push (camera);
  expect (h, 0);
  gst_harness_teardown (h);
  gst_object_unref (bus);
  gst_object_unref (pipeline);
}

GST_END_TEST;

GST_START_TEST (a_clone_of_nobody_names_those_there_are)
{
  GstElement *camera;
  GstElement *original = camera_stream_new (&camera);
  GstElement *clone = stream_new ();
  GstElement *pipeline = pipeline_new (clone);
  gchar *id = string_of (original, "id");

  gst_object_set_name (GST_OBJECT (original), "front");
  g_object_set (clone, "clone-of", "back", NULL);
  fail_to_reach (pipeline, GST_STATE_READY, "back");
  fail_to_reach (pipeline, GST_STATE_READY, "front");
  fail_to_reach (pipeline, GST_STATE_READY, id);
  fail_unless_equals_int (count_of (clone, "get-tracks"), 0);
  /* And by its right name it is found. */
  g_object_set (clone, "clone-of", "front", NULL);
  fail_if (gst_element_set_state (pipeline, GST_STATE_READY) == GST_STATE_CHANGE_FAILURE);
  fail_unless_equals_int (count_of (clone, "get-tracks"), 1);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  g_free (id);
  gst_object_unref (pipeline);
  gst_object_unref (original);
}

GST_END_TEST;

GST_START_TEST (a_clone_of_two_names_both_and_a_circle_is_refused)
{
  GstElement *camera;
  GstElement *a = camera_stream_new (&camera);
  GstElement *b = clone_of (a);
  GstElement *clone = stream_new ();
  GstElement *pipeline = pipeline_new (clone);
  gchar *id = string_of (a, "id");

  gst_object_set_name (GST_OBJECT (a), "cam");
  gst_object_set_name (GST_OBJECT (b), "cam");
  g_object_set (clone, "clone-of", "cam", NULL);
  fail_to_reach (pipeline, GST_STATE_READY, id);
  g_free (id);
  id = string_of (clone, "id");
  g_object_set (clone, "clone-of", id, NULL);
  fail_to_reach (pipeline, GST_STATE_READY, "clone-of");
  g_free (id);
  gst_object_unref (pipeline);
  gst_object_unref (a);
  gst_object_unref (b);
}

GST_END_TEST;

GST_START_TEST (a_track_without_a_source_does_not_start)
{
  GstElement *track = gst_check_setup_element ("mediastreamtrack");
  GstElement *pipeline = pipeline_new (track);
  GstElement *clone = clone_of (track);

  must_die (track);
  fail_if (is_live (track));
  fail_if (is_live (clone));
  fail_to_reach (pipeline, GST_STATE_READY, "mediastream");
  gst_object_unref (clone);
  gst_object_unref (pipeline);
}

GST_END_TEST;

GST_START_TEST (a_device_that_fails_to_open_fails_each_of_its_streams_once)
{
  GstElement *stream = stream_new ();
  GstElement *source = gst_element_factory_make ("filesrc", NULL);
  GstElement *clone, *pipelines[2];

  must_die (source);
  g_object_set (source, "location", "/nonexistent", NULL);
  g_object_set (stream, "video-source", source, NULL);
  clone = clone_of (stream);
  pipelines[1] = pipeline_new (clone);
  gst_object_unref (clone);
  pipelines[0] = pipeline_new (stream);
  for (guint i = 0; i < 4; i++)
    fail_to_reach (pipelines[i % 2], GST_STATE_PLAYING, "/nonexistent");
  gst_object_unref (pipelines[0]);
  gst_object_unref (pipelines[1]);
}

GST_END_TEST;

static Suite *
mediastream_suite (void)
{
  Suite *s = suite_create ("mediastream");
  TCase *tc = tcase_create ("errors");

  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, begin, end);
  tcase_add_test (tc, a_stream_that_was_asked_for_nothing_says_what_to_set);
  tcase_add_test (tc, a_source_of_the_other_kind_says_which_property_is_meant);
  tcase_add_test (tc, a_source_that_gives_no_media_says_what_it_needs);
  tcase_add_test (tc, a_source_that_fails_to_open_says_it_in_its_own_words);
  tcase_add_test (tc, an_element_is_the_source_of_one_stream);
  tcase_add_test (tc, an_open_source_cannot_be_exchanged);
  tcase_add_test (tc, a_clone_of_nobody_names_those_there_are);
  tcase_add_test (tc, a_clone_of_two_names_both_and_a_circle_is_refused);
  tcase_add_test (tc, a_track_without_a_source_does_not_start);
  tcase_add_test (tc, a_device_that_fails_to_open_fails_each_of_its_streams_once);
  return s;
}

GST_CHECK_MAIN (mediastream);
