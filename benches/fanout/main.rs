// SPDX-License-Identifier: MPL-2.0

//! What a clone costs, beside what people use today: `cargo bench --bench fanout`.
//!
//!   --quick          a few cases, once; fails if `mediastream` loses a buffer or misses a goal by far
//!   --rounds N       how often each case is measured (5)
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

use std::path::PathBuf;
use std::process::ExitCode;

use case::{Case, Plan};

/// What the user asked for.
struct Options {
    plan: Plan,
    output: PathBuf,
}

fn usage() -> ! {
    eprintln!("fanout [--quick] [--rounds N] [--output FOLDER]");
    std::process::exit(2);
}

fn options() -> Options {
    let mut args = std::env::args().skip(1);
    let mut plan = Plan::full();
    let mut output = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/bench");
    while let Some(arg) = args.next() {
        match arg.as_str() {
            // Of cargo's.
            "--bench" => {}
            "--quick" => plan = Plan::quick(),
            "--rounds" => match args.next().and_then(|rounds| rounds.parse().ok()) {
                Some(rounds) => plan.rounds = rounds,
                None => usage(),
            },
            "--output" => output = args.next().unwrap_or_else(|| usage()).into(),
            _ => usage(),
        }
    }
    Options { plan, output }
}

fn main() -> ExitCode {
    if let Some(case) = Case::of_this_process() {
        run::measure(case);
        return ExitCode::SUCCESS;
    }
    support::meter::check();
    let options = options();
    let results = match run::run_all(&options.plan) {
        Ok(results) => results,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    print!("{}", table::of(&results));
    let met = goals::print(&results, options.plan.tolerance);
    if let Err(error) = save(&options.output, &results) {
        eprintln!("{}: {error}", options.output.display());
        return ExitCode::FAILURE;
    }
    match met {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

fn save(folder: &PathBuf, results: &run::Results) -> Result<(), Box<dyn std::error::Error>> {
    std::fs::create_dir_all(folder)?;
    std::fs::write(
        folder.join("fanout.json"),
        serde_json::to_string_pretty(results)?,
    )?;
    chart::draw(results, &folder.join("fanout.svg"))?;
    println!("Saved fanout.json and fanout.svg in {}", folder.display());
    Ok(())
}
