/* SPDX-License-Identifier: MPL-2.0
 *
 * A virtual camera: a PipeWire stream that drives itself, as a camera does.
 *
 *   camera NAME DESCRIPTION [MODE...]
 *
 * A MODE is FORMAT:WIDTHxHEIGHT@RATE[,RATE...], of YUY2 and NV12: YUY2:640x480@30,15. The first is the one that it prefers.
 *
 * Says "plugged ID" when it is there, "open FORMAT WIDTHxHEIGHT@RATE" when somebody wants pictures, "closed" when nobody
 * does any more. SIGTERM unplugs it, SIGKILL is a crash, SIGUSR1 freezes it: no pictures, until the next SIGUSR1.
 *
 * Each picture says which it is, in 64 cells across its top, so large that they outlive scaling and lossy coding. A cell
 * is white for 1 and black for 0, the most significant bit first:
 *
 *   16 bits  the camera: FNV-1a of its NAME, its upper half XORed with its lower half
 *   32 bits  the number of the picture; one is left out for each that could not be taken
 *   16 bits  the XOR of the three halves before, and 0x5a5a
 */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <pipewire/pipewire.h>
#include <spa/param/video/format-utils.h>

#define MAX_MODES 16
#define MAX_RATES 8
/* How long ago a picture was taken when it comes: real cameras expose and transfer it first. */
#define AGE (40 * SPA_NSEC_PER_MSEC)

typedef struct
{
  uint32_t format;
  struct spa_rectangle size;
  uint32_t rates[MAX_RATES];
  uint32_t n_rates;
} Mode;

typedef struct
{
  struct pw_main_loop *loop;
  struct pw_stream *stream;
  struct spa_source *timer;
  struct spa_video_info_raw format;
  Mode modes[MAX_MODES];
  uint32_t n_modes;
  uint16_t tag;
  uint32_t number;
  bool plugged, open, frozen, leaving;
  int status;
} Camera;

/* --- Pictures --- */

typedef struct
{
  uint8_t y, u, v;
} Colour;

typedef struct
{
  uint8_t *data;
  uint32_t format, width, height, stride;
} Picture;

static uint32_t
stride_of (const struct spa_video_info_raw *format)
{
  uint32_t bytes = format->format == SPA_VIDEO_FORMAT_YUY2 ? 2 : 1;

  return SPA_ROUND_UP_N (format->size.width * bytes, 4);
}

static uint32_t
size_of (const struct spa_video_info_raw *format)
{
  uint32_t luma = stride_of (format) * format->size.height;

  return format->format == SPA_VIDEO_FORMAT_YUY2 ? luma : luma + luma / 2;
}

/* Fills a rectangle, from even columns and rows to even ones, as colours are shared by so many. */
static void
fill (const Picture * picture, uint32_t left, uint32_t top, uint32_t right,
    uint32_t bottom, Colour colour)
{
  const uint8_t pair[4] = { colour.y, colour.u, colour.y, colour.v };

  left &= ~1u, top &= ~1u, right &= ~1u, bottom &= ~1u;
  if (left >= right)
    return;
  for (uint32_t y = top; y < bottom; y++) {
    uint8_t *row = picture->data + (size_t) y * picture->stride;

    if (picture->format == SPA_VIDEO_FORMAT_YUY2) {
      for (uint32_t x = left; x < right; x += 2)
        memcpy (row + 2 * x, pair, sizeof pair);
    } else {
      memset (row + left, colour.y, right - left);
    }
  }
  if (picture->format != SPA_VIDEO_FORMAT_NV12)
    return;
  for (uint32_t y = top / 2; y < bottom / 2; y++) {
    uint8_t *row =
        picture->data + (size_t) (picture->height + y) * picture->stride;

    for (uint32_t x = left; x < right; x += 2) {
      row[x] = colour.u;
      row[x + 1] = colour.v;
    }
  }
}

static void
write_number (const Picture * picture, uint16_t tag, uint32_t number)
{
  const Colour black = { 16, 128, 128 }, white = { 235, 128, 128 };
  uint16_t upper = number >> 16, lower = number;
  uint16_t check = tag ^ upper ^ lower ^ 0x5a5a;
  uint64_t bits = (uint64_t) tag << 48 | (uint64_t) number << 16 | check;

  for (uint32_t i = 0; i < 64; i++)
    fill (picture, picture->width * i / 64, 0, picture->width * (i + 1) / 64,
        picture->height / 16, bits >> (63 - i) & 1 ? white : black);
}

/* There and back, from 0 to `range`. */
static uint32_t
bounce (uint32_t number, uint32_t speed, uint32_t range)
{
  uint32_t at = (uint64_t) number * speed % (2 * range);

  return at < range ? at : 2 * range - at;
}

/* A sky of the camera's own colour, and a ball. */
static void
paint (const Picture * picture, uint16_t tag, uint32_t number)
{
  const uint32_t width = picture->width, height = picture->height;
  const int32_t radius = height / 8;
  const Colour ball = { 210, 64, 176 };
  int32_t x = radius + bounce (number, 1 + width / 80, width - 2 * radius);
  int32_t y = radius + height / 16 +
      bounce (number, 1 + height / 96, height - height / 16 - 2 * radius);

  for (uint32_t i = 0; i < 16; i++) {
    const Colour sky = { 40 + 8 * i, 80 + tag % 96, 80 + tag / 256 % 96 };

    fill (picture, 0, height * i / 16, width, height * (i + 1) / 16, sky);
  }
  for (int32_t row = -radius; row < radius; row += 2) {
    int32_t half = 0;

    while ((half + 1) * (half + 1) + row * row < radius * radius)
      half++;
    fill (picture, x - half, y + row, x + half, y + row + 2, ball);
  }
  write_number (picture, tag, number);
}

static uint16_t
tag_of (const char *name)
{
  uint32_t hash = 2166136261u;

  for (; *name; name++)
    hash = (hash ^ (uint8_t) * name) * 16777619u;
  return hash >> 16 ^ (hash & 0xffff);
}

/* --- The stream --- */

static void
on_process (void *data)
{
  Camera *self = data;
  struct pw_buffer *buffer = pw_stream_dequeue_buffer (self->stream);
  struct spa_meta_header *header;
  struct spa_data *memory;
  struct timespec now;

  self->number++;
  if (buffer == NULL)
    return;
  memory = &buffer->buffer->datas[0];
  memory->chunk->offset = 0;
  memory->chunk->size = size_of (&self->format);
  memory->chunk->stride = stride_of (&self->format);
  if (memory->data != NULL && memory->maxsize >= memory->chunk->size) {
    const Picture picture = { memory->data, self->format.format,
      self->format.size.width, self->format.size.height, memory->chunk->stride
    };

    paint (&picture, self->tag, self->number);
  }
  header = spa_buffer_find_meta_data (buffer->buffer, SPA_META_Header,
      sizeof *header);
  if (header != NULL) {
    clock_gettime (CLOCK_MONOTONIC, &now);
    *header = (struct spa_meta_header) {
      .pts = SPA_TIMESPEC_TO_NSEC (&now) - AGE, .seq = self->number};
  }
  pw_stream_queue_buffer (self->stream, buffer);
}

static void
on_tick (void *data, uint64_t expirations)
{
  Camera *self = data;

  if (!self->frozen)
    pw_stream_trigger_process (self->stream);
}

static void
run_timer (Camera * self, bool running)
{
  const struct spa_fraction *rate = &self->format.framerate;
  uint64_t interval = SPA_NSEC_PER_SEC / 30;
  struct timespec first = { 0, 0 }, every;

  if (rate->num > 0)
    interval = SPA_NSEC_PER_SEC * rate->denom / rate->num;
  every.tv_sec = interval / SPA_NSEC_PER_SEC;
  every.tv_nsec = interval % SPA_NSEC_PER_SEC;
  if (running)
    first.tv_nsec = 1;
  pw_loop_update_timer (pw_main_loop_get_loop (self->loop), self->timer,
      &first, &every, false);
}

static void
on_state_changed (void *data, enum pw_stream_state old,
    enum pw_stream_state state, const char *error)
{
  Camera *self = data;
  bool open = state == PW_STREAM_STATE_STREAMING;

  if (state == PW_STREAM_STATE_PAUSED && !self->plugged) {
    self->plugged = true;
    printf ("plugged %u\n", pw_stream_get_node_id (self->stream));
  }
  if (open != self->open) {
    run_timer (self, open);
    self->open = open;
    if (open)
      printf ("open %s %ux%u@%u\n",
          self->format.format == SPA_VIDEO_FORMAT_YUY2 ? "YUY2" : "NV12",
          self->format.size.width, self->format.size.height,
          self->format.framerate.num);
    else
      printf ("closed\n");
  }
  fflush (stdout);
  if (!self->leaving && (state == PW_STREAM_STATE_ERROR
          || state == PW_STREAM_STATE_UNCONNECTED)) {
    self->leaving = true;
    fprintf (stderr, "camera: %s\n", error ? error : "the daemon has gone");
    self->status = 1;
    pw_main_loop_quit (self->loop);
  }
}

static void
on_param_changed (void *data, uint32_t id, const struct spa_pod *param)
{
  Camera *self = data;
  uint8_t memory[1024];
  struct spa_pod_builder builder =
      SPA_POD_BUILDER_INIT (memory, sizeof memory);
  const struct spa_pod *params[2];

  if (id != SPA_PARAM_Format || param == NULL
      || spa_format_video_raw_parse (param, &self->format) < 0)
    return;
  params[0] = spa_pod_builder_add_object (&builder,
      SPA_TYPE_OBJECT_ParamBuffers, SPA_PARAM_Buffers,
      SPA_PARAM_BUFFERS_buffers, SPA_POD_CHOICE_RANGE_Int (8, 2, 32),
      SPA_PARAM_BUFFERS_blocks, SPA_POD_Int (1),
      SPA_PARAM_BUFFERS_size, SPA_POD_Int (size_of (&self->format)),
      SPA_PARAM_BUFFERS_stride, SPA_POD_Int (stride_of (&self->format)));
  params[1] = spa_pod_builder_add_object (&builder,
      SPA_TYPE_OBJECT_ParamMeta, SPA_PARAM_Meta,
      SPA_PARAM_META_type, SPA_POD_Id (SPA_META_Header),
      SPA_PARAM_META_size, SPA_POD_Int (sizeof (struct spa_meta_header)));
  pw_stream_update_params (self->stream, params, 2);
}

static const struct pw_stream_events stream_events = {
  PW_VERSION_STREAM_EVENTS,
  .state_changed = on_state_changed,
  .param_changed = on_param_changed,
  .process = on_process,
};

static const struct spa_pod *
offer (struct spa_pod_builder *builder, const Mode * mode)
{
  struct spa_pod_frame object, rates;

  spa_pod_builder_push_object (builder, &object, SPA_TYPE_OBJECT_Format,
      SPA_PARAM_EnumFormat);
  spa_pod_builder_add (builder,
      SPA_FORMAT_mediaType, SPA_POD_Id (SPA_MEDIA_TYPE_video),
      SPA_FORMAT_mediaSubtype, SPA_POD_Id (SPA_MEDIA_SUBTYPE_raw),
      SPA_FORMAT_VIDEO_format, SPA_POD_Id (mode->format),
      SPA_FORMAT_VIDEO_size, SPA_POD_Rectangle (&mode->size), 0);
  spa_pod_builder_prop (builder, SPA_FORMAT_VIDEO_framerate, 0);
  spa_pod_builder_push_choice (builder, &rates, SPA_CHOICE_Enum, 0);
  /* The one that it prefers, then all of them. */
  spa_pod_builder_fraction (builder, mode->rates[0], 1);
  for (uint32_t i = 0; i < mode->n_rates; i++)
    spa_pod_builder_fraction (builder, mode->rates[i], 1);
  spa_pod_builder_pop (builder, &rates);
  return spa_pod_builder_pop (builder, &object);
}

static int
plug (Camera * self, const char *name, const char *description)
{
  struct pw_loop *loop = pw_main_loop_get_loop (self->loop);
  uint8_t memory[8192];
  struct spa_pod_builder builder =
      SPA_POD_BUILDER_INIT (memory, sizeof memory);
  const struct spa_pod *params[MAX_MODES];

  for (uint32_t i = 0; i < self->n_modes; i++)
    params[i] = offer (&builder, &self->modes[i]);
  self->timer = pw_loop_add_timer (loop, on_tick, self);
  self->stream = pw_stream_new_simple (loop, name,
      pw_properties_new (PW_KEY_MEDIA_CLASS, "Video/Source",
          PW_KEY_MEDIA_ROLE, "Camera", PW_KEY_NODE_NAME, name,
          PW_KEY_NODE_DESCRIPTION, description, PW_KEY_NODE_VIRTUAL, "true",
          NULL), &stream_events, self);
  if (self->stream == NULL
      || pw_stream_connect (self->stream, PW_DIRECTION_OUTPUT, PW_ID_ANY,
          PW_STREAM_FLAG_DRIVER | PW_STREAM_FLAG_MAP_BUFFERS, params,
          self->n_modes) < 0) {
    fprintf (stderr, "camera: no PipeWire: %s\n", strerror (errno));
    return 1;
  }
  pw_main_loop_run (self->loop);
  return self->status;
}

/* --- The command line, and signals --- */

static bool
add_mode (Camera * self, const char *text)
{
  Mode *mode = &self->modes[self->n_modes];
  char format[8];
  int used = 0;

  if (self->n_modes == MAX_MODES
      || sscanf (text, "%7[^:]:%ux%u@%n", format, &mode->size.width,
          &mode->size.height, &used) != 3 || used == 0)
    return false;
  if (strcmp (format, "YUY2") == 0)
    mode->format = SPA_VIDEO_FORMAT_YUY2;
  else if (strcmp (format, "NV12") == 0)
    mode->format = SPA_VIDEO_FORMAT_NV12;
  else
    return false;
  /* As small as that, the cells could not be told apart. */
  if (mode->size.width < 128 || mode->size.height < 96)
    return false;
  for (text += used; mode->n_rates < MAX_RATES; text++) {
    char *end;
    uint32_t rate = strtoul (text, &end, 10);

    if (rate == 0)
      return false;
    mode->rates[mode->n_rates++] = rate;
    text = end;
    if (*text != ',')
      break;
  }
  self->n_modes++;
  return *text == '\0';
}

static void
on_quit (void *data, int number)
{
  Camera *self = data;

  self->leaving = true;
  pw_main_loop_quit (self->loop);
}

static void
on_freeze (void *data, int number)
{
  Camera *self = data;

  self->frozen = !self->frozen;
}

static bool
parse (Camera * self, int argc, char **argv)
{
  static const char *const usual[] = { "YUY2:640x480@30,15",
    "YUY2:320x240@30,15", "NV12:1280x720@30,15"
  };

  if (argc < 3)
    return false;
  self->tag = tag_of (argv[1]);
  for (int i = 3; i < argc; i++)
    if (!add_mode (self, argv[i]))
      return false;
  if (argc == 3)
    for (size_t i = 0; i < SPA_N_ELEMENTS (usual); i++)
      add_mode (self, usual[i]);
  return true;
}

int
main (int argc, char **argv)
{
  Camera self = { 0 };
  struct pw_loop *loop;
  int status;

  if (!parse (&self, argc, argv)) {
    fprintf (stderr, "usage: camera NAME DESCRIPTION "
        "[YUY2|NV12:WIDTHxHEIGHT@RATE[,RATE...]...]\n");
    return 2;
  }
  /* Nobody has to read what it says. */
  signal (SIGPIPE, SIG_IGN);
  pw_init (NULL, NULL);
  self.loop = pw_main_loop_new (NULL);
  loop = pw_main_loop_get_loop (self.loop);
  pw_loop_add_signal (loop, SIGINT, on_quit, &self);
  pw_loop_add_signal (loop, SIGTERM, on_quit, &self);
  pw_loop_add_signal (loop, SIGUSR1, on_freeze, &self);
  status = plug (&self, argv[1], argv[2]);
  if (self.stream != NULL)
    pw_stream_destroy (self.stream);
  pw_main_loop_destroy (self.loop);
  pw_deinit ();
  return status;
}
