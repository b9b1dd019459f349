// SPDX-License-Identifier: MPL-2.0

//! What one measurement finds: those of the figures that it is about.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::case::Case;
use crate::support::bench;
use crate::support::figures::{middle, worst};

/// Times are in ns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Figure {
    /// CPU time of the process for each picture that all consumers got.
    Cpu,
    /// The same while they ask for nothing.
    FreeCpu,
    /// CPU time of the source's thread for each picture.
    SourceCpu,
    /// Pictures that consumers did not get.
    Lost,
    Threads,
    /// From `apply-constraints` to the answer.
    Apply,
    ApplyP99,
    /// CPU time of that.
    ApplyCpu,
    /// The same, if nothing is asked for.
    NothingCpu,
}

/// What one measurement found.
pub type Figures = BTreeMap<Figure, f64>;
/// What a whole run found.
pub type Results = bench::Results<Case, Figures>;
/// What all rounds of a case found.
pub type Measured = bench::Measured<Case, Figures>;

/// The median of each figure, but the worst loss.
pub fn median(rounds: &[Figures]) -> Figures {
    let figures = rounds.first().into_iter().flat_map(BTreeMap::keys);
    figures
        .map(|figure| {
            let of = |round: &Figures| round.get(figure).copied().unwrap_or_default();
            let value = match figure {
                Figure::Lost => worst(rounds, of),
                _ => middle(rounds, of),
            };
            (*figure, value)
        })
        .collect()
}
