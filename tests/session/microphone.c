/* SPDX-License-Identifier: MPL-2.0
 *
 * A virtual microphone: an adapter with PipeWire's own test tone, which runs inside the daemon and drives itself. (Sound
 * from a process of its own would be driven by the clock of a camera that streams beside it, in PipeWire 0.3.)
 *
 *   microphone NAME DESCRIPTION FREQUENCY
 *
 * Says "plugged ID" when it is there, and is unplugged when this process ends, by SIGTERM, SIGKILL or otherwise. Needs the
 * factory "audiotestsrc", which tests/session/run gives to the daemon.
 */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pipewire/pipewire.h>
#include <spa/param/props.h>
#include <spa/pod/builder.h>

typedef struct
{
  struct pw_main_loop *loop;
  struct pw_proxy *node;
  float frequency;
  uint32_t id;
  int sync;
  int status;
} Microphone;

static void
on_signal (void *data, int number)
{
  Microphone *self = data;

  pw_main_loop_quit (self->loop);
}

/* pw-cli cannot do this: it takes a frequency for an integer, which the source does not. */
static void
set_frequency (Microphone * self)
{
  uint8_t memory[256];
  struct spa_pod_builder builder =
      SPA_POD_BUILDER_INIT (memory, sizeof memory);
  const struct spa_pod *props =
      spa_pod_builder_add_object (&builder, SPA_TYPE_OBJECT_Props,
      SPA_PARAM_Props, SPA_PROP_frequency, SPA_POD_Float (self->frequency));

  pw_node_set_param ((struct pw_node *) self->node, SPA_PARAM_Props, 0, props);
}

static void
on_bound (void *data, uint32_t id)
{
  Microphone *self = data;

  self->id = id;
}

static void
on_removed (void *data)
{
  Microphone *self = data;

  pw_main_loop_quit (self->loop);
}

static const struct pw_proxy_events node_events = {
  PW_VERSION_PROXY_EVENTS,
  .bound = on_bound,
  .removed = on_removed,
};

static void
on_done (void *data, uint32_t id, int sequence)
{
  Microphone *self = data;

  if (id == PW_ID_CORE && sequence == self->sync) {
    printf ("plugged %u\n", self->id);
    fflush (stdout);
  }
}

static void
on_error (void *data, uint32_t id, int sequence, int code, const char *message)
{
  Microphone *self = data;

  fprintf (stderr, "microphone: %s\n", message);
  self->status = 1;
  pw_main_loop_quit (self->loop);
}

static const struct pw_core_events core_events = {
  PW_VERSION_CORE_EVENTS,
  .done = on_done,
  .error = on_error,
};

static int
plug (Microphone * self, const char *name, const char *description)
{
  struct pw_context *context =
      pw_context_new (pw_main_loop_get_loop (self->loop), NULL, 0);
  struct pw_core *core = pw_context_connect (context, NULL, 0);
  struct pw_properties *props = pw_properties_new (PW_KEY_FACTORY_NAME,
      "audiotestsrc", PW_KEY_MEDIA_CLASS, "Audio/Source", PW_KEY_NODE_NAME,
      name, PW_KEY_NODE_DESCRIPTION, description, PW_KEY_NODE_VIRTUAL, "true",
      PW_KEY_AUDIO_CHANNELS, "1", "audio.position", "[ MONO ]", NULL);
  struct spa_hook core_listener, node_listener;

  if (core == NULL) {
    fprintf (stderr, "microphone: no PipeWire: %s\n", strerror (errno));
    return 1;
  }
  spa_zero (core_listener);
  spa_zero (node_listener);
  pw_core_add_listener (core, &core_listener, &core_events, self);
  self->node = pw_core_create_object (core, "adapter",
      PW_TYPE_INTERFACE_Node, PW_VERSION_NODE, &props->dict, 0);
  pw_proxy_add_listener (self->node, &node_listener, &node_events, self);
  set_frequency (self);
  self->sync = pw_core_sync (core, PW_ID_CORE, 0);
  pw_main_loop_run (self->loop);
  pw_properties_free (props);
  pw_context_destroy (context);
  return self->status;
}

int
main (int argc, char **argv)
{
  Microphone self = { 0 };
  struct pw_loop *loop;
  int status;

  if (argc != 4 || (self.frequency = strtof (argv[3], NULL)) <= 0) {
    fprintf (stderr, "usage: microphone NAME DESCRIPTION FREQUENCY\n");
    return 2;
  }
  /* Nobody has to read what it says. */
  signal (SIGPIPE, SIG_IGN);
  pw_init (NULL, NULL);
  self.loop = pw_main_loop_new (NULL);
  loop = pw_main_loop_get_loop (self.loop);
  pw_loop_add_signal (loop, SIGINT, on_signal, &self);
  pw_loop_add_signal (loop, SIGTERM, on_signal, &self);
  status = plug (&self, argv[1], argv[2]);
  pw_main_loop_destroy (self.loop);
  pw_deinit ();
  return status;
}
