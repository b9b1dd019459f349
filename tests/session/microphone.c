/* SPDX-License-Identifier: MPL-2.0
 *
 * A virtual microphone, which hears a tone: a PipeWire stream that drives itself, as a microphone does.
 *
 *   microphone NAME DESCRIPTION FREQUENCY
 *
 * Says "plugged ID" when it is there, "open" when somebody listens, "closed" when nobody does any more. SIGTERM unplugs
 * it, SIGKILL is a crash.
 *
 * (PipeWire's own source of tones, audiotestsrc, falls silent for ever in 0.3: it loses a buffer each time that nobody is
 * there to take it. Sound of a stream that does not drive itself would follow the clock of a camera beside it.)
 */

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <pipewire/pipewire.h>
#include <spa/param/audio/format-utils.h>

#define RATE 48000
#define QUANTUM 1024u

typedef struct
{
  struct pw_main_loop *loop;
  struct pw_stream *stream;
  struct spa_source *timer;
  struct spa_io_position *position;
  double step, phase;           /* of the tone, in radians for each sample */
  uint64_t samples;
  bool plugged, open, leaving;
  int status;
} Microphone;

static void
on_process (void *data)
{
  Microphone *self = data;
  struct pw_buffer *buffer = pw_stream_dequeue_buffer (self->stream);
  struct spa_data *memory;
  float *samples;
  uint32_t count;

  if (buffer == NULL)
    return;
  memory = &buffer->buffer->datas[0];
  samples = memory->data;
  count = SPA_MIN (memory->maxsize / sizeof (float), QUANTUM);
  for (uint32_t i = 0; i < count; i++) {
    samples[i] = 0.8 * sin (self->phase);
    self->phase = fmod (self->phase + self->step, 2 * M_PI);
  }
  memory->chunk->offset = 0;
  memory->chunk->size = count * sizeof (float);
  memory->chunk->stride = sizeof (float);
  pw_stream_queue_buffer (self->stream, buffer);
}

/* Whoever drives says what time it is, and how much of it passes. */
static void
tell_time (Microphone * self)
{
  struct spa_io_clock *clock = &self->position->clock;
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  clock->nsec = SPA_TIMESPEC_TO_NSEC (&now);
  clock->next_nsec = clock->nsec + SPA_NSEC_PER_SEC * QUANTUM / RATE;
  clock->rate = SPA_FRACTION (1, RATE);
  clock->rate_diff = 1;
  clock->duration = QUANTUM;
  clock->position = self->samples;
  self->samples += QUANTUM;
}

static void
on_tick (void *data, uint64_t expirations)
{
  Microphone *self = data;

  if (self->position != NULL)
    tell_time (self);
  pw_stream_trigger_process (self->stream);
}

static void
run_timer (Microphone * self, bool running)
{
  struct timespec first = { 0, running ? 1 : 0 };
  struct timespec every = { 0, SPA_NSEC_PER_SEC * QUANTUM / RATE };

  pw_loop_update_timer (pw_main_loop_get_loop (self->loop), self->timer,
      &first, &every, false);
}

static void
on_io_changed (void *data, uint32_t id, void *area, uint32_t size)
{
  Microphone *self = data;

  if (id == SPA_IO_Position)
    self->position = area;
}

static void
on_state_changed (void *data, enum pw_stream_state old,
    enum pw_stream_state state, const char *error)
{
  Microphone *self = data;
  bool open = state == PW_STREAM_STATE_STREAMING;

  if (state == PW_STREAM_STATE_PAUSED && !self->plugged) {
    self->plugged = true;
    printf ("plugged %u\n", pw_stream_get_node_id (self->stream));
  }
  if (open != self->open) {
    run_timer (self, open);
    self->open = open;
    puts (open ? "open" : "closed");
  }
  fflush (stdout);
  if (!self->leaving && (state == PW_STREAM_STATE_ERROR
          || state == PW_STREAM_STATE_UNCONNECTED)) {
    fprintf (stderr, "microphone: %s\n",
        error ? error : "the daemon has gone");
    self->leaving = true;
    self->status = 1;
    pw_main_loop_quit (self->loop);
  }
}

static const struct pw_stream_events stream_events = {
  PW_VERSION_STREAM_EVENTS,
  .state_changed = on_state_changed,
  .io_changed = on_io_changed,
  .process = on_process,
};

static int
plug (Microphone * self, const char *name, const char *description)
{
  struct pw_loop *loop = pw_main_loop_get_loop (self->loop);
  uint8_t memory[1024];
  struct spa_pod_builder builder =
      SPA_POD_BUILDER_INIT (memory, sizeof memory);
  struct spa_audio_info_raw format = {
    .format = SPA_AUDIO_FORMAT_F32,.rate = RATE,.channels = 1,
    .position = {SPA_AUDIO_CHANNEL_MONO}
  };
  const struct spa_pod *params[1];

  params[0] = spa_format_audio_raw_build (&builder, SPA_PARAM_EnumFormat,
      &format);
  self->timer = pw_loop_add_timer (loop, on_tick, self);
  self->stream = pw_stream_new_simple (loop, name,
      pw_properties_new (PW_KEY_MEDIA_CLASS, "Audio/Source",
          PW_KEY_NODE_NAME, name, PW_KEY_NODE_DESCRIPTION, description,
          PW_KEY_NODE_VIRTUAL, "true", NULL), &stream_events, self);
  if (self->stream == NULL
      || pw_stream_connect (self->stream, PW_DIRECTION_OUTPUT, PW_ID_ANY,
          PW_STREAM_FLAG_DRIVER | PW_STREAM_FLAG_MAP_BUFFERS, params, 1) < 0) {
    fprintf (stderr, "microphone: no PipeWire: %s\n", strerror (errno));
    return 1;
  }
  pw_main_loop_run (self->loop);
  return self->status;
}

static void
on_quit (void *data, int number)
{
  Microphone *self = data;

  self->leaving = true;
  pw_main_loop_quit (self->loop);
}

int
main (int argc, char **argv)
{
  Microphone self = { 0 };
  struct pw_loop *loop;
  double frequency;
  int status;

  if (argc != 4 || (frequency = strtod (argv[3], NULL)) <= 0) {
    fprintf (stderr, "usage: microphone NAME DESCRIPTION FREQUENCY\n");
    return 2;
  }
  self.step = 2 * M_PI * frequency / RATE;
  /* Nobody has to read what it says. */
  signal (SIGPIPE, SIG_IGN);
  pw_init (NULL, NULL);
  self.loop = pw_main_loop_new (NULL);
  loop = pw_main_loop_get_loop (self.loop);
  pw_loop_add_signal (loop, SIGINT, on_quit, &self);
  pw_loop_add_signal (loop, SIGTERM, on_quit, &self);
  status = plug (&self, argv[1], argv[2]);
  if (self.stream != NULL)
    pw_stream_destroy (self.stream);
  pw_main_loop_destroy (self.loop);
  pw_deinit ();
  return status;
}
