// SPDX-License-Identifier: MPL-2.0

//! The table on the terminal, which is Markdown for the README as well.

use std::fmt::Write;

use crate::case::What;
use crate::figures::{Figure, Measured, Results};
use crate::support::figures::time;

/// How a figure is written.
type Form = fn(f64) -> String;
type Column = (&'static str, Figure, Form);

pub fn of(results: &Results) -> String {
    let mut text = format!("{}, {}\n", results.date, results.machine);
    let mut last = None;
    for measured in &results.measured {
        let what = measured.case.what;
        let columns = columns(what);
        if last.replace(what) != Some(what) {
            head(&mut text, what, &columns);
        }
        row(&mut text, measured, &columns);
    }
    text.push_str(
        "\nA pair is a sink for video and one for audio. In turn: each gets its first buffers, so that nothing is warm from the one \
         before; in a rush: none waits for any. To PLAYING: what feeds it is made, all is added, linked and PLAYING. \
         Removed: all is in NULL, removed and gone. Lost: buffers that those who stay did not get. CPU: of one core. \
         Memory: resident.\n\n",
    );
    text
}

fn columns(what: What) -> Vec<Column> {
    match what {
        What::Life { .. } | What::Rush { .. } => vec![
            ("clone: median", Figure::Clone, time),
            ("p99", Figure::CloneP99, time),
            ("to PLAYING: median", Figure::Join, time),
            ("p99", Figure::JoinP99, time),
            ("stop: median", Figure::Stop, time),
            ("p99", Figure::StopP99, time),
            ("removed: median", Figure::Leave, time),
            ("p99", Figure::LeaveP99, time),
        ],
        What::Idle { .. } => vec![("memory of each track", Figure::Memory, kib)],
        What::Crowd { .. } => vec![
            ("all to PLAYING", Figure::Crowd, time),
            ("threads", Figure::Threads, count),
        ],
        What::Running { .. } => vec![
            ("CPU", Figure::Cpu, percent),
            ("lost", Figure::Lost, count),
            ("latency: median", Figure::Latency, time),
            ("p99", Figure::LatencyP99, time),
            ("worst", Figure::LatencyWorst, time),
            ("threads", Figure::Threads, count),
        ],
        What::Churn { .. } => vec![
            ("lost", Figure::Lost, count),
            ("p99 latency", Figure::LatencyP99, time),
            ("before", Figure::AloneP99, time),
            ("memory grown", Figure::Grown, mib),
            ("threads that came", Figure::MoreThreads, count),
        ],
    }
}

fn head(text: &mut String, what: What, columns: &[Column]) {
    let _ = write!(text, "\n{}\n\n| contender |", what.name());
    for (name, ..) in columns {
        let _ = write!(text, " {name} |");
    }
    let _ = writeln!(text, "\n|---|{}", "--:|".repeat(columns.len()));
}

fn row(text: &mut String, measured: &Measured, columns: &[Column]) {
    let _ = write!(text, "| {} |", measured.case.contender.name());
    for (_, figure, form) in columns {
        let value = measured.median.get(figure).map(|value| form(*value));
        let _ = write!(text, " {} |", value.unwrap_or_default());
    }
    text.push('\n');
}

fn count(value: f64) -> String {
    format!("{value:.0}")
}

fn kib(value: f64) -> String {
    format!("{value:.1} KiB")
}

fn mib(value: f64) -> String {
    format!("{value:.2} MiB")
}

fn percent(value: f64) -> String {
    format!("{:.0} %", 100.0 * value)
}
