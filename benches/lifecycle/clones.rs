// SPDX-License-Identifier: MPL-2.0

//! `mediastream`: a clone for each pair.

use std::time::Instant;

use gst::prelude::*;
use gstmediastream::{MediaStream, MediaStreamTrack};

use crate::bed::{FanOut, Pair, Spent};
use crate::support::make;
use crate::support::source::Source;

/// The stream that was there first.
pub struct Clones(MediaStream);

/// A clone, and what to stop.
pub struct Clone {
    stream: MediaStream,
    tracks: Vec<MediaStreamTrack>,
}

impl FanOut for Clones {
    type Feed = Clone;

    fn build(pipeline: &gst::Pipeline, [video, audio]: &[Source; 2], first: &Pair) -> Self {
        let stream = make("mediastream");
        stream.set_property("video-source", video);
        stream.set_property("audio-source", audio);
        let stream: MediaStream = stream.downcast().expect("a mediastream");
        first.add(pipeline, stream.upcast_ref());
        Self(stream)
    }

    fn join(&self, pipeline: &gst::Pipeline, pair: &Pair) -> (Clone, Spent) {
        let start = Instant::now();
        let stream = self.0.clone_stream();
        let cloned = start.elapsed();
        pair.add(pipeline, stream.upcast_ref());
        pair.play(stream.upcast_ref());
        let spent = Spent {
            first: Some(cloned),
            whole: start.elapsed(),
        };
        // An application that is to stop them has them at hand.
        let tracks = stream.children().into_iter();
        let tracks = tracks.filter_map(|track| track.downcast().ok()).collect();
        (Clone { stream, tracks }, spent)
    }

    fn leave(&self, pipeline: &gst::Pipeline, pair: &Pair, feed: Clone) -> Spent {
        let start = Instant::now();
        for track in &feed.tracks {
            track.stop();
        }
        let stopped = start.elapsed();
        pair.remove(pipeline, feed.stream.upcast_ref());
        drop(feed);
        Spent {
            first: Some(stopped),
            whole: start.elapsed(),
        }
    }

    fn make_idle(&self) -> Vec<gst::Element> {
        vec![self.0.clone_stream().upcast()]
    }
}
