#!/usr/bin/python3
# SPDX-License-Identifier: MPL-2.0

"""Starts and stops a recording of a running stream, while its preview goes on undisturbed.

    record.py
    record.py --source "videotestsrc is-live=true" --headless --output clip.webm

The recording is a clone of the stream in a pipeline of its own. Stopping the clone's tracks sends EOS through that
pipeline only: the muxer writes its index, and the file is complete.
"""

import argparse
import pathlib
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstPbutils", "1.0")
from gi.repository import Gio, GLib, Gst, GstPbutils  # noqa: E402, F401 (Gio has the type of a stream's tracks)

# The picture in a window; the sound nowhere, or it would howl.
PREVIEW = "videoconvert name=video ! autovideosink  fakesink name=audio"
HEADLESS_PREVIEW = "fakesink name=video sync=true  fakesink name=audio sync=true"
RECORDING = """videoconvert name=video ! vp8enc deadline=1 cpu-used=8 ! queue ! muxer.
    audioconvert name=audio ! audioresample ! opusenc ! queue ! muxer.
    webmmux name=muxer ! filesink location="{}" """


class Failure(Exception):
    """What went wrong, for people to read."""


class Player:
    """A pipeline that plays a stream; used in a `with` block, at whose end it goes to NULL."""

    def __init__(self, stream, description):
        self.pipeline = Gst.Pipeline()
        self.pipeline.add(stream)
        consumers = Gst.parse_bin_from_description(description, False)
        self.pipeline.add(consumers)
        for kind in ("video", "audio"):
            # The pad is there as soon as the stream knows that it has this kind.
            if not stream.link_pads(f"{kind}_0", consumers.get_by_name(kind), None):
                raise Failure(f"cannot link the stream's {kind}")

    def __enter__(self):
        if self.pipeline.set_state(Gst.State.PLAYING) == Gst.StateChangeReturn.FAILURE:
            try:
                self.ends_within(1)  # the reason is on the bus
                raise Failure("the pipeline does not start")
            finally:
                self.pipeline.set_state(Gst.State.NULL)
        return self

    def __exit__(self, *_):
        self.pipeline.set_state(Gst.State.NULL)

    def ends_within(self, seconds):
        """Whether EOS comes in this time. An error of one of the elements is ours too."""
        wanted = Gst.MessageType.EOS | Gst.MessageType.ERROR
        message = self.pipeline.get_bus().timed_pop_filtered(seconds * Gst.SECOND, wanted)
        if message and message.type == Gst.MessageType.ERROR:
            raise Failure(message.parse_error().gerror.message)
        return message is not None

    def goes_on_for(self, seconds):
        if self.ends_within(seconds):
            raise Failure("the source ended by itself")


def open_camera(source):
    """This machine's camera and microphone, or other pictures with a tone."""
    stream = Gst.ElementFactory.make("mediastream")
    if not stream:
        raise Failure("no element mediastream: set GST_PLUGIN_PATH to the plugin's folder")
    if source:
        stream.set_property("video-source", Gst.parse_bin_from_description(source, True))
        tone = Gst.parse_bin_from_description("audiotestsrc is-live=true", True)
        stream.set_property("audio-source", tone)
    else:
        stream.set_property("video", True)
        stream.set_property("audio", True)
    return stream


def frames(stream, field):
    """A count from the statistics of the stream's video track."""
    track = stream.emit("get-video-tracks").get_item(0)
    return track.get_property("stats").get_value(field)


def record(camera, output, preview, seconds):
    """A clone, made while the camera runs, recorded for some seconds."""
    clone = camera.emit("clone")
    with Player(clone, RECORDING.format(output)) as recording:
        preview.goes_on_for(seconds)
        # `stop` ends the clone, and nothing else. Once its EOS has come through, the file is complete.
        for track in clone.get_property("tracks"):
            track.emit("stop")
        if not recording.ends_within(5):
            raise Failure("the recording did not end")


def run(arguments):
    seconds = 1 if arguments.headless else 3
    camera = open_camera(arguments.source)
    with Player(camera, HEADLESS_PREVIEW if arguments.headless else PREVIEW) as preview:
        preview.goes_on_for(seconds)
        print(f"recording {arguments.output}")
        before = frames(camera, "deliveredFrames")
        record(camera, arguments.output, preview, 2 * seconds)
        during = frames(camera, "deliveredFrames") - before
        file = GstPbutils.Discoverer.new(5 * Gst.SECOND).discover_uri(arguments.output.absolute().as_uri())
        length = file.get_duration() / Gst.SECOND
        print(f"recorded {length:.3f} s; meanwhile the preview had {during} pictures")
        # The preview has not noticed.
        preview.goes_on_for(seconds)
        lost = frames(camera, "droppedFrames")
    if not length or not during or lost:
        raise Failure(f"file: {length} s; preview: {during} pictures, {lost} lost")


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--source", help="pictures from here, not from the camera")
    parser.add_argument("--output", type=pathlib.Path, default="recording.webm", help="default: %(default)s")
    parser.add_argument("--headless", action="store_true", help="show no windows")
    arguments = parser.parse_args()
    Gst.init(None)
    try:
        run(arguments)
    except (Failure, GLib.Error) as error:
        sys.exit(f"record.py: {error}")


if __name__ == "__main__":
    main()
