/* SPDX-License-Identifier: MPL-2.0
 *
 * Starts and stops a recording of a running stream, while its preview goes on undisturbed:
 *   record [--source "videotestsrc is-live=true"] [--output FILE.webm] [--headless]
 * The recording is a clone of the stream in a pipeline of its own. Stopping the clone's tracks sends EOS through that
 * pipeline only: the muxer writes its index, and the file is complete.
 */
#include <gio/gio.h>
#include <gst/gst.h>
#include <gst/pbutils/pbutils.h>
#include <stdlib.h>

/* The picture in a window; the sound nowhere, or it would howl. */
#define PREVIEW "videoconvert name=video ! autovideosink  fakesink name=audio"
#define HEADLESS_PREVIEW "fakesink name=video sync=true  fakesink name=audio sync=true"
#define RECORDING "videoconvert name=video ! vp8enc deadline=1 cpu-used=8 ! queue ! muxer. " \
    "audioconvert name=audio ! audioresample ! opusenc ! queue ! muxer. " \
    "webmmux name=muxer ! filesink location=\"%s\""

static gchar *source = NULL, *output = "recording.webm";
static gboolean headless = FALSE;

static GOptionEntry options[] = {
  {"source", 0, 0, G_OPTION_ARG_STRING, &source, "Pictures from here, not from the camera", "DESCRIPTION"},
  {"output", 0, 0, G_OPTION_ARG_FILENAME, &output, "Record to this file", "FILE.webm"},
  {"headless", 0, 0, G_OPTION_ARG_NONE, &headless, "Show no windows", NULL},
  {NULL}
};

static void G_GNUC_NORETURN
fail (const gchar * why)
{
  g_printerr ("record: %s\n", why);
  exit (EXIT_FAILURE);
}

static GstElement *
parse (const gchar * description, gboolean ghost)
{
  g_autoptr (GError) error = NULL;
  GstElement *bin = gst_parse_bin_from_description (description, ghost, &error);
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

/* Links a stream to the description's elements "video" and "audio", and starts. */
static GstElement *
play (GstElement * stream, const gchar * description)
{
  GstElement *pipeline = gst_pipeline_new (NULL);
  GstElement *bin = parse (description, FALSE);
  g_autoptr (GstElement) video = gst_bin_get_by_name (GST_BIN (bin), "video");
  g_autoptr (GstElement) audio = gst_bin_get_by_name (GST_BIN (bin), "audio");
  gst_bin_add_many (GST_BIN (pipeline), stream, bin, NULL);
  if (!gst_element_link_pads (stream, "video_0", video, NULL)
      || !gst_element_link_pads (stream, "audio_0", audio, NULL)
      || gst_element_set_state (pipeline, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE) {
    ends_within (pipeline, GST_SECOND); /* the reason is on the bus */
    fail ("the pipeline does not start");
  }
  return pipeline;
}

/* A count from the statistics of the stream's video track. */
static guint
frames (GstElement * stream, const gchar * field)
{
  g_autoptr (GstStructure) stats = NULL;
  guint64 count = 0;
  gst_child_proxy_get (GST_CHILD_PROXY (stream), "video_0::stats", &stats, NULL);
  gst_structure_get_uint64 (stats, field, &count);
  return count;
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

  /* The stream: this machine's camera and microphone, or other pictures with a tone. */
  g_autoptr (GstElement) camera = gst_element_factory_make ("mediastream", NULL);
  if (!camera)
    fail ("no element mediastream: set GST_PLUGIN_PATH to the plugin's folder");
  gst_object_ref_sink (camera);
  if (source)
    g_object_set (camera, "video-source", parse (source, TRUE),
        "audio-source", parse ("audiotestsrc is-live=true", TRUE), NULL);
  else
    g_object_set (camera, "video", TRUE, "audio", TRUE, NULL);
  g_autoptr (GstElement) preview = play (camera, headless ? HEADLESS_PREVIEW : PREVIEW);
  GstClockTime seconds = (headless ? 1 : 3) * GST_SECOND;
  if (ends_within (preview, seconds))
    fail ("the source ended by itself");

  /* The recording: a clone, made while the camera runs, in a pipeline of its own. */
  guint before = frames (camera, "deliveredFrames");
  g_autoptr (GstElement) clone = NULL;
  g_signal_emit_by_name (camera, "clone", &clone);
  g_autofree gchar *description = g_strdup_printf (RECORDING, output);
  g_autoptr (GstElement) recording = play (clone, description);
  if (ends_within (preview, 2 * seconds))
    fail ("the source ended by itself");

  /* "stop" ends the clone, and nothing else. Once its EOS has come through, the file is complete. */
  g_autoptr (GListModel) tracks = NULL;
  g_object_get (clone, "tracks", &tracks, NULL);
  for (guint i = 0; i < g_list_model_get_n_items (tracks); i++) {
    g_autoptr (GstElement) track = g_list_model_get_item (tracks, i);
    g_signal_emit_by_name (track, "stop");
  }
  if (!ends_within (recording, 5 * GST_SECOND))
    fail ("the recording did not end");
  gst_element_set_state (recording, GST_STATE_NULL);
  guint during = frames (camera, "deliveredFrames") - before;
  g_autofree gchar *uri = gst_filename_to_uri (output, NULL);
  g_autoptr (GstDiscoverer) discoverer = gst_discoverer_new (5 * GST_SECOND, NULL);
  g_autoptr (GstDiscovererInfo) file = gst_discoverer_discover_uri (discoverer, uri, &error);
  if (error)
    fail (error->message);
  guint length = GST_TIME_AS_MSECONDS (gst_discoverer_info_get_duration (file));
  g_print ("recorded %u ms; meanwhile the preview had %u pictures\n", length, during);

  /* The preview has not noticed. */
  if (ends_within (preview, seconds) || !length || !during || frames (camera, "droppedFrames"))
    fail ("the preview was disturbed, or the file is empty");
  gst_element_set_state (preview, GST_STATE_NULL);
  return EXIT_SUCCESS;
}
