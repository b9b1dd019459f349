// SPDX-License-Identifier: MPL-2.0

//! The end of a source: EOS, `ended` and a message for each track that was live, once.

use std::sync::mpsc::Receiver;

use gst::prelude::*;
use gstmediastream::messages::{TrackEvent, TrackMessage};

use super::STATES;
use crate::device::{Device, Power};
use crate::support::*;

const WORDS: &str = "The camera was unplugged";

fn fail(feed: &Feed) {
    gst::element_error!(feed.app_src(), gst::ResourceError::Read, ("{WORDS}"));
}

/// What matters of a message.
#[derive(Debug, PartialEq)]
enum Said {
    Warning(String),
    Error(String),
    /// The name of the message, and what it says.
    Ended(String, TrackMessage),
}

fn said(message: &gst::Message) -> Option<Said> {
    Some(match message.view() {
        gst::MessageView::Warning(warning) => Said::Warning(warning.error().message().into()),
        gst::MessageView::Error(error) => Said::Error(error.error().message().into()),
        gst::MessageView::Element(element) => Said::Ended(
            element.structure()?.name().to_string(),
            TrackMessage::parse(message)?,
        ),
        _ => return None,
    })
}

fn ended(stream_id: Option<String>, track_id: String) -> Said {
    Said::Ended(
        "mediastream-track-ended".into(),
        TrackMessage {
            event: TrackEvent::Ended,
            stream_id,
            track_id,
            kind: Kind::Video,
        },
    )
}

/// Tracks in every place that a track can be in, on one source.
struct Family {
    feed: Feed,
    stream: MediaStream,
    clone: MediaStream,
    alone: MediaStreamTrack,
    idle: MediaStreamTrack,
    stopped: MediaStreamTrack,
    /// Of the stream, the clone and the track that stands alone.
    consumers: [gst_check::Harness; 3],
    said: [Receiver<Said>; 3],
    ended: Receiver<String>,
    live: Vec<String>,
    gone: Gone,
}

impl Family {
    fn new(feed: Feed) -> Self {
        let stream = video_stream(&feed);
        // Two tracks on one source in one pipeline.
        add(&stream, &clone(&track(&stream, Kind::Video)));
        let [first, second] = <[_; 2]>::try_from(all_tracks(&stream)).expect("two");
        let clone_stream = clone(&stream);
        let alone = clone(&first);
        let idle = clone(&alone);
        let stopped = clone(&first);
        let of_clone = all_tracks(&clone_stream);
        let all = [
            vec![first, second],
            of_clone,
            vec![alone.clone(), idle.clone(), stopped.clone()],
        ]
        .concat();
        let mut live: Vec<_> = all.iter().map(MediaStreamTrack::id).collect();
        live.pop();
        live.sort();
        let ended = hear_ended(&all);
        let said = [
            hear_messages(&stream, said),
            hear_messages(&clone_stream, said),
            hear_messages(&alone, said),
        ];
        let consumers = [
            consume(&stream, "video_0"),
            consume(&clone_stream, "video_0"),
            consume(&alone, "src"),
        ];
        stop(&stopped);
        let gone = Gone::of(&[&stream, &clone_stream]).and(&all.iter().collect::<Vec<_>>());
        Self {
            feed,
            stream,
            clone: clone_stream,
            alone,
            idle,
            stopped,
            consumers,
            said,
            ended,
            live,
            gone,
        }
    }

    fn push_and_pull(&mut self) {
        self.feed.push(0);
        self.feed.push(1);
        for consumer in &mut self.consumers {
            assert_eq!(pull(consumer, 2), [0, 1]);
        }
    }

    /// What each bus must say of the tracks.
    fn expected(&self) -> [Vec<Said>; 3] {
        let of = |stream: &MediaStream| {
            let said = |id| ended(Some(stream.id()), id);
            ids(stream).into_iter().map(said).collect()
        };
        let alone = ended(None, self.alone.id());
        [of(&self.stream), of(&self.clone), vec![alone]]
    }

    /// Waits for the end, and expects that each bus has said these, then of each track that it ended, and nothing else.
    #[track_caller]
    fn expect_end(mut self, first: impl Fn() -> Vec<Said>) {
        for consumer in &mut self.consumers {
            pull_event(consumer, gst::EventType::Eos);
        }
        let mut heard: Vec<_> = self.live.iter().map(|_| next(&self.ended)).collect();
        heard.sort();
        assert_eq!(heard, self.live);
        assert!(!self.stream.active() && !self.clone.active());
        for track in [&self.alone, &self.idle, &self.stopped] {
            assert_eq!(track.ready_state(), ReadyState::Ended);
        }
        let expected = self.expected();
        let elements: [&gst::Element; 3] = [
            self.stream.upcast_ref(),
            self.clone.upcast_ref(),
            self.alone.upcast_ref(),
        ];
        for element in elements {
            element.set_state(gst::State::Null).expect("NULL");
        }
        for consumer in &mut self.consumers {
            let mut events = std::iter::from_fn(|| consumer.try_pull_event());
            assert!(!events.any(|event| event.type_() == gst::EventType::Eos));
        }
        drop((self.consumers, self.stream, self.clone));
        drop((self.alone, self.idle, self.stopped));
        self.gone.check();
        assert_eq!(self.ended.iter().count(), 0, "ended twice");
        for (said, ended) in self.said.iter().zip(expected) {
            let mut expected = first();
            expected.extend(ended);
            assert_eq!(said.iter().collect::<Vec<_>>(), expected);
        }
    }
}

#[test]
fn at_the_eos_of_a_source_each_track_gives_what_it_has_and_ends_once() {
    let mut family = Family::new(Feed::video());
    for number in 0..5 {
        family.feed.push(number);
    }
    family.feed.end();
    for consumer in &mut family.consumers {
        assert_eq!(pull(consumer, 5), [0, 1, 2, 3, 4]);
    }
    family.expect_end(Vec::new);
}

#[test]
fn a_source_that_ends_before_it_gave_anything_ends_its_tracks() {
    let family = Family::new(Feed::video());
    family.feed.end();
    family.expect_end(Vec::new);
}

#[test]
fn a_source_that_fails_after_it_started_is_one_warning_in_each_pipeline_in_its_own_words() {
    let mut family = Family::new(Feed::video());
    family.push_and_pull();
    fail(&family.feed);
    family.expect_end(|| vec![Said::Warning(WORDS.into())]);
}

#[test]
fn a_source_that_fails_before_it_gave_anything_is_one_error_in_each_pipeline() {
    let family = Family::new(Feed::video());
    fail(&family.feed);
    family.expect_end(|| vec![Said::Error(WORDS.into())]);
}

/// Many applications leave at EOS, gst-launch-1.0 for one.
#[test]
fn why_a_source_ended_is_said_before_its_consumers_get_eos() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let gone = Gone::of(&[&stream]);
    let (sender, eos) = std::sync::mpsc::channel();
    let eos = std::sync::Mutex::new(eos);
    // Whoever is told takes its time.
    let early = hear_messages(&stream, move |message| {
        let eos = eos.lock().expect("no panic");
        let patience = std::time::Duration::from_millis(50);
        matches!(message.view(), gst::MessageView::Warning(_))
            .then(|| eos.recv_timeout(patience).is_ok())
    });
    let mut consumer = consume(&stream, "video_0");
    feed.push(0);
    assert_eq!(pull(&mut consumer, 1), [0]);
    let pad = stream.static_pad("video_0").expect("a pad");
    pad.add_probe(gst::PadProbeType::EVENT_DOWNSTREAM, move |_, info| {
        if info.event().map(|event| event.type_()) == Some(gst::EventType::Eos) {
            let _ = sender.send(());
        }
        gst::PadProbeReturn::Ok
    });
    drop(pad);
    fail(&feed);
    assert!(!next(&early), "EOS came first");
    pull_event(&mut consumer, gst::EventType::Eos);
    drop((consumer, stream));
    gone.check();
}

/// It says why, returns an error to the element before it, which says so as well and sends EOS.
#[test]
fn a_source_that_breaks_on_its_own_thread_ends_its_tracks_once() {
    let feed = Feed::video();
    let bin = gst::Bin::new();
    let broken = gst::ElementFactory::make("identity")
        .property("error-after", 3)
        .build()
        .expect("identity");
    bin.add(&feed.element()).expect("a new element");
    bin.add(&broken).expect("a new element");
    feed.element().link(&broken).expect("a link");
    let pad = broken.static_pad("src").expect("a pad");
    bin.add_pad(&gst::GhostPad::with_target(&pad).expect("a pad"))
        .expect("a pad");
    let stream = empty_stream();
    stream.set_property("video-source", &bin);
    let said = hear_messages(&stream, |message| match message.view() {
        gst::MessageView::Warning(warning) => Some(Ok(warning.debug()?.to_string())),
        gst::MessageView::Error(error) => Some(Err(error.error())),
        _ => None,
    });
    let track = track(&stream, Kind::Video);
    let ended = hear_ended(std::slice::from_ref(&track));
    let mut consumer = consume(&stream, "video_0");
    feed.push(0);
    feed.push(1);
    assert_eq!(pull(&mut consumer, 2), [0, 1]);
    feed.push(2);
    pull_event(&mut consumer, gst::EventType::Eos);
    assert_eq!(next(&ended), track.id());
    let reason = next(&said).expect("a warning");
    assert!(reason.contains("identity"), "{reason}");
    let gone = Gone::of(&[&stream]).and(&[&track]);
    drop((consumer, stream, track));
    gone.check();
    assert_eq!(ended.iter().count(), 0);
    assert!(said.iter().all(|said| said.is_ok()), "an error");
}

#[test]
fn a_source_that_fails_again_and_again_ends_its_tracks_once() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let gone = Gone::of(&[&stream]);
    let said = hear_messages(&stream, said);
    let mut consumer = consume(&stream, "video_0");
    feed.push(0);
    assert_eq!(pull(&mut consumer, 1), [0]);
    for _ in 0..10 {
        fail(&feed);
    }
    pull_event(&mut consumer, gst::EventType::Eos);
    let warning = Said::Warning(WORDS.into());
    let ended = ended(Some(stream.id()), track(&stream, Kind::Video).id());
    assert_eq!(next(&said), warning);
    while next(&said) != ended {}
    drop((consumer, stream));
    gone.check();
    assert!(
        said.iter().all(|said| said == warning),
        "ended twice, or an error"
    );
}

#[test]
fn a_track_that_was_in_a_lower_state_when_its_source_ended_gives_eos_when_it_plays() {
    for state in STATES {
        let device = Device::new();
        let stream = device.stream();
        let clone = clone(&stream);
        let mut of_clone = consume(&clone, "video_0");
        let mut consumer = consume_stopped(&stream, "video_0");
        stream.set_state(state).expect("it goes there");
        let track = track(&stream, Kind::Video);
        let ended = hear_ended(std::slice::from_ref(&track));
        let gone = Gone::of(&[&stream, &clone]).and(&[&track]);
        device.feed.end();
        pull_event(&mut of_clone, gst::EventType::Eos);
        assert_eq!(next(&ended), track.id());
        assert_eq!(
            [device.next(), device.next()],
            [Power::Opening, Power::Open]
        );
        assert_eq!(device.next(), Power::Closed);
        consumer.play();
        pull_event(&mut consumer, gst::EventType::Eos);
        assert_eq!(consumer.buffers_received(), 0);
        drop((consumer, of_clone, stream, clone, track));
        gone.check();
        assert_eq!(device.so_far(), [], "opened for an ended track");
    }
}

#[test]
fn a_device_is_released_when_it_has_ended_though_its_consumers_run_on() {
    let device = Device::new();
    let stream = device.stream();
    let gone = Gone::of(&[&stream]);
    let mut consumer = consume(&stream, "video_0");
    assert_eq!(
        [device.next(), device.next()],
        [Power::Opening, Power::Open]
    );
    device.feed.push(0);
    assert_eq!(pull(&mut consumer, 1), [0]);
    fail(&device.feed);
    assert_eq!(device.next(), Power::Closed);
    pull_event(&mut consumer, gst::EventType::Eos);
    assert_eq!(stream.current_state(), gst::State::Playing);
    // Cloned or not, nothing opens it again.
    let late = clone(&stream);
    let gone = gone.and(&[&late]);
    assert!(!late.active());
    let mut of_late = consume(&late, "video_0");
    pull_event(&mut of_late, gst::EventType::Eos);
    stream.set_state(gst::State::Null).expect("NULL");
    consumer.play();
    pull_event(&mut consumer, gst::EventType::Eos);
    drop((consumer, of_late, stream, late));
    gone.check();
    assert_eq!(device.so_far(), []);
}
