// SPDX-License-Identifier: MPL-2.0

//! What the user asks of a benchmark.

use std::path::PathBuf;

/// The options of every benchmark.
pub struct Options {
    /// A few cases, as a test.
    pub quick: bool,
    /// How often each case is measured, if not as often as planned.
    pub rounds: Option<usize>,
    /// Only cases whose names have all of these in them.
    pub only: Vec<String>,
    /// The folder for the results.
    pub output: PathBuf,
}

/// Reads the command line of the benchmark with this name; ends the process if it makes no sense.
pub fn parse(name: &str) -> Options {
    let mut args = std::env::args().skip(1);
    let mut options = Options {
        quick: false,
        rounds: None,
        only: Vec::new(),
        output: PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/bench"),
    };
    while let Some(arg) = args.next() {
        match arg.as_str() {
            // Of cargo's.
            "--bench" => {}
            "--quick" => options.quick = true,
            "--rounds" => match args.next().and_then(|rounds| rounds.parse().ok()) {
                Some(rounds) if rounds > 0 => options.rounds = Some(rounds),
                _ => usage(name),
            },
            "--only" => options
                .only
                .push(args.next().unwrap_or_else(|| usage(name))),
            "--output" => options.output = args.next().unwrap_or_else(|| usage(name)).into(),
            _ => usage(name),
        }
    }
    options
}

fn usage(name: &str) -> ! {
    eprintln!("{name} [--quick] [--rounds N] [--only WORDS]... [--output FOLDER]");
    std::process::exit(2);
}
