/* SPDX-License-Identifier: MPL-2.0 */

#include "support.h"

struct _TestDevice
{
  GstAppSrc parent;

  GMutex lock;
  GCond changed;
  GstState state;
  guint opened;
  guint64 next;
};

G_DEFINE_TYPE (TestDevice, test_device, GST_TYPE_APP_SRC)

static GstStateChangeReturn
test_device_change_state (GstElement * element, GstStateChange change)
{
  TestDevice *self = TEST_DEVICE (element);
  GstStateChangeReturn result = GST_ELEMENT_CLASS (test_device_parent_class)->change_state (element, change);

  g_mutex_lock (&self->lock);
  if (change == GST_STATE_CHANGE_NULL_TO_READY)
    self->opened++;
  self->state = GST_STATE_TRANSITION_NEXT (change);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  return result;
}

static void
test_device_finalize (GObject * object)
{
  TestDevice *self = TEST_DEVICE (object);

  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  G_OBJECT_CLASS (test_device_parent_class)->finalize (object);
}

static void
test_device_class_init (TestDeviceClass * klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_device_finalize;
  GST_ELEMENT_CLASS (klass)->change_state = test_device_change_state;
}

static void
test_device_init (TestDevice * self)
{
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  self->state = GST_STATE_NULL;
  g_object_set (self, "is-live", TRUE, "format", GST_FORMAT_TIME, NULL);
}

static GstElement *
device_new (const gchar * name, const gchar * caps_text)
{
  GstCaps *caps = gst_caps_from_string (caps_text);
  GstElement *device = g_object_new (TEST_TYPE_DEVICE, "name", name, "caps", caps, NULL);

  must_die (device);
  gst_caps_unref (caps);
  return device;
}

/* Slow, so that nobody misses them while a test looks at something else. */
GstElement *
camera_new (void)
{
  return device_new ("camera", "video/x-raw, format=GRAY8, width=4, height=4, framerate=10/1");
}

GstElement *
microphone_new (void)
{
  return device_new ("microphone", "audio/x-raw, format=S16LE, rate=80, channels=1, layout=interleaved");
}

static GstBuffer *
device_next_buffer (TestDevice * self)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, 16, NULL);

  gst_buffer_memset (buffer, 0, self->next, 16);
  GST_BUFFER_OFFSET (buffer) = self->next;
  GST_BUFFER_PTS (buffer) = self->next * 100 * GST_MSECOND;
  GST_BUFFER_DURATION (buffer) = 100 * GST_MSECOND;
  self->next++;
  return buffer;
}

void
device_push (GstElement * device)
{
  fail_unless_equals_int (gst_app_src_push_buffer (GST_APP_SRC (device),
          device_next_buffer (TEST_DEVICE (device))), GST_FLOW_OK);
}

void
device_push_list (GstElement * device, guint buffers)
{
  GstBufferList *list = gst_buffer_list_new ();

  for (guint i = 0; i < buffers; i++)
    gst_buffer_list_add (list, device_next_buffer (TEST_DEVICE (device)));
  fail_unless_equals_int (gst_app_src_push_buffer_list (GST_APP_SRC (device), list), GST_FLOW_OK);
}

void
device_end (GstElement * device)
{
  fail_unless_equals_int (gst_app_src_end_of_stream (GST_APP_SRC (device)), GST_FLOW_OK);
}

void
device_wait (GstElement * device, GstState state)
{
  TestDevice *self = TEST_DEVICE (device);
  gint64 deadline = g_get_monotonic_time () + LONG;
  gboolean in_time = TRUE;

  g_mutex_lock (&self->lock);
  while (self->state != state && in_time)
    in_time = g_cond_wait_until (&self->changed, &self->lock, deadline);
  fail_unless (in_time, "the device is in %s, not %s", gst_element_state_get_name (self->state),
      gst_element_state_get_name (state));
  g_mutex_unlock (&self->lock);
}

guint
device_opened (GstElement * device)
{
  TestDevice *self = TEST_DEVICE (device);
  guint opened;

  g_mutex_lock (&self->lock);
  opened = self->opened;
  g_mutex_unlock (&self->lock);
  return opened;
}
