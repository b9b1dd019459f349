/* SPDX-License-Identifier: MPL-2.0
 *
 * Everything at once and at full rate, next to a consumer that must not miss a single buffer of it. */

#include "support.h"

/* Two seconds of media. */
#define BUFFERS 400

static const gchar source_description[] =
    "videotestsrc is-live=true ! capsfilter caps=\"video/x-raw, format=GRAY8, width=16, height=16, framerate=200/1\"";

/* A stream on a source that runs by itself. */
static GstElement *
running_stream_new (void)
{
  GstElement *stream = stream_new ();
  GError *error = NULL;
  GstElement *source = gst_parse_bin_from_description (source_description, TRUE, &error);

  fail_unless (error == NULL, "%s", error ? error->message : NULL);
  must_die (source);
  g_object_set (stream, "video-source", source, NULL);
  return stream;
}

/* The consumer that is not to notice anything. */
static void
expect_all (GstHarness * h, guint buffers)
{
  GstBuffer *buffer = gst_harness_pull (h);
  guint64 next = GST_BUFFER_OFFSET (buffer) + 1;

  gst_buffer_unref (buffer);
  for (guint i = 1; i < buffers; i++)
    expect (h, next++);
}

static void
stop_stressing (GstHarnessThread * thread)
{
  fail_unless (gst_harness_stress_thread_stop (thread) > 0);
}

/* The stream still gives buffers. It must be gone after this, once a thread of the plugin that looks at it has. */
static void
finish (GstHarness * h, GstElement * stream)
{
  gst_harness_set_drop_buffers (h, FALSE);
  gst_buffer_unref (gst_harness_pull (h));
  gst_harness_teardown (h);
  gst_object_unref (stream);
}

static GstHarness *
play_quietly (GstElement * element, const gchar * pad)
{
  GstHarness *h = gst_harness_new_with_element (element, NULL, pad);

  gst_harness_use_systemclock (h);
  gst_harness_set_drop_buffers (h, TRUE);
  gst_harness_play (h);
  return h;
}

GST_START_TEST (clones_change_their_states)
{
  GstElement *stream = running_stream_new ();
  GstHarness *h = play (stream, "video_0");
  GstElement *clones[2];
  GstHarness *others[2];
  GstHarnessThread *threads[2];

  for (guint i = 0; i < 2; i++) {
    clones[i] = clone_of (stream);
    others[i] = play_quietly (clones[i], "video_0");
    threads[i] = gst_harness_stress_statechange_start_full (others[i], i * 1000);
  }
  expect_all (h, BUFFERS);
  for (guint i = 0; i < 2; i++) {
    stop_stressing (threads[i]);
    finish (others[i], clones[i]);
  }
  finish (h, stream);
}

GST_END_TEST;

GST_START_TEST (the_device_is_opened_and_closed)
{
  GstElement *stream = running_stream_new ();
  GstElement *clones[2];
  GstHarness *others[2];
  GstHarnessThread *threads[2];
  GTimer *timer = g_timer_new ();

  for (guint i = 0; i < 2; i++) {
    clones[i] = clone_of (stream);
    others[i] = play_quietly (clones[i], "video_0");
    threads[i] = gst_harness_stress_statechange_start_full (others[i], i * 1000);
  }
  /* Somebody who comes and goes too. The device may be on its way down when he comes, and lose a buffer in that. */
  while (g_timer_elapsed (timer, NULL) < 2) {
    GstHarness *h = play (stream, "video_0");
    guint64 last = 0;

    for (guint i = 0; i < 3; i++) {
      GstBuffer *buffer = gst_harness_pull (h);

      fail_unless (i == 0 || GST_BUFFER_OFFSET (buffer) > last);
      last = GST_BUFFER_OFFSET (buffer);
      gst_buffer_unref (buffer);
    }
    gst_harness_teardown (h);
  }
  for (guint i = 0; i < 2; i++) {
    stop_stressing (threads[i]);
    finish (others[i], clones[i]);
  }
  finish (play (stream, "video_0"), stream);
  g_timer_destroy (timer);
}

GST_END_TEST;

GST_START_TEST (properties_change)
{
  GstElement *stream = running_stream_new ();
  GstHarness *h = play (stream, "video_0");
  GstElement *original = nth_track (stream, 0);
  GstElement *track = clone_of (original);
  GstHarness *other = play_quietly (track, "src");
  GstHarnessThread *threads[3];
  GValue few = G_VALUE_INIT, more = G_VALUE_INIT, time = G_VALUE_INIT;

  g_value_init (&few, G_TYPE_UINT);
  g_value_set_uint (&few, 1);
  g_value_init (&more, G_TYPE_UINT);
  g_value_set_uint (&more, 0);
  g_value_init (&time, G_TYPE_UINT64);
  g_value_set_uint64 (&time, GST_MSECOND);
  threads[0] = gst_harness_stress_property_start_full (other, "max-size-buffers", &few, 0);
  threads[1] = gst_harness_stress_property_start_full (other, "max-size-buffers", &more, 0);
  threads[2] = gst_harness_stress_property_start_full (other, "max-size-time", &time, 0);
  expect_all (h, BUFFERS);
  for (guint i = 0; i < 3; i++)
    stop_stressing (threads[i]);
  gst_object_unref (original);
  finish (other, track);
  finish (h, stream);
}

GST_END_TEST;

static void
clone_and_stop (gpointer thread, gpointer stream)
{
  GstElement *clone = clone_of (stream);
  GstElement *track = nth_track (clone, 0);

  g_signal_emit_by_name (track, "stop");
  fail_if (is_live (track));
  gst_object_unref (track);
  gst_object_unref (clone);
}

static void
clone_and_play (gpointer thread, gpointer stream)
{
  GstElement *clone = clone_of (stream);
  GstElement *track = nth_track (clone, 0);
  GstHarness *h = play_quietly (clone, "video_0");

  g_signal_emit_by_name (track, "stop");
  gst_harness_teardown (h);
  gst_object_unref (track);
  gst_object_unref (clone);
}

static void
clone_and_wait (gpointer thread, gpointer stream)
{
  GstElement *clone = clone_of (stream);
  GstElement *track = nth_track (clone, 0);
  GstHarness *h = play (clone, "video_0");

  gst_buffer_unref (gst_harness_pull (h));
  g_signal_emit_by_name (track, "stop");
  expect_eos (h);
  gst_harness_teardown (h);
  gst_object_unref (track);
  gst_object_unref (clone);
}

GST_START_TEST (clones_are_made_and_stopped)
{
  GstElement *stream = running_stream_new ();
  GstHarness *h = play (stream, "video_0");
  GFunc acts[] = { clone_and_stop, clone_and_play, clone_and_wait, clone_and_wait };
  GstHarnessThread *threads[G_N_ELEMENTS (acts)];

  for (guint i = 0; i < G_N_ELEMENTS (acts); i++)
    threads[i] = gst_harness_stress_custom_start (h, NULL, acts[i], stream, 0);
  expect_all (h, BUFFERS);
  for (guint i = 0; i < G_N_ELEMENTS (acts); i++)
    stop_stressing (threads[i]);
  finish (h, stream);
}

GST_END_TEST;

typedef struct
{
  GstElement *stream;
  GstElement *track;
} Membership;

static void
add_it (gpointer thread, gpointer data)
{
  Membership *m = data;

  g_signal_emit_by_name (m->stream, "add-track", m->track);
}

static void
remove_it (gpointer thread, gpointer data)
{
  Membership *m = data;

  g_signal_emit_by_name (m->stream, "remove-track", m->track);
}

static void
add_and_remove (gpointer thread, gpointer data)
{
  add_it (thread, data);
  remove_it (thread, data);
}

static void
look (gpointer thread, gpointer data)
{
  Membership *m = data;
  GListModel *list = list_of (m->stream, "get-tracks");
  guint n = g_list_model_get_n_items (list);
  gchar *id = string_of (m->track, "id");
  GstElement *clone, *found = NULL;

  fail_unless (n == 1 || n == 2, "%u tracks", n);
  g_signal_emit_by_name (m->stream, "get-track-by-id", id, &found);
  clone = clone_of (m->stream);
  fail_unless (count_of (clone, "get-tracks") <= 2);
  gst_object_unref (clone);
  gst_clear_object (&found);
  g_object_unref (list);
  g_free (id);
}

/* One track of its own, and one that threads add and remove. */
static void
stress_membership (const GFunc * acts, guint count)
{
  GstElement *stream = running_stream_new ();
  GstHarness *h = play (stream, "video_0");
  GstElement *original = nth_track (stream, 0);
  Membership m = { clone_of (stream), clone_of (original) };
  GstHarness *other = play_quietly (m.stream, "video_0");
  GstHarnessThread *threads[8];

  for (guint i = 0; i < count; i++)
    threads[i] = gst_harness_stress_custom_start (h, NULL, acts[i], &m, 0);
  expect_all (h, BUFFERS);
  for (guint i = 0; i < count; i++)
    stop_stressing (threads[i]);
  g_signal_emit_by_name (m.stream, "remove-track", m.track);
  fail_unless_equals_int (count_of (m.stream, "get-tracks"), 1);
  fail_unless_equals_int (m.stream->numpads, 1);
  finish (other, m.stream);
  fail_unless (is_live (m.track));
  gst_object_unref (m.track);
  gst_object_unref (original);
  finish (h, stream);
}

GST_START_TEST (a_track_comes_and_goes)
{
  const GFunc acts[] = { add_and_remove, look };

  stress_membership (acts, G_N_ELEMENTS (acts));
}

GST_END_TEST;

GST_START_TEST (several_threads_add_and_remove_the_same_track)
{
  const GFunc acts[] = { add_it, remove_it, add_and_remove, look };

  stress_membership (acts, G_N_ELEMENTS (acts));
}

GST_END_TEST;

static void
clone_and_find_out (gpointer thread, gpointer stream)
{
  GstElement *clone = clone_of (stream);
  GstElement *track = nth_track (clone, 0);
  GstHarness *h = play_quietly (clone, "video_0");

  /* Live or ended, it is not forgotten: the end of the source comes. */
  expect_eos (h);
  wait_ended (track);
  gst_harness_teardown (h);
  gst_object_unref (track);
  gst_object_unref (clone);
}

GST_START_TEST (the_source_ends_while_clones_are_made)
{
  guint clones = 0;

  for (guint round = 0; round < 50; round++) {
    GstElement *camera;
    GstElement *stream = camera_stream_new (&camera);
    GstHarness *h = play (stream, "video_0");
    GstHarnessThread *threads[2];

    device_push (camera);
    expect (h, 0);
    for (guint i = 0; i < 2; i++)
      threads[i] = gst_harness_stress_custom_start (h, NULL, clone_and_find_out, stream, 0);
    device_end (camera);
    expect_eos (h);
    for (guint i = 0; i < 2; i++)
      clones += gst_harness_stress_thread_stop (threads[i]);
    gst_harness_teardown (h);
    gst_object_unref (stream);
  }
  fail_unless (clones > 0);
}

GST_END_TEST;

static Suite *
mediastream_suite (void)
{
  Suite *s = suite_create ("mediastream");
  TCase *tc = tcase_create ("stress");

  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, begin, end);
  tcase_add_test (tc, clones_change_their_states);
  tcase_add_test (tc, the_device_is_opened_and_closed);
  tcase_add_test (tc, properties_change);
  tcase_add_test (tc, clones_are_made_and_stopped);
  tcase_add_test (tc, a_track_comes_and_goes);
  tcase_add_test (tc, several_threads_add_and_remove_the_same_track);
  tcase_add_test (tc, the_source_ends_while_clones_are_made);
  return s;
}

GST_CHECK_MAIN (mediastream);
