// SPDX-License-Identifier: MPL-2.0

//! Which camera is opened, and what is said if none is.

use gst::StateChange::*;
use gst::prelude::*;

use crate::cameras::{install, plug};
use crate::support::*;

#[test]
fn a_camera_is_found_by_its_id_and_by_its_name() {
    let _turn = install();
    for name in ["large", "A large camera"] {
        let watched = Watched::new(Some(name)).play();
        assert_eq!(watched.label(), "A large camera");
        assert_eq!(watched.stream.property::<String>("video-device"), name);
    }
}

#[test]
fn a_name_that_no_camera_has_is_an_error_that_names_those_there_are() {
    let _turn = install();
    // Exactly, or not at all.
    for name in ["none", "larg", "A LARGE CAMERA"] {
        let watched = Watched::new(Some(name));
        assert!(watched.start().is_err(), "there is none");
        let (error, words) = watched.hear(gst::MessageType::Error);
        assert!(error.matches(gst::ResourceError::NotFound));
        assert_eq!(
            words,
            format!(
                "video-device: no camera is called \"{name}\"; \
                 there are: \"A small camera\" (small), \"A large camera\" (large)"
            )
        );
    }
}

#[test]
fn the_default_camera_comes_first() {
    let _turn = install();
    let _default = plug("The default", "node.name=default, is-default=true");
    assert_eq!(Watched::new(None).play().label(), "The default");
}

#[test]
fn a_camera_that_two_providers_list_is_one_and_default_if_either_says_so() {
    let _turn = install();
    let first = plug("Once", "node.name=once, object.serial=(string)7");
    let second = plug(
        "Twice",
        "node.name=twice, object.serial=(string)7, is-default=true",
    );
    assert_eq!(Watched::new(None).play().label(), "Once");
    assert_eq!(
        (first.behaviour().made(), second.behaviour().made()),
        (1, 0)
    );
    // In the words of either.
    for name in ["twice", "Twice"] {
        assert_eq!(Watched::new(Some(name)).play().label(), "Once");
    }
}

#[test]
fn a_camera_that_does_not_open_is_skipped_for_the_next() {
    let _turn = install();
    for at in [NullToReady, ReadyToPaused, PausedToPlaying] {
        let broken = plug("Broken", "node.name=broken, is-default=true");
        broken.behaviour().fail(at, "Somebody has it");
        let watched = Watched::new(None).play();
        assert_eq!(watched.label(), "A small camera", "{at:?}");
        assert_eq!(broken.behaviour().open(), 0, "{at:?}");
        assert!(broken.behaviour().made() > 0, "{at:?}");
    }
}

#[test]
fn a_camera_that_is_meant_and_does_not_open_is_an_error_in_its_own_words() {
    let _turn = install();
    let broken = plug("Broken", "node.name=broken");
    broken.behaviour().fail(NullToReady, "Somebody has it");
    let watched = Watched::new(Some("broken"));
    assert!(watched.start().is_err(), "it does not open");
    let (error, words) = watched.hear(gst::MessageType::Error);
    assert!(error.matches(gst::ResourceError::Busy));
    assert_eq!(words, "Cannot open \"Broken\" (broken): Somebody has it");
}

#[test]
fn a_camera_that_is_there_and_said_not_to_be_may_be_another_applications() {
    let _turn = install();
    let taken = plug("Taken", "node.name=taken");
    // PipeWire's words where its session manager links nobody to it.
    let words = "stream error: target not found";
    taken.behaviour().fail(NullToReady, words);
    let watched = Watched::new(Some("taken"));
    assert!(watched.start().is_err(), "it does not open");
    let (_, said) = watched.hear(gst::MessageType::Error);
    let hint = "another application has it for itself, or it has just gone";
    assert_eq!(
        said,
        format!("Cannot open \"Taken\" (taken): {words}: {hint}")
    );
}

#[test]
fn each_camera_that_does_not_open_is_named_with_why() {
    let _turn = install();
    let [one, other] = ["One", "Other"].map(|name| {
        let camera = plug("Twin", &format!("node.name={name}"));
        camera
            .behaviour()
            .fail(NullToReady, if name == "One" { "On fire" } else { "Wet" });
        camera
    });
    let watched = Watched::new(Some("Twin"));
    assert!(watched.start().is_err(), "neither opens");
    let (error, words) = watched.hear(gst::MessageType::Error);
    assert!(error.matches(gst::ResourceError::Busy));
    assert_eq!(
        words,
        "No video device can be opened. \"Twin\" (One): On fire; \"Twin\" (Other): Wet"
    );
    drop((one, other));
}

#[test]
fn a_source_that_opens_another_camera_than_was_meant_is_not_taken() {
    let _turn = install();
    let camera = plug("Absent", "node.name=absent");
    let (begins, release) = camera.behaviour().block(ReadyToPaused);
    let watched = Watched::new(Some("absent"));
    std::thread::scope(|threads| {
        let starts = threads.spawn(watched.starter());
        begins.recv_timeout(SOON).expect("it is opened");
        camera.behaviour().moves_to("another");
        drop(release);
        assert!(starts.join().expect("no panic").is_err(), "it fails");
    });
    let (_, words) = watched.hear(gst::MessageType::Error);
    assert!(words.contains("would go on with \"another\""), "{words}");
}
