// SPDX-License-Identifier: MPL-2.0

//! Builds each contender as its users do.

use std::sync::Arc;

use gio::prelude::ListModelExtManual;
use gst::prelude::*;
use gst_utils::StreamProducer;
use gstmediastream::MediaStream;

use crate::case::{Case, Consumer, Wiring};
use crate::fork::Fork;
use crate::support::sink::{Sink, Tally};
use crate::support::source::{Media, Source};
use crate::support::{chain, make, pipeline, process};

/// A source and its consumers, ready to play.
pub struct Wired {
    pub source: Source,
    pub pipelines: Vec<gst::Pipeline>,
    pub consumers: Consumers,
    /// Resident memory before the consumers were there, in KiB.
    pub resident_before: u64,
    /// What must outlive the pipelines.
    _links: Vec<gst_utils::ConsumptionLink>,
}

/// What the consumers of a case got.
pub struct Consumers(Vec<Arc<Tally>>);

impl Consumers {
    /// So many sinks, made before anything else: where they are in memory is not to depend on what feeds them.
    fn make(consumer: Consumer, n: usize) -> (Self, Vec<gst::Element>) {
        let (tallies, sinks) = (0..n).map(|_| sink(consumer)).unzip();
        (Self(tallies), sinks)
    }

    /// Whether each has got something.
    pub fn are_served(&self) -> bool {
        self.0.iter().all(|tally| tally.count() > 0)
    }

    /// Buffers that all have got.
    pub fn count(&self) -> u64 {
        self.0.iter().map(|tally| tally.count()).sum()
    }

    /// Buffers that all have got while they were measured.
    pub fn metered(&self) -> u64 {
        self.0.iter().map(|tally| tally.metered()).sum()
    }

    /// Buffers that all have missed.
    pub fn missed(&self) -> u64 {
        self.0.iter().map(|tally| tally.missed()).sum()
    }
}

/// A consumer.
fn sink(consumer: Consumer) -> (Arc<Tally>, gst::Element) {
    match consumer {
        Consumer::Counts => {
            let sink = Sink::new();
            (sink.tally(), sink.upcast())
        }
        Consumer::Waits => {
            let sink = make("fakesink");
            sink.set_property("sync", true);
            let tally = Arc::<Tally>::default();
            let counting = tally.clone();
            let pad = sink.static_pad("sink").expect("a sink's pad");
            pad.add_probe(gst::PadProbeType::BUFFER, move |_, info| {
                if let Some(buffer) = info.buffer() {
                    counting.add(buffer);
                }
                gst::PadProbeReturn::Ok
            });
            (tally, sink)
        }
    }
}

/// Builds a case.
pub fn wire(case: &Case) -> Wired {
    let source = Source::new(case.media(), case.rate);
    let resident_before = process::resident();
    let (consumers, sinks) = Consumers::make(case.consumer, case.n);
    let mut wired = Wired {
        source,
        pipelines: vec![pipeline()],
        consumers,
        resident_before,
        _links: Vec::new(),
    };
    match case.wiring {
        Wiring::Tee => wired.tee(&sinks),
        Wiring::StreamProducer => wired.stream_producer(&sinks),
        Wiring::Proxy => wired.proxy(&sinks),
        Wiring::Clones | Wiring::Pipelines | Wiring::Disabled | Wiring::Headers => {
            wired.clones(case, &sinks);
        }
        Wiring::Limit => wired.limit(&Fork::looping(case.n), &sinks),
        Wiring::Hop => wired.limit(&Fork::hopping(case.n), &sinks),
        Wiring::Threads => wired.limit(&Fork::threaded(case.n), &sinks),
    }
    wired
}

impl Wired {
    fn tee(&mut self, sinks: &[gst::Element]) {
        let tee = make("tee");
        chain(&self.pipelines[0], &[self.source.upcast_ref(), &tee]);
        for sink in sinks {
            let queue = make("queue");
            chain(&self.pipelines[0], &[&queue, sink]);
            tee.link(&queue).expect("a tee links");
        }
    }

    fn stream_producer(&mut self, sinks: &[gst::Element]) {
        let sink = gst_app::AppSink::builder().build();
        chain(
            &self.pipelines[0],
            &[self.source.upcast_ref(), sink.upcast_ref()],
        );
        let producer = StreamProducer::from(&sink);
        // The producer makes its sink wait for the clock; here nothing is to wait before the consumers do.
        sink.set_sync(false);
        for sink in sinks {
            let consumer = gst_app::AppSrc::builder().build();
            StreamProducer::configure_consumer(&consumer);
            let own = pipeline();
            chain(&own, &[consumer.upcast_ref(), sink]);
            self.pipelines.push(own);
            self._links
                .push(producer.add_consumer(&consumer).expect("a new consumer"));
        }
    }

    fn proxy(&mut self, sinks: &[gst::Element]) {
        let tee = make("tee");
        chain(&self.pipelines[0], &[self.source.upcast_ref(), &tee]);
        for sink in sinks {
            let (enter, leave) = (make("proxysink"), make("proxysrc"));
            leave.set_property("proxysink", &enter);
            self.pipelines[0].add(&enter).expect("a new element");
            tee.link(&enter).expect("a tee links");
            let own = pipeline();
            chain(&own, &[&leave, sink]);
            self.pipelines.push(own);
        }
    }

    fn clones(&mut self, case: &Case, sinks: &[gst::Element]) {
        let original = make("mediastream");
        let (property, pad) = match case.media() {
            Media::Video => ("video-source", "video_0"),
            Media::Audio => ("audio-source", "audio_0"),
        };
        original.set_property(property, &self.source);
        let original: MediaStream = original.downcast().expect("a mediastream");
        for (index, sink) in sinks.iter().enumerate() {
            let stream = match index {
                0 => original.clone(),
                _ => original.clone_stream(),
            };
            if case.wiring == Wiring::Disabled {
                disable(&stream);
            }
            if case.wiring == Wiring::Headers {
                copy_headers(sink);
            }
            let own = case.wiring == Wiring::Pipelines && index > 0;
            if own {
                self.pipelines.push(pipeline());
            }
            let last = self.pipelines.len() - 1;
            let pipeline = &self.pipelines[last];
            pipeline
                .add_many([stream.upcast_ref(), sink])
                .expect("new elements");
            stream
                .link_pads(Some(pad), sink, Some("sink"))
                .expect("a stream links");
        }
    }

    fn limit(&mut self, fork: &Fork, sinks: &[gst::Element]) {
        chain(
            &self.pipelines[0],
            &[self.source.upcast_ref(), fork.upcast_ref()],
        );
        for (index, sink) in sinks.iter().enumerate() {
            self.pipelines[0].add(sink).expect("a new element");
            let pad = sink.static_pad("sink").expect("a sink's pad");
            fork.pad(index).link(&pad).expect("a link");
        }
    }
}

fn disable(stream: &MediaStream) {
    let tracks = stream.property::<gio::ListModel>("tracks");
    for track in tracks.iter::<gst::Element>().flatten() {
        track.set_property("enabled", false);
    }
}

/// Makes a header for each buffer that comes, as one who writes to it has to.
fn copy_headers(sink: &gst::Element) {
    let sink = sink.downcast_ref::<Sink>().expect("a consumer that counts");
    sink.copy_headers();
}
