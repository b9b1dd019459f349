// SPDX-License-Identifier: MPL-2.0

//! What is measured, and how much of it.

use serde::{Deserialize, Serialize};

use crate::support::bench::Plan;

/// Who carries pictures of 1080p from the source to the consumers, and makes what of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Contender {
    /// `tee`, and for each a `queue`, a `videoconvertscale` and a `capsfilter` for 320×180.
    ByHand,
    /// `mediastream` and its clones, which all ask for 320×180.
    Small,
    /// The same; they ask for what the source gives, and for nothing, in turn.
    Native,
}

impl Contender {
    pub fn name(self) -> &'static str {
        match self {
            Self::ByHand => "tee + queue + videoconvertscale, 320×180",
            Self::Small => "mediastream, 320×180",
            Self::Native => "mediastream, as the source is",
        }
    }

    /// What the consumers get.
    pub fn size(self) -> (i32, i32) {
        match self {
            Self::ByHand | Self::Small => (320, 180),
            Self::Native => (1920, 1080),
        }
    }
}

/// Pictures for so many consumers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carry {
    pub contender: Contender,
    /// Consumers.
    pub n: usize,
    /// How many pictures of the source are measured, each way.
    pub buffers: u64,
}

/// What is asked for: 20 constraints, of which 16 in 8 advanced sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wishes {
    /// Some of each property; a few sets have to be given up.
    Properties,
    /// Shapes, which hold width and height together: each set cuts the last one's a little, and none is given up.
    Shapes,
}

/// Which settings a source with 40 modes gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choose {
    pub wishes: Wishes,
    /// How often it is asked.
    pub samples: usize,
}

/// One measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Case {
    Carry(Carry),
    Choose(Choose),
}

impl Case {
    pub fn name(&self) -> String {
        match self {
            Self::Carry(Carry { contender, n, .. }) => format!("{} × {n}", contender.name()),
            Self::Choose(Choose { wishes, .. }) => wishes.name().into(),
        }
    }
}

impl Wishes {
    pub fn name(self) -> &'static str {
        match self {
            Self::Properties => "20 constraints on all properties",
            Self::Shapes => "20 constraints on shapes",
        }
    }
}

fn plan(
    contenders: &[(Contender, usize)],
    buffers: u64,
    samples: usize,
    rounds: usize,
) -> Plan<Case> {
    let carried = contenders.iter().map(|&(contender, n)| {
        Case::Carry(Carry {
            contender,
            n,
            buffers,
        })
    });
    let chosen = [Wishes::Properties, Wishes::Shapes]
        .into_iter()
        .map(|wishes| Case::Choose(Choose { wishes, samples }));
    Plan {
        cases: carried.chain(chosen).collect(),
        rounds,
        turns: |_| 1,
    }
}

/// Those that are compared come one after the other.
const COMPARED: [(Contender, usize); 4] = [
    (Contender::Native, 16),
    (Contender::Small, 1),
    (Contender::Small, 16),
    (Contender::ByHand, 16),
];

pub fn full() -> Plan<Case> {
    // What one conversion is by hand tells whether ours is a dearer one.
    let all: Vec<_> = COMPARED
        .into_iter()
        .chain([(Contender::ByHand, 1)])
        .collect();
    plan(&all, 180, 500, 9)
}

pub fn quick() -> Plan<Case> {
    // 60 pictures are an even number of turns: of two ways in turn, neither comes earlier than the other.
    let plan = plan(&COMPARED, 60, 100, 3);
    Plan {
        // What hardly differs is not seen in three short measurements.
        turns: |case| match case {
            Case::Carry(Carry {
                contender: Contender::Native,
                ..
            }) => 3,
            _ => 1,
        },
        ..plan
    }
}
