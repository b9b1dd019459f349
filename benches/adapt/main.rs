// SPDX-License-Identifier: MPL-2.0

//! What it costs to give each clone a size of its own, beside what people do by hand today: `cargo bench --bench adapt`.
//!
//!   --quick          everything, but less of it; fails if `mediastream` loses a buffer or misses a goal by far
//!   --rounds N       how often each case is measured (9)
//!   --only WORDS     only cases whose names have these words in them: "× 16", "320×180", "shapes"
//!   --output FOLDER  where `adapt.json` goes (target/bench)
//!
//! Every case runs in a process of its own, one after the other, contenders in turn; reported are the medians of the rounds, and
//! what is compared is compared within a round.

mod carry;
mod case;
mod choose;
mod figures;
mod goals;
mod table;
mod wiring;

#[path = "../support/mod.rs"]
#[allow(missing_docs, reason = "shared by benchmarks that use parts of it")]
#[allow(dead_code, reason = "shared by benchmarks that use parts of it")]
mod support;

use std::process::ExitCode;

use case::Case;
use figures::{Figures, Results};
use support::bench::{self, Bench, Plan};
use support::goals::Goal;

struct Adapt;

impl Bench for Adapt {
    const NAME: &'static str = "adapt";
    type Case = Case;
    type Figures = Figures;

    fn plan(quick: bool) -> Plan<Case> {
        match quick {
            true => case::quick(),
            false => case::full(),
        }
    }

    fn name(case: &Case) -> String {
        case.name()
    }

    fn measure(case: Case) -> ! {
        support::init();
        match case {
            Case::Carry(carried) => carry::measure(carried),
            Case::Choose(choice) => choose::measure(choice),
        }
    }

    fn median(rounds: &[Figures]) -> Figures {
        figures::median(rounds)
    }

    fn table(results: &Results) -> String {
        table::of(results)
    }

    fn goals(results: &Results) -> Vec<Goal> {
        goals::of(results)
    }
}

fn main() -> ExitCode {
    bench::main::<Adapt>()
}
