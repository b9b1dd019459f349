// SPDX-License-Identifier: MPL-2.0

//! What must be: ratios within one run.

use std::collections::HashSet;

use crate::case::{Consumer, Wiring};
use crate::run::{Figures, Results};
use crate::support::goals::Goal;

const OURS: [Wiring; 2] = [Wiring::Clones, Wiring::Pipelines];

/// CPU against `tee` + `queue`, with consumers that return at once.
const CPU_TO_TEE: [(usize, f64); 5] = [(1, 1.05), (4, 0.6), (16, 0.3), (100, 0.12), (1000, 0.05)];

/// What is compared: one consumer, rate and number of consumers.
struct Row<'a> {
    results: &'a Results,
    consumer: Consumer,
    rate: u32,
    n: usize,
}

impl Row<'_> {
    fn of(&self, wiring: Wiring) -> Option<&Figures> {
        let found = self.results.measured.iter().find(|measured| {
            let case = &measured.case;
            (case.consumer, case.rate, case.n, case.wiring)
                == (self.consumer, self.rate, self.n, wiring)
        });
        found.map(|measured| &measured.median)
    }

    fn ratio(&self, a: Wiring, b: Wiring, figure: impl Fn(&Figures) -> f64) -> Option<f64> {
        Some(figure(self.of(a)?) / figure(self.of(b)?).max(1.0))
    }

    /// Who has nothing to decide: where nobody waits, a thread that pushes on every pad; where all may, a thread for each.
    fn limit(&self) -> Wiring {
        match self.consumer {
            Consumer::Counts => Wiring::Hop,
            Consumer::Waits => Wiring::Threads,
        }
    }

    fn goals(&self, ours: Wiring) -> Vec<Goal> {
        let mut goals = Vec::new();
        let mut add = |what: &str, ratio: Option<f64>, most: f64, bound: f64| {
            let consumers = match self.consumer {
                Consumer::Counts => "",
                Consumer::Waits => ", waiting",
            };
            let what = format!(
                "{what}, {}, {}/s × {}{consumers}",
                ours.name(),
                self.rate,
                self.n
            );
            goals.extend(ratio.map(|is| Goal {
                what,
                is,
                most,
                bound,
            }));
        };
        let to_tee = self.ratio(ours, Wiring::Tee, |f| f.cpu);
        let what = with_floor(
            "CPU to tee + queue",
            self.ratio(self.limit(), Wiring::Tee, |f| f.cpu),
        );
        match self.consumer {
            Consumer::Counts => {
                for (n, most) in CPU_TO_TEE {
                    add(&what, to_tee.filter(|_| n == self.n), most, 2.0 * most);
                }
                let to_limit = self.ratio(ours, Wiring::Limit, |f| f.cpu);
                add(
                    "CPU to the limit",
                    to_limit.filter(|_| self.n >= 100),
                    2.0,
                    4.0,
                );
            }
            Consumer::Waits => add(&what, to_tee, 1.0, 2.0),
        }
        let p99 = |ours| self.ratio(ours, Wiring::Tee, |f| f.latency.p99 as f64);
        let what = with_floor("p99 latency to tee + queue", p99(self.limit()));
        // The tail of a short run is the machine's: it is told, and fails nothing.
        add(&what, p99(ours), 1.0, f64::INFINITY);
        add("lost", self.of(ours).map(|f| f.lost), 0.0, 0.0);
        let alone = Row { n: 1, ..*self };
        let grown = self
            .of(ours)
            // In one pipeline, as it is the only one.
            .zip(alone.of(Wiring::Clones))
            .map(|(many, one)| many.source_cpu / one.source_cpu);
        add(
            "source's CPU to N = 1",
            grown.filter(|_| self.n == 1000),
            2.0,
            4.0,
        );
        goals
    }
}

/// What is measured, and the least that it can be, where that was measured as well.
fn with_floor(what: &str, floor: Option<f64>) -> String {
    let floor = floor.map_or(String::new(), |floor| format!(" (floor {floor:.3})"));
    format!("{what}{floor}")
}

/// A disabled track costs no more than an enabled one and a buffer header, and its black once.
fn disabled(row: &Row) -> Option<Goal> {
    let ratio = row.ratio(Wiring::Disabled, Wiring::Headers, |f| f.cpu)?;
    let to_enabled = row.ratio(Wiring::Disabled, Wiring::Clones, |f| f.cpu)?;
    Some(Goal {
        what: format!(
            "CPU of disabled tracks to enabled ones and a header each, {}/s × {} (to enabled ones {to_enabled:.3})",
            row.rate, row.n
        ),
        is: ratio,
        // No more, but for what two equal cases differ by.
        most: 1.05,
        bound: 2.0,
    })
}

/// The goals of all that was measured.
pub fn of(results: &Results) -> Vec<Goal> {
    let mut rows: Vec<_> = results
        .measured
        .iter()
        .map(|m| (m.case.consumer, m.case.rate, m.case.n))
        .collect();
    let mut seen = HashSet::new();
    rows.retain(|row| seen.insert(*row));
    let rows = rows.into_iter().map(|(consumer, rate, n)| Row {
        results,
        consumer,
        rate,
        n,
    });
    rows.flat_map(|row| {
        let ours = OURS.into_iter().flat_map(|ours| row.goals(ours));
        ours.chain(disabled(&row)).collect::<Vec<_>>()
    })
    .collect()
}
