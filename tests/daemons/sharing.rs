// SPDX-License-Identifier: MPL-2.0

//! One device for all that want it: opened once, closed with the last.

use gst::prelude::*;

use crate::support::*;

pub fn two_streams_on_one_camera_open_it_once() {
    let _camera = Camera::plug("cam", "Camera");
    let graph = Graph::watch();
    let streams = [video("cam"), video("cam")];
    let [first, second] = streams.each_ref().map(Consumer::playing);
    first.picture_of("cam");
    second.picture_of("cam");
    graph.wait("one node with one link", |view| {
        view.nodes() == 1 && view.links_of("cam") == 1
    });
    let [one, other] = streams.each_ref().map(video_track);
    assert_ne!(one.id(), other.id());

    stop(&one);
    first.until_end();
    // The one beside it goes on.
    let number = second.picture_of("cam");
    while second.picture_of("cam") < number + 5 {}
    assert!(is_live(&other));
    graph.wait("still one node", |view| view.nodes() == 1);

    stop(&other);
    second.until_end();
    graph.wait_for_nodes(0);
}

pub fn however_it_is_asked_for_a_camera_is_opened_once() {
    init();
    let _camera = Camera::plug("cam", "Camera");
    let graph = Graph::watch();
    let constraints = "constraints, deviceId=(structure)[text, exact=cam]";
    let constraints: gst::Structure = constraints.parse().expect("a structure");
    let streams = [
        default_video(),
        video("cam"),
        video("Camera"),
        stream(&[("video", &true), ("video-constraints", &constraints)]),
    ];
    for consumer in streams.each_ref().map(Consumer::playing) {
        consumer.picture_of("cam");
    }
    let consumers = streams
        .each_ref()
        .map(|stream| Consumer::playing(&clone(stream)));
    for consumer in &consumers {
        consumer.picture_of("cam");
    }
    graph.wait("one node with one link", |view| {
        view.nodes() == 1 && view.links_of("cam") == 1
    });
}

/// Although there are two that list it.
pub fn however_it_is_asked_for_a_microphone_is_opened_once() {
    let _microphone = Microphone::plug("mic", "Mic", 1000.);
    let graph = Graph::watch();
    let streams = [default_audio(), audio("mic"), audio("Mic")];
    let consumers = streams.each_ref().map(Consumer::playing);
    for consumer in &consumers {
        consumer.sound_of(1000.);
    }
    graph.wait("one node", |view| view.nodes() == 1);
}

pub fn a_camera_is_open_as_long_as_somebody_uses_it() {
    let _camera = Camera::plug("cam", "Camera");
    let graph = Graph::watch();
    let stream = video("cam");
    let first = Consumer::playing(&stream);
    let second = Consumer::playing(&clone(&stream));
    first.picture_of("cam");
    second.picture_of("cam");
    first.stop();
    second.so_far();
    second.picture_of("cam");
    second.stop();
    graph.wait_for_nodes(0);
    // Its track is live: it goes on.
    first.play().expect("it plays again");
    graph.wait_for_nodes(1);
    first.so_far();
    first.picture_of("cam");
}

/// A camera says when it took a picture, which is given a while later. A muxer leaves out what is from before its pipeline
/// began: of what is encoded, that would be the only key frame.
pub fn a_clone_gets_no_picture_from_before_its_pipeline_began() {
    let _camera = Camera::plug("cam", "Camera");
    let stream = video("cam");
    let watched = Consumer::playing(&stream);
    watched.picture_of("cam");
    for _ in 0..5 {
        let copy = clone(&stream);
        let consumer = Consumer::of(&copy);
        let pad = copy.static_pad("video_0").expect("a video track");
        let times = running_times(&pad);
        consumer.play().expect("it plays");
        let first = next(&times);
        assert!(first.is_positive(), "{first:?}");
    }
}

/// PipeWire takes the memory away when a camera goes: what reads it then crashes, unless it is the source itself.
pub fn a_source_that_is_copied_copies_for_itself() {
    let _camera = Camera::plug("cam", "Camera");
    let stream = video("cam");
    let consumer = Consumer::playing(&stream);
    consumer.picture_of("cam");
    let source = video_track(&stream).property::<gst::Element>("source");
    assert!(source.property::<bool>("always-copy"));
    consumer.picture_of("cam");
}
