// SPDX-License-Identifier: MPL-2.0

//! mediacapture-extensions/MediaStreamTrack-audio-stats.https.html

use gst::prelude::*;

use super::page;
use crate::support::*;

/// A time in a track's `stats`, in milliseconds.
fn time(track: &MediaStreamTrack, name: &str) -> f64 {
    let stats = track.property::<gst::Structure>("stats");
    stats.get(name).expect("it is measured")
}

/// A tenth of a second that was taken just now.
fn sound() -> gst::Buffer {
    let mut buffer = gst::Buffer::from_mut_slice(vec![1; 1600]);
    let tenth = gst::ClockTime::from_mseconds(100);
    buffer.get_mut().expect("a new buffer").set_duration(tenth);
    buffer
}

fn running(page: &super::Page) -> (Feed, MediaStream, MediaStreamTrack) {
    let feed = Feed::timed(AUDIO);
    let stream = page.run(audio_stream(&feed));
    let audio = track(&stream, Kind::Audio);
    (feed, stream, audio)
}

/// Pushes sound and waits until all of it has been counted.
#[track_caller]
fn play(feed: &Feed, audio: &MediaStreamTrack, sink: &mut gst_check::Harness, buffers: usize) {
    let before = count(audio, "totalFrames");
    let enabled = audio.property::<bool>("enabled");
    for _ in 0..buffers {
        feed.push_buffer(sound());
        sink.pull().expect("sound");
    }
    settle_counts(audio, sink);
    let expected = if enabled { 800 * buffers as u64 } else { 0 };
    assert_eq!(count(audio, "totalFrames") - before, expected);
}

#[test]
fn sample_frames_and_how_long_they_last_are_counted() {
    page(|page| {
        let (feed, stream, audio) = running(page);
        let mut sink = consume(&stream, "audio_0");
        play(&feed, &audio, &mut sink, 3);
        assert_eq!(count(&audio, "deliveredFrames"), 2400);
        assert_eq!(time(&audio, "deliveredFramesDuration"), 300.0);
        assert_eq!(time(&audio, "totalFramesDuration"), 300.0);
    });
}

#[test]
fn the_latency_lies_between_its_bounds() {
    page(|page| {
        let (feed, stream, audio) = running(page);
        let mut sink = consume(&stream, "audio_0");
        assert_eq!(time(&audio, "latency"), 0.0);
        play(&feed, &audio, &mut sink, 5);
        let [last, average, least, most] = [
            "latency",
            "averageLatency",
            "minimumLatency",
            "maximumLatency",
        ]
        .map(|name| time(&audio, name));
        assert!(least > 0.0 && most < 10_000.0, "{least} {most}");
        assert!(least <= last && last <= most, "{least} {last} {most}");
        assert!(
            least <= average && average <= most,
            "{least} {average} {most}"
        );
    });
}

#[test]
fn nothing_is_counted_nor_measured_while_disabled() {
    page(|page| {
        let (feed, stream, audio) = running(page);
        let mut sink = consume(&stream, "audio_0");
        play(&feed, &audio, &mut sink, 2);
        enable(&audio, false);
        let before = audio.property::<gst::Structure>("stats");
        play(&feed, &audio, &mut sink, 3);
        assert_eq!(audio.property::<gst::Structure>("stats"), before);
        enable(&audio, true);
        play(&feed, &audio, &mut sink, 1);
        assert_eq!(count(&audio, "deliveredFrames"), 2400);
    });
}

#[test]
fn a_clone_counts_from_nothing() {
    page(|page| {
        let (feed, stream, audio) = running(page);
        let mut sink = consume(&stream, "audio_0");
        play(&feed, &audio, &mut sink, 2);
        let clone = page.clone_stream(&stream);
        let cloned = track(&clone, Kind::Audio);
        assert_eq!(count(&cloned, "totalFrames"), 0);
        for name in [
            "deliveredFramesDuration",
            "latency",
            "averageLatency",
            "minimumLatency",
            "maximumLatency",
        ] {
            assert_eq!(time(&cloned, name), 0.0, "{name}");
        }
        let mut clone_sink = consume(&clone, "audio_0");
        play(&feed, &cloned, &mut clone_sink, 1);
        assert_eq!(count(&cloned, "totalFrames"), 800);
    });
}
