// SPDX-License-Identifier: MPL-2.0

//! Constraints on sound.

use gst::prelude::*;

use super::*;

/// 20 ms of sound.
fn block(number: u64) -> gst::Buffer {
    let mut block = gst::Buffer::from_mut_slice(vec![1_u8; 48 * 20 * 4]);
    let header = block.get_mut().expect("a new buffer");
    header.set_pts(gst::ClockTime::from_mseconds(20) * number);
    header.set_duration(gst::ClockTime::from_mseconds(20));
    block
}

fn stereo() -> Feed {
    Feed::new(
        "audio/x-raw, format=S16LE, rate=48000, channels=2, layout=interleaved, channel-mask=(bitmask)3",
    )
}

/// So many bytes come that they last as long as what was given, but for what a resampler keeps.
fn assert_lasts(sink: &mut gst_check::Harness, frame: usize, rate: usize, blocks: usize) {
    let expected = rate * 20 * blocks / 1000;
    let mut frames = 0;
    while frames + rate / 50 < expected {
        frames += sink.pull().expect("a buffer").size() / frame;
    }
}

#[test]
fn sound_is_mixed_down_and_resampled() {
    let feed = stereo();
    let stream = audio_stream(&feed);
    stream.set_property(
        "audio-constraints",
        constraints("sampleRate=16000, channelCount=1"),
    );
    let mut sink = consume(&stream, "audio_0");
    for number in 0..10 {
        feed.push_buffer(block(number));
    }
    assert_lasts(&mut sink, 2, 16_000, 10);
    let caps = format(&sink);
    assert_eq!(
        (caps.get("rate"), caps.get("channels")),
        (Ok(16_000), Ok(1))
    );
    let audio = track(&stream, Kind::Audio);
    assert_eq!(setting(&audio, "sampleRate"), 16_000);
    assert_eq!(setting(&audio, "channelCount"), 1);
    assert_eq!(setting(&audio, "sampleSize"), 16);
}

#[test]
fn a_live_track_changes_its_format_and_back() {
    let feed = stereo();
    let stream = audio_stream(&feed);
    let audio = track(&stream, Kind::Audio);
    let mut sink = consume(&stream, "audio_0");
    feed.push_buffer(block(0));
    assert_eq!(sink.pull().expect("a buffer").size(), 48 * 20 * 4);
    assert_applied(&apply(&audio, "channelCount=1"));
    feed.push_buffer(block(1));
    let mono = sink.pull().expect("a buffer");
    assert_eq!((mono.size(), mono.pts()), (48 * 20 * 2, block(1).pts()));
    assert_applied(&apply(&audio, "dummy=1"));
    feed.push_buffer(block(2));
    let stereo = sink.pull().expect("a buffer");
    assert_eq!((stereo.size(), stereo.pts()), (48 * 20 * 4, block(2).pts()));
}

#[test]
fn what_is_of_pictures_only_is_nothing_to_sound() {
    let feed = stereo();
    let stream = audio_stream(&feed);
    let audio = track(&stream, Kind::Audio);
    let mut sink = consume(&stream, "audio_0");
    feed.push_buffer(block(0));
    sink.pull().expect("a buffer");
    assert_applied(&apply(&audio, "width=(structure)[range, exact=1]"));
    let refused = apply(&audio, "channelCount=(structure)[range, min=3]");
    assert_eq!(
        refused.get::<String>("constraint").as_deref(),
        Ok("channelCount")
    );
}

/// A stream of a source that can give this, whose track is to be like that.
fn microphone(offers: &str, written: &str) -> MediaStream {
    let caps = format!("audio/x-raw, {offers}, rate=48000, layout=interleaved");
    let source = format!("audiotestsrc is-live=true ! capsfilter caps=\"{caps}\"");
    let source = gst::parse::bin_from_description(&source, true);
    let stream = empty_stream();
    stream.set_property("audio-source", source.expect("a bin"));
    stream.set_property("audio-constraints", constraints(written));
    stream
}

#[test]
fn a_source_of_several_formats_gives_samples_of_the_size_that_is_asked_for() {
    for (written, size) in [
        ("sampleSize=(structure)[range, exact=32]", 32),
        ("sampleSize=32", 32),
        ("sampleSize=(structure)[range, max=16]", 16),
        ("channelCount=1", 16),
    ] {
        let stream = microphone("format={ U8, S32LE, S16LE }, channels=2", written);
        let audio = track(&stream, Kind::Audio);
        let mut sink = consume(&stream, "audio_0");
        sink.pull().expect("a buffer");
        assert_eq!(setting(&audio, "sampleSize"), size, "{written}");
        let other = 48 - size;
        let exact = format!("sampleSize=(structure)[range, exact={other}]");
        assert_applied(&apply(&audio, &exact));
        assert_eq!(setting(&audio, "sampleSize"), other, "{written}");
    }
}

#[test]
fn a_consumer_has_its_say_in_the_format_that_nobody_asked_for() {
    let stream = microphone(
        "format={ S16LE, F32LE }, channels={ 1, 2 }",
        "channelCount=1",
    );
    let pipeline = gst::Pipeline::new();
    let floats: gst::Caps = "audio/x-raw, format=F32LE".parse().expect("caps");
    let sink = gst_app::AppSink::builder()
        .caps(&floats)
        .sync(false)
        .build();
    pipeline.add(&stream).expect("a new element");
    pipeline.add(&sink).expect("a new element");
    stream.link(&sink).expect("a link");
    pipeline.set_state(gst::State::Playing).expect("PLAYING");
    let sample = sink.try_pull_sample(gst::ClockTime::from_seconds(10));
    let caps = sample.and_then(|sample| sample.caps_owned()).expect("caps");
    let channels = caps.structure(0).map(|caps| caps.get::<i32>("channels"));
    assert_eq!(channels, Some(Ok(1)));
    pipeline.set_state(gst::State::Null).expect("NULL");
}
