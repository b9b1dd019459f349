// SPDX-License-Identifier: MPL-2.0

//! Nothing is left of a device that was opened and closed.

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
