// SPDX-License-Identifier: MPL-2.0

//! The limits: what whatever feeds a pair costs at the least. Somebody pushes on pads that do nothing, the source's own thread or another
//! one; nobody can use that, for one consumer that blocks stops all.

use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Instant;

use gst::prelude::*;

use crate::bed::{FanOut, PADS, Pair, Spent};
use crate::empty::Empty;
use crate::support::source::Source;
use crate::support::{chain, make};

/// Pads that get what a source gives.
type Pads = Arc<Mutex<Vec<gst::Pad>>>;

/// What a source gives.
enum Given {
    Buffer(gst::Buffer),
    Event(gst::Event),
}

impl Given {
    fn of(info: &gst::PadProbeInfo) -> Option<Self> {
        match &info.data {
            Some(gst::PadProbeData::Buffer(buffer)) => Some(Self::Buffer(buffer.clone())),
            Some(gst::PadProbeData::Event(event)) => Some(Self::Event(event.clone())),
            _ => None,
        }
    }

    fn push(&self, pads: &Pads) {
        let pads = pads.lock().expect("no panics").clone();
        for pad in pads {
            // One that goes takes no more.
            match self {
                Self::Buffer(buffer) => drop(pad.push(buffer.clone())),
                Self::Event(event) => drop(pad.push_event(event.clone())),
            }
        }
    }
}

/// The end of one source.
struct End {
    /// Where the source's events are to be found.
    sink: gst::Pad,
    pads: Pads,
}

impl End {
    /// `hops`: the source's thread leaves the pushing to another one.
    fn new(pipeline: &gst::Pipeline, source: &Source, hops: bool) -> Self {
        let sink = make("fakesink");
        sink.set_property("async", false);
        sink.set_property("sync", false);
        chain(pipeline, &[source.upcast_ref(), &sink]);
        let sink = sink.static_pad("sink").expect("a sink's pad");
        let pads = Pads::default();
        let all = pads.clone();
        let push = move |given: Given| given.push(&all);
        let take: Box<dyn Fn(Given) + Send + Sync> = match hops {
            false => Box::new(push),
            true => {
                let (thread, given) = channel();
                thread::spawn(move || given.iter().for_each(push));
                Box::new(move |given| thread.send(given).expect("the thread runs"))
            }
        };
        let types = gst::PadProbeType::BUFFER | gst::PadProbeType::EVENT_DOWNSTREAM;
        sink.add_probe(types, move |_, info| {
            if let Some(given) = Given::of(info) {
                take(given);
            }
            gst::PadProbeReturn::Ok
        });
        Self { sink, pads }
    }

    fn add(&self, pad: &gst::Pad) {
        self.sink.sticky_events_foreach(|event| {
            let _ = pad.store_sticky_event(event);
            std::ops::ControlFlow::Continue(gst::EventForeachAction::Keep)
        });
        self.pads.lock().expect("no panics").push(pad.clone());
    }

    fn remove(&self, pad: &gst::Pad) {
        self.pads
            .lock()
            .expect("no panics")
            .retain(|other| other != pad);
    }
}

/// One for each kind. `ELEMENTS`: as a stream has its tracks, the bin has an element for each pad, of which its own is the ghost; and as
/// a stream has to, it leaves the source's thread.
pub struct Bare<const ELEMENTS: bool>([End; 2]);

/// What feeds one pair.
pub struct Feed {
    bin: gst::Element,
    /// Where the source's thread pushes.
    pads: [gst::Pad; 2],
}

fn pad(element: &impl IsA<gst::Element>, name: &str) -> gst::Pad {
    let pad = gst::Pad::builder(gst::PadDirection::Src).name(name).build();
    element.add_pad(&pad).expect("a new pad");
    pad
}

/// The pad of a new element in the bin, which has a ghost of it.
fn ghosted(bin: &gst::Bin, name: &str) -> gst::Pad {
    let element = Empty::new();
    bin.add(&element).expect("a new element");
    let pad = pad(&element, "src");
    let ghost = gst::GhostPad::builder_with_target(&pad).expect("a pad of an element");
    bin.add_pad(&ghost.name(name).build()).expect("a new pad");
    pad
}

impl<const ELEMENTS: bool> Bare<ELEMENTS> {
    fn make() -> Feed {
        let bin = gst::Bin::new();
        let pads = PADS.map(|name| match ELEMENTS {
            true => ghosted(&bin, name),
            false => pad(&bin, name),
        });
        Feed {
            bin: bin.upcast(),
            pads,
        }
    }

    fn connect(&self, feed: &Feed) {
        for (end, pad) in self.0.iter().zip(&feed.pads) {
            end.add(pad);
        }
    }
}

impl<const ELEMENTS: bool> FanOut for Bare<ELEMENTS> {
    type Feed = Feed;

    fn build(pipeline: &gst::Pipeline, sources: &[Source; 2], first: &Pair) -> Self {
        let bare = Self(
            sources
                .each_ref()
                .map(|source| End::new(pipeline, source, ELEMENTS)),
        );
        let feed = Self::make();
        first.add(pipeline, &feed.bin);
        bare.connect(&feed);
        bare
    }

    fn join(&self, pipeline: &gst::Pipeline, pair: &Pair) -> (Feed, Spent) {
        let start = Instant::now();
        let feed = Self::make();
        pair.add(pipeline, &feed.bin);
        pair.play(&feed.bin);
        self.connect(&feed);
        let spent = Spent {
            first: None,
            whole: start.elapsed(),
        };
        (feed, spent)
    }

    fn leave(&self, pipeline: &gst::Pipeline, pair: &Pair, feed: Feed) -> Spent {
        let start = Instant::now();
        for (end, pad) in self.0.iter().zip(&feed.pads) {
            end.remove(pad);
        }
        pair.remove(pipeline, &feed.bin);
        drop(feed);
        Spent {
            first: None,
            whole: start.elapsed(),
        }
    }

    fn make_idle(&self) -> Vec<gst::Element> {
        vec![Self::make().bin]
    }
}
