// SPDX-License-Identifier: MPL-2.0

//! What a consumer gets before, with and after its first buffer (DESIGN 2.3, 2.5; peers.md hazards 13, 14 and 19).

use std::sync::mpsc::{Receiver, channel};

use gst::prelude::*;

use crate::support::*;

/// Everything that passes a pad, in order, as text.
fn listen(stream: &MediaStream, pad: &str) -> Receiver<String> {
    let (sender, log) = channel();
    let pad = stream.static_pad(pad).expect("a pad");
    let types = gst::PadProbeType::EVENT_DOWNSTREAM
        | gst::PadProbeType::BUFFER
        | gst::PadProbeType::BUFFER_LIST;
    pad.add_probe(types, move |_, info| {
        let what = match &info.data {
            Some(gst::PadProbeData::Event(event)) => event.type_().to_string(),
            Some(gst::PadProbeData::Buffer(buffer)) => describe(buffer),
            Some(gst::PadProbeData::BufferList(list)) => {
                let buffers: Vec<_> = list.iter().map(describe).collect();
                format!("[{}]", buffers.join(" "))
            }
            _ => return gst::PadProbeReturn::Ok,
        };
        let _ = sender.send(what);
        gst::PadProbeReturn::Ok
    });
    log
}

fn describe(buffer: &gst::BufferRef) -> String {
    let flags = buffer.flags();
    let discont = if flags.contains(gst::BufferFlags::DISCONT) {
        "!"
    } else {
        ""
    };
    format!("{}{discont}", buffer.offset())
}

#[track_caller]
fn expect(log: &Receiver<String>, expected: &[&str]) {
    for expected in expected {
        let got = log
            .recv_timeout(std::time::Duration::from_secs(10))
            .unwrap_or_else(|_| "nothing".into());
        assert_eq!(got, *expected);
    }
}

fn list(numbers: std::ops::Range<u64>) -> gst::BufferList {
    numbers.map(Feed::buffer).collect()
}

#[test]
fn the_first_thing_is_who_it_is_then_caps_segment_and_the_next_buffer() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let clone = clone(&stream);
    let gone = Gone::of(&[&stream, &clone]);
    let (first, late) = (listen(&stream, "video_0"), listen(&clone, "video_0"));
    let consumer = consume(&stream, "video_0");
    feed.push(0);
    let start = ["stream-start", "caps", "segment", "stream-collection"];
    expect(&first, &start);
    expect(&first, &["0!"]);
    let mut tags = gst::TagList::new();
    tags.make_mut()
        .add::<gst::tags::Artist>(&"somebody", gst::TagMergeMode::Append);
    let tags = gst::event::Tag::new(tags);
    assert!(feed.element().send_event(tags));
    feed.push(1);
    expect(&first, &["tag", "1"]);
    // What the first one had is not repeated, what it was told is.
    let late_consumer = consume(&clone, "video_0");
    feed.push(2);
    expect(&first, &["2"]);
    expect(&late, &start);
    expect(&late, &["tag", "2!"]);
    drop((consumer, late_consumer, stream, clone));
    gone.check();
}

#[test]
fn new_caps_come_before_their_first_buffer_also_for_a_consumer_that_lags() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let gone = Gone::of(&[&stream]);
    let log = listen(&stream, "video_0");
    let (hold, held) = channel::<()>();
    let held = std::sync::Mutex::new(held);
    let pad = stream.static_pad("video_0").expect("a pad");
    pad.add_probe(gst::PadProbeType::BUFFER, move |_, _| {
        let _ = held.lock().expect("one thread").recv();
        gst::PadProbeReturn::Ok
    });
    let consumer = consume(&stream, "video_0");
    feed.push(0);
    expect(
        &log,
        &["stream-start", "caps", "segment", "stream-collection", "0!"],
    );
    // Held up with buffer 0, it lags over a change.
    feed.push(1);
    let wide: gst::Caps = VIDEO.replace("width=4", "width=8").parse().expect("caps");
    feed.app_src().set_caps(Some(&wide));
    feed.push(2);
    drop(hold);
    expect(&log, &["1", "caps", "2"]);
    drop((consumer, pad, stream));
    gone.check();
}

#[test]
fn buffer_lists_stay_lists_and_only_their_first_buffer_is_marked() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let clone = clone(&stream);
    let gone = Gone::of(&[&stream, &clone]);
    let logs = [listen(&stream, "video_0"), listen(&clone, "video_0")];
    let consumers = [consume(&stream, "video_0"), consume(&clone, "video_0")];
    for numbers in [0..3, 3..5] {
        feed.app_src()
            .push_buffer_list(list(numbers))
            .expect("the source takes it");
    }
    for log in &logs {
        expect(
            log,
            &["stream-start", "caps", "segment", "stream-collection"],
        );
        expect(log, &["[0! 1 2]", "[3 4]"]);
    }
    drop(consumers);
    let stats = track(&clone, Kind::Video).property::<gst::Structure>("stats");
    assert_eq!(stats.get::<u64>("deliveredFrames"), Ok(5));
    drop((stream, clone));
    gone.check();
}

#[test]
fn metas_pass_and_a_source_that_asks_is_told_that_they_are_understood() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let clone = clone(&stream);
    let gone = Gone::of(&[&stream, &clone]);
    let mut consumers = [consume(&stream, "video_0"), consume(&clone, "video_0")];
    let caps: gst::Caps = VIDEO.parse().expect("caps");
    for number in 0..2 {
        let mut buffer = Feed::buffer(number);
        gst_video::VideoMeta::add(
            buffer.get_mut().expect("a new buffer"),
            gst_video::VideoFrameFlags::empty(),
            gst_video::VideoFormat::Gray8,
            4,
            2,
        )
        .expect("a meta");
        feed.push_buffer(buffer);
    }
    for consumer in &mut consumers {
        for _ in 0..2 {
            let buffer = consumer.pull().expect("a buffer");
            assert!(buffer.meta::<gst_video::VideoMeta>().is_some());
        }
    }
    let mut query = gst::query::Allocation::new(Some(&caps), true);
    let source = feed.element().static_pad("src").expect("a pad");
    assert!(source.peer_query(&mut query));
    assert!(
        query
            .find_allocation_meta::<gst_video::VideoMeta>()
            .is_some()
    );
    drop((consumers, stream, clone));
    gone.check();
}

#[test]
fn an_encoded_clone_starts_with_a_key_frame_that_is_asked_for_once() {
    let feed = Feed::encoded();
    let stream = video_stream(&feed);
    let clones: Vec<_> = (0..5).map(|_| clone(&stream)).collect();
    let gone = Gone::of(&[&stream]).and(&clones.iter().collect::<Vec<_>>());
    let (sender, asked) = channel();
    let source = feed.element().static_pad("src").expect("a pad");
    source.add_probe(gst::PadProbeType::EVENT_UPSTREAM, move |_, info| {
        if let Some(event) = info.event()
            && let Ok(request) = gst_video::UpstreamForceKeyUnitEvent::parse(event)
        {
            let _ = sender.send(request.all_headers);
        }
        gst::PadProbeReturn::Ok
    });
    let mut first = consume(&stream, "video_0");
    feed.push(0);
    assert_eq!(pull(&mut first, 1), [0]);
    let mut late: Vec<_> = clones
        .iter()
        .map(|clone| consume(clone, "video_0"))
        .collect();
    for number in 1..4 {
        feed.push_delta(number);
    }
    assert_eq!(pull(&mut first, 3), [1, 2, 3]);
    assert_eq!(
        asked.recv_timeout(std::time::Duration::from_secs(10)),
        Ok(true)
    );
    feed.push(4);
    feed.push_delta(5);
    for consumer in &mut late {
        let buffer = consumer.pull().expect("a buffer");
        assert_eq!(describe(&buffer), "4!");
        assert_eq!(pull(consumer, 1), [5]);
    }
    assert_eq!(asked.try_iter().count(), 0, "asked once for all");
    drop(late);
    let stats = track(&clones[0], Kind::Video).property::<gst::Structure>("stats");
    assert_eq!(stats.get::<u64>("deliveredFrames"), Ok(2));
    assert_eq!(stats.get::<u64>("droppedFrames"), Ok(3));
    drop((first, stream, clones));
    gone.check();
}

#[test]
fn gaps_and_custom_events_keep_their_place_among_the_buffers() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let gone = Gone::of(&[&stream]);
    let log = listen(&stream, "video_0");
    let consumer = consume(&stream, "video_0");
    feed.push(0);
    expect(
        &log,
        &["stream-start", "caps", "segment", "stream-collection", "0!"],
    );
    let custom = gst::Structure::builder("my-event").build();
    assert!(
        feed.element()
            .send_event(gst::event::CustomDownstream::new(custom))
    );
    feed.push(1);
    expect(&log, &["custom-downstream", "1"]);
    drop((consumer, stream));
    gone.check();
}

#[test]
fn an_event_that_comes_first_does_not_take_the_mark_from_the_first_buffer() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let late = clone(&stream);
    let gone = Gone::of(&[&stream, &late]);
    let mut first = consume(&stream, "video_0");
    feed.push(0);
    assert_eq!(pull(&mut first, 1), [0]);
    let log = listen(&late, "video_0");
    let consumer = consume(&late, "video_0");
    let custom = gst::Structure::builder("my-event").build();
    assert!(
        feed.element()
            .send_event(gst::event::CustomDownstream::new(custom))
    );
    feed.push(1);
    expect(
        &log,
        &["stream-start", "caps", "segment", "stream-collection"],
    );
    expect(&log, &["custom-downstream", "1!"]);
    drop((first, consumer, stream, late));
    gone.check();
}

#[test]
fn frames_of_raw_audio_are_sample_frames() {
    let feed = Feed::audio();
    let stream = empty_stream();
    stream.set_property("audio-source", feed.element());
    let gone = Gone::of(&[&stream]);
    let mut consumer = consume(&stream, "audio_0");
    feed.push(0);
    assert_eq!(pull(&mut consumer, 1), [0]);
    drop(consumer);
    let stats = track(&stream, Kind::Audio).property::<gst::Structure>("stats");
    assert_eq!(stats.get::<u64>("deliveredFrames"), Ok(4));
    drop(stream);
    gone.check();
}

/// A camera says when it took a picture, which it gives a while later.
#[test]
fn what_was_taken_just_before_a_pipeline_began_is_not_for_it() {
    for (caps, raw) in [(VIDEO, true), (ENCODED, false)] {
        let feed = Feed::new(caps);
        let stream = video_stream(&feed);
        let mut first = consume(&stream, "video_0");
        feed.push(0);
        pull(&mut first, 1);
        let copy = clone(&stream);
        let gone = Gone::of(&[&stream, &copy]);
        let pipeline = gst::Pipeline::new();
        let sink = gst_app::AppSink::builder().sync(false).build();
        pipeline.add(&copy).expect("a new element");
        pipeline.add(&sink).expect("a new element");
        copy.link(&sink).expect("a link");
        let clock = gst::SystemClock::obtain();
        pipeline.use_clock(Some(&clock));
        // It begins with the ninth picture, or one of the next.
        pipeline.set_start_time(gst::ClockTime::NONE);
        pipeline.set_base_time(clock.time() + gst::ClockTime::from_mseconds(900));
        pipeline.set_state(gst::State::Playing).expect("PLAYING");
        feed.push(3);
        pull(&mut first, 1);
        // What is no buffer does not take the mark from the next one.
        let custom = gst::Structure::builder("my-event").build();
        let custom = gst::event::CustomDownstream::new(custom);
        assert!(feed.element().send_event(custom));
        feed.push_delta(12);
        pull(&mut first, 1);
        feed.push(13);
        pull(&mut first, 1);
        let sample = sink.pull_sample().expect("a sample");
        // Of what is encoded, the next one that can be decoded. Something is missing before it.
        let first_of_it = sample.buffer().map(describe);
        assert_eq!(
            first_of_it.as_deref(),
            Some(if raw { "12!" } else { "13!" })
        );
        pipeline.set_state(gst::State::Null).expect("NULL");
        drop((sample, first, pipeline, sink, stream, copy));
        gone.check();
    }
}
