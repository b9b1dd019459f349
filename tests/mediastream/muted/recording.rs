// SPDX-License-Identifier: MPL-2.0

//! A recording made through twenty switches of `enabled` and two stalls of the source plays without a hole.

use std::sync::Mutex;
use std::sync::mpsc::channel;

use gst::prelude::*;

use crate::support::*;

const RATE: u64 = 100;
const FRAMES: u64 = 300;

/// The source gives nothing of these.
fn is_stalled(number: u64) -> bool {
    (60..110).contains(&number) || (180..230).contains(&number)
}

/// Drops what the source does not give, and switches the track on the way; EOS comes at the end.
fn drive(source: &gst::Element, track: &MediaStreamTrack) {
    let pad = source.static_pad("src").expect("a pad");
    let (track, number) = (track.downgrade(), Mutex::new(0_u64));
    pad.add_probe(gst::PadProbeType::BUFFER, move |_, _| {
        let mut number = number.lock().expect("one thread");
        *number += 1;
        if let Some(track) = track.upgrade()
            && number.is_multiple_of(FRAMES / 20)
        {
            enable(&track, !track.property::<bool>("enabled"));
        }
        match is_stalled(*number) {
            true => gst::PadProbeReturn::Drop,
            false => gst::PadProbeReturn::Ok,
        }
    });
}

fn make(description: &str) -> gst::Element {
    gst::parse::launch(description).expect(description)
}

/// Runs until EOS.
#[track_caller]
fn run(pipeline: &gst::Pipeline) {
    pipeline.set_state(gst::State::Playing).expect("it plays");
    let bus = pipeline.bus().expect("a bus");
    let types = [gst::MessageType::Eos, gst::MessageType::Error];
    let message = bus
        .timed_pop_filtered(gst::ClockTime::from_seconds(60), &types)
        .expect("it ends");
    assert_eq!(message.type_(), gst::MessageType::Eos, "{message:?}");
    pipeline.set_state(gst::State::Null).expect("it stops");
}

#[test]
fn a_recording_through_switches_and_stalls_has_no_hole() {
    init();
    let video = format!(
        "videotestsrc is-live=true num-buffers={FRAMES} pattern=white \
         ! capsfilter caps=video/x-raw,format=GRAY8,width=16,height=16,framerate={RATE}/1"
    );
    let audio = format!(
        "audiotestsrc is-live=true num-buffers={FRAMES} samplesperbuffer=80 \
         ! capsfilter caps=audio/x-raw,format=S16LE,rate=8000,channels=1"
    );
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("recording.mkv");
    let location = file.to_str().expect("a path");
    let recording = gst::Pipeline::new();
    let stream = empty_stream();
    let sink = make(&format!(
        "matroskamux name=mux ! filesink location={location}"
    ));
    let sink = sink.downcast::<gst::Bin>().expect("a bin");
    recording
        .add_many([stream.upcast_ref::<gst::Element>(), sink.upcast_ref()])
        .expect("they fit");
    for (name, source) in [("video", video), ("audio", audio)] {
        let source = gst::parse::bin_from_description(&source, true).expect("a source");
        let first = source.iterate_sources().next().expect("one").expect("one");
        stream.set_property(&format!("{name}-source"), &source);
        let track = tracks(&stream, &format!("get-{name}-tracks")).remove(0);
        drive(&first, &track);
        let mux = sink.by_name("mux").expect("a muxer");
        let input = mux
            .request_pad_simple(&format!("{name}_%u"))
            .expect("a pad");
        let ghost = gst::GhostPad::with_target(&input).expect("a ghost");
        ghost.set_active(true).expect("it is active");
        sink.add_pad(&ghost).expect("a new pad");
        stream
            .static_pad(&format!("{name}_0"))
            .expect("a pad")
            .link(&ghost)
            .expect("they link");
    }
    run(&recording);
    for kind in ["video", "audio"] {
        let times = times(location, kind);
        let second = gst::ClockTime::SECOND;
        let length = times[times.len() - 1] - times[0];
        assert!(length > second * 28 / 10, "{kind}: {length}");
        for pair in times.windows(2) {
            let step = pair[1].checked_sub(pair[0]).expect("times go on");
            assert!(
                step <= second * 16 / 1000,
                "{kind}: {step} after {}",
                pair[0]
            );
        }
    }
}

/// When each buffer of a recording is played.
fn times(location: &str, kind: &str) -> Vec<gst::ClockTime> {
    let (sender, times) = channel();
    let player = make(&format!(
        "filesrc location={location} ! matroskademux name=demux \
         demux.{kind}_0 ! queue max-size-time=0 max-size-buffers=0 ! fakesink name=sink signal-handoffs=true sync=true"
    ));
    let player = player.downcast::<gst::Pipeline>().expect("a pipeline");
    let sink = player.by_name("sink").expect("a sink");
    sink.connect("handoff", false, move |args| {
        let buffer: gst::Buffer = args[1].get().expect("a buffer");
        let _ = sender.send(buffer.pts().expect("a time"));
        None
    });
    run(&player);
    drop((player, sink));
    times.iter().collect()
}
