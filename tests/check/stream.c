/* SPDX-License-Identifier: MPL-2.0
 *
 * A stream as a set: its properties and pads, its tracks, its clones. */

#include "support.h"

GST_START_TEST (an_id_is_a_uuid_of_version_4_and_every_stream_has_its_own)
{
  GstElement *a = stream_new ();
  GstElement *b = stream_new ();
  gchar *id = string_of (a, "id");

  fail_unless_equals_int (strlen (id), 36);
  fail_unless (g_regex_match_simple
      ("^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", id, 0, 0), "%s", id);
  fail_unless_ids_differ (a, b);
  g_free (id);
  gst_object_unref (a);
  gst_object_unref (b);
}

GST_END_TEST;

static void
fail_unless_property (gpointer object, const gchar * name, GType type, gboolean writable)
{
  GParamSpec *property = g_object_class_find_property (G_OBJECT_GET_CLASS (object), name);

  fail_unless (property != NULL, "no property %s", name);
  fail_unless (g_type_is_a (property->value_type, type), "%s is a %s", name, g_type_name (property->value_type));
  fail_unless ((property->flags & G_PARAM_READABLE) != 0, "%s", name);
  fail_unless_equals_int ((property->flags & G_PARAM_WRITABLE) != 0, writable);
}

GST_START_TEST (properties_have_the_types_that_c_expects)
{
  GstElement *camera;
  GstElement *stream = camera_stream_new (&camera);
  GstElement *track = nth_track (stream, 0);

  fail_unless_property (stream, "id", G_TYPE_STRING, FALSE);
  fail_unless_property (stream, "active", G_TYPE_BOOLEAN, FALSE);
  fail_unless_property (stream, "tracks", G_TYPE_LIST_MODEL, FALSE);
  fail_unless_property (stream, "video", G_TYPE_BOOLEAN, TRUE);
  fail_unless_property (stream, "audio", G_TYPE_BOOLEAN, TRUE);
  fail_unless_property (stream, "video-device", G_TYPE_STRING, TRUE);
  fail_unless_property (stream, "audio-device", G_TYPE_STRING, TRUE);
  fail_unless_property (stream, "video-source", GST_TYPE_ELEMENT, TRUE);
  fail_unless_property (stream, "audio-source", GST_TYPE_ELEMENT, TRUE);
  fail_unless_property (stream, "clone-of", G_TYPE_STRING, TRUE);
  fail_unless_property (track, "id", G_TYPE_STRING, FALSE);
  fail_unless_property (track, "kind", G_TYPE_ENUM, FALSE);
  fail_unless_property (track, "label", G_TYPE_STRING, FALSE);
  fail_unless_property (track, "ready-state", G_TYPE_ENUM, FALSE);
  fail_unless_property (track, "source", GST_TYPE_ELEMENT, FALSE);
  fail_unless_property (track, "stats", GST_TYPE_STRUCTURE, FALSE);
  fail_unless_property (track, "max-size-buffers", G_TYPE_UINT, TRUE);
  fail_unless_property (track, "max-size-time", G_TYPE_UINT64, TRUE);
  gst_object_unref (track);
  gst_object_unref (stream);
}

GST_END_TEST;

static void
fail_unless_has_pads (GstElement * stream, const gchar * first, const gchar * second)
{
  const gchar *names[] = { first, second };
  guint wanted = (first != NULL) + (second != NULL);

  fail_unless_equals_int (stream->numsrcpads, wanted);
  for (guint i = 0; i < wanted; i++) {
    GstPad *pad = gst_element_get_static_pad (stream, names[i]);

    fail_unless (pad != NULL, "no pad %s", names[i]);
    gst_object_unref (pad);
  }
}

GST_START_TEST (setting_a_source_makes_its_track_and_pad_at_once)
{
  GstElement *stream = stream_new ();
  GstElement *camera = camera_new ();
  GstElement *got = NULL;
  gboolean active, asked;

  fail_unless_has_pads (stream, NULL, NULL);
  g_object_get (stream, "active", &active, NULL);
  fail_if (active);
  g_object_set (stream, "video-source", camera, NULL);
  fail_unless_has_pads (stream, "video_0", NULL);
  g_object_set (stream, "audio-source", microphone_new (), NULL);
  fail_unless_has_pads (stream, "video_0", "audio_0");
  fail_unless_equals_int (GST_STATE (stream), GST_STATE_NULL);
  g_object_get (stream, "active", &active, "video", &asked, "video-source", &got, NULL);
  fail_unless (active && asked);
  fail_unless_equals_pointer (got, camera);
  gst_object_unref (got);
  gst_object_unref (stream);
}

GST_END_TEST;

GST_START_TEST (a_source_set_twice_has_one_track_and_the_last_element)
{
  GstElement *older;
  GstElement *stream = camera_stream_new (&older);
  GstElement *newer = camera_new ();
  GstElement *track = nth_track (stream, 0);
  GstElement *source;

  g_object_set (stream, "video-source", newer, NULL);
  fail_unless_has_pads (stream, "video_0", NULL);
  g_object_get (track, "source", &source, NULL);
  fail_unless_equals_pointer (source, newer);
  gst_object_unref (source);
  gst_object_unref (track);
  gst_object_unref (stream);
}

GST_END_TEST;

GST_START_TEST (a_track_says_what_it_is)
{
  GstElement *stream = stream_new ();
  const gchar *kinds[] = { "audio", "video" };
  const gchar *labels[] = { "microphone", "camera" };

  g_object_set (stream, "audio-source", microphone_new (), "video-source", camera_new (), NULL);
  for (guint i = 0; i < 2; i++) {
    GstElement *track = nth_track (stream, i);
    gchar *label = string_of (track, "label");
    GValue value = G_VALUE_INIT;
    gchar *kind;

    g_object_get_property (G_OBJECT (track), "kind", &value);
    kind = gst_value_serialize (&value);
    fail_unless_equals_string (kind, kinds[i]);
    fail_unless_equals_string (label, labels[i]);
    fail_unless (is_live (track));
    g_value_unset (&value);
    g_free (kind);
    g_free (label);
    gst_object_unref (track);
  }
  gst_object_unref (stream);
}

GST_END_TEST;

GST_START_TEST (lists_of_tracks_are_snapshots_in_order_of_insertion)
{
  GstElement *stream = stream_new ();
  GstElement *track;
  GListModel *before, *tracks;

  g_object_set (stream, "audio-source", microphone_new (), NULL);
  before = list_of (stream, "get-tracks");
  g_object_set (stream, "video-source", camera_new (), NULL);
  fail_unless_equals_int (g_list_model_get_n_items (before), 1);
  fail_unless (g_type_is_a (g_list_model_get_item_type (before), GST_TYPE_ELEMENT));
  fail_unless_equals_int (count_of (stream, "get-tracks"), 2);
  fail_unless_equals_int (count_of (stream, "get-audio-tracks"), 1);
  fail_unless_equals_int (count_of (stream, "get-video-tracks"), 1);

  g_object_get (stream, "tracks", &tracks, NULL);
  fail_unless_equals_int (g_list_model_get_n_items (tracks), 2);
  for (guint i = 0; i < 2; i++) {
    GstElement *same = g_list_model_get_item (tracks, i);

    track = nth_track (stream, i);
    fail_unless_equals_pointer (track, same);
    gst_object_unref (same);
    gst_object_unref (track);
  }
  g_object_unref (tracks);
  g_object_unref (before);
  gst_object_unref (stream);
}

GST_END_TEST;

GST_START_TEST (a_track_is_found_by_its_id_and_nothing_by_another)
{
  GstElement *stream = stream_new ();
  const gchar *others[] = { "no id of any track", "", NULL };
  GstElement *track, *found;
  gchar *id;

  g_object_set (stream, "audio-source", microphone_new (), "video-source", camera_new (), NULL);
  track = nth_track (stream, 1);
  id = string_of (track, "id");
  g_signal_emit_by_name (stream, "get-track-by-id", id, &found);
  fail_unless_equals_pointer (found, track);
  gst_object_unref (found);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++) {
    found = stream;
    g_signal_emit_by_name (stream, "get-track-by-id", others[i], &found);
    fail_unless (found == NULL);
  }
  g_free (id);
  gst_object_unref (track);
  gst_object_unref (stream);
}

GST_END_TEST;

static const GstState states[] = { GST_STATE_NULL, GST_STATE_READY, GST_STATE_PAUSED, GST_STATE_PLAYING };

GST_START_TEST (a_clone_has_new_ids_and_the_same_sources_in_every_state)
{
  GstElement *stream = stream_new ();
  GstElement *camera = camera_new ();
  GstElement *clone, *source;

  g_object_set (stream, "audio-source", microphone_new (), "video-source", camera, NULL);
  fail_if (gst_element_set_state (stream, states[__i__]) == GST_STATE_CHANGE_FAILURE);
  clone = clone_of (stream);
  ASSERT_OBJECT_REFCOUNT (clone, "clone", 1);
  fail_if (g_object_is_floating (clone));
  fail_unless (GST_OBJECT_PARENT (clone) == NULL);
  fail_unless_equals_int (GST_STATE (clone), GST_STATE_NULL);
  fail_unless_has_pads (clone, "audio_0", "video_0");
  fail_unless_ids_differ (stream, clone);
  for (guint i = 0; i < 2; i++) {
    GstElement *original = nth_track (stream, i);
    GstElement *sibling = nth_track (clone, i);

    fail_unless_ids_differ (original, sibling);
    fail_unless (is_live (sibling));
    g_object_get (sibling, "source", &source, NULL);
    fail_unless_equals_int (source == camera, i == 1);
    gst_object_unref (source);
    gst_object_unref (original);
    gst_object_unref (sibling);
  }
  fail_unless_equals_int (device_opened (camera), states[__i__] >= GST_STATE_READY);
  gst_element_set_state (stream, GST_STATE_NULL);
  gst_object_unref (clone);
  gst_object_unref (stream);
}

GST_END_TEST;

GST_START_TEST (a_clone_of_a_playing_stream_plays_from_the_device_that_is_open)
{
  GstElement *camera;
  GstElement *stream = camera_stream_new (&camera);
  GstElement *clone;
  GstHarness *h, *copy;

  h = play (stream, "video_0");
  device_push (camera);
  expect (h, 0);
  clone = clone_of (stream);
  copy = play (clone, "video_0");
  device_push (camera);
  expect (h, 1);
  expect (copy, 1);
  fail_unless_equals_int (device_opened (camera), 1);

  gst_harness_teardown (h);
  device_push (camera);
  expect (copy, 2);
  fail_unless_equals_int (GST_STATE (camera), GST_STATE_PLAYING);
  gst_harness_teardown (copy);
  fail_unless_equals_int (GST_STATE (camera), GST_STATE_NULL);
  gst_object_unref (clone);
  gst_object_unref (stream);
}

GST_END_TEST;

static Suite *
mediastream_suite (void)
{
  Suite *s = suite_create ("mediastream");
  TCase *tc = tcase_create ("stream");

  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, begin, end);
  tcase_add_test (tc, an_id_is_a_uuid_of_version_4_and_every_stream_has_its_own);
  tcase_add_test (tc, properties_have_the_types_that_c_expects);
  tcase_add_test (tc, setting_a_source_makes_its_track_and_pad_at_once);
  tcase_add_test (tc, a_source_set_twice_has_one_track_and_the_last_element);
  tcase_add_test (tc, a_track_says_what_it_is);
  tcase_add_test (tc, lists_of_tracks_are_snapshots_in_order_of_insertion);
  tcase_add_test (tc, a_track_is_found_by_its_id_and_nothing_by_another);
  tcase_add_loop_test (tc, a_clone_has_new_ids_and_the_same_sources_in_every_state, 0, G_N_ELEMENTS (states));
  tcase_add_test (tc, a_clone_of_a_playing_stream_plays_from_the_device_that_is_open);
  return s;
}

GST_CHECK_MAIN (mediastream);
