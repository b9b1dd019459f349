// SPDX-License-Identifier: MPL-2.0

//! What one camera says or does has nothing to do with the one that took its place, or with another stream.

use std::time::Duration;

use gst::StateChange::*;
use gst::prelude::*;

use crate::cameras::{install, plug};
use crate::support::*;

/// Pictures come, and nothing has ended.
#[track_caller]
fn assert_healthy(watched: &Watched, label: &str) {
    assert_eq!(watched.label(), label);
    for _ in 0..3 {
        watched.see();
    }
    assert!(!watched.has_ended());
}

#[test]
fn a_stream_that_comes_to_another_ones_camera_after_it_has_joined_flows() {
    let _turn = install();
    let _first = Watched::new(Some("small")).play();
    let broken = plug("Broken", "node.name=broken, is-default=true");
    broken.behaviour().fail(PausedToPlaying, "Somebody has it");
    let watched = Watched::new(None);
    watched.start().expect("it starts");
    assert_healthy(&watched, "A small camera");
}

#[test]
fn what_a_refused_camera_says_does_not_end_the_next_one() {
    let _turn = install();
    for at in [PausedToReady, ReadyToNull] {
        let broken = plug("Broken", "node.name=broken, is-default=true");
        broken.behaviour().fail(PausedToPlaying, "Somebody has it");
        broken.behaviour().complain(at, "It does not close either");
        let watched = Watched::new(None);
        watched.start().expect("another one starts");
        assert_healthy(&watched, "A small camera");
    }
}

#[test]
fn a_camera_that_was_left_does_not_end_the_next_one_by_going_over_to_another() {
    let _turn = install();
    let camera = plug("Loose", "node.name=loose, is-default=true");
    let behaviour = camera.behaviour().clone();
    let (begins, release) = behaviour.block(ReadyToPaused);
    let watched = Watched::new(None);
    std::thread::scope(|threads| {
        let starts = threads.spawn(watched.starter());
        begins.recv_timeout(SOON).expect("it is opened");
        drop(camera);
        starts
            .join()
            .expect("no panic")
            .expect("another one starts");
    });
    behaviour.moves_to("another");
    assert_healthy(&watched, "A small camera");
    drop(release);
}

#[test]
fn what_a_camera_that_was_left_to_itself_says_ends_nothing() {
    let _turn = install();
    let camera = plug("Stuck", "node.name=stuck");
    let watched = Watched::new(Some("stuck")).play();
    let (begins, release) = camera.behaviour().block(PausedToReady);
    camera.behaviour().complain(PausedToReady, "Late words");
    let left = camera.behaviour().element();
    watched
        .stream
        .set_state(gst::State::Ready)
        .expect("the stream stops");
    begins.recv_timeout(SOON).expect("the camera does not");
    watched.hear(gst::MessageType::Warning);
    let (sender, closed) = std::sync::mpsc::channel();
    left.add_weak_ref_notify(move || {
        let _ = sender.send(());
    });
    watched
        .stream
        .set_state(gst::State::Playing)
        .expect("it plays");
    drop((left, release));
    closed.recv_timeout(SOON).expect("it closes at last");
    while watched.seen.try_recv().is_ok() {}
    assert_healthy(&watched, "Stuck");
}

#[test]
fn a_camera_that_goes_while_it_is_opened_again_ends_its_tracks() {
    let _turn = install();
    let camera = plug("Loose", "node.name=loose");
    let watched = Watched::new(Some("loose")).play();
    watched.stop();
    let (begins, release) = camera.behaviour().block(NullToReady);
    std::thread::scope(|threads| {
        let starts = threads.spawn(watched.starter());
        begins.recv_timeout(SOON).expect("it is opened");
        drop(camera);
        let started = starts.join().expect("no panic");
        assert!(started.is_err(), "its source never changes");
    });
    watched.hear_the_end();
    drop(release);
}

#[test]
fn why_the_only_camera_did_not_open_is_said_though_it_has_gone() {
    let _turn = install();
    let camera = plug("Only", "node.name=only");
    let (begins, release) = camera.behaviour().block(ReadyToPaused);
    let watched = Watched::new(Some("only"));
    std::thread::scope(|threads| {
        let starts = threads.spawn(watched.starter());
        begins.recv_timeout(SOON).expect("it is opened");
        drop(camera);
        assert!(
            starts.join().expect("no panic").is_err(),
            "there is no other"
        );
    });
    let (_, words) = watched.hear(gst::MessageType::Error);
    assert!(
        words.starts_with("Cannot open \"Only\" (only): \"Only\" (only) has gone"),
        "{words}"
    );
    // It is as if it had never been.
    assert_eq!(watched.label(), "");
    drop(release);
}

#[test]
fn a_stream_goes_to_null_while_another_one_waits_for_the_camera() {
    let _turn = install();
    let camera = plug("Shared", "node.name=shared");
    let (one, other) = (Watched::new(Some("shared")), Watched::new(Some("shared")));
    one.stream.set_state(gst::State::Ready).expect("READY");
    let (begins, release) = camera.behaviour().block(ReadyToPaused);
    std::thread::scope(|threads| {
        let starts = threads.spawn(other.starter());
        begins.recv_timeout(SOON).expect("it is opened");
        let since = std::time::Instant::now();
        one.stream.set_state(gst::State::Null).expect("NULL");
        let took = since.elapsed();
        assert!(took < Duration::from_secs(2), "{took:?}");
        drop(release);
        starts.join().expect("no panic").expect("it starts");
    });
}

#[test]
fn a_track_is_removed_while_its_camera_is_being_opened() {
    let _turn = install();
    let camera = plug("Slow", "node.name=slow");
    for at in [NullToReady, ReadyToPaused] {
        let watched = Watched::new(Some("slow"));
        let (begins, release) = camera.behaviour().block(at);
        std::thread::scope(|threads| {
            let starts = threads.spawn(watched.starter());
            begins.recv_timeout(SOON).expect("it is opened");
            let since = std::time::Instant::now();
            watched.stream.set_property("video", false);
            let took = since.elapsed();
            assert!(took < Duration::from_secs(2), "{took:?}");
            drop(release);
            starts.join().expect("no panic").expect("it starts");
        });
        // Added again, it is as good as new.
        watched
            .stream
            .emit_by_name::<()>("add-track", &[&watched.track]);
        let pads = watched.stream.src_pads();
        assert_eq!(pads.len(), 1);
        watched.stop();
    }
}

#[test]
fn a_stream_that_wants_no_video_any_more_keeps_the_tracks_that_it_was_given() {
    let _turn = install();
    let _camera = plug("Shared", "node.name=shared");
    let [one, other] = [(); 2].map(|()| Watched::new(Some("shared")).play());
    one.stream.emit_by_name::<()>("add-track", &[&other.track]);
    one.stream.set_property("video", false);
    let tracks = one.stream.emit_by_name::<gio::ListModel>("get-tracks", &[]);
    assert_eq!(gio::prelude::ListModelExt::n_items(&tracks), 1);
    other.see();
}
