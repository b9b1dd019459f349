// SPDX-License-Identifier: MPL-2.0

//! What must be.

use crate::case::{Contender, What};
use crate::figures::{Figure, Figures, Measured, Results};
use crate::support::goals::Goal;

/// The goals of all that was measured.
pub fn of(results: &Results) -> Vec<Goal> {
    let ours = results.measured.iter();
    ours.filter(|measured| measured.case.contender == Contender::Clones)
        .flat_map(|ours| goals(ours, by_hand(results, ours.case.what)))
        .collect()
}

/// The same, done by hand.
fn by_hand(results: &Results, what: What) -> Option<&Figures> {
    let found = results
        .measured
        .iter()
        .find(|measured| measured.case.what == what && measured.case.contender == Contender::Tee);
    found.map(|measured| &measured.median)
}

fn goals(ours: &Measured, by_hand: Option<&Figures>) -> Vec<Goal> {
    let mut goals = Vec::new();
    let mut add = |what: &str, is: Option<f64>, most: f64, bound: f64| {
        let what = format!("{what}, {}", ours.case.what.name());
        goals.extend(is.map(|is| Goal {
            what,
            is,
            most,
            bound,
        }));
    };
    let of = |figure: Figure| ours.median.get(&figure).copied();
    let ratio = |figure: Figure| Some(of(figure)? / by_hand?.get(&figure)?);
    match ours.case.what {
        What::Life { .. } | What::Rush { .. } => {
            add(
                "to PLAYING, to tee + queue",
                ratio(Figure::Join),
                1.0 / 3.0,
                3.0,
            );
            add(
                "clone alone in µs",
                of(Figure::Clone).map(|ns| ns / 1e3),
                100.0,
                1000.0,
            );
        }
        What::Idle { .. } => add("KiB for each track", of(Figure::Memory), 32.0, 32.0),
        What::Crowd { .. } => {}
        What::Running { .. } => {
            add("lost", of(Figure::Lost), 0.0, 0.0);
            add("CPU of one core", of(Figure::Cpu), 0.7, 1.4);
        }
        What::Churn { .. } => {
            add("lost", of(Figure::Lost), 0.0, 0.0);
            let added = of(Figure::LatencyP99)
                .zip(of(Figure::AloneP99))
                .map(|(busy, alone)| (busy - alone) / 1e6);
            // The tail of a short run is the machine's.
            add("added p99 latency in ms", added, 2.0, f64::INFINITY);
            add("memory grown in MiB", of(Figure::Grown), 1.0, 4.0);
            add("threads that came", of(Figure::MoreThreads), 2.0, 4.0);
        }
    }
    goals
}
