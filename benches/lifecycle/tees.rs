// SPDX-License-Identifier: MPL-2.0

//! By hand: a `tee` for each kind, and a `queue` for each consumer, added and removed as GStreamer's documentation does it
//! ("Dynamically changing the pipeline").

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::time::Instant;

use gst::prelude::*;

use crate::bed::{FanOut, Pair, SOON, Spent};
use crate::support::sink::Sink;
use crate::support::source::Source;
use crate::support::{chain, make};

/// One for each kind.
pub struct Tees([gst::Element; 2]);

/// One branch of a tee.
pub struct Branch {
    tee: gst::Element,
    pad: gst::Pad,
    queue: gst::Element,
}

impl Branch {
    fn join(tee: &gst::Element, pipeline: &gst::Pipeline, sink: &Sink) -> Self {
        let queue = make("queue");
        pipeline
            .add_many([&queue, sink.upcast_ref()])
            .expect("new elements");
        let (enter, leave) = (end(&queue, "sink"), end(&queue, "src"));
        leave.link(&sink.pad()).expect("a queue links");
        sink.sync_state_with_parent().expect("PLAYING");
        queue.sync_state_with_parent().expect("PLAYING");
        // Last, so that the tee finds a branch that takes something.
        let pad = tee.request_pad_simple("src_%u").expect("a tee has pads");
        pad.link(&enter).expect("a tee links");
        Self {
            tee: tee.clone(),
            pad,
            queue,
        }
    }

    /// Called when no buffer passes. No EOS is sent into the queue, for nobody waits for it either.
    fn leave(&self, pipeline: &gst::Pipeline, sink: &Sink) {
        let enter = end(&self.queue, "sink");
        self.pad.unlink(&enter).expect("they are linked");
        for element in [&self.queue, sink.upcast_ref()] {
            element.set_state(gst::State::Null).expect("NULL");
        }
        pipeline
            .remove_many([&self.queue, sink.upcast_ref()])
            .expect("elements of this pipeline");
        self.tee.release_request_pad(&self.pad);
    }
}

fn end(queue: &gst::Element, name: &str) -> gst::Pad {
    queue.static_pad(name).expect("a queue's pad")
}

impl FanOut for Tees {
    type Feed = [Branch; 2];

    fn build(pipeline: &gst::Pipeline, sources: &[Source; 2], first: &Pair) -> Self {
        let tees = [make("tee"), make("tee")];
        for ((source, tee), sink) in sources.iter().zip(&tees).zip(&first.0) {
            let queue = make("queue");
            chain(
                pipeline,
                &[source.upcast_ref(), tee, &queue, sink.upcast_ref()],
            );
        }
        Self(tees)
    }

    fn join(&self, pipeline: &gst::Pipeline, pair: &Pair) -> ([Branch; 2], Spent) {
        let start = Instant::now();
        let branches =
            std::array::from_fn(|kind| Branch::join(&self.0[kind], pipeline, &pair.0[kind]));
        let spent = Spent {
            first: None,
            whole: start.elapsed(),
        };
        (branches, spent)
    }

    fn leave(&self, pipeline: &gst::Pipeline, pair: &Pair, branches: [Branch; 2]) -> Spent {
        let start = Instant::now();
        let (left, both) = channel();
        for (branch, sink) in branches.into_iter().zip(pair.0.clone()) {
            let (pipeline, left) = (pipeline.clone(), left.clone());
            let pad = branch.pad.clone();
            let begun = AtomicBool::new(false);
            pad.add_probe(gst::PadProbeType::IDLE, move |_, _| {
                if !begun.swap(true, Ordering::AcqRel) {
                    branch.leave(&pipeline, &sink);
                    let _ = left.send(());
                }
                gst::PadProbeReturn::Remove
            });
        }
        // Mostly at once; else as soon as the tee's thread has done with the buffer that it is pushing.
        for _ in 0..2 {
            both.recv_timeout(SOON).expect("the tees go on");
        }
        Spent {
            first: None,
            whole: start.elapsed(),
        }
    }

    fn make_idle(&self) -> Vec<gst::Element> {
        vec![make("queue"), make("queue")]
    }
}
