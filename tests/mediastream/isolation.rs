// SPDX-License-Identifier: MPL-2.0

//! What one consumer does is not seen by the others or by the source (peers.md section 4, hazards 1 to 12 and 15 to 17).

use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use gst::glib;
use gst::prelude::*;

use crate::support::*;

/// A consumer that answers each buffer as the test says.
struct Consumer {
    pad: gst::Pad,
    buffers: Receiver<u64>,
}

impl Consumer {
    /// Links a pad whose chain function is `answer` to a pad of the stream.
    fn link(
        stream: &MediaStream,
        pad: &str,
        answer: impl Fn(u64) -> Result<gst::FlowSuccess, gst::FlowError> + Send + Sync + 'static,
    ) -> Self {
        let (sender, buffers) = channel();
        let sink = gst::Pad::builder(gst::PadDirection::Sink)
            .chain_function(move |_, _, buffer| {
                let number = buffer.offset();
                let _ = sender.send(number);
                answer(number)
            })
            .event_function(|_, _, _| true)
            .build();
        sink.set_active(true).expect("a pad");
        let source = stream.static_pad(pad).expect("a pad");
        source.link(&sink).expect("a link");
        Self { pad: sink, buffers }
    }

    #[track_caller]
    fn expect(&self, numbers: impl IntoIterator<Item = u64>) {
        for number in numbers {
            let got = self.buffers.recv_timeout(Duration::from_secs(10));
            assert_eq!(got, Ok(number));
        }
    }
}

/// A consumer that does not return before it is let go.
fn stuck(stream: &MediaStream, pad: &str) -> (Consumer, Sender<()>) {
    let (release, released) = channel::<()>();
    let released = Mutex::new(released);
    let consumer = Consumer::link(stream, pad, move |_| {
        let _ = released.lock().expect("one thread").recv();
        Ok(gst::FlowSuccess::Ok)
    });
    (consumer, release)
}

fn play(stream: &MediaStream) {
    stream.set_state(gst::State::Playing).expect("PLAYING");
}

fn stop(streams: &[&MediaStream]) {
    for stream in streams {
        stream.set_state(gst::State::Null).expect("NULL");
    }
}

fn bus_of(stream: &MediaStream) -> gst::Bus {
    let bus = gst::Bus::new();
    stream.set_bus(Some(&bus));
    bus
}

#[test]
fn a_consumer_that_blocks_holds_up_neither_the_others_nor_the_source() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let clones: Vec<_> = (0..3).map(|_| clone(&stream)).collect();
    let gone = Gone::of(&[&stream]).and(&clones.iter().collect::<Vec<_>>());
    let (held, release) = stuck(&stream, "video_0");
    let healthy: Vec<_> = clones
        .iter()
        .map(|clone| Consumer::link(clone, "video_0", |_| Ok(gst::FlowSuccess::Ok)))
        .collect();
    play(&stream);
    clones.iter().for_each(play);
    for number in 0..10 {
        feed.push(number);
        for consumer in &healthy {
            consumer.expect([number]);
        }
    }
    held.expect([0]);
    drop(release);
    stop(&[&stream]);
    stop(&clones.iter().collect::<Vec<_>>());
    drop((stream, clones, held, healthy));
    gone.check();
}

#[test]
fn a_track_whose_consumer_never_returns_is_removed_at_once_and_the_track_lives_on() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let clone = clone(&stream);
    let removed = track(&stream, Kind::Video);
    let gone = Gone::of(&[&stream, &clone]).and(&[&removed]);
    let (held, release) = stuck(&stream, "video_0");
    let healthy = Consumer::link(&clone, "video_0", |_| Ok(gst::FlowSuccess::Ok));
    play(&stream);
    play(&clone);
    feed.push(0);
    held.expect([0]);
    healthy.expect([0]);

    stream.emit_by_name::<()>("remove-track", &[&removed]);
    assert_eq!(stream.static_pad("video_0"), None);
    assert_eq!(removed.ready_state(), ReadyState::Live);
    feed.push(1);
    healthy.expect([1]);

    // It can come back, as another element of the same track, while the first one is still held.
    stream.emit_by_name::<()>("add-track", &[&removed]);
    let back = track(&stream, Kind::Video);
    assert_ne!(back, removed);
    assert_eq!(back.id(), removed.id());
    let again = Consumer::link(&stream, "video_1", |_| Ok(gst::FlowSuccess::Ok));
    feed.push(2);
    healthy.expect([2]);
    again.expect([2]);

    drop(release);
    stop(&[&stream, &clone]);
    drop((stream, clone, removed, back, held, healthy, again));
    gone.check();
}

/// What a consumer may answer, and whether that is an error on its own bus.
const ANSWERS: [(gst::FlowError, bool); 5] = [
    (gst::FlowError::Error, true),
    (gst::FlowError::NotNegotiated, true),
    (gst::FlowError::Eos, false),
    (gst::FlowError::NotLinked, false),
    (gst::FlowError::Flushing, false),
];

#[test]
fn whatever_a_consumer_answers_the_others_get_every_buffer() {
    for (answer, is_error) in ANSWERS {
        let feed = Feed::video();
        let stream = video_stream(&feed);
        let clone = clone(&stream);
        let gone = Gone::of(&[&stream, &clone]);
        let (bad_bus, good_bus) = (bus_of(&stream), bus_of(&clone));
        let bad = Consumer::link(&stream, "video_0", move |_| Err(answer));
        let good = Consumer::link(&clone, "video_0", |_| Ok(gst::FlowSuccess::Ok));
        play(&stream);
        play(&clone);
        for number in 0..5 {
            feed.push(number);
            good.expect([number]);
        }
        bad.expect([0]);
        let error = bad_bus.timed_pop_filtered(
            gst::ClockTime::from_seconds(if is_error { 10 } else { 0 }),
            &[gst::MessageType::Error],
        );
        assert_eq!(error.is_some(), is_error, "{answer:?}");
        assert!(good_bus.pop_filtered(&[gst::MessageType::Error]).is_none());
        assert!(stream.property::<bool>("active"));
        stop(&[&stream, &clone]);
        bad_bus.set_flushing(true);
        good_bus.set_flushing(true);
        drop((stream, clone, bad, good, error));
        gone.check();
    }
}

#[test]
fn a_pad_that_is_not_linked_costs_the_others_nothing_and_counts_its_frames() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let clone = clone(&stream);
    let gone = Gone::of(&[&stream, &clone]);
    let good = Consumer::link(&clone, "video_0", |_| Ok(gst::FlowSuccess::Ok));
    play(&stream);
    play(&clone);
    for number in 0..3 {
        feed.push(number);
        good.expect([number]);
    }
    // Linked late, between two buffers, the consumer starts with the next one, which says that others are missing.
    let pad = stream.static_pad("video_0").expect("a pad");
    let (sender, seen) = channel();
    pad.add_probe(gst::PadProbeType::BUFFER, move |_, info| {
        if let Some(buffer) = info.buffer() {
            let discont = buffer.flags().contains(gst::BufferFlags::DISCONT);
            let _ = sender.send((buffer.offset(), discont));
        }
        gst::PadProbeReturn::Ok
    });
    feed.push(3);
    good.expect([3]);
    while seen.recv().expect("a buffer").0 != 3 {}
    let (sender, idle) = channel();
    pad.add_probe(gst::PadProbeType::IDLE, move |_, _| {
        let _ = sender.send(());
        gst::PadProbeReturn::Remove
    });
    idle.recv().expect("the push returned");
    let late = Consumer::link(&stream, "video_0", |_| Ok(gst::FlowSuccess::Ok));
    feed.push(4);
    late.expect([4]);
    assert_eq!(seen.recv(), Ok((4, true)));
    stop(&[&stream]);
    let stats = track(&stream, Kind::Video).property::<gst::Structure>("stats");
    assert_eq!(stats.get::<u64>("deliveredFrames"), Ok(5));
    stop(&[&clone]);
    drop((stream, clone, good, late, pad));
    gone.check();
}

#[test]
fn a_consumer_that_is_flushed_goes_on_with_a_new_segment() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let gone = Gone::of(&[&stream]);
    let (sender, events) = channel();
    let consumer = Consumer::link(&stream, "video_0", |_| Ok(gst::FlowSuccess::Ok));
    consumer
        .pad
        .add_probe(gst::PadProbeType::EVENT_DOWNSTREAM, move |_, info| {
            if let Some(event) = info.event() {
                let _ = sender.send(event.type_());
            }
            gst::PadProbeReturn::Ok
        });
    play(&stream);
    feed.push(0);
    consumer.expect([0]);
    let flush = |event: gst::Event| assert!(consumer.pad.send_event(event));
    flush(gst::event::FlushStart::new());
    // Lost while flushing; that it was offered is seen in the count.
    feed.push(1);
    let missed = track(&stream, Kind::Video);
    wait_for_stats(&missed, "discardedFrames", 1);
    flush(gst::event::FlushStop::new(true));
    let before: Vec<_> = events.try_iter().collect();
    assert!(before.contains(&gst::EventType::Segment));
    feed.push(2);
    consumer.expect([2]);
    assert!(
        events
            .try_iter()
            .any(|event| event == gst::EventType::Segment)
    );
    stop(&[&stream]);
    drop((stream, missed, consumer));
    gone.check();
}

/// Waits until the workers are through with what has been pushed: a second consumer of the same feed cannot tell.
#[track_caller]
fn wait_for_stats(track: &MediaStreamTrack, field: &str, count: u64) {
    let deadline = std::time::Instant::now() + Duration::from_secs(10);
    while track
        .property::<gst::Structure>("stats")
        .get::<u64>(field)
        .expect("a count")
        < count
    {
        assert!(std::time::Instant::now() < deadline, "{field} < {count}");
        std::thread::yield_now();
    }
}

#[test]
fn nothing_that_a_consumer_sends_upstream_reaches_the_source() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let gone = Gone::of(&[&stream]);
    let (sender, events) = channel();
    feed.element().static_pad("src").expect("a pad").add_probe(
        gst::PadProbeType::EVENT_UPSTREAM,
        move |_, info| {
            if let Some(event) = info.event() {
                let _ = sender.send(event.type_());
            }
            gst::PadProbeReturn::Ok
        },
    );
    let consumer = Consumer::link(&stream, "video_0", |_| Ok(gst::FlowSuccess::Ok));
    play(&stream);
    feed.push(0);
    consumer.expect([0]);
    let at_start: Vec<_> = events.try_iter().collect();
    assert!(!at_start.contains(&gst::EventType::Seek));
    let time = gst::ClockTime::ZERO;
    let send = |event: gst::Event| consumer.pad.push_event(event);
    assert!(send(gst::event::Reconfigure::new()));
    assert!(send(gst::event::Qos::new(
        gst::QOSType::Underflow,
        2.0,
        0,
        time
    )));
    assert!(send(gst::event::Latency::new(time)));
    assert!(!send(gst::event::Seek::new(
        1.0,
        gst::SeekFlags::FLUSH,
        gst::SeekType::Set,
        time,
        gst::SeekType::None,
        gst::ClockTime::NONE,
    )));
    // A raw source makes no key frames.
    assert!(send(
        gst_video::UpstreamForceKeyUnitEvent::builder().build()
    ));
    assert_eq!(events.try_iter().collect::<Vec<_>>(), []);
    // What only the source can answer does.
    send(gst::event::Navigation::new(
        gst::Structure::builder("application/x-gst-navigation").build(),
    ));
    let custom = gst::Structure::builder("my-event").build();
    send(gst::event::CustomUpstream::new(custom));
    assert_eq!(
        events.try_iter().collect::<Vec<_>>(),
        [gst::EventType::Navigation, gst::EventType::CustomUpstream]
    );
    stop(&[&stream]);
    drop((stream, consumer));
    gone.check();
}

#[test]
fn a_clone_that_joins_asks_nothing_of_the_source_and_takes_nothing_from_the_others() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let (sender, asked) = channel();
    let report = glib::clone!(
        #[strong]
        sender,
        move |what: String| {
            let _ = sender.send(what);
        }
    );
    feed.element().static_pad("src").expect("a pad").add_probe(
        gst::PadProbeType::EVENT_UPSTREAM | gst::PadProbeType::QUERY_DOWNSTREAM,
        move |_, info| {
            match (info.event(), info.query()) {
                (Some(event), _) => report(format!("{:?}", event.type_())),
                (_, Some(query)) => report(format!("{:?}", query.type_())),
                _ => {}
            }
            gst::PadProbeReturn::Ok
        },
    );
    let first = Consumer::link(&stream, "video_0", |_| Ok(gst::FlowSuccess::Ok));
    play(&stream);
    // The source negotiates for its first buffers.
    for number in 0..2 {
        feed.push(number);
        first.expect([number]);
    }
    let at_start: Vec<_> = asked.try_iter().collect();
    assert!(at_start.iter().any(|what| what == "Allocation"));
    let mut clones = Vec::new();
    for number in 2..20 {
        let clone = clone(&stream);
        let consumer = Consumer::link(&clone, "video_0", |_| Ok(gst::FlowSuccess::Ok));
        play(&clone);
        feed.push(number);
        first.expect([number]);
        consumer.expect([number]);
        clones.push((clone, consumer));
    }
    assert_eq!(asked.try_iter().collect::<Vec<_>>(), Vec::<String>::new());
    let streams: Vec<_> = clones.iter().map(|(clone, _)| clone).collect();
    let gone = Gone::of(&[&stream]).and(&streams);
    stop(&[&stream]);
    stop(&streams);
    drop((stream, clones, first));
    gone.check();
}

#[test]
fn a_consumer_that_lags_loses_the_oldest_and_is_told_so() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let lagging = track(&stream, Kind::Video);
    lagging.set_property("max-size-buffers", 3_u32);
    lagging.set_property("max-size-time", 0_u64);
    let clone = clone(&stream);
    let gone = Gone::of(&[&stream, &clone]);
    let (held, release) = stuck(&stream, "video_0");
    let good = Consumer::link(&clone, "video_0", |_| Ok(gst::FlowSuccess::Ok));
    let (sender, flags) = channel();
    held.pad
        .add_probe(gst::PadProbeType::BUFFER, move |_, info| {
            if let Some(buffer) = info.buffer() {
                let _ = sender.send((
                    buffer.offset(),
                    buffer.flags().contains(gst::BufferFlags::DISCONT),
                ));
            }
            gst::PadProbeReturn::Ok
        });
    play(&stream);
    play(&clone);
    feed.push(0);
    held.expect([0]);
    for number in 1..10 {
        feed.push(number);
    }
    good.expect(0..10);
    for _ in 0..4 {
        release.send(()).expect("it waits");
    }
    held.expect([7, 8, 9]);
    assert_eq!(
        flags.try_iter().collect::<Vec<_>>(),
        [(0, true), (7, true), (8, false), (9, false)]
    );
    stop(&[&stream, &clone]);
    let stats = lagging.property::<gst::Structure>("stats");
    assert_eq!(stats.get::<u64>("deliveredFrames"), Ok(4));
    assert_eq!(stats.get::<u64>("discardedFrames"), Ok(6));
    assert_eq!(stats.get::<u64>("totalFrames"), Ok(10));
    drop((stream, clone, lagging, held, good));
    gone.check();
}

#[test]
fn a_source_with_few_buffers_goes_on_while_a_consumer_holds_as_many_as_it_may() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let clone = clone(&stream);
    let gone = Gone::of(&[&stream, &clone]);
    let (held, release) = stuck(&stream, "video_0");
    let good = Consumer::link(&clone, "video_0", |_| Ok(gst::FlowSuccess::Ok));
    // As a camera has: eight buffers, and no more before one comes back.
    let pool = gst::BufferPool::new();
    let mut config = pool.config();
    config.set_params(None, 8, 8, 8);
    pool.set_config(config).expect("a pool");
    pool.set_active(true).expect("a pool");
    let params = gst::BufferPoolAcquireParams::with_flags(gst::BufferPoolAcquireFlags::DONTWAIT);
    play(&stream);
    play(&clone);
    for number in 0..40 {
        let mut buffer = pool.acquire_buffer(Some(&params)).expect("one is free");
        let header = buffer.get_mut().expect("a new buffer");
        header.set_offset(number);
        header.set_pts(gst::ClockTime::from_mseconds(number));
        feed.push_buffer(buffer);
        good.expect([number]);
    }
    // Nothing is lost on the one that was held up, either.
    drop(release);
    held.expect(0..40);
    stop(&[&stream, &clone]);
    pool.set_active(false).expect("a pool");
    drop((stream, clone, held, good));
    gone.check();
}
