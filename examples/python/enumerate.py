#!/usr/bin/python3
# SPDX-License-Identifier: MPL-2.0

"""Lists the cameras and microphones that video-device and audio-device can choose from.

    enumerate.py [--watch]    on until Ctrl-C: + for what is plugged in, - for what is unplugged
"""

import shlex
import signal
import sys

import gi

gi.require_version("Gst", "1.0")
from gi.repository import GLib, Gst  # noqa: E402

KINDS = {"Video/Source": ("camera", "video"), "Audio/Source": ("microphone", "audio")}
# The first of these that a device has is its id; the first of those is the same in all its entries.
IDS = ("node.name", "object.path", "device.path", "api.v4l2.path", "sysfs.path")
HARDWARE = ("api.v4l2.path", "device.path", "object.serial")


def first(device, names):
    known = device.get_properties()
    return next(filter(None, (known.get_string(name) for name in names)), None) if known else None


def merged(listed):
    """Each device once, as PipeWire lists it if it does."""
    found = {}
    for device in sorted(listed, key=lambda device: "PipeWire" not in type(device).__name__):
        # What is played to a loudspeaker is no microphone.
        if device.get_device_class() in KINDS and first(device, ["device.class"]) != "monitor":
            found.setdefault(first(device, HARDWARE) or device.get_name(), device)
    return found


def show(now, shown):
    for sign, devices, others in (("-", shown, now), ("+", now, shown)):
        for device in (devices[key] for key in devices if key not in others):
            (what, kind), name = KINDS[device.get_device_class()], device.get_display_name()
            use = f"{kind}-device={shlex.quote(first(device, IDS) or name)}"
            print(f'{sign} {what:10}  "{name}"\n    gst-launch-1.0 mediastream {use} ! ...', flush=True)
    shown.clear()
    shown.update(now)


def main():
    Gst.init(None)
    monitor, loop, shown, gone = Gst.DeviceMonitor(), GLib.MainLoop(), {}, set()

    def settled():
        show(merged(device for device in monitor.get_devices() if device not in gone), shown)
        if sys.argv[1:] != ["--watch"]:
            loop.quit()

    def on_message(_, message):
        if message.type == Gst.MessageType.DEVICE_REMOVED:
            gone.add(message.parse_device_removed())
        GLib.timeout_add(500, settled)  # until then all providers have told theirs

    bus = monitor.get_bus()
    bus.add_signal_watch()
    bus.connect("message", on_message)
    GLib.timeout_add(500, settled)
    signal.signal(signal.SIGINT, lambda *_: loop.quit())
    # Never stopped, and kept by the handler: in GStreamer 1.22 stopping it corrupts memory where PipeWire is behind it.
    if monitor.start():
        loop.run()
    print(f"{len(shown)} cameras and microphones")


main()
