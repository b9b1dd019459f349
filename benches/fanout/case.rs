// SPDX-License-Identifier: MPL-2.0

//! What is measured: who carries how many buffers to how many consumers.

use serde::{Deserialize, Serialize};

use crate::support::bench::Plan;
use crate::support::source::Media;

/// Who carries buffers from the source to the consumers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wiring {
    /// `tee` and a `queue` for each.
    Tee,
    /// `StreamProducer` of gstreamer-utils: an `appsink`, and a pipeline with an `appsrc` for each.
    StreamProducer,
    /// `tee`, and for each a `proxysink` and a pipeline with its `proxysrc`.
    Proxy,
    /// `mediastream` and its clones, all in one pipeline.
    Clones,
    /// `mediastream`, and each clone in a pipeline of its own.
    Pipelines,
    /// A plain loop of pad pushes on the source's thread: what is left if nothing has to be decided.
    Limit,
    /// The same loop on a thread of its own: what is left if the source must not wait for its consumers.
    Hop,
    /// A plain loop, and a bare thread for each consumer: what is left if each may block, and nothing has to be decided.
    Threads,
    /// As `Clones`, and every track is disabled: black or silence in memory that all share.
    Disabled,
    /// As `Clones`, and each consumer makes a buffer header of its own: what a disabled track may cost.
    Headers,
}

impl Wiring {
    /// All that carry the source's media.
    pub const ALL: [Self; 8] = [
        Self::Tee,
        Self::StreamProducer,
        Self::Proxy,
        Self::Clones,
        Self::Pipelines,
        Self::Limit,
        Self::Hop,
        Self::Threads,
    ];

    /// Those that goals compare.
    const COMPARED: [Self; 6] = [
        Self::Tee,
        Self::Clones,
        Self::Pipelines,
        Self::Limit,
        Self::Hop,
        Self::Threads,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Tee => "tee + queue",
            Self::StreamProducer => "StreamProducer",
            Self::Proxy => "tee + proxysink",
            Self::Clones => "mediastream",
            Self::Pipelines => "mediastream, own pipelines",
            Self::Limit => "plain loop (the limit)",
            Self::Hop => "plain loop on a thread (the limit)",
            Self::Threads => "plain threads (the limit)",
            Self::Disabled => "mediastream, disabled",
            Self::Headers => "mediastream, a header each",
        }
    }
}

/// What a consumer does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Consumer {
    /// Counts and returns at once.
    Counts,
    /// `fakesink sync=true`: waits for the time of each buffer.
    Waits,
}

/// One measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Case {
    pub consumer: Consumer,
    /// Buffers per second.
    pub rate: u32,
    /// Consumers.
    pub n: usize,
    pub wiring: Wiring,
    /// How many buffers are measured.
    pub buffers: u64,
}

impl Case {
    pub fn name(&self) -> String {
        let consumers = match self.consumer {
            Consumer::Counts => "consumers",
            Consumer::Waits => "waiting consumers",
        };
        format!(
            "{} × {} {consumers}, {}/s",
            self.wiring.name(),
            self.n,
            self.rate
        )
    }

    pub fn media(&self) -> Media {
        match self.rate {
            100 => Media::Audio,
            _ => Media::Video,
        }
    }
}

/// How many deliveries the 99th percentile is told of at the least: of fewer than these it is the latest, or the latest but one.
const DELIVERIES: u64 = 200;

/// How many buffers of so many each second are measured.
fn thoroughly(rate: u32, n: usize) -> u64 {
    let seconds = if n <= 16 { 2.0 } else { 1.2 };
    let least = DELIVERIES.div_ceil(n as u64);
    least.max((f64::from(rate) * seconds) as u64)
}

/// The same, in a short run.
fn quickly(rate: u32, _: usize) -> u64 {
    rate.into()
}

/// What few consumers cost differs most from one measurement to the next.
fn turns(case: &Case) -> usize {
    let is_compared = Wiring::COMPARED.contains(&case.wiring);
    if case.n <= 16 && is_compared { 2 } else { 1 }
}

fn cases(
    consumer: Consumer,
    rates: &[u32],
    counts: &[usize],
    wirings: &[Wiring],
    buffers: impl Fn(u32, usize) -> u64,
) -> Vec<Case> {
    let mut cases = Vec::new();
    for &rate in rates {
        for &n in counts {
            let fits = |wiring: &Wiring| match wiring {
                // They have one thread, which the first consumer that waits would hold up.
                Wiring::Limit | Wiring::Hop => consumer == Consumer::Counts,
                // Where nobody waits, one thread is enough.
                Wiring::Threads => consumer == Consumer::Waits,
                // The first is in the source's.
                Wiring::Pipelines => n > 1,
                _ => true,
            };
            cases.extend(wirings.iter().copied().filter(fits).map(|wiring| Case {
                consumer,
                rate,
                n,
                wiring,
                buffers: buffers(rate, n),
            }));
        }
    }
    cases
}

pub fn full() -> Plan<Case> {
    let counts = [1, 4, 16, 100, 1000];
    // All contenders at one rate; at the others those that goals compare, or a run would take hours.
    let compared = Wiring::COMPARED;
    let rates: [(u32, &[Wiring]); 3] = [(30, &compared), (60, &Wiring::ALL), (100, &compared)];
    let consumers = [Consumer::Counts, Consumer::Waits];
    let all = consumers.into_iter().flat_map(|consumer| {
        let of_rate = move |(rate, wirings)| cases(consumer, &[rate], &counts, wirings, thoroughly);
        rates.into_iter().flat_map(of_rate)
    });
    let disabled = cases(
        Consumer::Counts,
        &[60, 100],
        &[100],
        &[Wiring::Disabled, Wiring::Headers],
        thoroughly,
    );
    Plan {
        cases: all.chain(disabled).collect(),
        rounds: 5,
        turns,
    }
}

pub fn quick() -> Plan<Case> {
    let wirings = Wiring::COMPARED;
    let mut all = cases(Consumer::Counts, &[100], &[1, 16, 100], &wirings, quickly);
    all.extend(cases(
        Consumer::Counts,
        &[100],
        &[100],
        &[Wiring::Disabled, Wiring::Headers],
        quickly,
    ));
    all.extend(cases(Consumer::Waits, &[100], &[16], &wirings, quickly));
    Plan {
        cases: all,
        rounds: 3,
        turns: |_| 1,
    }
}
