// SPDX-License-Identifier: MPL-2.0

//! What it costs that clones come and go, beside what people do by hand today: `cargo bench --bench lifecycle`.
//!
//!   --quick          everything, but less of it; fails if `mediastream` loses a buffer or misses a goal by far
//!   --rounds N       how often each case is measured (5)
//!   --output FOLDER  where `lifecycle.json` goes (target/bench)
//!
//! Every case runs in a process of its own, one after the other, contenders in turn; reported are the medians of the rounds.

mod bare;
mod bed;
mod case;
mod churn;
mod clones;
mod crowd;
mod empty;
mod figures;
mod goals;
mod life;
mod running;
mod table;
mod tees;

#[path = "../support/mod.rs"]
#[allow(missing_docs, reason = "shared by benchmarks that use parts of it")]
#[allow(dead_code, reason = "shared by benchmarks that use parts of it")]
mod support;

use std::process::ExitCode;

use bare::Bare;
use bed::FanOut;
use case::{Case, Contender, What};
use clones::Clones;
use figures::{Figures, Results};
use life::Stay;
use support::bench::{self, Bench, Plan};
use support::goals::Goal;
use tees::Tees;

struct Lifecycle;

impl Bench for Lifecycle {
    const NAME: &'static str = "lifecycle";
    type Case = Case;
    type Figures = Figures;

    fn plan(quick: bool) -> Plan<Case> {
        match quick {
            true => case::quick(),
            false => case::full(),
        }
    }

    fn name(case: &Case) -> String {
        format!("{}: {}", case.what.name(), case.contender.name())
    }

    fn measure(case: Case) -> ! {
        support::init();
        match case.contender {
            Contender::Tee => measure::<Tees>(case.what),
            Contender::Clones => measure::<Clones>(case.what),
            Contender::Elements => measure::<Bare<true>>(case.what),
            Contender::Pads => measure::<Bare<false>>(case.what),
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

fn measure<F: FanOut>(what: What) -> ! {
    match what {
        What::Life { samples } => life::measure::<F>(samples, Stay::ForBuffers),
        What::Rush { samples } => life::measure::<F>(samples, Stay::Not),
        What::Idle { n } => crowd::measure_idle::<F>(n),
        What::Crowd { n } => crowd::measure::<F>(n),
        What::Running { n, seconds } => running::measure::<F>(n, seconds),
        What::Churn {
            warm_up,
            alone,
            rounds,
        } => churn::measure::<F>(warm_up, alone, rounds),
    }
}

fn main() -> ExitCode {
    bench::main::<Lifecycle>()
}
