// SPDX-License-Identifier: MPL-2.0

//! Running times in one pipeline and in several, latency, and the two kinds of clock (DESIGN 2.6).

use gst::prelude::*;

use crate::support::*;

/// A pipeline with a stream and an app sink for each of its pads, on a clock of the test's choice.
struct Consumer {
    pipeline: gst::Pipeline,
    sinks: Vec<gst_app::AppSink>,
}

impl Consumer {
    fn new(stream: &MediaStream, pads: &[&str], clock: Option<&gst::Clock>) -> Self {
        let pipeline = gst::Pipeline::new();
        if let Some(clock) = clock {
            pipeline.use_clock(Some(clock));
        }
        pipeline.add(stream).expect("a stream");
        let sinks = pads
            .iter()
            .map(|pad| {
                let sink = gst_app::AppSink::builder()
                    .sync(false)
                    .async_(false)
                    .build();
                pipeline.add(&sink).expect("a sink");
                stream
                    .link_pads(Some(pad), &sink, Some("sink"))
                    .expect("a link");
                sink
            })
            .collect();
        Self { pipeline, sinks }
    }

    fn play(&self) {
        self.pipeline
            .set_state(gst::State::Playing)
            .expect("PLAYING");
        let (result, state, _) = self.pipeline.state(gst::ClockTime::from_seconds(10));
        assert_eq!((result.is_ok(), state), (true, gst::State::Playing));
    }

    /// The running time of the next buffer of a sink, and its number.
    #[track_caller]
    fn running_time(&self, sink: usize) -> (u64, gst::ClockTime) {
        let sample = self.sinks[sink]
            .try_pull_sample(gst::ClockTime::from_seconds(10))
            .expect("a buffer");
        let buffer = sample.buffer().expect("a buffer");
        let segment = sample
            .segment()
            .and_then(|segment| segment.downcast_ref::<gst::ClockTime>())
            .expect("a segment");
        let time = segment.to_running_time(buffer.pts());
        (buffer.offset(), time.expect("inside of the segment"))
    }

    /// When a buffer was taken, on the pipeline's clock.
    #[track_caller]
    fn moment(&self, sink: usize) -> (u64, gst::ClockTime) {
        let (number, time) = self.running_time(sink);
        let base = self.pipeline.base_time().expect("it plays");
        (number, base + time)
    }

    fn latency(&self, pad: usize) -> (bool, gst::ClockTime, Option<gst::ClockTime>) {
        let mut query = gst::query::Latency::new();
        let pad = self.sinks[pad].static_pad("sink").expect("a pad");
        assert!(pad.peer_query(&mut query));
        query.result()
    }
}

impl Drop for Consumer {
    fn drop(&mut self) {
        let _ = self.pipeline.set_state(gst::State::Null);
    }
}

fn numbered(number: u64, pts: gst::ClockTime) -> gst::Buffer {
    let mut buffer = Feed::buffer(number);
    buffer.get_mut().expect("a new buffer").set_pts(pts);
    buffer
}

#[test]
fn a_buffer_is_taken_at_the_same_moment_in_every_pipeline() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let (clone, later) = (clone(&stream), clone(&stream));
    let gone = Gone::of(&[&stream, &clone, &later]);
    let original = Consumer::new(&stream, &["video_0"], None);
    let second = Consumer::new(&clone, &["video_0"], None);
    let third = Consumer::new(&later, &["video_0"], None);
    original.play();
    // The others start after media of the time before them have been there.
    let start = gst::ClockTime::from_seconds(3600);
    feed.push_buffer(numbered(0, gst::ClockTime::ZERO));
    assert_eq!(original.running_time(0).0, 0);
    second.play();
    third.play();
    feed.push_buffer(numbered(1, start));
    let moments = [&original, &second, &third].map(|consumer| consumer.moment(0));
    assert_eq!(moments[0].0, 1);
    assert_eq!(moments[0], moments[1]);
    assert_eq!(moments[0], moments[2]);
    let times = [&original, &second].map(|consumer| consumer.pipeline.base_time());
    assert_ne!(times[0], times[1], "started at different times");
    drop((original, second, third, stream, clone, later));
    gone.check();
}

#[test]
fn audio_and_video_stay_in_sync_in_every_pipeline() {
    let (video, audio) = (Feed::video(), Feed::audio());
    let stream = av_stream(&video, &audio);
    let clone = clone(&stream);
    let gone = Gone::of(&[&stream, &clone]);
    let pads = ["video_0", "audio_0"];
    let original = Consumer::new(&stream, &pads, None);
    let second = Consumer::new(&clone, &pads, None);
    original.play();
    second.play();
    let time = gst::ClockTime::from_seconds(60);
    video.push_buffer(numbered(1, time));
    audio.push_buffer(numbered(1, time));
    let apart = [&original, &second].map(|consumer| {
        let (video, audio) = (consumer.running_time(0).1, consumer.running_time(1).1);
        video.nseconds() as i64 - audio.nseconds() as i64
    });
    assert_eq!(apart[0], apart[1]);
    drop((original, second, stream, clone));
    gone.check();
}

#[test]
fn a_pipeline_that_pauses_goes_on_at_the_right_time() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let clone = clone(&stream);
    let gone = Gone::of(&[&stream, &clone]);
    let steady = Consumer::new(&stream, &["video_0"], None);
    let pausing = Consumer::new(&clone, &["video_0"], None);
    steady.play();
    pausing.play();
    let time = gst::ClockTime::from_seconds(1000);
    for number in 0..3 {
        feed.push_buffer(numbered(number, time * (number + 1)));
        assert_eq!(steady.moment(0), pausing.moment(0));
        pausing
            .pipeline
            .set_state(gst::State::Paused)
            .expect("PAUSED");
        pausing.play();
    }
    drop((steady, pausing, stream, clone));
    gone.check();
}

#[test]
fn a_pipeline_on_another_clock_gets_times_of_that_clock() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let clone = clone(&stream);
    let gone = Gone::of(&[&stream, &clone]);
    let original = Consumer::new(&stream, &["video_0"], None);
    let clock = gst_check::TestClock::with_start_time(gst::ClockTime::from_seconds(77));
    let other = Consumer::new(&clone, &["video_0"], Some(clock.upcast_ref()));
    original.play();
    other.play();
    let apart = |source: gst::ClockTime| clock.time().nseconds() as i64 - source.nseconds() as i64;
    let system = gst::SystemClock::obtain();
    let before = apart(system.time());
    let time = gst::ClockTime::from_seconds(500);
    feed.push_buffer(numbered(0, time));
    let (there, here) = (other.moment(0).1, original.moment(0).1);
    let after = apart(system.time());
    let measured = there.nseconds() as i64 - here.nseconds() as i64;
    assert!(
        (after..=before).contains(&measured),
        "{after} {measured} {before}"
    );

    // The other clock is set: the next buffer follows it, on a header of its own.
    clock.advance_time(10_000_000_000);
    let buffer = numbered(1, time);
    let memory = buffer.peek_memory(0).as_ptr();
    feed.push_buffer(buffer);
    let sample = other.sinks[0].pull_sample().expect("a buffer");
    let moved = sample.buffer().expect("a buffer");
    assert!(moved.pts() > Some(time + 9 * gst::ClockTime::SECOND));
    assert_eq!(moved.peek_memory(0).as_ptr(), memory);
    let (number, _) = original.running_time(0);
    assert_eq!(number, 1);
    drop((sample, original, other, stream, clone));
    gone.check();
}

#[test]
fn latency_is_live_with_the_sources_minimum_and_the_ring_on_top() {
    let feed = Feed::video();
    let (min, max) = (
        gst::ClockTime::from_mseconds(40),
        gst::ClockTime::from_mseconds(90),
    );
    feed.app_src().set_latency(min, max);
    let stream = video_stream(&feed);
    track(&stream, Kind::Video).set_property("max-size-time", 500_000_000_u64);
    let gone = Gone::of(&[&stream]);
    let consumer = Consumer::new(&stream, &["video_0"], None);
    consumer.play();
    let ring = gst::ClockTime::from_mseconds(500);
    assert_eq!(consumer.latency(0), (true, min, Some(max + ring)));
    // A lag without a limit has no maximum, nor has one that is longer than any time.
    for lag in [0, u64::MAX, u64::MAX - 1, u64::MAX - max.nseconds()] {
        track(&stream, Kind::Video).set_property("max-size-time", lag);
        assert_eq!(consumer.latency(0), (true, min, None), "{lag}");
    }
    drop((consumer, stream));
    gone.check();
}

#[test]
fn whether_it_can_seek_is_answered_in_every_format_that_is_one() {
    let stream = video_stream(&Feed::video());
    let gone = Gone::of(&[&stream]);
    let pad = stream.static_pad("video_0").expect("a pad");
    for (format, answers) in [
        (gst::Format::Time, true),
        (gst::Format::Undefined, false),
        (gst::Format::Bytes, true),
    ] {
        let mut query = gst::query::Seeking::new(format);
        assert_eq!(pad.query(&mut query), answers, "{format:?}");
    }
    drop((stream, pad));
    gone.check();
}

#[test]
fn a_change_of_the_sources_latency_reaches_every_pipeline() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let clone = clone(&stream);
    let gone = Gone::of(&[&stream, &clone]);
    let consumers = [&stream, &clone].map(|s| Consumer::new(s, &["video_0"], None));
    consumers.iter().for_each(Consumer::play);
    for consumer in &consumers {
        // What the start said.
        while consumer.bus().pop().is_some() {}
    }
    feed.app_src()
        .set_latency(gst::ClockTime::from_mseconds(70), gst::ClockTime::NONE);
    for consumer in &consumers {
        let message = consumer.bus().timed_pop_filtered(
            gst::ClockTime::from_seconds(10),
            &[gst::MessageType::Latency],
        );
        assert!(message.is_some());
    }
    drop((consumers, stream, clone));
    gone.check();
}

impl Consumer {
    fn bus(&self) -> gst::Bus {
        self.pipeline.bus().expect("a bus")
    }
}

#[test]
fn a_source_that_is_not_live_is_played_in_real_time() {
    // A hundred buffers of a second each: unpaced, all would be here at once.
    let stream = empty_stream();
    let source = gst::parse::bin_from_description(
        "videotestsrc num-buffers=100 ! capsfilter caps=\"video/x-raw, width=16, height=16, framerate=1/1\"",
        true,
    )
    .expect("a source");
    stream.set_property("video-source", &source);
    let gone = Gone::of(&[&stream]);
    let consumer = Consumer::new(&stream, &["video_0"], None);
    let clock = gst::SystemClock::obtain();
    consumer.play();
    let (_, first) = consumer.moment(0);
    let (_, second) = consumer.moment(0);
    assert_eq!(second - first, gst::ClockTime::SECOND);
    assert!(clock.time() >= second, "delivered before its time");
    assert!(consumer.latency(0).0);
    drop((consumer, stream, source));
    gone.check();
}
