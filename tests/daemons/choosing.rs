// SPDX-License-Identifier: MPL-2.0

//! Which device it is: the default, or the one that was named.

use gst::prelude::*;

use crate::support::*;

/// The device is the one that is meant.
#[track_caller]
fn assert_is(track: &MediaStreamTrack, id: &str, name: &str) {
    assert_eq!(device_id(track).as_deref(), Some(id));
    assert_eq!(label(track), name);
}

pub fn a_camera_and_the_default_microphone_need_no_name() {
    let _camera = Camera::plug("cam", "Camera");
    let _other = Microphone::plug("mic1", "Mic One", 1000.);
    let _default = Microphone::plug("mic2", "Mic Two", 3000.);
    set_default_microphone("mic2");
    let stream = stream(&[("video", &true), ("audio", &true)]);
    let consumer = Consumer::playing(&stream);
    assert_is(&video_track(&stream), "cam", "Camera");
    assert_is(&audio_track(&stream), "mic2", "Mic Two");
    consumer.picture_of("cam");
    consumer.sound_of(3000.);
}

pub fn the_default_microphone_is_the_one_that_is_it_now() {
    let _one = Microphone::plug("mic1", "Mic One", 1000.);
    let _two = Microphone::plug("mic2", "Mic Two", 3000.);
    for (name, frequency) in [("mic1", 1000.), ("mic2", 3000.), ("mic1", 1000.)] {
        set_default_microphone(name);
        let stream = default_audio();
        let consumer = Consumer::playing(&stream);
        assert_eq!(device_id(&audio_track(&stream)).as_deref(), Some(name));
        consumer.sound_of(frequency);
    }
}

pub fn a_camera_is_chosen_by_its_id_or_its_name() {
    let _one = Camera::plug("cam1", "Camera One");
    let _two = Camera::plug("cam2", "Camera Two");
    for (wanted, id, name) in [
        ("cam1", "cam1", "Camera One"),
        ("cam2", "cam2", "Camera Two"),
        ("Camera Two", "cam2", "Camera Two"),
        ("Camera One", "cam1", "Camera One"),
    ] {
        let stream = video(wanted);
        let consumer = Consumer::playing(&stream);
        assert_is(&video_track(&stream), id, name);
        consumer.picture_of(id);
    }
}

pub fn a_microphone_is_chosen_by_its_id_or_its_name() {
    let _one = Microphone::plug("mic1", "Mic One", 1000.);
    let _two = Microphone::plug("mic2", "Mic Two", 3000.);
    for (wanted, id, name, frequency) in [
        ("mic1", "mic1", "Mic One", 1000.),
        ("Mic Two", "mic2", "Mic Two", 3000.),
        ("Mic One", "mic1", "Mic One", 1000.),
        ("mic2", "mic2", "Mic Two", 3000.),
    ] {
        let stream = audio(wanted);
        let consumer = Consumer::playing(&stream);
        assert_is(&audio_track(&stream), id, name);
        consumer.sound_of(frequency);
    }
}

/// Of the two that list it, the one that never gives another microphone's sound.
pub fn a_microphone_is_opened_through_pipewire() {
    let _microphone = Microphone::plug("mic", "Mic", 1000.);
    let stream = default_audio();
    Consumer::playing(&stream).sound_of(1000.);
    let source = audio_track(&stream).property::<gst::Element>("source");
    assert_eq!(source.factory().expect("a factory").name(), "pipewiresrc");
}
