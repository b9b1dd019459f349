// SPDX-License-Identifier: MPL-2.0

//! `mediastream`: a clone for each pair.

use std::time::Instant;

use gst::prelude::*;
use gstmediastream::{MediaStream, MediaStreamTrack};

use crate::bed::{FanOut, Pair, Spent};
use crate::support::make;
use crate::support::sink::Sink;
use crate::support::source::Source;

const PADS: [&str; 2] = ["video_0", "audio_0"];

/// The stream that was there first.
pub struct Clones(MediaStream);

/// A clone, and what to stop.
pub struct Clone {
    stream: MediaStream,
    tracks: Vec<MediaStreamTrack>,
}

fn add(pipeline: &gst::Pipeline, stream: &MediaStream, Pair([video, audio]): &Pair) {
    pipeline
        .add_many([
            stream.upcast_ref::<gst::Element>(),
            video.upcast_ref(),
            audio.upcast_ref(),
        ])
        .expect("new elements");
    for (name, sink) in PADS.into_iter().zip([video, audio]) {
        let pad = stream.static_pad(name).expect("a track's pad");
        pad.link(&sink.pad()).expect("a stream links");
    }
}

impl FanOut for Clones {
    type Feed = Clone;

    fn build(pipeline: &gst::Pipeline, [video, audio]: &[Source; 2], first: &Pair) -> Self {
        let stream = make("mediastream");
        stream.set_property("video-source", video);
        stream.set_property("audio-source", audio);
        let stream = stream.downcast().expect("a mediastream");
        add(pipeline, &stream, first);
        Self(stream)
    }

    fn join(&self, pipeline: &gst::Pipeline, pair: &Pair) -> (Clone, Spent) {
        let start = Instant::now();
        let stream = self.0.clone_stream();
        let cloned = start.elapsed();
        add(pipeline, &stream, pair);
        for sink in &pair.0 {
            sink.sync_state_with_parent().expect("PLAYING");
        }
        stream.sync_state_with_parent().expect("PLAYING");
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
        feed.stream.set_state(gst::State::Null).expect("NULL");
        for sink in &pair.0 {
            sink.set_state(gst::State::Null).expect("NULL");
        }
        let [video, audio] = pair.0.each_ref().map(Sink::upcast_ref::<gst::Element>);
        pipeline
            .remove_many([feed.stream.upcast_ref(), video, audio])
            .expect("elements of this pipeline");
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
