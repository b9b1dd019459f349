// SPDX-License-Identifier: MPL-2.0

//! The table on the terminal, which is Markdown for the README as well.

use std::fmt::Write;

use crate::case::Consumer;
use crate::run::{Measured, Results};
use crate::support::figures::time;

pub fn of(results: &Results) -> String {
    let mut text = format!("{}, {}\n", results.date, results.machine);
    let mut last = None;
    for measured in &results.measured {
        let case = &measured.case;
        let group = (case.consumer, case.rate);
        if last.replace(group) != Some(group) {
            let consumers = match case.consumer {
                Consumer::Counts => "consumers that return at once",
                Consumer::Waits => "fakesink sync=true",
            };
            let _ = write!(
                text,
                "\n{} buffers/s, {consumers}\n\n\
                 | N | contender | CPU | switches | source: CPU | wall | latency: median | p99 | worst | lost | threads | memory |\n\
                 |--:|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n",
                case.rate
            );
        }
        row(&mut text, measured);
    }
    text.push_str(
        "\nCPU and switches: for each buffer and consumer. Source: its thread, for each buffer. Latency: from the source's push. \
         Lost: of all deliveries. Memory: resident, for each consumer.\n\n",
    );
    text
}

fn row(text: &mut String, Measured { case, median, .. }: &Measured) {
    let _ = writeln!(
        text,
        "| {} | {} | {} | {:.2} | {} | {} | {} | {} | {} | {:.2} % | {} | {:.0} KiB |",
        case.n,
        case.wiring.name(),
        time(median.cpu),
        median.switches,
        time(median.source_cpu),
        time(median.source_wall),
        time(median.latency.median as f64),
        time(median.latency.p99 as f64),
        time(median.latency.worst as f64),
        100.0 * median.lost,
        median.threads,
        median.resident,
    );
}
