// SPDX-License-Identifier: MPL-2.0

//! Builds each contender as its users do.

use gst::prelude::*;
use gstmediastream::{MediaStream, MediaStreamTrack};

use crate::case::{Carry, Contender};
use crate::support::sink::Sink;
use crate::support::source::{Media, Source};
use crate::support::{chain, make, pipeline};

/// Pictures per second.
const RATE: u32 = 60;
/// As many as a camera has in turn: what is read was not read just before.
const PICTURES: usize = 4;

/// A source and its consumers, ready to play.
pub struct Wired {
    pub source: Source,
    pub pipeline: gst::Pipeline,
    pub sinks: Vec<Sink>,
    /// What the streams carry, if there are any.
    pub tracks: Vec<MediaStreamTrack>,
}

/// Builds a case.
pub fn wire(case: &Carry) -> Wired {
    let mut wired = Wired {
        source: Source::painted(Media::Video, RATE, PICTURES),
        pipeline: pipeline(),
        sinks: (0..case.n).map(|_| Sink::new()).collect(),
        tracks: Vec::new(),
    };
    let (width, height) = case.contender.size();
    match case.contender {
        Contender::ByHand => wired.by_hand(width, height),
        Contender::Small => wired.clones(constraints(width, height)),
        Contender::Native => wired.clones(native()),
    }
    wired
}

fn constraints(width: i32, height: i32) -> gst::Structure {
    gst::Structure::builder("constraints")
        .field("width", width)
        .field("height", height)
        .build()
}

/// Constraints that the source's own pictures suit.
pub fn native() -> gst::Structure {
    let (width, height) = Contender::Native.size();
    let mut constraints = constraints(width, height);
    constraints.set("frameRate", f64::from(RATE));
    constraints
}

/// The only track of a stream.
pub fn track(stream: &gst::Element) -> MediaStreamTrack {
    let bin = stream.downcast_ref::<gst::Bin>().expect("a stream");
    let mut children = bin.children().into_iter();
    let track = children.find_map(|child| child.downcast().ok());
    track.expect("a track")
}

/// Has constraints applied, and waits until they are.
pub fn apply(track: &MediaStreamTrack, constraints: &gst::Structure) {
    let promise = gst::Promise::new();
    track.emit_by_name::<()>("apply-constraints", &[constraints, &promise]);
    assert_eq!(promise.wait(), gst::PromiseResult::Replied);
    let answer = promise.get_reply().expect("an answer");
    assert_eq!(answer.name(), "applied", "{answer}");
}

impl Wired {
    fn by_hand(&self, width: i32, height: i32) {
        let tee = make("tee");
        chain(&self.pipeline, &[self.source.upcast_ref(), &tee]);
        let caps = gst::Caps::builder("video/x-raw")
            .field("width", width)
            .field("height", height)
            .build();
        for sink in &self.sinks {
            let (queue, scaler, filter) =
                (make("queue"), make("videoconvertscale"), make("capsfilter"));
            filter.set_property("caps", &caps);
            chain(
                &self.pipeline,
                &[&queue, &scaler, &filter, sink.upcast_ref()],
            );
            tee.link(&queue).expect("a tee links");
        }
    }

    fn clones(&mut self, constraints: gst::Structure) {
        let original = make("mediastream");
        original.set_property("video-source", &self.source);
        original.set_property("video-constraints", constraints);
        let original: MediaStream = original.downcast().expect("a mediastream");
        for (index, sink) in self.sinks.iter().enumerate() {
            let stream = match index {
                0 => original.clone(),
                _ => original.clone_stream(),
            };
            self.pipeline
                .add_many([stream.upcast_ref::<gst::Element>(), sink.upcast_ref()])
                .expect("new elements");
            stream
                .link_pads(Some("video_0"), sink, Some("sink"))
                .expect("a stream links");
            self.tracks.push(track(stream.upcast_ref()));
        }
    }
}
