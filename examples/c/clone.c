/* SPDX-License-Identifier: MPL-2.0
 *
 * Two views of one camera: a stream and its clone, each in a pipeline of its own.
 *
 *   clone
 *   clone --source "videotestsrc is-live=true pattern=ball"
 *   clone --source "videotestsrc is-live=true" --headless
 *
 * After a few seconds the original is stopped. The clone goes on: the camera is released with the last live track.
 */
#include <gst/gst.h>
#include <stdlib.h>

static gchar *source = NULL;
static gboolean headless = FALSE;

static GOptionEntry options[] = {
  {"source", 0, 0, G_OPTION_ARG_STRING, &source, "Pictures from here, not from the camera", "DESCRIPTION"},
  {"headless", 0, 0, G_OPTION_ARG_NONE, &headless, "Show no windows", NULL},
  {NULL}
};

static void G_GNUC_NORETURN
fail (const gchar * why)
{
  g_printerr ("clone: %s\n", why);
  exit (EXIT_FAILURE);
}

static GstElement *
parse (const gchar * description)
{
  g_autoptr (GError) error = NULL;
  GstElement *bin = gst_parse_bin_from_description (description, TRUE, &error);

  if (error)
    fail (error->message);
  return bin;
}

/* Whether EOS comes in this time. An error of one of the elements is ours too. */
static gboolean
ends_within (GstElement * pipeline, GstClockTime time)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstMessage) message =
      gst_bus_timed_pop_filtered (bus, time, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);

  if (message && GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    g_autoptr (GError) error = NULL;
    gst_message_parse_error (message, &error, NULL);
    fail (error->message);
  }
  return message != NULL;
}

/* A pipeline that shows a stream. */
static GstElement *
view (GstElement * stream)
{
  GstElement *pipeline = gst_pipeline_new (NULL);
  GstElement *sink = parse (headless ? "fakesink sync=true" : "videoconvert ! autovideosink");

  gst_bin_add_many (GST_BIN (pipeline), stream, sink, NULL);
  /* The pad is there as soon as the stream knows that it has video. */
  if (!gst_element_link_pads (stream, "video_0", sink, NULL))
    fail ("cannot link the stream");
  if (gst_element_set_state (pipeline, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE) {
    ends_within (pipeline, GST_SECOND); /* the reason is on the bus */
    fail ("the pipeline does not start");
  }
  return pipeline;
}

/* How many frames have gone to the stream's consumer. Its tracks are its children, named as its pads are. */
static guint
frames (GstElement * stream)
{
  g_autoptr (GstStructure) stats = NULL;
  guint64 delivered = 0;

  gst_child_proxy_get (GST_CHILD_PROXY (stream), "video_0::stats", &stats, NULL);
  gst_structure_get_uint64 (stats, "deliveredFrames", &delivered);
  return delivered;
}

static void
report (const gchar * moment, GstElement * camera, GstElement * clone)
{
  g_print ("%16s: original %4u frames, clone %4u frames\n", moment, frames (camera), frames (clone));
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, options, NULL);
  g_option_context_add_group (context, gst_init_get_option_group ());
  if (!g_option_context_parse (context, &argc, &argv, &error))
    fail (error->message);

  /* The stream: this machine's camera, or anything else that gives pictures. */
  g_autoptr (GstElement) camera = gst_element_factory_make ("mediastream", NULL);
  if (!camera)
    fail ("no element mediastream: set GST_PLUGIN_PATH to the plugin's folder");
  gst_object_ref_sink (camera);
  if (source)
    g_object_set (camera, "video-source", parse (source), NULL);
  else
    g_object_set (camera, "video", TRUE, NULL);

  /* Its clone: a mediastream too, in no bin yet. It can be made at any time, also while the camera runs. */
  g_autoptr (GstElement) clone = NULL;
  g_signal_emit_by_name (camera, "clone", &clone);

  /* Two pipelines that know nothing of each other. */
  g_autoptr (GstElement) first = view (camera);
  g_autoptr (GstElement) second = view (clone);
  GstClockTime seconds = (headless ? 2 : 5) * GST_SECOND;
  if (ends_within (first, seconds))
    fail ("the source ended by itself");
  report ("both run", camera, clone);

  /* The original stops: EOS goes through its pipeline, which is not needed any more. */
  g_autoptr (GstElement) track = gst_bin_get_by_name (GST_BIN (camera), "video_0");
  g_signal_emit_by_name (track, "stop");
  if (!ends_within (first, 2 * GST_SECOND))
    fail ("the stopped stream did not get EOS");
  gst_element_set_state (first, GST_STATE_NULL);
  report ("original stopped", camera, clone);

  /* The clone has not noticed. */
  guint before = frames (clone);
  if (ends_within (second, seconds))
    fail ("the clone ended with the original");
  gst_element_set_state (second, GST_STATE_NULL);
  report ("clone alone", camera, clone);
  if (frames (camera) == 0 || frames (clone) <= before)
    fail ("there were no pictures");
  return EXIT_SUCCESS;
}
