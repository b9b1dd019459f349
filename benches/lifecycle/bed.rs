// SPDX-License-Identifier: MPL-2.0

//! A PLAYING pipeline with two sources that run all the time, and consumers that come and go in pairs.

use std::sync::mpsc::Receiver;
use std::time::Duration;

use gst::prelude::*;

use crate::support::pipeline;
use crate::support::sink::Sink;
use crate::support::source::{Media, Source};

/// How long what must happen may take.
pub const SOON: Duration = Duration::from_secs(30);

/// The pads of a bin that feeds a pair.
pub const PADS: [&str; 2] = ["video_0", "audio_0"];

/// One consumer of video and one of audio.
pub struct Pair(pub [Sink; 2]);

impl Pair {
    pub fn new() -> Self {
        Self([Sink::new(), Sink::new()])
    }

    /// A pair that the meter does not hear of.
    pub fn unmetered() -> Self {
        Self([Sink::unmetered(), Sink::unmetered()])
    }

    /// The next buffer of each kind.
    pub fn next_buffers(&self) -> Buffers {
        Buffers(self.0.each_ref().map(Sink::next_buffer))
    }

    fn with<'a>(&'a self, bin: &'a gst::Element) -> [&'a gst::Element; 3] {
        let [video, audio] = self.0.each_ref().map(Sink::upcast_ref);
        [bin, video, audio]
    }

    /// Adds this pair, and the bin that feeds it.
    pub fn add(&self, pipeline: &gst::Pipeline, bin: &gst::Element) {
        pipeline.add_many(self.with(bin)).expect("new elements");
        for (name, sink) in PADS.into_iter().zip(&self.0) {
            let pad = bin.static_pad(name).expect("a pad for each kind");
            pad.link(&sink.pad()).expect("a pad links");
        }
    }

    /// The consumers first, so that they are there for what comes.
    pub fn play(&self, bin: &gst::Element) {
        let [bin, video, audio] = self.with(bin);
        for element in [video, audio, bin] {
            element.sync_state_with_parent().expect("PLAYING");
        }
    }

    /// What feeds them first, so that they are not pushed on when they are gone.
    pub fn remove(&self, pipeline: &gst::Pipeline, bin: &gst::Element) {
        let all = self.with(bin);
        for element in all {
            element.set_state(gst::State::Null).expect("NULL");
        }
        pipeline
            .remove_many(all)
            .expect("elements of this pipeline");
    }

    /// Buffers that this pair should have got between others.
    pub fn missed(&self) -> u64 {
        self.0.iter().map(|sink| sink.tally().missed()).sum()
    }

    /// Buffers up to these numbers that this pair has not got yet.
    fn lacks(&self, due: [u64; 2]) -> u64 {
        let next = self.0.each_ref().map(|sink| sink.tally().next());
        due.iter()
            .zip(next)
            .map(|(due, next)| due.saturating_sub(next))
            .sum()
    }
}

/// Buffers that are to come.
#[must_use]
pub struct Buffers([Receiver<()>; 2]);

impl Buffers {
    pub fn wait(self) {
        for came in self.0 {
            came.recv_timeout(SOON).expect("the sources run");
        }
    }
}

/// How long something took.
pub struct Spent {
    /// `clone`, or `stop`, where there is such a thing.
    pub first: Option<Duration>,
    pub whole: Duration,
}

/// A contender: one way to give what two sources give to any number of pairs.
pub trait FanOut: Sized {
    /// What feeds one pair.
    type Feed;

    /// Builds sources, fan-out and a first pair.
    fn build(pipeline: &gst::Pipeline, sources: &[Source; 2], first: &Pair) -> Self;

    /// Brings in a pair that has been made but is in no pipeline. The time that counts begins with nothing, the sinks excepted, and
    /// ends when all is PLAYING.
    fn join(&self, pipeline: &gst::Pipeline, pair: &Pair) -> (Self::Feed, Spent);

    /// Takes out a pair. The time that counts ends when both sinks are in NULL and removed, and what fed them is gone.
    fn leave(&self, pipeline: &gst::Pipeline, pair: &Pair, feed: Self::Feed) -> Spent;

    /// The elements of one feed, in NULL and in no pipeline.
    fn make_idle(&self) -> Vec<gst::Element>;
}

/// See the module's documentation.
pub struct Bed<F> {
    pub fan_out: F,
    pipeline: gst::Pipeline,
    sources: [Source; 2],
}

impl<F: FanOut> Bed<F> {
    /// A bed on which media flow.
    pub fn playing() -> Self {
        let pipeline = pipeline();
        let sources = [
            Source::new(Media::Video, 60),
            Source::new(Media::Audio, 100),
        ];
        let first = Pair::unmetered();
        let came = first.next_buffers();
        let fan_out = F::build(&pipeline, &sources, &first);
        pipeline.set_state(gst::State::Playing).expect("PLAYING");
        came.wait();
        Self {
            fan_out,
            pipeline,
            sources,
        }
    }

    pub fn join(&self, pair: &Pair) -> (F::Feed, Spent) {
        self.fan_out.join(&self.pipeline, pair)
    }

    pub fn leave(&self, pair: &Pair, feed: F::Feed) -> Spent {
        self.fan_out.leave(&self.pipeline, pair, feed)
    }

    /// Waits for so many pictures.
    pub fn wait(&self, pictures: u64) {
        self.sources[0].wait(pictures);
    }

    /// What these pairs have not got of all that the sources gave up to now: what they missed on the way, and what does not come
    /// though it gets some time.
    pub fn missed(&self, pairs: &[Pair]) -> u64 {
        let due = self.sources.each_ref().map(Source::next);
        let lacking = || pairs.iter().map(|pair| pair.lacks(due)).sum::<u64>();
        for _ in 0..60 {
            if lacking() == 0 {
                break;
            }
            self.wait(1);
        }
        lacking() + pairs.iter().map(Pair::missed).sum::<u64>()
    }
}
