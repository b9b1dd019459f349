// SPDX-License-Identifier: MPL-2.0

//! A camera that is asked for twice in a process is opened once.

use std::sync::Arc;

use gst::prelude::*;

use crate::camera::{Behaviour, CameraBin};

use crate::cameras::{Plugged, install, plug};
use crate::support::*;

fn camera() -> Plugged {
    plug("Shared", "node.name=shared")
}

/// A stream of an element for a V4L2 node.
fn node(path: &str, behaviour: &Arc<Behaviour>) -> Watched {
    let caps = "video/x-raw, format=I420, width=64, height=48, framerate=30/1";
    let element = CameraBin::new(&caps.parse().expect("caps"), behaviour.clone());
    element.set_property("device", path);
    let stream = gst::ElementFactory::make("mediastream").property("video-source", &element);
    Watched::of(stream.build().expect("the plugin is there"))
}

fn source(watched: &Watched) -> gst::Element {
    watched
        .track
        .property::<Option<gst::Element>>("source")
        .expect("a device")
}

#[test]
fn two_streams_on_one_camera_have_one_source_and_tracks_of_their_own() {
    let _turn = install();
    let camera = camera();
    let [one, other] = ["shared", "Shared"].map(|name| Watched::new(Some(name)).play());
    assert_eq!(
        (camera.behaviour().made(), camera.behaviour().open()),
        (1, 1)
    );
    assert_eq!(source(&one), source(&other));
    let id = |watched: &Watched| watched.track.property::<String>("id");
    assert_ne!(id(&one), id(&other));
    one.track.set_property("enabled", false);
    assert!(other.track.property::<bool>("enabled"));
    one.track.emit_by_name::<()>("stop", &[]);
    one.see_the_end();
    other.see();
    other.see();
    assert!(!one.has_ended() && !other.has_ended());
    other.stop();
    assert_eq!(
        (camera.behaviour().made(), camera.behaviour().open()),
        (1, 0)
    );
}

#[test]
fn a_stream_that_opened_the_camera_first_may_stop_first() {
    let _turn = install();
    let camera = camera();
    let (first, second) = (
        Watched::new(Some("shared")).play(),
        Watched::new(Some("shared")).play(),
    );
    drop(first);
    second.see();
    assert_eq!(camera.behaviour().open(), 1);
    let third = Watched::new(Some("shared")).play();
    drop(second);
    third.see();
    third.stop();
    assert_eq!(
        (camera.behaviour().made(), camera.behaviour().open()),
        (1, 0)
    );
}

#[test]
fn a_camera_that_is_closed_at_the_moment_is_still_the_first_stream_s() {
    let _turn = install();
    let camera = camera();
    let first = Watched::new(Some("shared")).play();
    first.stop();
    assert_eq!(camera.behaviour().open(), 0);
    let second = Watched::new(Some("shared")).play();
    while first.seen.try_recv().is_ok() {}
    let first = first.play();
    second.see();
    first.see();
    assert_eq!(
        (camera.behaviour().made(), camera.behaviour().open()),
        (1, 1)
    );
}

#[test]
fn clones_that_were_made_before_the_camera_was_chosen_go_along() {
    let _turn = install();
    let camera = camera();
    let first = Watched::new(Some("shared")).play();
    let second = Watched::new(Some("shared"));
    let clone = Watched::of(second.stream.emit_by_name::<gst::Element>("clone", &[]));
    let second = second.play();
    let clone = clone.play();
    let later = Watched::of(second.stream.emit_by_name::<gst::Element>("clone", &[])).play();
    drop(first);
    for watched in [&second, &clone, &later] {
        watched.see();
        assert_eq!(watched.label(), "Shared");
    }
    assert_eq!(
        (camera.behaviour().made(), camera.behaviour().open()),
        (1, 1)
    );
    drop(camera);
    for watched in [&second, &clone, &later] {
        watched.hear_the_end();
    }
}

#[test]
fn many_streams_that_start_at_once_open_the_camera_once() {
    let _turn = install();
    for _ in 0..20 {
        let camera = camera();
        let streams: Vec<_> = (0..8).map(|_| Watched::new(Some("shared"))).collect();
        std::thread::scope(|threads| {
            for watched in &streams {
                threads.spawn(watched.starter());
            }
        });
        streams.iter().for_each(Watched::see);
        assert_eq!(
            (camera.behaviour().made(), camera.behaviour().open()),
            (1, 1)
        );
        streams.iter().for_each(Watched::stop);
        assert_eq!(camera.behaviour().open(), 0);
    }
}

#[test]
fn two_elements_for_one_v4l2_node_are_one_source() {
    let _turn = install();
    let behaviour = Arc::<Behaviour>::default();
    let node = |path| node(path, &behaviour);
    let (one, same) = (node("/dev/video0").play(), node("/dev/video0").play());
    assert_eq!(behaviour.open(), 1);
    let other = node("/dev/video1").play();
    assert_eq!(behaviour.open(), 2);
    drop(one);
    same.see();
    drop((same, other));
    assert_eq!(behaviour.open(), 0);
}

#[test]
fn an_element_that_opened_at_the_second_attempt_is_shared_like_any_other() {
    let _turn = install();
    let (first, second) = (Arc::<Behaviour>::default(), Arc::<Behaviour>::default());
    let node = |behaviour| node("/dev/video2", behaviour);
    for other_is_first in [false, true] {
        first.fail(gst::StateChange::NullToReady, "busy");
        let one = node(&first);
        assert!(one.start().is_err());
        one.stop();
        first.recover();
        let other = node(&second);
        let (earlier, later) = match other_is_first {
            true => (other, one),
            false => (one, other),
        };
        let (earlier, later) = (earlier.play(), later.play());
        let opened = usize::from(other_is_first);
        assert_eq!((first.open(), second.open()), (1 - opened, opened));
        earlier.see();
        later.see();
    }
}

#[test]
fn the_property_finds_its_track_wherever_the_source_is() {
    let _turn = install();
    let _camera = camera();
    let first = Watched::new(Some("shared")).play();
    let second = Watched::new(Some("shared")).play();
    let asked: gst::Structure = "constraints, width=320".parse().expect("a structure");
    second.stream.set_property("video-constraints", &asked);
    let fields = |watched: &Watched| {
        let constraints = watched.track.property::<gst::Structure>("constraints");
        constraints.n_fields()
    };
    // Pictures go on coming while it is applied.
    while fields(&second) == 0 {
        second.see();
    }
    assert_eq!((fields(&first), fields(&second)), (0, 1));
    second.stream.set_property("video", false);
    let tracks = second
        .stream
        .emit_by_name::<gio::ListModel>("get-tracks", &[]);
    assert_eq!(gio::prelude::ListModelExt::n_items(&tracks), 0);
    first.see();
}
