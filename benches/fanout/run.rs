// SPDX-License-Identifier: MPL-2.0

//! Measures one case in this process.

use gst::prelude::*;
use serde::{Deserialize, Serialize};

use crate::case::Case;
use crate::support::figures::{middle, worst};
use crate::support::meter::{Latency, METER, nanos};
use crate::support::{self, bench, child, process};
use crate::wiring::{self, Wired};

/// What one measurement found.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Figures {
    /// CPU time of the process for each buffer and consumer, in ns.
    pub cpu: f64,
    /// Context switches for each buffer and consumer.
    pub switches: f64,
    /// CPU time of the source's thread for each buffer, in ns.
    pub source_cpu: f64,
    /// How long the source's push of a buffer took, in ns.
    pub source_wall: f64,
    /// From the source's push to the consumer.
    pub latency: Latency,
    /// Buffers that a consumer missed, of all that were for it, in parts of one.
    pub lost: f64,
    pub threads: u64,
    /// Resident memory for each consumer, in KiB.
    pub resident: f64,
}

/// What a whole run found.
pub type Results = bench::Results<Case, Figures>;
/// What all rounds of a case found: the median of each figure, but all that was lost.
pub type Measured = bench::Measured<Case, Figures>;

/// Measures one case in this process.
pub fn measure(case: Case) -> ! {
    support::init();
    // Looking at the clock for each of many deliveries would be a good part of what is measured.
    METER.sample(if case.n < 100 { 1 } else { 8 });
    let wired = wiring::wire(&case);
    for pipeline in wired.pipelines.iter().rev() {
        pipeline.set_state(gst::State::Playing).expect("PLAYING");
    }
    // A thousand sinks that wait for their first buffer take seconds to be there.
    for pipeline in &wired.pipelines {
        pipeline.state(gst::ClockTime::NONE).0.expect("PLAYING");
    }
    warm_up(&wired, (u64::from(case.rate) / 2).max(SETTLED));
    child::answer(&figures(&wired, &case));
}

/// A contender may treat consumers that it does not know yet otherwise; after so many buffers it knows them.
const SETTLED: u64 = 40;

/// Waits until every consumer is served, so many buffers at a time.
fn warm_up(wired: &Wired, buffers: u64) {
    for _ in 0..120 {
        wired.source.wait(buffers);
        if wired.consumers.are_served() {
            return;
        }
    }
    panic!("some consumer gets nothing");
}

fn figures(wired: &Wired, case: &Case) -> Figures {
    let consumers = &wired.consumers;
    let (missed, count) = (consumers.missed(), consumers.count());
    let switches = process::context_switches();
    let work = wired.source.measure(case.buffers);
    let switches = process::context_switches() - switches;
    let (missed, count) = (consumers.missed() - missed, consumers.count() - count);
    let resident = process::resident().saturating_sub(wired.resident_before);
    Figures {
        cpu: nanos(work.process) as f64 / consumers.metered().max(1) as f64,
        switches: switches as f64 / count.max(1) as f64,
        source_cpu: nanos(work.cpu) as f64 / work.timed as f64,
        source_wall: nanos(work.wall) as f64 / work.timed as f64,
        latency: METER.take_latency(),
        lost: missed as f64 / (case.buffers as f64 * case.n as f64),
        threads: process::threads(),
        resident: resident as f64 / case.n as f64,
    }
}

/// The median of each figure, but the worst loss.
pub fn median(rounds: &[Figures]) -> Figures {
    let of = |figure: &dyn Fn(&Figures) -> f64| middle(rounds, figure);
    Figures {
        cpu: of(&|f| f.cpu),
        switches: of(&|f| f.switches),
        source_cpu: of(&|f| f.source_cpu),
        source_wall: of(&|f| f.source_wall),
        latency: Latency::median(rounds, |f| f.latency),
        lost: worst(rounds, |f| f.lost),
        threads: of(&|f| f.threads as f64) as u64,
        resident: of(&|f| f.resident),
    }
}
