// SPDX-License-Identifier: MPL-2.0

//! What must be.

use crate::case::{Carry, Case, Contender};
use crate::figures::{Figure, Figures, Measured, Results};
use crate::support::figures::middle;
use crate::support::goals::Goal;

/// The goals of all that was measured.
pub fn of(results: &Results) -> Vec<Goal> {
    let mut goals = Vec::new();
    let mut add = |what: String, is: Option<f64>, most: f64, bound: f64| {
        goals.extend(is.map(|is| Goal {
            what,
            is,
            most,
            bound,
        }));
    };
    use Contender::{ByHand, Free, Native, Small};
    for (what, (ours, n), (other, of), most, bound) in [
        (
            "16 clones at 320×180 to one",
            (Small, 16),
            (Small, 1),
            1.15,
            1.6,
        ),
        (
            "16 clones that ask for what there is to 16 that ask for nothing",
            (Native, 16),
            (Free, 16),
            1.02,
            1.5,
        ),
        (
            "16 clones at 320×180 to 16 branches by hand",
            (Small, 16),
            (ByHand, 16),
            0.12,
            0.24,
        ),
    ] {
        let ratio = cpu_ratio(carried(results, ours, n), carried(results, other, of));
        add(format!("CPU of {what}"), ratio, most, bound);
    }
    for measured in &results.measured {
        let figure = |figure: Figure| measured.median.get(&figure).copied();
        let name = measured.case.name();
        match measured.case {
            Case::Carry(Carry {
                contender: ByHand, ..
            }) => {}
            Case::Carry(_) => add(format!("lost, {name}"), figure(Figure::Lost), 0.0, 0.0),
            Case::Choose(_) => {
                let spent = figure(Figure::Apply).map(|ns| ns / 1e6);
                add(format!("ms to choose of 40 modes, {name}"), spent, 1.0, 3.0);
            }
        }
    }
    goals
}

fn carried(results: &Results, contender: Contender, n: usize) -> Option<&Measured> {
    results
        .measured
        .iter()
        .find(|measured| match measured.case {
            Case::Carry(case) => case.contender == contender && case.n == n,
            Case::Choose(_) => false,
        })
}

/// The median of the ratios within a round: what disturbs a machine for longer disturbs both.
fn cpu_ratio(ours: Option<&Measured>, other: Option<&Measured>) -> Option<f64> {
    let (ours, other) = (ours?, other?);
    let cpu = |round: &Figures| round.get(&Figure::Cpu).copied().unwrap_or_default();
    let rounds: Vec<_> = ours.rounds.iter().zip(&other.rounds).collect();
    Some(middle(&rounds, |(ours, other)| cpu(ours) / cpu(other)))
}
