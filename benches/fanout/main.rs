// SPDX-License-Identifier: MPL-2.0

//! What a clone costs, beside what people use today: `cargo bench --bench fanout`.
//!
//!   --quick          a few cases, once; fails if `mediastream` loses a buffer or misses a goal by far
//!   --rounds N       how often each case is measured (5; few consumers twice as often)
//!   --only WORDS     only cases whose names have these words in them: "60/s", "× 16 ", "waiting", "mediastream"
//!   --output FOLDER  where `fanout.json` and `fanout.svg` go (target/bench)
//!
//! Every case runs in a process of its own, one after the other, contenders in turn; reported are the medians of the rounds.

mod case;
mod chart;
mod fork;
mod goals;
mod run;
mod table;
mod wiring;

#[path = "../support/mod.rs"]
#[allow(missing_docs, reason = "shared by benchmarks that use parts of it")]
#[allow(dead_code, reason = "shared by benchmarks that use parts of it")]
mod support;

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use case::Case;
use run::{Figures, Results};
use support::bench::{self, Bench, Plan};
use support::goals::Goal;

struct FanOut;

impl Bench for FanOut {
    const NAME: &'static str = "fanout";
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
        run::measure(case)
    }

    fn median(rounds: &[Figures]) -> Figures {
        run::median(rounds)
    }

    fn table(results: &Results) -> String {
        table::of(results)
    }

    fn goals(results: &Results) -> Vec<Goal> {
        goals::of(results)
    }

    fn draw(results: &Results, folder: &Path) -> Result<(), Box<dyn Error>> {
        chart::draw(results, &folder.join("fanout.svg"))
    }
}

fn main() -> ExitCode {
    bench::main::<FanOut>()
}
