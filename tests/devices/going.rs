// SPDX-License-Identifier: MPL-2.0

//! Cameras that are unplugged, go over to others, or do not answer.

use std::time::{Duration, Instant};

use gst::StateChange::*;
use gst::prelude::*;

use crate::cameras::{install, plug};
use crate::support::*;

#[test]
fn a_camera_that_is_unplugged_ends_all_its_tracks_and_says_so() {
    let _turn = install();
    let camera = plug("Loose", "node.name=loose");
    let one = Watched::new(Some("loose")).play();
    let clone = one.stream.emit_by_name::<gst::Element>("clone", &[]);
    let (clone, stopped) = (
        Watched::of(clone).play(),
        Watched::new(Some("loose")).play(),
    );
    stopped.track.emit_by_name::<()>("stop", &[]);
    stopped.see_the_end();
    let behaviour = camera.behaviour().clone();
    drop(camera);
    for watched in [&one, &clone] {
        watched.see_the_end();
        watched.hear_the_end();
        let (_, words) = watched.hear(gst::MessageType::Warning);
        assert!(words.starts_with("\"Loose\" (loose) has gone"), "{words}");
        assert!(!watched.has_ended(), "only once");
        // It still says who it was.
        assert_eq!(watched.label(), "Loose");
    }
    assert!(!stopped.has_ended());
    one.stop();
    assert_eq!((behaviour.made(), behaviour.open()), (1, 0));
}

#[test]
fn a_camera_that_is_unplugged_while_nobody_uses_it_ends_its_tracks_all_the_same() {
    let _turn = install();
    let camera = plug("Loose", "node.name=loose");
    let watched = Watched::new(Some("loose")).play();
    watched.stop();
    drop(camera);
    watched.hear_the_end();
}

#[test]
fn a_camera_that_is_plugged_in_again_is_a_new_one() {
    let _turn = install();
    for _ in 0..3 {
        let camera = plug("Loose", "node.name=loose");
        let watched = Watched::new(Some("loose")).play();
        assert_eq!(camera.behaviour().open(), 1);
        drop(camera);
        watched.hear_the_end();
    }
}

#[test]
fn nothing_comes_of_a_source_that_goes_over_to_another_camera() {
    let _turn = install();
    let camera = plug("Fickle", "node.name=fickle");
    let watched = Watched::new(Some("fickle")).play();
    camera.behaviour().moves_to("another");
    watched.see_the_end();
    watched.hear_the_end();
    let (_, words) = watched.hear(gst::MessageType::Warning);
    assert!(words.contains("would go on with \"another\""), "{words}");
}

#[test]
fn a_camera_that_goes_while_it_is_opened_is_waited_for_no_longer() {
    let _turn = install();
    let camera = plug("Loose", "node.name=loose, is-default=true");
    let (begins, release) = camera.behaviour().block(ReadyToPaused);
    let watched = Watched::new(None);
    std::thread::scope(|threads| {
        let starts = threads.spawn(watched.starter());
        begins.recv_timeout(SOON).expect("it is opened");
        drop(camera);
        // It never answers, and another one is taken.
        starts.join().expect("no panic").expect("it starts");
    });
    watched.see();
    assert_eq!(watched.label(), "A small camera");
    drop(release);
}

#[test]
fn a_camera_that_does_not_open_in_time_holds_nobody_up_but_who_opens_it() {
    let _turn = install();
    let camera = plug("Slow", "node.name=slow");
    let (begins, release) = camera.behaviour().block(NullToReady);
    let (slow, other) = (
        Watched::new(Some("slow")),
        Watched::new(Some("small")).play(),
    );
    std::thread::scope(|threads| {
        let starts = threads.spawn(slow.starter());
        begins.recv_timeout(SOON).expect("it is opened");
        let since = Instant::now();
        let clone = slow.stream.emit_by_name::<gst::Element>("clone", &[]);
        assert!(slow.track.property::<gst::Structure>("settings").n_fields() < 3);
        let _: Option<gst::Element> = slow.track.property("source");
        let clone_of_other = other.stream.emit_by_name::<gst::Element>("clone", &[]);
        let clone_of_other = Watched::of(clone_of_other).play();
        clone_of_other.track.emit_by_name::<()>("stop", &[]);
        slow.track.emit_by_name::<()>("stop", &[]);
        let took = since.elapsed();
        assert!(took < Duration::from_secs(2), "{took:?}");
        drop(release);
        starts
            .join()
            .expect("no panic")
            .expect("a stream of ended tracks");
        drop(clone);
    });
}

#[test]
fn a_camera_that_does_not_stop_is_left_to_itself() {
    let _turn = install();
    let camera = plug("Stuck", "node.name=stuck");
    let watched = Watched::new(Some("stuck")).play();
    let (begins, release) = camera.behaviour().block(PausedToReady);
    watched
        .stream
        .set_state(gst::State::Ready)
        .expect("the stream stops");
    begins.recv_timeout(SOON).expect("the camera does not");
    let (_, words) = watched.hear(gst::MessageType::Warning);
    assert_eq!(words, "\"Stuck\" does not stop, and is left to itself");
    // Another element of it is opened.
    while watched.seen.try_recv().is_ok() {}
    watched
        .stream
        .set_state(gst::State::Playing)
        .expect("it plays");
    watched.see();
    assert_eq!(camera.behaviour().made(), 2);
    drop(release);
}
