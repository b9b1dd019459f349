// SPDX-License-Identifier: MPL-2.0

//! What was not there, or is there again, is found by a new stream in the same process.

use std::time::Instant;

use crate::support::*;

pub fn a_camera_that_is_plugged_in_again_is_a_new_one() {
    let camera = Camera::plug("cam", "Camera");
    let old = video("cam");
    let consumer = Consumer::playing(&old);
    consumer.picture_of("cam");
    camera.unplug();
    consumer.until_end();

    let _camera = Camera::plug("cam", "Camera");
    let (new, again) = Consumer::playing_soon(|| video("cam"));
    again.picture_of("cam");
    assert!(is_live(&video_track(&new)));
    assert!(!is_live(&video_track(&old)));
    assert_eq!(consumer.so_far().len(), 0);
}

pub fn what_is_plugged_in_later_is_found() {
    Consumer::of(&default_video())
        .play()
        .expect_err("no camera");
    let _camera = Camera::plug("cam", "Camera");
    let (_stream, consumer) = Consumer::playing_soon(default_video);
    consumer.picture_of("cam");
    let _microphone = Microphone::plug("mic", "Mic", 1000.);
    let (_stream, consumer) = Consumer::playing_soon(|| audio("Mic"));
    consumer.sound_of(1000.);
}

pub fn daemons_that_come_later_are_found() {
    Daemons::remove();
    Consumer::of(&default_video())
        .play()
        .expect_err("no daemon");
    Daemons::start();
    let _camera = Camera::plug("cam", "Camera");
    let _microphone = Microphone::plug("mic", "Mic", 1000.);
    let both = || stream(&[("video", &true), ("audio", &true)]);
    let (_stream, consumer) = Consumer::playing_soon(both);
    consumer.picture_of("cam");
    consumer.sound_of(1000.);
}

pub fn a_crash_of_the_daemons_ends_all_tracks_and_they_are_found_again() {
    let _camera = Camera::plug("cam", "Camera");
    let _microphone = Microphone::plug("mic", "Mic", 1000.);
    let both = || stream(&[("video-device", &"cam"), ("audio-device", &"mic")]);
    let old = both();
    let consumer = Consumer::playing(&old);
    let ended = hear_ended(&[video_track(&old), audio_track(&old)]);
    consumer.picture_of("cam");
    consumer.sound_of(1000.);

    let gone = Instant::now();
    Daemons::kill();
    for _ in 0..2 {
        let (_, end) = consumer.until_end();
        assert!(end - gone < NOTICED, "after {:?}", end - gone);
        next(&ended);
    }

    Daemons::start();
    let _camera = Camera::plug("cam", "Camera");
    let _microphone = Microphone::plug("mic", "Mic", 1000.);
    let (_new, again) = Consumer::playing_soon(both);
    again.picture_of("cam");
    again.sound_of(1000.);
    assert_eq!(ended.try_iter().count(), 0);
}
