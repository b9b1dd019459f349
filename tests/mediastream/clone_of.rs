// SPDX-License-Identifier: MPL-2.0

//! `clone-of`, as gst-launch uses it: in one line, in any order, by name or by id.

use std::sync::mpsc::Receiver;

use gst::prelude::*;

use crate::support::*;

/// A pipeline from a gst-launch line, in which appsinks named `out…` take what streams give.
struct Line {
    pipeline: gst::Pipeline,
    errors: Receiver<String>,
}

impl Line {
    #[track_caller]
    fn new(line: &str) -> Self {
        init();
        let parsed = gst::parse::launch(line).unwrap_or_else(|error| panic!("{line}: {error}"));
        // As gst-launch does with a single element.
        let pipeline = parsed.downcast().unwrap_or_else(|element| {
            let pipeline = gst::Pipeline::new();
            pipeline.add(&element).expect("a new element");
            pipeline
        });
        let errors = hear_messages(&pipeline, |message| match message.view() {
            gst::MessageView::Error(error) => Some(error.error().message().to_owned()),
            _ => None,
        });
        Self { pipeline, errors }
    }

    fn stream(&self, name: &str) -> MediaStream {
        let element = self.pipeline.by_name(name).expect("an element");
        element.downcast().expect("a stream")
    }

    /// What its source gives, pushed by the test.
    fn feed(&self, name: &str) -> Feed {
        Feed::of(&self.stream(name).property::<gst::Element>("video-source"))
    }

    #[track_caller]
    fn play(&self) {
        if self.pipeline.set_state(gst::State::Playing).is_err() {
            panic!("{:?}", self.errors.try_iter().collect::<Vec<_>>());
        }
    }

    /// The words of the error with which it does not start.
    #[track_caller]
    fn fail(&self) -> String {
        assert!(self.pipeline.set_state(gst::State::Playing).is_err());
        self.errors.try_recv().expect("it is there on return")
    }

    /// The number of the next buffer in an appsink.
    #[track_caller]
    fn pull(&self, sink: &str) -> u64 {
        let sink = self.pipeline.by_name(sink).expect("an element");
        let sink = sink.downcast::<gst_app::AppSink>().expect("an appsink");
        let timeout = gst::ClockTime::try_from(SOON).expect("a time");
        let sample = sink.try_pull_sample(timeout).expect("a buffer soon");
        sample.buffer().expect("a buffer").offset()
    }

    fn gone(&self) -> Gone {
        let mut gone = Gone::of(&[&self.pipeline]);
        for element in self.pipeline.iterate_recurse().into_iter().flatten() {
            if element.is::<MediaStream>() || element.is::<MediaStreamTrack>() {
                gone = gone.and(&[&element]);
            }
        }
        gone
    }

    fn finish(self) {
        let gone = self.gone();
        self.pipeline.set_state(gst::State::Null).expect("NULL");
        drop(self);
        gone.check();
    }
}

/// A stream in a gst-launch line, with a source that the test feeds.
fn camera(name: &str) -> String {
    let caps = VIDEO.replace(' ', "");
    format!("mediastream name={name} video-source=\"appsrc is-live=true format=time caps={caps}\"")
}

fn sink(stream: &str, name: &str) -> String {
    format!("{stream}.video_0 ! appsink name={name} sync=false")
}

#[test]
fn a_clone_stands_before_or_behind_its_original_in_the_line() {
    for behind in [false, true] {
        let original = format!("{} {}", camera("cam1"), sink("cam1", "out1"));
        let clone = format!(
            "mediastream clone-of=cam1 name=rec1 {}",
            sink("rec1", "out2")
        );
        let line = match behind {
            true => Line::new(&format!("{original} {clone}")),
            false => Line::new(&format!("{clone} {original}")),
        };
        line.play();
        let feed = line.feed("cam1");
        for number in 0..3 {
            feed.push(number);
            assert_eq!(line.pull("out1"), number);
            assert_eq!(line.pull("out2"), number);
        }
        let (cam, rec) = (line.stream("cam1"), line.stream("rec1"));
        assert_ne!(rec.id(), cam.id());
        assert_ne!(ids(&rec), ids(&cam));
        drop((cam, rec, feed));
        line.finish();
    }
}

#[test]
fn the_original_need_not_be_linked_or_named() {
    init();
    let feed = Feed::video();
    let original = video_stream(&feed);
    let gone = Gone::of(&[&original]);
    let line = Line::new(&format!(
        "mediastream clone-of={} name=rec2 {}",
        original.id(),
        sink("rec2", "out")
    ));
    line.play();
    // It is in another pipeline, or in none, as here, and in NULL.
    assert_eq!(original.current_state(), gst::State::Null);
    feed.push(0);
    assert_eq!(line.pull("out"), 0);
    drop(original);
    gone.check();
    feed.push(1);
    assert_eq!(line.pull("out"), 1);
    line.finish();
}

#[test]
fn a_name_in_the_same_pipeline_is_preferred() {
    let far = Line::new(&format!("{} {}", camera("cam3"), sink("cam3", "out")));
    far.play();
    let near = Line::new(&format!(
        "mediastream clone-of=cam3 name=rec3 {} {} {}",
        sink("rec3", "out"),
        camera("cam3"),
        sink("cam3", "other")
    ));
    near.play();
    far.feed("cam3").push(1);
    assert_eq!(far.pull("out"), 1);
    near.feed("cam3").push(2);
    assert_eq!(near.pull("other"), 2);
    assert_eq!(near.pull("out"), 2);
    near.finish();
    far.finish();
}

#[test]
fn a_name_in_another_pipeline_is_found_where_there_is_no_nearer_one() {
    let far = Line::new(&format!("{} {}", camera("cam4"), sink("cam4", "out")));
    far.play();
    let line = Line::new(&format!(
        "mediastream clone-of=cam4 name=rec4 {}",
        sink("rec4", "out")
    ));
    line.play();
    let feed = far.feed("cam4");
    // From after the other pipeline began.
    feed.push(50);
    assert_eq!((far.pull("out"), line.pull("out")), (50, 50));
    far.finish();
    feed.push(51);
    assert_eq!(line.pull("out"), 51);
    line.finish();
}

#[test]
fn an_ambiguous_name_is_an_error_that_names_the_candidates() {
    let far = [(); 2].map(|()| Line::new(&camera("cam5")));
    let line = Line::new("mediastream clone-of=cam5 name=rec5");
    let words = line.fail();
    for far in &far {
        let id = far.stream("cam5").id();
        assert!(words.contains(&id), "{words} has no {id}");
    }
    assert!(
        words.contains("clone-of") && words.contains("cam5"),
        "{words}"
    );
    // One of them by its id is not.
    let chosen = far[0].stream("cam5").id();
    line.stream("rec5").set_property("clone-of", &chosen);
    line.play();
    assert_eq!(all_tracks(&line.stream("rec5")).len(), 1);
    line.finish();
    far.into_iter().for_each(Line::finish);
}

#[test]
fn an_unknown_name_is_an_error_that_names_the_streams_there_are() {
    let line = Line::new(&format!(
        "mediastream clone-of=cma6 name=rec6 {}",
        camera("cam6")
    ));
    let words = line.fail();
    let cam = line.stream("cam6");
    for word in ["clone-of", "cma6", "cam6", &cam.id()] {
        assert!(words.contains(word), "{words} has no {word}");
    }
    // It can be put right.
    line.stream("rec6").set_property("clone-of", "cam6");
    line.play();
    assert!(line.stream("rec6").active());
    drop(cam);
    line.finish();
}

#[test]
fn a_clone_of_itself_is_an_error() {
    let line = Line::new("mediastream name=self7 clone-of=self7");
    let words = line.fail();
    assert!(
        words.contains("clone-of") && words.contains("self7"),
        "{words}"
    );
    line.finish();
}

#[test]
fn a_circle_of_clones_is_an_error() {
    for length in 2..5 {
        let element = |at: usize| {
            let next = (at + 1) % length;
            format!("mediastream name=ring8{at} clone-of=ring8{next}")
        };
        let line = Line::new(&(0..length).map(element).collect::<Vec<_>>().join(" "));
        let words = line.fail();
        assert!(words.contains("clone of itself"), "{words}");
        line.finish();
    }
}

#[test]
fn a_chain_of_clones_works_in_every_order() {
    let original = format!("{} {}", camera("cam9"), sink("cam9", "out0"));
    let clone = |of: &str, name: &str, out: &str| {
        format!("mediastream clone-of={of} name={name} {}", sink(name, out))
    };
    let elements = [
        original,
        clone("cam9", "one9", "out1"),
        clone("one9", "two9", "out2"),
    ];
    for order in [
        [0, 1, 2],
        [0, 2, 1],
        [1, 0, 2],
        [1, 2, 0],
        [2, 0, 1],
        [2, 1, 0],
    ] {
        let line = Line::new(&order.map(|at| elements[at].clone()).join(" "));
        line.play();
        line.feed("cam9").push(7);
        for out in ["out0", "out1", "out2"] {
            assert_eq!(line.pull(out), 7, "{out} in {order:?}");
        }
        line.finish();
    }
}

#[test]
fn a_clone_of_what_has_ended_gives_eos() {
    let feed = Feed::video();
    let original = video_stream(&feed);
    stop(&track(&original, Kind::Video));
    let clone = empty_stream();
    clone.set_property("clone-of", original.id());
    let gone = Gone::of(&[&original, &clone]);
    clone.set_state(gst::State::Ready).expect("READY");
    assert!(!clone.active());
    assert_ne!(ids(&clone), ids(&original));
    let mut consumer = consume(&clone, "video_0");
    pull_event(&mut consumer, gst::EventType::Eos);
    drop((consumer, original, clone));
    gone.check();
}

#[test]
fn a_stream_that_became_a_clone_stays_the_same_one_through_all_states() {
    let feed = Feed::video();
    let original = video_stream(&feed);
    let stream = empty_stream();
    stream.set_property("clone-of", original.id());
    let gone = Gone::of(&[&original, &stream]);
    stream.set_state(gst::State::Ready).expect("READY");
    let before = ids(&stream);
    assert_eq!(before.len(), 1);
    // What comes to the original later does not come to the clone.
    add(&original, &clone(&track(&original, Kind::Video)));
    for number in 0..3 {
        stream.set_state(gst::State::Null).expect("NULL");
        let mut consumer = consume(&stream, "video_0");
        feed.push(number);
        assert_eq!(pull(&mut consumer, 1), [number]);
        assert_eq!(ids(&stream), before);
    }
    drop((original, stream));
    gone.check();
}

#[test]
fn a_clone_of_a_stream_that_is_to_become_one_is_a_clone_of_the_same() {
    let feed = Feed::video();
    let original = video_stream(&feed);
    let (early, late) = (empty_stream(), empty_stream());
    early.set_property("clone-of", original.id());
    late.set_property("clone-of", "cam12");
    // The first one is there, the second one comes later.
    let clones = [clone(&early), clone(&late)];
    assert_eq!(all_tracks(&clones[0]).len(), 1);
    assert!(all_tracks(&clones[1]).is_empty());
    original.set_property("name", "cam12");
    let gone = Gone::of(&[&original, &early, &late, &clones[0], &clones[1]]);
    let mut consumers = vec![consume(&clones[0], "video_0")];
    for stream in [&early, &late, &clones[1]] {
        stream.set_state(gst::State::Ready).expect("READY");
        consumers.push(consume(stream, "video_0"));
    }
    feed.push(0);
    for consumer in &mut consumers {
        assert_eq!(pull(consumer, 1), [0]);
    }
    drop((consumers, original, early, late, clones));
    gone.check();
}

#[test]
fn whoever_hears_of_the_first_track_finds_a_clone_that_is_whole() {
    let (video, audio) = (Feed::video(), Feed::audio());
    let original = av_stream(&video, &audio);
    let stream = empty_stream();
    stream.set_property("clone-of", original.id());
    let (sender, copies) = std::sync::mpsc::channel();
    let copy = move |stream: &MediaStream| {
        let _ = sender.send(clone(stream));
    };
    let of_pad = copy.clone();
    stream.connect_pad_added(move |stream, _| of_pad(stream));
    stream.connect("addtrack", false, move |values| {
        copy(&values[0].get::<MediaStream>().expect("a stream"));
        None
    });
    stream.set_state(gst::State::Ready).expect("READY");
    let copies: Vec<_> = copies.try_iter().collect();
    let mut gone = Gone::of(&[&original, &stream]);
    for copy in &copies {
        gone = gone.and(&[copy]);
    }
    let sizes: Vec<_> = copies.iter().map(|copy| all_tracks(copy).len()).collect();
    assert_eq!(sizes, [2; 4]);
    stream.set_state(gst::State::Null).expect("NULL");
    drop((original, stream, copies));
    gone.check();
}

#[test]
fn whoever_hears_of_the_first_track_may_take_the_others_away() {
    for takes in [true, false] {
        let (video, audio) = (Feed::video(), Feed::audio());
        let original = av_stream(&video, &audio);
        let (stream, other) = (empty_stream(), empty_stream());
        stream.set_property("clone-of", original.id());
        let gone = Gone::of(&[&original, &stream, &other]);
        let (sender, told) = std::sync::mpsc::channel();
        stream.connect("addtrack", false, move |values| {
            let _ = sender.send(values[1].get::<MediaStreamTrack>().expect("a track").id());
            None
        });
        let taker = other.downgrade();
        stream.connect_pad_added(move |stream, pad| {
            if pad.name() != "video_0" {
                return;
            }
            let audio = track(stream, Kind::Audio);
            match taker.upgrade() {
                Some(other) if takes => add(&other, &audio),
                _ => remove(stream, &audio),
            }
        });
        stream.set_state(gst::State::Ready).expect("READY");
        let left = ids(&stream);
        assert_eq!(left.len(), if takes { 2 } else { 1 });
        assert_eq!(told.try_iter().collect::<Vec<_>>(), left);
        assert_eq!(stream.src_pads().len(), left.len());
        if takes {
            assert_eq!(ids(&other), left[1..]);
        }
        stream.set_state(gst::State::Null).expect("NULL");
        drop((original, stream, other));
        gone.check();
    }
}

#[test]
fn a_stream_that_was_asked_for_nothing_says_what_to_set() {
    let line = Line::new("mediastream name=nothing13");
    let words = line.fail();
    for word in ["video", "audio", "video-source", "audio-source", "clone-of"] {
        assert!(words.contains(word), "{words} has no {word}");
    }
    line.finish();
    // One that has lost its tracks is an ordinary empty stream.
    let stream = video_stream(&Feed::video());
    let gone = Gone::of(&[&stream]);
    remove(&stream, &track(&stream, Kind::Video));
    stream.set_state(gst::State::Playing).expect("PLAYING");
    stream.set_state(gst::State::Null).expect("NULL");
    drop(stream);
    gone.check();
}
