/* SPDX-License-Identifier: MPL-2.0
 *
 * Whatever one consumer does, the others go on; and they share one memory. */

#include "support.h"

/* A stream and its clone, each with a consumer. */
typedef struct
{
  GstElement *camera;
  GstElement *streams[2];
  GstHarness *h[2];
} Pair;

static void
pair_init (Pair * pair)
{
  pair->streams[0] = camera_stream_new (&pair->camera);
  pair->streams[1] = clone_of (pair->streams[0]);
  for (guint i = 0; i < 2; i++)
    pair->h[i] = play (pair->streams[i], "video_0");
}

static void
pair_clear (Pair * pair)
{
  for (guint i = 0; i < 2; i++)
    gst_harness_teardown (pair->h[i]);
  for (guint i = 0; i < 2; i++)
    gst_object_unref (pair->streams[i]);
}

/* These buffers reach the good consumer. */
static void
expect_more (Pair * pair, guint good, guint64 from, guint64 to)
{
  for (guint64 number = from; number < to; number++) {
    device_push (pair->camera);
    expect (pair->h[good], number);
  }
}

GST_START_TEST (a_consumer_that_never_returns_holds_up_nobody)
{
  const guint bad = __i__, good = !bad;
  GstElement *track, *clone;
  Pair pair;
  Trap trap;

  pair_init (&pair);
  trap_set (&trap, pair.h[bad], TRUE, GST_FLOW_OK);
  expect_more (&pair, good, 0, 1);
  trap_wait (&trap, 1);
  expect_more (&pair, good, 1, 100);

  /* None of this waits for it. */
  track = nth_track (pair.streams[bad], 0);
  clone = clone_of (pair.streams[bad]);
  gst_object_unref (clone);
  g_signal_emit_by_name (pair.streams[bad], "remove-track", track);
  fail_unless_equals_int (count_of (pair.streams[bad], "get-tracks"), 0);
  fail_unless (is_live (track));
  expect_more (&pair, good, 100, 200);
  fail_unless_equals_int (trap_calls (&trap), 1);

  trap_open (&trap);
  expect_more (&pair, good, 200, 210);
  /* Nothing came after what it was in. */
  fail_unless_equals_int (trap_calls (&trap), 1);
  gst_object_unref (track);
  pair_clear (&pair);
}

GST_END_TEST;

GST_START_TEST (a_consumer_that_never_returns_can_be_stopped_and_its_source_ends)
{
  GstElement *track;
  GstBus *bus;
  Pair pair;
  Trap trap;

  pair_init (&pair);
  trap_set (&trap, pair.h[1], TRUE, GST_FLOW_OK);
  device_push (pair.camera);
  trap_wait (&trap, 1);
  expect (pair.h[0], 0);
  track = nth_track (pair.streams[1], 0);
  g_signal_emit_by_name (track, "stop");
  fail_if (is_live (track));
  gst_object_unref (track);

  bus = bus_of (pair.streams[0]);
  device_end (pair.camera);
  expect_eos (pair.h[0]);
  gst_message_unref (next_message (bus, GST_MESSAGE_ELEMENT));
  device_wait (pair.camera, GST_STATE_NULL);
  trap_open (&trap);
  expect_eos (pair.h[1]);
  gst_element_set_bus (pair.streams[0], NULL);
  gst_object_unref (bus);
  pair_clear (&pair);
}

GST_END_TEST;

GST_START_TEST (a_track_whose_consumer_has_returned_is_as_good_as_new)
{
  GstElement *track, *same;
  GstState state;
  GstBus *bus;
  Pair pair;
  Trap trap;

  pair_init (&pair);
  track = nth_track (pair.streams[1], 0);
  trap_set (&trap, pair.h[1], TRUE, GST_FLOW_OK);
  device_push (pair.camera);
  trap_wait (&trap, 1);
  expect (pair.h[0], 0);
  g_signal_emit_by_name (pair.streams[1], "remove-track", track);
  bus = bus_of (track);
  trap_open (&trap);
  do {
    GstMessage *message = next_message (bus, GST_MESSAGE_STATE_CHANGED);

    gst_message_parse_state_changed (message, NULL, &state, NULL);
    gst_message_unref (message);
  } while (state != GST_STATE_NULL);
  gst_element_set_bus (track, NULL);
  gst_object_unref (bus);

  g_signal_emit_by_name (pair.streams[1], "add-track", track);
  same = nth_track (pair.streams[1], 0);
  fail_unless (same == track, "it is in no stream, and was not added itself");
  gst_object_unref (same);
  gst_object_unref (track);
  gst_harness_teardown (pair.h[1]);
  pair.h[1] = play (pair.streams[1], "video_1");
  device_push (pair.camera);
  expect (pair.h[0], 1);
  expect (pair.h[1], 1);
  pair_clear (&pair);
}

GST_END_TEST;

static const GstFlowReturn flows[] = {
  GST_FLOW_ERROR, GST_FLOW_NOT_NEGOTIATED, GST_FLOW_EOS, GST_FLOW_NOT_LINKED, GST_FLOW_FLUSHING
};

GST_START_TEST (a_consumer_that_refuses_is_alone_with_it)
{
  const GstFlowReturn flow = flows[__i__ / 2];
  const gboolean is_error = flow == GST_FLOW_ERROR || flow == GST_FLOW_NOT_NEGOTIATED;
  const guint bad = __i__ % 2, good = !bad;
  GstElement *track;
  GstBus *buses[2];
  Pair pair;
  Trap trap;

  pair_init (&pair);
  for (guint i = 0; i < 2; i++)
    buses[i] = bus_of (pair.streams[i]);
  trap_set (&trap, pair.h[bad], FALSE, flow);
  expect_more (&pair, good, 0, 1);
  trap_wait (&trap, 1);
  expect_more (&pair, good, 1, 50);
  track = nth_track (pair.streams[bad], 0);
  if (is_error) {
    GstMessage *message = next_message (buses[bad], GST_MESSAGE_ERROR);

    fail_unless (GST_MESSAGE_SRC (message) == GST_OBJECT_CAST (track));
    gst_message_unref (message);
  }
  /* The consumer is broken, not the track. */
  fail_unless (is_live (track));
  gst_object_unref (track);
  fail_if_any_message (buses[good], GST_MESSAGE_ERROR | GST_MESSAGE_WARNING | GST_MESSAGE_ELEMENT);
  gst_harness_teardown (pair.h[bad]);
  pair.h[bad] = play (pair.streams[bad], "video_0");
  device_push (pair.camera);
  expect (pair.h[bad], 50);
  expect (pair.h[good], 50);

  for (guint i = 0; i < 2; i++) {
    gst_element_set_bus (pair.streams[i], NULL);
    gst_object_unref (buses[i]);
  }
  pair_clear (&pair);
}

GST_END_TEST;

GST_START_TEST (a_consumer_that_is_gone_is_not_missed)
{
  Pair pair;

  pair_init (&pair);
  expect_more (&pair, 0, 0, 10);
  gst_harness_teardown (pair.h[1]);
  gst_object_unref (pair.streams[1]);
  expect_more (&pair, 0, 10, 20);
  fail_unless_equals_int (device_opened (pair.camera), 1);
  gst_harness_teardown (pair.h[0]);
  gst_object_unref (pair.streams[0]);
}

GST_END_TEST;

GST_START_TEST (a_consumer_that_lags_loses_the_oldest_and_is_told)
{
  GstElement *track;
  guint64 delivered, discarded, total;
  Pair pair;
  Trap trap;

  pair_init (&pair);
  track = nth_track (pair.streams[1], 0);
  g_object_set (track, "max-size-buffers", 3, NULL);
  trap_set (&trap, pair.h[1], TRUE, GST_FLOW_OK);
  device_push (pair.camera);
  trap_wait (&trap, 1);
  expect (pair.h[0], 0);
  expect_more (&pair, 0, 1, 20);
  trap_open (&trap);
  trap_wait (&trap, 4);
  /* The first one, and the one after the gap. */
  fail_unless_equals_int (trap.disconts, 2);
  delivered = count_in_stats (track, "deliveredFrames");
  discarded = count_in_stats (track, "droppedFrames");
  total = count_in_stats (track, "totalFrames");
  fail_unless_equals_uint64 (discarded, 16);
  fail_unless_equals_uint64 (total, delivered + discarded);
  gst_object_unref (track);
  pair_clear (&pair);
}

GST_END_TEST;

GST_START_TEST (clones_get_the_same_memory_with_its_metas)
{
  static GstStaticCaps reference = GST_STATIC_CAPS ("timestamp/x-test");
  Pair pair;

  pair_init (&pair);
  for (guint64 number = 0; number < 3; number++) {
    GstBuffer *got[2], *sent = gst_buffer_new_allocate (NULL, 16, NULL);
    GstCaps *caps = gst_static_caps_get (&reference);
    GstMemory *memory = gst_buffer_peek_memory (sent, 0);

    GST_BUFFER_OFFSET (sent) = number;
    GST_BUFFER_PTS (sent) = number * GST_SECOND;
    gst_buffer_add_reference_timestamp_meta (sent, caps, 42 + number, GST_CLOCK_TIME_NONE);
    fail_unless_equals_int (gst_app_src_push_buffer (GST_APP_SRC (pair.camera), sent), GST_FLOW_OK);
    for (guint i = 0; i < 2; i++) {
      GstReferenceTimestampMeta *meta;

      got[i] = pull (pair.h[i], number);
      fail_unless (gst_buffer_peek_memory (got[i], 0) == memory);
      meta = gst_buffer_get_reference_timestamp_meta (got[i], caps);
      fail_unless (meta != NULL);
      fail_unless_equals_uint64 (meta->timestamp, 42 + number);
    }
    /* But for the first one, which is marked, not even the header is copied. */
    if (number > 0)
      fail_unless (got[0] == got[1]);
    gst_buffer_unref (got[0]);
    gst_buffer_unref (got[1]);
    gst_caps_unref (caps);
  }
  pair_clear (&pair);
}

GST_END_TEST;

static GstPadProbeReturn
on_list (GstPad * pad, GstPadProbeInfo * info, GAsyncQueue * lists)
{
  g_async_queue_push (lists, gst_buffer_list_ref (GST_PAD_PROBE_INFO_BUFFER_LIST (info)));
  return GST_PAD_PROBE_OK;
}

GST_START_TEST (a_list_stays_a_list)
{
  GAsyncQueue *lists[2];
  Pair pair;

  pair_init (&pair);
  for (guint i = 0; i < 2; i++) {
    lists[i] = g_async_queue_new_full ((GDestroyNotify) gst_buffer_list_unref);
    gst_pad_add_probe (pair.h[i]->sinkpad, GST_PAD_PROBE_TYPE_BUFFER_LIST, (GstPadProbeCallback) on_list,
        lists[i], NULL);
  }
  for (guint round = 0; round < 2; round++) {
    device_push_list (pair.camera, 5);
    for (guint i = 0; i < 2; i++) {
      GstBufferList *list = g_async_queue_timeout_pop (lists[i], LONG);

      fail_unless (list != NULL, "no list");
      fail_unless_equals_int (gst_buffer_list_length (list), 5);
      for (guint j = 0; j < 5; j++) {
        fail_unless_equals_uint64 (GST_BUFFER_OFFSET (gst_buffer_list_get (list, j)), 5 * round + j);
        expect (pair.h[i], 5 * round + j);
      }
      gst_buffer_list_unref (list);
    }
  }
  pair_clear (&pair);
  g_async_queue_unref (lists[0]);
  g_async_queue_unref (lists[1]);
}

GST_END_TEST;

static Suite *
mediastream_suite (void)
{
  Suite *s = suite_create ("mediastream");
  TCase *tc = tcase_create ("isolation");

  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, begin, end);
  tcase_add_loop_test (tc, a_consumer_that_never_returns_holds_up_nobody, 0, 2);
  tcase_add_test (tc, a_consumer_that_never_returns_can_be_stopped_and_its_source_ends);
  tcase_add_test (tc, a_track_whose_consumer_has_returned_is_as_good_as_new);
  tcase_add_loop_test (tc, a_consumer_that_refuses_is_alone_with_it, 0, 2 * G_N_ELEMENTS (flows));
  tcase_add_test (tc, a_consumer_that_is_gone_is_not_missed);
  tcase_add_test (tc, a_consumer_that_lags_loses_the_oldest_and_is_told);
  tcase_add_test (tc, clones_get_the_same_memory_with_its_metas);
  tcase_add_test (tc, a_list_stays_a_list);
  return s;
}

GST_CHECK_MAIN (mediastream);
