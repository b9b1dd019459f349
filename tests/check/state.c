/* SPDX-License-Identifier: MPL-2.0
 *
 * The state of a track as a program in C sees it: enabled, muted, its hint, and the messages that tell of a change. */

#include "support.h"

/* Whether a buffer has nothing in it. */
static gboolean
is_blank (GstBuffer * buffer)
{
  GstMapInfo map;
  gboolean blank = TRUE;

  fail_unless (gst_buffer_map (buffer, &map, GST_MAP_READ));
  for (gsize i = 0; i < map.size; i++)
    blank &= map.data[i] == 0;
  gst_buffer_unmap (buffer, &map);
  return blank;
}

/* The next buffer, which has this number. */
static void
expect_content (GstHarness * h, guint64 number, gboolean content)
{
  GstBuffer *buffer = pull (h, number);

  fail_unless_equals_int (is_blank (buffer), !content);
  gst_buffer_unref (buffer);
}

GST_START_TEST (a_disabled_track_is_silent_and_its_clone_as_it_was_when_it_was_cloned)
{
  GstElement *microphone = microphone_new ();
  GstElement *stream = stream_new ();
  GstElement *track, *enabled, *disabled;
  GstHarness *h[3];

  g_object_set (stream, "audio-source", microphone, NULL);
  track = nth_track (stream, 0);
  enabled = clone_of (track);
  g_object_set (track, "enabled", FALSE, NULL);
  disabled = clone_of (track);
  h[0] = play (stream, "audio_0");
  h[1] = play (enabled, "src");
  h[2] = play (disabled, "src");
  /* What the first one has in it is nothing. */
  device_push (microphone);
  for (guint i = 0; i < 3; i++)
    expect (h[i], 0);
  device_push (microphone);
  expect_content (h[0], 1, FALSE);
  expect_content (h[1], 1, TRUE);
  expect_content (h[2], 1, FALSE);
  g_object_set (track, "enabled", TRUE, NULL);
  device_push (microphone);
  expect_content (h[0], 2, TRUE);
  expect_content (h[1], 2, TRUE);
  expect_content (h[2], 2, FALSE);
  for (guint i = 0; i < 3; i++)
    gst_harness_teardown (h[i]);
  gst_object_unref (track);
  gst_object_unref (enabled);
  gst_object_unref (disabled);
  gst_object_unref (stream);
}

GST_END_TEST;

/* A message that tells this of this track. */
static void
expect_message (GstBus * bus, const gchar * name, GstElement * stream, GstElement * track)
{
  gchar *stream_id = string_of (stream, "id");
  gchar *track_id = string_of (track, "id");
  GstMessage *message = next_message (bus, GST_MESSAGE_ELEMENT);
  const GstStructure *said = gst_message_get_structure (message);

  fail_unless_equals_string (gst_structure_get_name (said), name);
  fail_unless_equals_string (gst_structure_get_string (said, "stream-id"), stream_id);
  fail_unless_equals_string (gst_structure_get_string (said, "track-id"), track_id);
  fail_unless (gst_structure_has_field (said, "kind"));
  gst_message_unref (message);
  g_free (stream_id);
  g_free (track_id);
}

GST_START_TEST (a_source_that_is_muted_mutes_its_tracks_and_says_so)
{
  GstElement *microphone = microphone_new ();
  GstElement *volume = gst_element_factory_make ("volume", NULL);
  GstElement *bin = gst_bin_new (NULL);
  GstElement *stream = stream_new ();
  GstElement *track;
  GstPad *pad;
  GstBus *bus;
  GstHarness *h;
  gboolean muted;

  gst_bin_add_many (GST_BIN (bin), microphone, volume, NULL);
  fail_unless (gst_element_link (microphone, volume));
  pad = gst_element_get_static_pad (volume, "src");
  gst_element_add_pad (bin, gst_ghost_pad_new ("src", pad));
  gst_object_unref (pad);
  g_object_set (stream, "audio-source", bin, NULL);
  track = nth_track (stream, 0);
  bus = bus_of (stream);
  h = play (stream, "audio_0");
  device_push (microphone);
  expect (h, 0);
  g_object_set (volume, "mute", TRUE, NULL);
  expect_message (bus, "mediastream-track-mute", stream, track);
  g_object_get (track, "muted", &muted, NULL);
  fail_unless (muted);
  device_push (microphone);
  expect_content (h, 1, FALSE);
  g_object_set (volume, "mute", FALSE, NULL);
  expect_message (bus, "mediastream-track-unmute", stream, track);
  g_object_get (track, "muted", &muted, NULL);
  fail_if (muted);
  gst_harness_teardown (h);
  gst_element_set_bus (stream, NULL);
  gst_object_unref (bus);
  gst_object_unref (track);
  gst_object_unref (stream);
}

GST_END_TEST;

GST_START_TEST (a_hint_that_is_none_is_ignored)
{
  GstElement *camera;
  GstElement *stream = camera_stream_new (&camera);
  GstElement *track = nth_track (stream, 0);
  gchar *hint;

  g_object_set (track, "content-hint", "text", NULL);
  g_object_set (track, "content-hint", "speech", NULL);
  g_object_set (track, "content-hint", NULL, NULL);
  hint = string_of (track, "content-hint");
  fail_unless_equals_string (hint, "text");
  g_free (hint);
  gst_object_unref (track);
  gst_object_unref (stream);
}

GST_END_TEST;

static Suite *
mediastream_suite (void)
{
  Suite *s = suite_create ("mediastream");
  TCase *tc = tcase_create ("state");

  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, begin, end);
  tcase_add_test (tc, a_disabled_track_is_silent_and_its_clone_as_it_was_when_it_was_cloned);
  tcase_add_test (tc, a_source_that_is_muted_mutes_its_tracks_and_says_so);
  tcase_add_test (tc, a_hint_that_is_none_is_ignored);
  return s;
}

GST_CHECK_MAIN (mediastream);
