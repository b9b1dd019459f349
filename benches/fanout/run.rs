// SPDX-License-Identifier: MPL-2.0

//! Measures one case in this process, and all cases in a process each.

use std::io::{IsTerminal, Write};
use std::process::Stdio;

use gst::prelude::*;
use serde::{Deserialize, Serialize};

use crate::case::{Case, Plan};
use crate::support::meter::{Latency, METER, nanos};
use crate::support::{self, process};
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

/// What all rounds of a case found: the median of each figure, but all that was lost.
#[derive(Clone, Debug, Serialize)]
pub struct Measured {
    pub case: Case,
    pub median: Figures,
    pub rounds: Vec<Figures>,
}

/// What a whole run found.
#[derive(Clone, Debug, Serialize)]
pub struct Results {
    pub date: String,
    pub machine: String,
    pub measured: Vec<Measured>,
}

/// Measures one case and writes the figures on standard output.
pub fn measure(case: Case) {
    support::init();
    // Looking at the clock for each of many deliveries would be a good part of what is measured.
    METER.sample(if case.n < 100 { 1 } else { 8 });
    let wired = wiring::wire(&case);
    for pipeline in wired.pipelines.iter().rev() {
        pipeline.set_state(gst::State::Playing).expect("PLAYING");
    }
    warm_up(&wired, u64::from(case.rate));
    let figures = figures(&wired, &case);
    let line = serde_json::to_string(&figures).expect("plain figures");
    println!("{line}");
    // A thousand pipelines need not be taken apart.
    std::io::stdout().flush().expect("standard output");
    std::process::exit(0);
}

/// Waits until every consumer is served.
fn warm_up(wired: &Wired, rate: u64) {
    for _ in 0..120 {
        wired.source.wait(rate / 2);
        if wired.consumers.counts().iter().all(|count| *count > 0) {
            return;
        }
    }
    panic!("some consumer gets nothing");
}

fn figures(wired: &Wired, case: &Case) -> Figures {
    let total = || wired.consumers.counts().iter().sum::<u64>();
    let switches = process::context_switches();
    METER.open(true);
    let (before, cpu) = (total(), process::process_cpu());
    let work = wired.source.wait(case.buffers);
    let cpu = process::process_cpu() - cpu;
    let delivered = (total() - before).max(1) as f64;
    METER.open(false);
    let switches = process::context_switches() - switches;
    let resident = process::resident().saturating_sub(wired.resident_before);
    Figures {
        cpu: nanos(cpu) as f64 / delivered,
        switches: switches as f64 / delivered,
        source_cpu: nanos(work.cpu) as f64 / work.buffers as f64,
        source_wall: nanos(work.wall) as f64 / work.buffers as f64,
        latency: METER.take_latency(),
        lost: METER.lost() as f64 / (case.buffers as f64 * case.n as f64),
        threads: process::threads(),
        resident: resident as f64 / case.n as f64,
    }
}

/// Measures all cases of a plan, round by round.
pub fn run_all(plan: &Plan) -> Result<Results, Box<dyn std::error::Error>> {
    gst::init()?;
    let mut rounds: Vec<Vec<Figures>> = vec![Vec::new(); plan.cases.len()];
    let (all, mut done) = (plan.rounds * plan.cases.len(), 0);
    for _ in 0..plan.rounds {
        for (case, rounds) in plan.cases.iter().zip(&mut rounds) {
            done += 1;
            if std::io::stderr().is_terminal() {
                eprint!(
                    "\r\x1b[K{done} of {all}: {} × {}",
                    case.wiring.name(),
                    case.n
                );
            }
            rounds.push(run_one(case)?);
        }
    }
    if std::io::stderr().is_terminal() {
        eprint!("\r\x1b[K");
    }
    let measured = plan.cases.iter().zip(rounds);
    Ok(Results {
        date: process::today(),
        machine: process::machine(),
        measured: measured
            .map(|(case, rounds)| Measured {
                case: *case,
                median: median(&rounds),
                rounds,
            })
            .collect(),
    })
}

fn run_one(case: &Case) -> Result<Figures, Box<dyn std::error::Error>> {
    let output = case.command()?.stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(format!("{case:?}: {}", output.status).into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

fn median(rounds: &[Figures]) -> Figures {
    let of = |figure: &dyn Fn(&Figures) -> f64| {
        let mut all: Vec<_> = rounds.iter().map(figure).collect();
        all.sort_by(f64::total_cmp);
        all.get(all.len() / 2).copied().unwrap_or_default()
    };
    Figures {
        cpu: of(&|f| f.cpu),
        switches: of(&|f| f.switches),
        source_cpu: of(&|f| f.source_cpu),
        source_wall: of(&|f| f.source_wall),
        latency: Latency {
            median: of(&|f| f.latency.median as f64) as u64,
            p99: of(&|f| f.latency.p99 as f64) as u64,
            worst: of(&|f| f.latency.worst as f64) as u64,
        },
        lost: rounds.iter().map(|f| f.lost).fold(0.0, f64::max),
        threads: of(&|f| f.threads as f64) as u64,
        resident: of(&|f| f.resident),
    }
}
