// SPDX-License-Identifier: MPL-2.0

//! The frame of a benchmark: cases, each measured in a process of its own, contenders in turn; the medians of all rounds; goals.

use std::error::Error;
use std::fmt::Debug;
use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::goals::Goal;
use super::{child, goals, meter, options, process};

/// All that is to be measured.
pub struct Plan<C> {
    pub cases: Vec<C>,
    pub rounds: usize,
    /// How often this case is measured in a round.
    pub turns: fn(&C) -> usize,
}

/// What all rounds of a case found.
#[derive(Clone, Debug, Serialize)]
pub struct Measured<C, F> {
    pub case: C,
    pub median: F,
    pub rounds: Vec<F>,
}

/// What a whole run found.
#[derive(Clone, Debug, Serialize)]
pub struct Results<C, F> {
    pub date: String,
    pub machine: String,
    pub measured: Vec<Measured<C, F>>,
}

/// A benchmark.
pub trait Bench {
    /// Its name; the results are in a file of this name.
    const NAME: &'static str;
    /// One measurement of one contender.
    type Case: Debug + Serialize + DeserializeOwned;
    /// What one measurement finds.
    type Figures: Serialize + DeserializeOwned;

    fn plan(quick: bool) -> Plan<Self::Case>;
    fn name(case: &Self::Case) -> String;
    /// Measures in this process, and ends it with [`child::answer`].
    fn measure(case: Self::Case) -> !;
    fn median(rounds: &[Self::Figures]) -> Self::Figures;
    /// The table for the terminal, which is Markdown for the README as well.
    fn table(results: &Results<Self::Case, Self::Figures>) -> String;
    fn goals(results: &Results<Self::Case, Self::Figures>) -> Vec<Goal>;

    /// Draws what there is to see.
    fn draw(_: &Results<Self::Case, Self::Figures>, _: &Path) -> Result<(), Box<dyn Error>> {
        Ok(())
    }
}

/// Runs a benchmark, or measures the one case that this process is for.
pub fn main<B: Bench>() -> ExitCode {
    if let Some(case) = child::case() {
        B::measure(case);
    }
    meter::check();
    let options = options::parse(B::NAME);
    let mut plan = B::plan(options.quick);
    plan.rounds = options.rounds.unwrap_or(plan.rounds);
    let wanted = |case: &B::Case| {
        options
            .only
            .iter()
            .all(|words| B::name(case).contains(words))
    };
    plan.cases.retain(wanted);
    let results = match run::<B>(plan) {
        Ok(results) => results,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    print!("{}", B::table(&results));
    let met = goals::print(&B::goals(&results));
    if let Err(error) = save::<B>(&options.output, &results) {
        eprintln!("{}: {error}", options.output.display());
        return ExitCode::FAILURE;
    }
    match met {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

/// Measures all cases of a plan, round by round.
fn run<B: Bench>(plan: Plan<B::Case>) -> Result<Results<B::Case, B::Figures>, Box<dyn Error>> {
    gst::init()?;
    let terminal = std::io::stderr().is_terminal();
    let mut rounds: Vec<Vec<B::Figures>> = plan.cases.iter().map(|_| Vec::new()).collect();
    let turns = || plan.cases.iter().map(plan.turns);
    let (all, mut done) = (plan.rounds * turns().sum::<usize>(), 0);
    // Contenders come one after the other in every turn.
    let all_turns = (0..plan.rounds).flat_map(|_| 0..turns().max().unwrap_or(0));
    for turn in all_turns {
        for (case, rounds) in plan.cases.iter().zip(&mut rounds) {
            if turn >= (plan.turns)(case) {
                continue;
            }
            done += 1;
            if terminal {
                eprint!("\r\x1b[K{done} of {all}: {}", B::name(case));
            }
            rounds.push(child::ask(case)?);
        }
    }
    if terminal {
        eprint!("\r\x1b[K");
    }
    let measured = plan.cases.into_iter().zip(rounds);
    Ok(Results {
        date: process::today(),
        machine: process::machine(),
        measured: measured
            .map(|(case, rounds)| Measured {
                case,
                median: B::median(&rounds),
                rounds,
            })
            .collect(),
    })
}

fn save<B: Bench>(
    folder: &Path,
    results: &Results<B::Case, B::Figures>,
) -> Result<(), Box<dyn Error>> {
    std::fs::create_dir_all(folder)?;
    let file = format!("{}.json", B::NAME);
    std::fs::write(folder.join(file), serde_json::to_string_pretty(results)?)?;
    B::draw(results, folder)?;
    println!("Saved the results in {}", folder.display());
    Ok(())
}
