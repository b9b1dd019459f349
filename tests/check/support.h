/* SPDX-License-Identifier: MPL-2.0
 *
 * What the tests share: a device that does what the test says, consumers, and a list of what must be gone at the end.
 *
 * Whoever waits here waits for something to happen, and fails with the name of it when it does not. */

#pragma once

#include <gio/gio.h>
#include <gst/app/gstappsrc.h>
#include <gst/check/gstcheck.h>
#include <gst/check/gstharness.h>

/* No wait of a test that goes well takes longer. */
#define LONG (10 * G_TIME_SPAN_SECOND)

/* A live source: gives what the test pushes, and says in which state it is. */

#define TEST_TYPE_DEVICE (test_device_get_type ())
G_DECLARE_FINAL_TYPE (TestDevice, test_device, TEST, DEVICE, GstAppSrc)

/* One that gives video, or audio; at the end of the test it must be gone. */
GstElement *camera_new (void);
GstElement *microphone_new (void);

/* Gives the next buffer; its number, from 0, is in its offset. */
void device_push (GstElement * device);
/* Gives several buffers as one list. */
void device_push_list (GstElement * device, guint buffers);
void device_end (GstElement * device);
void device_wait (GstElement * device, GstState state);
/* How often it has been opened. */
guint device_opened (GstElement * device);

/* Objects of the plugin. Whoever makes one has it, and must give it back. */

GstElement *stream_new (void);
GstElement *camera_stream_new (GstElement ** camera);
/* A clone of a stream or of a track. */
GstElement *clone_of (GstElement * original);
/* A track of a stream, by its place. */
GstElement *nth_track (GstElement * stream, guint index);
/* get-tracks, get-audio-tracks or get-video-tracks. */
GListModel *list_of (GstElement * stream, const gchar * action);
guint count_of (GstElement * stream, const gchar * action);
gchar *string_of (gpointer object, const gchar * property);
guint64 count_in_stats (GstElement * track, const gchar * field);
gboolean is_live (GstElement * track);
/* Waits until the track has ended. Its EOS may come before that. */
void wait_ended (GstElement * track);
void fail_unless_ids_differ (GstElement * a, GstElement * b);

/* A bus to read the messages of an element that is in no pipeline. */
GstBus *bus_of (GstElement * element);
GstMessage *next_message (GstBus * bus, GstMessageType types);
void fail_if_any_message (GstBus * bus, GstMessageType types);

/* Consumers. */

/* A harness on a src pad of a stream or a track, which is PLAYING. */
GstHarness *play (GstElement * element, const gchar * pad);
/* The buffer that comes next must have this number; the reference is the caller's. */
GstBuffer *pull (GstHarness * h, guint64 number);
void expect (GstHarness * h, guint64 number);
/* The next event of this type, which must come before EOS. */
GstEvent *pull_event (GstHarness * h, GstEventType type);
void expect_eos (GstHarness * h);

/* What a consumer does instead of taking buffers. */
typedef struct
{
  GMutex lock;
  GCond changed;
  gboolean shut;
  GstFlowReturn answer;
  guint calls;
  guint disconts;
} Trap;

/* From now on the consumer does not return while the trap is shut, and then answers. */
void trap_set (Trap * trap, GstHarness * h, gboolean shut, GstFlowReturn answer);
/* Waits until so many buffers have come. */
void trap_wait (Trap * trap, guint calls);
void trap_open (Trap * trap);
/* How many buffers have come. */
guint trap_calls (Trap * trap);

/* At the end of its test this object must not exist any more. */
void must_die (gpointer object);
/* The fixture that every test case has. */
void begin (void);
void end (void);
