// SPDX-License-Identifier: MPL-2.0

//! Cameras as `GstDeviceMonitor` finds them. In a process of its own: a device that is there is there for every stream.

use gio::prelude::*;
use gst::prelude::*;
use gstmediastream::{MediaStream, MediaStreamTrack};

mod camera;
mod cameras;
mod choosing;
mod going;
mod probed;
mod recovering;
mod sharing;
mod support;

use cameras::CAMERAS;

fn constraints(text: &str) -> gst::Structure {
    format!("constraints, {text}").parse().expect("a structure")
}

/// Starts a stream that asks for this; what its track then is set to.
fn start(text: &str) -> Result<gst::Structure, String> {
    let _turn = cameras::install();
    let stream = gst::ElementFactory::make("mediastream")
        .property("video", true)
        .build()
        .expect("the plugin is there");
    if !text.is_empty() {
        stream.set_property("video-constraints", constraints(text));
    }
    let bus = gst::Bus::new();
    stream.set_bus(Some(&bus));
    let stream: MediaStream = stream.downcast().expect("a stream");
    let track = stream
        .emit_by_name::<gio::ListModel>("get-tracks", &[])
        .item(0)
        .expect("a track");
    let track: MediaStreamTrack = track.downcast().expect("a track");
    let started = stream.set_state(gst::State::Ready);
    let answer = match started {
        Ok(_) => {
            let mut sink = gst_check::Harness::with_element(&stream, None, Some("video_0"));
            sink.use_systemclock();
            sink.play();
            sink.pull().expect("a picture");
            Ok(track.property::<gst::Structure>("settings"))
        }
        Err(_) => {
            let message = bus
                .timed_pop_filtered(gst::ClockTime::from_seconds(10), &[gst::MessageType::Error])
                .expect("an error");
            let gst::MessageView::Error(error) = message.view() else {
                unreachable!("only errors are popped");
            };
            Err(error.error().message().to_owned())
        }
    };
    stream.set_state(gst::State::Null).expect("NULL");
    answer
}

#[track_caller]
fn assert_started(text: &str, device: &str, width: i32, height: i32, rate: f64) {
    let settings = start(text).expect("it starts");
    let device_id = settings.get::<String>("deviceId");
    assert_eq!(device_id.as_deref(), Ok(device), "{text}: {settings}");
    let size = (settings.get("width"), settings.get("height"));
    assert_eq!(size, (Ok(width), Ok(height)), "{text}: {settings}");
    assert_eq!(settings.get("frameRate"), Ok(rate), "{text}: {settings}");
}

#[test]
fn without_constraints_it_is_the_first_camera() {
    let settings = start("").expect("it starts");
    assert_eq!(
        settings.get::<String>("deviceId").as_deref(),
        Ok(CAMERAS[0].id)
    );
}

#[test]
fn constraints_choose_the_camera_and_its_mode() {
    assert_started("width=640", "small", 640, 480, 30.);
    assert_started("width=1280, height=720", "large", 1280, 720, 30.);
    assert_started(
        "width=(structure)[range, min=1000]",
        "large",
        1280,
        720,
        30.,
    );
    assert_started(
        "frameRate=(structure)[range, exact=60.0]",
        "small",
        320,
        240,
        60.,
    );
    assert_started(
        "deviceId=(structure)[text, exact=large]",
        "large",
        1280,
        720,
        30.,
    );
    assert_started(
        "groupId=(structure)[text, exact=desk], width=160",
        "large",
        160,
        90,
        30.,
    );
}

#[test]
fn what_no_camera_can_give_is_named() {
    for (text, name) in [
        ("width=(structure)[range, min=5000]", "width"),
        ("deviceId=(structure)[text, exact=none]", "deviceId"),
        // Each camera can do one of them.
        (
            "width=(structure)[range, min=1000], frameRate=(structure)[range, min=60.0]",
            "",
        ),
    ] {
        let error = start(text).expect_err("it does not start");
        let expected = match name {
            "" => "OverconstrainedError: video-constraints: ".to_owned(),
            name => format!("OverconstrainedError ({name}): video-constraints: "),
        };
        assert!(error.starts_with(&expected), "{text}: {error}");
    }
}

#[test]
fn an_ended_track_still_says_which_camera_it_was() {
    let _turn = cameras::install();
    let stream = gst::ElementFactory::make("mediastream")
        .property("video", true)
        .build()
        .expect("the plugin is there");
    stream.set_state(gst::State::Ready).expect("READY");
    let tracks = stream.emit_by_name::<gio::ListModel>("get-tracks", &[]);
    let track: MediaStreamTrack = tracks
        .item(0)
        .expect("a track")
        .downcast()
        .expect("a track");
    track.emit_by_name::<()>("stop", &[]);
    let settings = track.property::<gst::Structure>("settings");
    assert_eq!(
        settings.get::<String>("deviceId").as_deref(),
        Ok(CAMERAS[0].id)
    );
    assert_eq!(
        settings.get::<String>("groupId").as_deref(),
        Ok(CAMERAS[0].group)
    );
    assert_eq!(settings.n_fields(), 2, "{settings}");
    stream.set_state(gst::State::Null).expect("NULL");
}
