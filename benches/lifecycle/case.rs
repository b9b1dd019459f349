// SPDX-License-Identifier: MPL-2.0

//! What is measured, and how much of it.

use serde::{Deserialize, Serialize};

use crate::support::bench::Plan;

/// Who carries buffers to consumers that come and go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Contender {
    /// For each kind a `tee`, and a `queue` for each consumer.
    Tee,
    /// `mediastream` and its clones.
    Clones,
    /// A bin of two elements that do nothing: what a stream costs at the least.
    Elements,
    /// A bin with two pads: what any feed costs at the least.
    Pads,
}

impl Contender {
    const ALL: [Self; 4] = [Self::Tee, Self::Clones, Self::Elements, Self::Pads];

    pub fn name(self) -> &'static str {
        match self {
            Self::Tee => "tee + queue",
            Self::Clones => "mediastream",
            Self::Elements => "empty elements (a stream's limit)",
            Self::Pads => "bare pads (the limit)",
        }
    }
}

/// A pair is one consumer of video and one of audio.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// A pair comes, gets its first buffers, and goes: so many times. As in life, nothing is warm from the one before.
    Life { samples: usize },
    /// A pair comes and goes at once: so many times.
    Rush { samples: usize },
    /// What feeds so many pairs has been made, and no more.
    Idle { n: usize },
    /// So many pairs come, one after the other.
    Crowd { n: usize },
    /// So many pairs are there.
    Running { n: usize, seconds: u64 },
    /// Pairs come and go while four others stay.
    Churn {
        warm_up: usize,
        /// Pictures for which the four are alone, to compare with.
        alone: u64,
        rounds: usize,
    },
}

impl What {
    pub fn name(self) -> String {
        match self {
            Self::Life { samples } => format!("{samples} pairs in turn"),
            Self::Rush { samples } => format!("{samples} pairs in a rush"),
            Self::Idle { n } => format!("{n} idle"),
            Self::Crowd { n } => format!("{n} pairs come"),
            Self::Running { n, seconds } => format!("{n} pairs for {seconds} s"),
            Self::Churn { rounds, .. } => format!("{rounds} pairs in a rush beside four"),
        }
    }
}

/// One measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    pub what: What,
    pub contender: Contender,
}

fn cases(all: &[What], running: What) -> Vec<Case> {
    let of = |what| Contender::ALL.map(|contender| Case { what, contender });
    let mut cases: Vec<_> = all.iter().copied().flat_map(of).collect();
    // Two thousand queues are more than two processors can carry.
    cases.push(Case {
        what: running,
        contender: Contender::Clones,
    });
    cases
}

pub fn full() -> Plan<Case> {
    let all = [
        What::Life { samples: 400 },
        What::Rush { samples: 2000 },
        What::Idle { n: 1000 },
        What::Crowd { n: 1000 },
        What::Churn {
            warm_up: 500,
            alone: 600,
            rounds: 10_000,
        },
    ];
    let running = What::Running {
        n: 1000,
        seconds: 60,
    };
    Plan {
        cases: cases(&all, running),
        rounds: 5,
        turns: |_| 1,
    }
}

pub fn quick() -> Plan<Case> {
    let all = [
        What::Life { samples: 50 },
        What::Rush { samples: 200 },
        What::Idle { n: 1000 },
        What::Crowd { n: 200 },
        What::Churn {
            warm_up: 200,
            alone: 60,
            rounds: 200,
        },
    ];
    let running = What::Running {
        n: 1000,
        seconds: 5,
    };
    Plan {
        cases: cases(&all, running),
        rounds: 2,
        turns: |_| 1,
    }
}
