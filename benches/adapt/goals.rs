// SPDX-License-Identifier: MPL-2.0

//! What must be.

use crate::case::{Carry, Case, Contender};
use crate::figures::{Figure, Measured, Results};
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
    use Contender::{ByHand, Native, Small};
    let cpu_of = |contender, n, figure| figures(results, contender, n, figure);
    let small = cpu_of(Small, 16, Figure::Cpu);
    for (what, ours, other, most, bound) in [
        (
            "16 clones at 320×180 to one",
            &small,
            cpu_of(Small, 1, Figure::Cpu),
            1.15,
            1.6,
        ),
        (
            "16 clones that ask for what there is to the same that ask for nothing",
            &cpu_of(Native, 16, Figure::Cpu),
            cpu_of(Native, 16, Figure::FreeCpu),
            1.02,
            1.3,
        ),
        (
            "16 clones at 320×180 to 16 branches by hand",
            &small,
            cpu_of(ByHand, 16, Figure::Cpu),
            0.12,
            0.24,
        ),
    ] {
        add(format!("CPU of {what}"), ratio(ours, &other), most, bound);
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
                // On a busy machine most of the time may be that of others.
                let spent = figure(Figure::ApplyCpu).map(|ns| ns / 1e6);
                add(
                    format!("ms of CPU to choose of 40 modes, {name}"),
                    spent,
                    1.0,
                    3.0,
                );
            }
        }
    }
    goals
}

/// One figure of each round.
fn figures(results: &Results, contender: Contender, n: usize, figure: Figure) -> Vec<f64> {
    let is_it = |measured: &&Measured| match measured.case {
        Case::Carry(case) => case.contender == contender && case.n == n,
        Case::Choose(_) => false,
    };
    let rounds = results.measured.iter().filter(is_it);
    rounds
        .flat_map(|measured| &measured.rounds)
        .filter_map(|round| round.get(&figure).copied())
        .collect()
}

/// The median of the ratios within a round, if both were measured: what disturbs a machine for longer disturbs both.
fn ratio(ours: &[f64], other: &[f64]) -> Option<f64> {
    let rounds: Vec<_> = ours.iter().zip(other).collect();
    (!rounds.is_empty()).then(|| middle(&rounds, |(ours, other)| *ours / *other))
}
