// SPDX-License-Identifier: MPL-2.0

//! Each case is measured by a process of its own: this program again, which finds the case in its environment and writes the figures
//! on standard output.

use std::error::Error;
use std::fmt::Debug;
use std::io::Write;
use std::process::{Command, Stdio};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The environment variable that makes a process measure one case.
const CASE: &str = "MEDIASTREAM_BENCH_CASE";

/// The case that this process is for.
pub fn case<C: DeserializeOwned>() -> Option<C> {
    let case = std::env::var(CASE).ok()?;
    Some(serde_json::from_str(&case).expect("a case, as `ask` writes it"))
}

/// Hands the figures over and ends the process: a thousand pipelines need not be taken apart.
pub fn answer(figures: &impl Serialize) -> ! {
    let line = serde_json::to_string(figures).expect("plain figures");
    println!("{line}");
    std::io::stdout().flush().expect("standard output");
    std::process::exit(0);
}

/// Has a case measured by a process of its own.
pub fn ask<C: Serialize + Debug, F: DeserializeOwned>(case: &C) -> Result<F, Box<dyn Error>> {
    let output = Command::new(std::env::current_exe()?)
        .env(CASE, serde_json::to_string(case)?)
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err(format!("{case:?}: {}", output.status).into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}
