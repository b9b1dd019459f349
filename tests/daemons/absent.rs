// SPDX-License-Identifier: MPL-2.0

//! No such device, or none at all: an answer at once, which says what there is.

use crate::support::*;

/// It does not play, says so in time, and that the device is not found. The words of the error.
#[track_caller]
fn not_found(stream: &MediaStream) -> String {
    let consumer = Consumer::of(stream);
    let (result, time) = timed(|| consumer.play());
    let error = result.expect_err("there is no such device");
    assert!(time < ANSWER, "after {time:?}: {error}");
    let is_not_found = error.matches(gst::ResourceError::NotFound);
    assert!(is_not_found, "another error: {error:?}");
    error.message().to_owned()
}

/// Each of them is in the text exactly once.
#[track_caller]
fn assert_each_once(names: &[&str], text: &str) {
    for name in names {
        assert_eq!(text.matches(name).count(), 1, "\"{name}\" in: {text}");
    }
}

pub fn a_camera_that_is_not_there_is_an_error_that_names_those_that_are() {
    let _one = Camera::plug("front", "Camera One");
    let _two = Camera::plug("back", "Camera Two");
    let text = not_found(&video("nosuch"));
    assert_each_once(
        &["nosuch", "front", "Camera One", "back", "Camera Two"],
        &text,
    );
}

/// Once each, although there are two that list them; and no monitors of sinks.
pub fn a_microphone_that_is_not_there_is_an_error_that_names_those_that_are() {
    let _one = Microphone::plug("left", "Mic One", 1000.);
    let _two = Microphone::plug("right", "Mic Two", 3000.);
    let text = not_found(&audio("nosuch"));
    assert_each_once(&["nosuch", "left", "Mic One", "right", "Mic Two"], &text);
    assert!(!text.contains("auto_null"), "a monitor of a sink: {text}");
}

pub fn a_name_is_the_whole_name() {
    let _camera = Camera::plug("cam1", "Camera One");
    for name in ["cam", "Camera", "camera one", "Camera One "] {
        not_found(&video(name));
    }
}

pub fn a_camera_is_no_microphone() {
    let _camera = Camera::plug("cam", "Camera");
    let _microphone = Microphone::plug("mic", "Mic", 1000.);
    not_found(&audio("cam"));
    not_found(&video("mic"));
}

/// The sound server has an output, which it makes if there is none.
pub fn the_monitor_of_an_output_is_no_microphone() {
    not_found(&default_audio());
    not_found(&audio("auto_null"));
    not_found(&audio("auto_null.monitor"));
}

pub fn without_devices_there_is_an_answer_at_once() {
    not_found(&default_video());
    not_found(&video("cam"));
}

pub fn without_daemons_there_is_an_answer_at_once() {
    Daemons::remove();
    not_found(&default_video());
    not_found(&default_audio());
    not_found(&video("cam"));
    not_found(&audio("mic"));
}

/// It is not so when they have gone, but their sockets are still there.
pub fn after_a_crash_there_is_an_answer_at_once() {
    Daemons::kill();
    not_found(&default_video());
    not_found(&default_audio());
}

pub fn daemons_that_hang_do_not_hang_the_application() {
    let _camera = Camera::plug("cam", "Camera");
    Daemons::hang();
    not_found(&default_video());
    not_found(&video("cam"));
    Daemons::go_on();
    let (_stream, consumer) = Consumer::playing_soon(|| video("cam"));
    consumer.picture_of("cam");
}
