/* SPDX-License-Identifier: MPL-2.0
 *
 * What a program in C asks of a track, and reads of it: structures and promises. */

#include "support.h"

static GstStructure *
asked (const gchar * text)
{
  GstStructure *constraints = gst_structure_from_string (text, NULL);

  fail_unless (constraints != NULL, "no structure: %s", text);
  return constraints;
}

/* What the promise was answered, once it is; takes the promise. */
static GstStructure *
answer_of (GstPromise * promise)
{
  GstStructure *answer;

  fail_unless_equals_int (gst_promise_wait (promise), GST_PROMISE_RESULT_REPLIED);
  fail_unless (gst_promise_get_reply (promise) != NULL);
  answer = gst_structure_copy (gst_promise_get_reply (promise));
  gst_promise_unref (promise);
  return answer;
}

/* Asks and does not wait; NULL asks for nothing. */
static GstPromise *
request (GstElement * track, const gchar * text)
{
  GstPromise *promise = gst_promise_new ();
  GstStructure *constraints = text != NULL ? asked (text) : NULL;

  g_signal_emit_by_name (track, "apply-constraints", constraints, promise);
  g_clear_pointer (&constraints, gst_structure_free);
  return promise;
}

static void
fail_unless_applied (GstStructure * answer)
{
  fail_unless (gst_structure_has_name (answer, "applied"), "%" GST_PTR_FORMAT, answer);
  fail_unless_equals_int (gst_structure_n_fields (answer), 0);
  gst_structure_free (answer);
}

static void
apply (GstElement * track, const gchar * text)
{
  fail_unless_applied (answer_of (request (track, text)));
}

/* settings, capabilities, constraints: never NULL, and the caller's. */
static GstStructure *
structure_of (GstElement * track, const gchar * property)
{
  GstStructure *structure = NULL;

  g_object_get (track, property, &structure, NULL);
  fail_unless (structure != NULL, "%s is NULL", property);
  return structure;
}

static gint
setting (GstElement * track, const gchar * name)
{
  GstStructure *settings = structure_of (track, "settings");
  gint number = -1;

  fail_unless (gst_structure_get_int (settings, name, &number), "no %s in %" GST_PTR_FORMAT, name, settings);
  gst_structure_free (settings);
  return number;
}

static void
fail_unless_asked (GstElement * track, const gchar * text)
{
  GstStructure *expected = asked (text);
  GstStructure *constraints = structure_of (track, "constraints");

  fail_unless (gst_structure_is_equal (constraints, expected), "%" GST_PTR_FORMAT, constraints);
  gst_structure_free (constraints);
  gst_structure_free (expected);
}

/* The next buffer must have this number, and be a picture of this size. */
static void
expect_size (GstHarness * h, guint64 number, gint width, gint height)
{
  GstBuffer *buffer = pull (h, number);
  GstCaps *caps = gst_pad_get_current_caps (h->sinkpad);
  const GstStructure *s = gst_caps_get_structure (caps, 0);
  gint is_width = 0, is_height = 0;

  gst_structure_get (s, "width", G_TYPE_INT, &is_width, "height", G_TYPE_INT, &is_height, NULL);
  fail_unless_equals_int (is_width, width);
  fail_unless_equals_int (is_height, height);
  gst_caps_unref (caps);
  gst_buffer_unref (buffer);
}

/* A stream of a camera that gives 4×4, whose track has given its first picture. */
typedef struct
{
  GstElement *camera;
  GstElement *stream;
  GstElement *track;
  GstHarness *h;
} Session;

static void
session_begin (Session * s)
{
  s->stream = camera_stream_new (&s->camera);
  s->track = nth_track (s->stream, 0);
  s->h = play (s->stream, "video_0");
  device_push (s->camera);
  expect_size (s->h, 0, 4, 4);
}

static void
session_end (Session * s)
{
  gst_harness_teardown (s->h);
  gst_object_unref (s->track);
  gst_object_unref (s->stream);
}

GST_START_TEST (constraints_of_a_stream_hold_from_the_first_buffer)
{
  GstElement *camera;
  GstElement *stream = camera_stream_new (&camera);
  GstElement *track = nth_track (stream, 0);
  GstStructure *constraints = asked ("constraints, width=2, frameRate=(structure)[range, max=5.0]");
  GstStructure *back = NULL;
  GstHarness *h;

  g_object_set (stream, "video-constraints", constraints, NULL);
  g_object_get (stream, "video-constraints", &back, NULL);
  fail_unless (back != NULL && gst_structure_is_equal (back, constraints));
  gst_structure_free (back);
  gst_structure_free (constraints);
  h = play (stream, "video_0");
  for (guint i = 0; i < 3; i++)
    device_push (camera);
  expect_size (h, 0, 2, 2);
  expect_size (h, 2, 2, 2);
  fail_unless_equals_int (setting (track, "width"), 2);
  gst_harness_teardown (h);
  gst_object_unref (track);
  gst_object_unref (stream);
}

GST_END_TEST;

GST_START_TEST (a_promise_is_answered_when_the_next_buffer_is_so)
{
  Session s;

  session_begin (&s);
  apply (s.track, "constraints, width=2");
  fail_unless_equals_int (setting (s.track, "width"), 2);
  fail_unless_asked (s.track, "constraints, width=2");
  device_push (s.camera);
  expect_size (s.h, 1, 2, 2);
  session_end (&s);
}

GST_END_TEST;

static void
on_answer (GstPromise * promise, gpointer answers)
{
  fail_unless_equals_int (gst_promise_wait (promise), GST_PROMISE_RESULT_REPLIED);
  g_async_queue_push (answers, gst_structure_copy (gst_promise_get_reply (promise)));
}

GST_START_TEST (a_callback_is_called_with_the_answer)
{
  GAsyncQueue *answers = g_async_queue_new_full ((GDestroyNotify) gst_structure_free);
  const gchar *const texts[] = { "constraints, width=2", "constraints, width=(structure)[range, min=5]" };
  const gchar *const names[] = { "applied", "OverconstrainedError" };
  Session s;

  session_begin (&s);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    GstPromise *promise = gst_promise_new_with_change_func (on_answer, g_async_queue_ref (answers),
        (GDestroyNotify) g_async_queue_unref);
    GstStructure *constraints = asked (texts[i]);

    g_signal_emit_by_name (s.track, "apply-constraints", constraints, promise);
    /* What becomes of them is nobody's affair any more. */
    gst_structure_remove_all_fields (constraints);
    gst_structure_free (constraints);
    gst_promise_unref (promise);
  }
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    GstStructure *answer = g_async_queue_timeout_pop (answers, LONG);

    fail_unless (answer != NULL, "no answer in time");
    fail_unless_equals_string (gst_structure_get_name (answer), names[i]);
    gst_structure_free (answer);
  }
  fail_unless_equals_int (setting (s.track, "width"), 2);
  session_end (&s);
  g_async_queue_unref (answers);
}

GST_END_TEST;

GST_START_TEST (null_asks_for_nothing_and_of_nobody)
{
  GstStructure *constraints = asked ("constraints, width=2");
  GstStructure *now;
  Session s;

  session_begin (&s);
  /* Nobody waits for an answer. */
  g_signal_emit_by_name (s.track, "apply-constraints", constraints, NULL);
  gst_structure_free (constraints);
  apply (s.track, "constraints, width=2, height=1");
  device_push (s.camera);
  expect_size (s.h, 1, 2, 1);
  apply (s.track, NULL);
  now = structure_of (s.track, "constraints");
  fail_unless_equals_int (gst_structure_n_fields (now), 0);
  gst_structure_free (now);
  device_push (s.camera);
  expect_size (s.h, 2, 4, 4);
  g_signal_emit_by_name (s.track, "apply-constraints", NULL, NULL);
  apply (s.track, "constraints, width=1");
  device_push (s.camera);
  expect_size (s.h, 3, 1, 1);
  session_end (&s);
}

GST_END_TEST;

static const gchar *const refusals[][3] = {
  {"OverconstrainedError", "width", "constraints, width=(structure)[range, min=5]"},
  {"OverconstrainedError", "frameRate", "constraints, frameRate=(structure)[range, exact=11.0]"},
  {"OverconstrainedError", "facingMode", "constraints, facingMode=(structure)[text, exact=user]"},
  {"OverconstrainedError", "",
      "constraints, width=(structure)[range, max=2], resizeMode=(structure)[text, exact=none]"},
  {"TypeError", NULL, "constraints, width=wide"},
  {"TypeError", NULL, "constraints, advanced=<1>"},
};

GST_START_TEST (a_refusal_names_the_constraint_and_says_why)
{
  const gchar *const *refusal = refusals[__i__];
  const gchar *message;
  GstStructure *answer;
  Session s;

  session_begin (&s);
  apply (s.track, "constraints, width=2");
  answer = answer_of (request (s.track, refusal[2]));
  fail_unless (gst_structure_has_name (answer, refusal[0]), "%" GST_PTR_FORMAT, answer);
  fail_unless_equals_string (gst_structure_get_string (answer, "constraint"), refusal[1]);
  message = gst_structure_get_string (answer, "message");
  fail_unless (message != NULL && *message != '\0');
  gst_structure_free (answer);
  fail_unless_asked (s.track, "constraints, width=2");
  fail_unless_equals_int (setting (s.track, "width"), 2);
  device_push (s.camera);
  expect_size (s.h, 1, 2, 2);
  session_end (&s);
}

GST_END_TEST;

static void
fail_unless_range (const GstStructure * capabilities, const gchar * name, gint min, gint max)
{
  GstStructure *range = NULL;
  gint is_min = -1, is_max = -1;

  fail_unless (gst_structure_get (capabilities, name, GST_TYPE_STRUCTURE, &range, NULL), "no range %s", name);
  fail_unless (gst_structure_get (range, "min", G_TYPE_INT, &is_min, "max", G_TYPE_INT, &is_max, NULL));
  fail_unless_equals_int (is_min, min);
  fail_unless_equals_int (is_max, max);
  gst_structure_free (range);
}

GST_START_TEST (settings_and_capabilities_are_structures_of_the_callers_own)
{
  GstStructure *settings, *capabilities;
  gdouble number;
  Session s;

  session_begin (&s);
  for (guint i = 0; i < 2; i++) {
    settings = structure_of (s.track, "settings");
    fail_unless (gst_structure_get_double (settings, "frameRate", &number));
    fail_unless_equals_float (number, 10.0);
    fail_unless (gst_structure_get_double (settings, "aspectRatio", &number));
    fail_unless_equals_float (number, 1.0);
    fail_unless_equals_string (gst_structure_get_string (settings, "resizeMode"), "none");
    capabilities = structure_of (s.track, "capabilities");
    fail_unless_range (capabilities, "width", 1, 4);
    fail_unless_range (capabilities, "height", 1, 4);
    fail_unless_equals_int (gst_value_list_get_size (gst_structure_get_value (capabilities, "resizeMode")), 2);
    /* The track has its own. */
    gst_structure_remove_all_fields (settings);
    gst_structure_remove_all_fields (capabilities);
    gst_structure_free (settings);
    gst_structure_free (capabilities);
  }
  session_end (&s);
}

GST_END_TEST;

#define THREADS 4
#define CALLS 25

/* Asks and reads while others do, and nobody reads what nobody asked for. */
static gpointer
ask_and_read (gpointer track)
{
  GstPromise *promises[CALLS];

  for (guint i = 0; i < CALLS; i++) {
    const gchar *const properties[] = { "constraints", "settings", "capabilities", "stats" };
    gchar *text = g_strdup_printf ("constraints, width=%u", 1 + i % 4);

    promises[i] = request (track, text);
    g_free (text);
    for (guint j = 0; j < G_N_ELEMENTS (properties); j++)
      gst_structure_free (structure_of (track, properties[j]));
    fail_unless (setting (track, "width") >= 1 && setting (track, "width") <= 4);
  }
  for (guint i = 0; i < CALLS; i++)
    fail_unless_applied (answer_of (promises[i]));
  return NULL;
}

GST_START_TEST (threads_may_ask_and_read_at_once)
{
  GThread *threads[THREADS];
  Session s;

  session_begin (&s);
  for (guint i = 0; i < THREADS; i++)
    threads[i] = g_thread_new ("asks", ask_and_read, s.track);
  for (guint i = 1; i <= 10; i++) {
    device_push (s.camera);
    expect (s.h, i);
  }
  for (guint i = 0; i < THREADS; i++)
    g_thread_join (threads[i]);
  apply (s.track, "constraints, width=2");
  device_push (s.camera);
  expect_size (s.h, 11, 2, 2);
  session_end (&s);
}

GST_END_TEST;

GST_START_TEST (an_ended_track_is_asked_in_vain_and_without_an_error)
{
  Session s;

  session_begin (&s);
  apply (s.track, "constraints, width=2");
  g_signal_emit_by_name (s.track, "stop");
  apply (s.track, "constraints, width=(structure)[range, min=1000]");
  apply (s.track, NULL);
  fail_unless_asked (s.track, "constraints, width=2");
  session_end (&s);
}

GST_END_TEST;

GST_START_TEST (a_track_made_by_name_has_nothing_and_answers)
{
  const gchar *const properties[] = { "constraints", "settings", "capabilities" };
  GstElement *track = gst_check_setup_element ("mediastreamtrack");

  must_die (track);
  for (guint i = 0; i < G_N_ELEMENTS (properties); i++) {
    GstStructure *structure = structure_of (track, properties[i]);

    fail_unless_equals_string (gst_structure_get_name (structure), properties[i]);
    fail_unless_equals_int (gst_structure_n_fields (structure), 0);
    gst_structure_free (structure);
  }
  apply (track, "constraints, width=(structure)[range, min=1000]");
  apply (track, NULL);
  g_signal_emit_by_name (track, "apply-constraints", NULL, NULL);
  gst_check_teardown_element (track);
}

GST_END_TEST;

static Suite *
mediastream_suite (void)
{
  Suite *s = suite_create ("mediastream");
  TCase *tc = tcase_create ("constraints");

  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, begin, end);
  tcase_add_test (tc, constraints_of_a_stream_hold_from_the_first_buffer);
  tcase_add_test (tc, a_promise_is_answered_when_the_next_buffer_is_so);
  tcase_add_test (tc, a_callback_is_called_with_the_answer);
  tcase_add_test (tc, null_asks_for_nothing_and_of_nobody);
  tcase_add_loop_test (tc, a_refusal_names_the_constraint_and_says_why, 0, G_N_ELEMENTS (refusals));
  tcase_add_test (tc, settings_and_capabilities_are_structures_of_the_callers_own);
  tcase_add_test (tc, threads_may_ask_and_read_at_once);
  tcase_add_test (tc, an_ended_track_is_asked_in_vain_and_without_an_error);
  tcase_add_test (tc, a_track_made_by_name_has_nothing_and_answers);
  return s;
}

GST_CHECK_MAIN (mediastream);
