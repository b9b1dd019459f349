// SPDX-License-Identifier: MPL-2.0

//! What Linux says about this process and this machine.

use std::fs;
use std::time::Duration;

use cpu_time::{ProcessTime, ThreadTime};

/// CPU time of all threads so far.
pub fn process_cpu() -> Duration {
    ProcessTime::now().as_duration()
}

/// CPU time of the calling thread so far.
pub fn thread_cpu() -> Duration {
    ThreadTime::now().as_duration()
}

fn number(text: &str, field: &str) -> u64 {
    text.lines()
        .find_map(|line| {
            line.strip_prefix(field)?
                .trim_start_matches(':')
                .trim()
                .split(' ')
                .next()?
                .parse()
                .ok()
        })
        .unwrap_or(0)
}

/// Context switches of the threads that are there now.
pub fn context_switches() -> u64 {
    let tasks = fs::read_dir("/proc/self/task")
        .into_iter()
        .flatten()
        .flatten();
    tasks
        .filter_map(|task| fs::read_to_string(task.path().join("status")).ok())
        .map(|status| {
            number(&status, "voluntary_ctxt_switches")
                + number(&status, "nonvoluntary_ctxt_switches")
        })
        .sum()
}

/// Threads of this process.
pub fn threads() -> u64 {
    status("Threads")
}

/// Resident memory in KiB, exact where the kernel counts it on demand.
pub fn resident() -> u64 {
    fs::read_to_string("/proc/self/smaps_rollup")
        .map_or_else(|_| status("VmRSS"), |rollup| number(&rollup, "Rss"))
}

fn status(field: &str) -> u64 {
    fs::read_to_string("/proc/self/status").map_or(0, |status| number(&status, field))
}

/// The processor, as it calls itself, and how many of it there are.
pub fn machine() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(':'))
        .map_or("unknown processor", |(_, model)| model.trim());
    let count = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{count} × {model}, {}", gst::version_string())
}

/// Today, in UTC.
pub fn today() -> String {
    gst::glib::DateTime::now_utc()
        .and_then(|now| now.format("%Y-%m-%d"))
        .map_or_else(|_| "unknown day".into(), |day| day.to_string())
}
