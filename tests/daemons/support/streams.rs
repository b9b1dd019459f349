// SPDX-License-Identifier: MPL-2.0

//! Streams and tracks, as applications have them.

use std::sync::Once;
use std::sync::mpsc::{Receiver, channel};

use gio::prelude::ListModelExt;
use gst::glib;
use gst::prelude::*;
pub use gstmediastream::{Kind, MediaStream, MediaStreamTrack, ReadyState};

/// Starts GStreamer with the plugin.
pub fn init() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        gst::init().expect("GStreamer starts");
        gstmediastream::plugin_register_static().expect("the plugin registers");
        for (element, package) in [
            ("pipewiresrc", "gstreamer1.0-pipewire"),
            ("pulsesrc", "gstreamer1.0-pulseaudio"),
        ] {
            let found = gst::ElementFactory::find(element);
            assert!(
                found.is_some(),
                "{package} is not installed: run scripts/install-deps check"
            );
        }
    });
}

/// From now on devices are known through the others only: microphones through the sound server.
pub fn without_pipewire_provider() {
    init();
    let provider = gst::DeviceProviderFactory::find("pipewiredeviceprovider");
    let provider = provider.expect("it is installed");
    gst::Registry::get().remove_feature(&provider);
}

/// A stream that is asked for this.
pub fn stream(properties: &[(&str, &dyn ToValue)]) -> MediaStream {
    init();
    let stream = gst::ElementFactory::make("mediastream")
        .build()
        .expect("mediastream is there");
    for (name, value) in properties {
        stream.set_property_from_value(name, &value.to_value());
    }
    stream.downcast().expect("a MediaStream")
}

/// A stream with a track of whatever camera is the default.
pub fn default_video() -> MediaStream {
    stream(&[("video", &true)])
}

/// A stream with a track of whatever microphone is the default.
pub fn default_audio() -> MediaStream {
    stream(&[("audio", &true)])
}

/// A stream with a track of this camera.
pub fn video(device: &str) -> MediaStream {
    stream(&[("video-device", &device)])
}

/// A stream with a track of this microphone.
pub fn audio(device: &str) -> MediaStream {
    stream(&[("audio-device", &device)])
}

/// The only track of this kind.
#[track_caller]
pub fn track(stream: &MediaStream, kind: Kind) -> MediaStreamTrack {
    let action = match kind {
        Kind::Audio => "get-audio-tracks",
        _ => "get-video-tracks",
    };
    let tracks = stream.emit_by_name::<gio::ListModel>(action, &[]);
    assert_eq!(tracks.n_items(), 1, "{kind} tracks");
    let track = tracks.item(0).expect("a track");
    track.downcast().expect("a MediaStreamTrack")
}

#[track_caller]
pub fn video_track(stream: &MediaStream) -> MediaStreamTrack {
    track(stream, Kind::Video)
}

#[track_caller]
pub fn audio_track(stream: &MediaStream) -> MediaStreamTrack {
    track(stream, Kind::Audio)
}

/// Clones as an application does.
pub fn clone<T: IsA<gst::Element> + glib::object::IsClass>(element: &T) -> T {
    element
        .emit_by_name::<gst::Element>("clone", &[])
        .downcast()
        .expect("a clone of the same type")
}

/// Stops as an application does.
pub fn stop(track: &MediaStreamTrack) {
    track.emit_by_name::<()>("stop", &[]);
}

/// W3C deviceId.
pub fn device_id(track: &MediaStreamTrack) -> Option<String> {
    let settings = track.property::<gst::Structure>("settings");
    settings.get("deviceId").ok()
}

pub fn label(track: &MediaStreamTrack) -> String {
    track.property("label")
}

pub fn is_live(track: &MediaStreamTrack) -> bool {
    track.property::<ReadyState>("ready-state") == ReadyState::Live
}

/// Sends the id of a track each time it signals `ended`; ends with the last of the elements.
pub fn hear_ended(tracks: &[MediaStreamTrack]) -> Receiver<String> {
    let (sender, ended) = channel();
    for track in tracks {
        let sender = sender.clone();
        track.connect("ended", false, move |args| {
            let track: MediaStreamTrack = args[0].get().expect("a track");
            let _ = sender.send(track.id());
            None
        });
    }
    ended
}

/// Sends the running time of each buffer; ends with the pad.
pub fn running_times(pad: &gst::Pad) -> Receiver<gst::Signed<gst::ClockTime>> {
    let (sender, times) = channel();
    pad.add_probe(gst::PadProbeType::BUFFER, move |pad, info| {
        let segment = pad.sticky_event::<gst::event::Segment>(0);
        let segment = segment.expect("it comes before buffers");
        let segment = segment.segment().downcast_ref::<gst::ClockTime>();
        let time = info.buffer().and_then(|buffer| buffer.pts());
        let running = segment.and_then(|segment| segment.to_running_time_full(time));
        let _ = sender.send(running.expect("a buffer with a time"));
        gst::PadProbeReturn::Ok
    });
    times
}
