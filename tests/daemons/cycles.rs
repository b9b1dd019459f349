// SPDX-License-Identifier: MPL-2.0

//! Nothing is left of a device that was opened and closed, and one that was paused goes on.

use crate::support::*;

fn open_and_close() {
    let stream = stream(&[("video-device", &"cam"), ("audio-device", &"mic")]);
    let consumer = Consumer::playing(&stream);
    consumer.picture_of("cam");
    let copy = Consumer::playing(&clone(&stream));
    copy.picture_of("cam");
    copy.sound_of(1000.);
}

pub fn fifty_times_open_and_closed_leaves_nothing_behind() {
    let _camera = Camera::plug("cam", "Camera");
    let _microphone = Microphone::plug("mic", "Mic", 1000.);
    let graph = Graph::watch();
    // What is made once and kept.
    for _ in 0..3 {
        open_and_close();
    }
    graph.wait_for_nodes(0);
    let before = Usage::now();
    for _ in 0..50 {
        open_and_close();
    }
    graph.wait_for_nodes(0);
    before.wait_until_hardly_more();
}

pub fn a_camera_that_is_paused_and_plays_at_once_goes_on_fifty_times() {
    let _camera = Camera::plug("cam", "Camera");
    let stream = video("cam");
    let consumer = Consumer::playing(&stream);
    let mut last = consumer.picture_of("cam");
    for _ in 0..50 {
        consumer.pause();
        consumer.play().expect("PLAYING");
        consumer.so_far();
        let number = consumer.picture_of("cam");
        assert!(number > last, "{number} after {last}");
        last = number;
    }
}
