// SPDX-License-Identifier: MPL-2.0

//! Devices that are slow, stuck, or gone while they are opened or closed; who does not wait for them is not kept waiting.

use std::iter;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use gst::prelude::*;

use crate::support::*;

/// What nothing takes longer that does not open or close a device. (No media are waited for; the machine may be busy.)
const AT_ONCE: Duration = Duration::from_millis(100);
/// How long it takes at most until a device that does not open is given up, and one that does not close.
const GIVEN_UP: Duration = Duration::from_secs(12);

/// Everything that is to be had at once is.
#[track_caller]
fn assert_at_once(stream: &MediaStream) {
    let track = video_track(stream);
    let at_once = |what: &str, work: &dyn Fn()| {
        let ((), time) = timed(work);
        assert!(time < AT_ONCE, "{what} takes {time:?}");
    };
    at_once("clone", &|| drop(clone(stream)));
    at_once("clone of the track", &|| {
        let sibling = clone(&track);
        at_once("stop", &|| stop(&sibling));
    });
    for property in [
        "ready-state",
        "label",
        "muted",
        "settings",
        "capabilities",
        "source",
    ] {
        at_once(property, &|| drop(track.property_value(property)));
    }
    for property in ["id", "active", "tracks"] {
        at_once(property, &|| drop(stream.property_value(property)));
    }
}

pub fn a_camera_that_goes_while_it_is_opened_is_an_error_and_keeps_nobody_waiting() {
    let camera = Camera::plug("cam", "Camera");
    let stream = video("cam");
    let consumer = Consumer::of(&stream);
    let graph = Graph::watch();
    camera.hang();
    let (sender, opened) = channel();
    let opening = std::thread::spawn(move || {
        let _ = sender.send(consumer.play());
        consumer
    });
    graph.wait("it is being opened", |view| view.nodes() == 1);
    assert_at_once(&stream);
    let gone = Instant::now();
    camera.crash();
    // Either it cannot be opened, or it was, and has ended.
    let opened = opened.recv_timeout(GIVEN_UP).expect("an answer in time");
    let consumer = opening.join().expect("no panic");
    if opened.is_ok() {
        consumer.until_end();
    }
    assert!(gone.elapsed() < GIVEN_UP, "after {:?}", gone.elapsed());
    assert_at_once(&stream);
    graph.wait_for_nodes(0);
}

pub fn a_camera_that_does_not_open_is_given_up() {
    let camera = Camera::plug("cam", "Camera");
    camera.hang();
    let stream = video("cam");
    let consumer = Consumer::of(&stream);
    let (result, time) = timed(|| consumer.play());
    let error = result.expect_err("it does not open");
    assert!(time < GIVEN_UP, "after {time:?}");
    assert!(error.message().contains("Camera"), "which one? {error}");
    let ((), time) = timed(|| consumer.stop());
    assert!(time < GIVEN_UP, "closed after {time:?}");
}

pub fn the_next_camera_is_taken_if_one_does_not_open() {
    // Whichever of two is the first that is tried: of a pair each, the other one hangs.
    for (pair, stuck) in [(["cam1", "cam2"], 0), (["cam3", "cam4"], 1)] {
        let cameras = pair.map(|name| Camera::plug(name, name));
        cameras[stuck].hang();
        let expected = pair[1 - stuck];
        let taken = || {
            let stream = default_video();
            Consumer::playing(&stream);
            device_id(&video_track(&stream)).expect("it has an id")
        };
        // The pair before may still be listed for a moment.
        let (taken, time) = timed(|| iter::repeat_with(taken).find(|id| pair.contains(&&**id)));
        assert_eq!(taken.as_deref(), Some(expected));
        assert!(time < GIVEN_UP, "after {time:?}");
    }
}

/// Another application, which has a camera for itself until it is dropped.
struct Exclusive(gst::Pipeline);

impl Exclusive {
    #[track_caller]
    fn hold(camera: &str) -> Self {
        init();
        let pipeline = gst::parse::launch(&format!(
            "pipewiresrc target-object={camera} stream-properties=\"exclusive,node.exclusive=true\" \
             ! video/x-raw ! fakesink name=sink"
        ));
        let pipeline = pipeline.expect("elements").downcast::<gst::Pipeline>();
        let pipeline = pipeline.expect("a pipeline");
        let sink = pipeline
            .by_name("sink")
            .and_then(|sink| sink.static_pad("sink"));
        let (sender, pictures) = channel();
        let tell = move |_: &gst::Pad, _: &mut gst::PadProbeInfo| {
            let _ = sender.send(());
            gst::PadProbeReturn::Ok
        };
        sink.expect("a pad")
            .add_probe(gst::PadProbeType::BUFFER, tell);
        pipeline.set_state(gst::State::Playing).expect("it plays");
        next(&pictures);
        Self(pipeline)
    }
}

impl Drop for Exclusive {
    fn drop(&mut self) {
        let _ = self.0.set_state(gst::State::Null);
    }
}

pub fn a_camera_that_another_application_has_for_itself_is_an_error_or_the_next_one_is_taken() {
    let _camera = Camera::plug("busy", "Busy Camera");
    let other = Exclusive::hold("busy");
    let (result, time) = timed(|| Consumer::of(&video("busy")).play());
    let error = result.expect_err("it is busy");
    assert!(time < GIVEN_UP, "after {time:?}");
    let says = |words: &str| error.message().contains(words);
    assert!(
        says("Busy Camera") && says("another application"),
        "{error}"
    );
    let _free = Camera::plug("free", "Free Camera");
    let (_stream, consumer) = Consumer::playing_soon(default_video);
    consumer.picture_of("free");
    drop(other);
    let (_stream, consumer) = Consumer::playing_soon(|| video("busy"));
    consumer.picture_of("busy");
}

pub fn daemons_that_hang_keep_nobody_waiting() {
    let _camera = Camera::plug("cam", "Camera");
    let stream = video("cam");
    let consumer = Consumer::playing(&stream);
    consumer.picture_of("cam");
    Daemons::hang();
    assert_at_once(&stream);
    let ((), time) = timed(|| stop(&video_track(&stream)));
    assert!(time < AT_ONCE, "stop takes {time:?}");
    consumer.until_end();
    let ((), time) = timed(|| consumer.stop());
    assert!(time < GIVEN_UP, "NULL takes {time:?}");
    Daemons::go_on();
    let (_stream, consumer) = Consumer::playing_soon(|| video("cam"));
    consumer.picture_of("cam");
}
