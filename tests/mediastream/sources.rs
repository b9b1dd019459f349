// SPDX-License-Identifier: MPL-2.0

//! What may be a source, and what is said of one that cannot be.

use gst::prelude::*;

use crate::support::*;

fn bin(description: &str) -> gst::Element {
    init();
    gst::parse::bin_from_description(description, true)
        .expect("a description")
        .upcast()
}

fn words(message: &gst::Message) -> String {
    match message.view() {
        gst::MessageView::Error(error) => format!(
            "{} {}",
            error.error().message(),
            error.debug().unwrap_or_default()
        ),
        _ => String::new(),
    }
}

/// Brings a stream from these sources to PAUSED; the words of the error if that fails.
fn start(sources: &[(&str, &gst::Element)]) -> Result<(), String> {
    let stream = empty_stream();
    let gone = Gone::of(&[&stream]);
    for (property, element) in sources {
        stream.set_property(property, element);
    }
    let pipeline = gst::Pipeline::new();
    pipeline.add(&stream).expect("a stream");
    let bus = pipeline.bus().expect("a bus");
    let result = pipeline.set_state(gst::State::Paused);
    let error = bus
        .pop_filtered(&[gst::MessageType::Error])
        .map(|message| words(&message));
    pipeline.set_state(gst::State::Null).expect("NULL");
    bus.set_flushing(true);
    assert_eq!(result.is_err(), error.is_some());
    drop((stream, pipeline));
    gone.check();
    error.map_or(Ok(()), Err)
}

#[test]
fn a_source_of_the_wrong_kind_is_an_error_that_names_the_right_property() {
    let audio = bin("audiotestsrc is-live=true");
    let error = start(&[("video-source", &audio)]).unwrap_err();
    assert!(
        error.contains("audio/x-raw") && error.contains("audio-source"),
        "{error}"
    );
    let video = bin("videotestsrc is-live=true");
    let error = start(&[("audio-source", &video)]).unwrap_err();
    assert!(
        error.contains("video/x-raw") && error.contains("video-source"),
        "{error}"
    );
}

#[test]
fn a_source_without_a_src_pad_is_an_error() {
    let sink = bin("fakesink");
    let error = start(&[("video-source", &sink)]).unwrap_err();
    assert!(error.contains("no src pad"), "{error}");
}

#[test]
fn a_source_that_cannot_be_opened_is_an_error_in_its_own_words() {
    let missing = bin("filesrc location=/no/such/file ! decodebin");
    let error = start(&[("video-source", &missing)]).unwrap_err();
    assert!(error.contains("/no/such/file"), "{error}");
}

#[test]
fn one_element_cannot_be_the_source_of_two_streams() {
    let video = bin("videotestsrc is-live=true");
    let stream = empty_stream();
    stream.set_property("video-source", &video);
    let gone = Gone::of(&[&stream]);
    stream.set_state(gst::State::Ready).expect("READY");
    let error = start(&[("video-source", &video)]).unwrap_err();
    assert!(error.contains("in use"), "{error}");
    stream.set_state(gst::State::Null).expect("NULL");
    drop(stream);
    gone.check();
}

#[test]
fn a_source_that_is_refused_runs_on_in_the_stream_that_has_it() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let gone = Gone::of(&[&stream]);
    let mut consumer = consume(&stream, "video_0");
    feed.push(0);
    assert_eq!(pull(&mut consumer, 1), [0]);
    let error = start(&[("video-source", &feed.element())]).unwrap_err();
    assert!(error.contains("in use"), "{error}");
    feed.push(1);
    assert_eq!(pull(&mut consumer, 1), [1]);
    drop((consumer, stream));
    gone.check();
}

#[test]
fn a_stream_cannot_be_its_own_source() {
    let stream = empty_stream();
    stream.set_property("video-source", &stream);
    let bus = gst::Bus::new();
    stream.set_bus(Some(&bus));
    assert!(stream.set_state(gst::State::Ready).is_err());
    let error = bus.pop_filtered(&[gst::MessageType::Error]);
    assert!(error.is_some_and(|message| words(&message).contains("itself")));
    bus.set_flushing(true);
    // It holds itself, as the application wished.
    let other = gst::ElementFactory::make("videotestsrc")
        .build()
        .expect("a source");
    let gone = Gone::of(&[&stream]);
    stream.set_property("video-source", &other);
    drop(stream);
    gone.check();
}

#[test]
fn a_stream_that_nothing_was_asked_of_says_what_to_set() {
    let error = start(&[]).unwrap_err();
    for property in ["video-source", "audio-source", "clone-of"] {
        assert!(error.contains(property), "{error}");
    }
}

#[test]
fn a_track_made_by_its_name_has_ended_and_says_why_it_does_not_start() {
    init();
    let track = gst::ElementFactory::make("mediastreamtrack")
        .build()
        .expect("mediastreamtrack is there");
    let gone = Gone::of(&[&track]);
    assert_eq!(
        track.property::<ReadyState>("ready-state"),
        ReadyState::Ended
    );
    let bus = gst::Bus::new();
    track.set_bus(Some(&bus));
    assert!(track.set_state(gst::State::Ready).is_err());
    let error = bus.pop_filtered(&[gst::MessageType::Error]);
    assert!(error.is_some_and(|message| words(&message).contains("cloning")));
    bus.set_flushing(true);
    let clone = track.emit_by_name::<gst::Element>("clone", &[]);
    assert_eq!(
        clone.property::<ReadyState>("ready-state"),
        ReadyState::Ended
    );
    drop((clone, track));
    gone.check();
}

/// Counts the buffers that a stream from this source gives before its end.
fn frames(property: &str, source: &gst::Element, pad: &str) -> (usize, gst::Caps) {
    let stream = empty_stream();
    stream.set_property(property, source);
    let gone = Gone::of(&[&stream]);
    let pipeline = gst::Pipeline::new();
    let sink = gst_app::AppSink::builder().sync(false).build();
    pipeline.add(&stream).expect("a stream");
    pipeline.add(&sink).expect("a sink");
    stream
        .link_pads(Some(pad), &sink, Some("sink"))
        .expect("a link");
    let ended = hear_ended(&all_tracks(&stream));
    pipeline.set_state(gst::State::Playing).expect("PLAYING");
    let mut count = 0;
    let mut caps = gst::Caps::new_empty();
    while let Ok(sample) = sink.pull_sample() {
        count += 1;
        caps = sample.caps_owned().expect("caps");
    }
    assert!(sink.is_eos());
    // The pads have their EOS before the application is told.
    next(&ended);
    pipeline.set_state(gst::State::Null).expect("NULL");
    assert_eq!(
        all_tracks(&stream)[0].ready_state(),
        ReadyState::Ended,
        "the source ended"
    );
    drop((stream, sink, pipeline));
    gone.check();
    (count, caps)
}

#[test]
fn raw_sources_live_or_not_give_all_they_have() {
    for live in ["true", "false"] {
        let source = bin(&format!("videotestsrc is-live={live} num-buffers=5"));
        let (count, caps) = frames("video-source", &source, "video_0");
        assert_eq!(count, 5, "is-live={live}");
        assert_eq!(
            caps.structure(0).map(|s| s.name().as_str()),
            Some("video/x-raw")
        );
        let source = bin(&format!("audiotestsrc is-live={live} num-buffers=5"));
        assert_eq!(
            frames("audio-source", &source, "audio_0").0,
            5,
            "is-live={live}"
        );
    }
}

#[test]
fn an_encoded_source_stays_encoded() {
    let source = bin("videotestsrc is-live=true num-buffers=5 ! jpegenc");
    let (count, caps) = frames("video-source", &source, "video_0");
    assert_eq!(count, 5);
    assert_eq!(
        caps.structure(0).map(|s| s.name().as_str()),
        Some("image/jpeg")
    );
}

#[test]
fn a_source_whose_pads_come_late_is_linked_by_its_kind() {
    // Two kinds out of one demuxer; the stream takes the one that it was asked for.
    init();
    let file = std::env::temp_dir().join(format!("mediastream-{}.mkv", std::process::id()));
    let make = gst::parse::launch(&format!(
        "matroskamux name=m ! filesink location={} \
         audiotestsrc num-buffers=10 ! m. videotestsrc num-buffers=5 ! jpegenc ! m.",
        file.display()
    ))
    .expect("a pipeline");
    make.set_state(gst::State::Playing).expect("PLAYING");
    let bus = make.bus().expect("a bus");
    let end = bus.timed_pop_filtered(
        gst::ClockTime::from_seconds(10),
        &[gst::MessageType::Eos, gst::MessageType::Error],
    );
    assert_eq!(end.map(|end| end.type_()), Some(gst::MessageType::Eos));
    make.set_state(gst::State::Null).expect("NULL");
    let source = |end: &str| bin(&format!("filesrc location={} ! {end}", file.display()));
    let (count, caps) = frames("video-source", &source("matroskademux"), "video_0");
    assert_eq!(count, 5);
    assert_eq!(
        caps.structure(0).map(|s| s.name().as_str()),
        Some("image/jpeg")
    );
    let (count, caps) = frames("audio-source", &source("decodebin"), "audio_0");
    assert_eq!(count, 10);
    assert_eq!(
        caps.structure(0).map(|s| s.name().as_str()),
        Some("audio/x-raw")
    );
    std::fs::remove_file(&file).expect("the file was there");
}
