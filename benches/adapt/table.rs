// SPDX-License-Identifier: MPL-2.0

//! The table on the terminal, which is Markdown for the README as well.

use std::fmt::Write;

use crate::case::{Carry, Case, Choose};
use crate::figures::{Figure, Measured, Results};
use crate::support::figures::time;

pub fn of(results: &Results) -> String {
    let mut text = format!("{}, {}\n", results.date, results.machine);
    let carried = results.measured.iter().filter_map(carried);
    text.push_str(
        "\n1080p60, consumers that return at once\n\n\
         | N | contender | CPU | source | lost | threads |\n\
         |--:|---|--:|--:|--:|--:|\n",
    );
    text.extend(carried);
    let chosen = results.measured.iter().filter_map(chosen);
    text.push_str(
        "\nFrom apply-constraints to the answer, in READY, 40 modes\n\n\
         | asked for | median | p99 | nothing asked for |\n\
         |---|--:|--:|--:|\n",
    );
    text.extend(chosen);
    text.push_str(
        "\nCPU: of the process, for each picture of the source. Source: of that, the source's thread. Lost: pictures that consumers \
         did not get. 20 constraints: 4 and 8 advanced sets of 2.\n\n",
    );
    text
}

fn figure(measured: &Measured, figure: Figure) -> f64 {
    measured.median.get(&figure).copied().unwrap_or_default()
}

fn carried(measured: &Measured) -> Option<String> {
    let Case::Carry(Carry { contender, n, .. }) = measured.case else {
        return None;
    };
    let of = |which| figure(measured, which);
    let mut row = format!("| {n} | {} |", contender.name());
    let _ = writeln!(
        row,
        " {} | {} | {:.0} | {:.0} |",
        time(of(Figure::Cpu)),
        time(of(Figure::SourceCpu)),
        of(Figure::Lost),
        of(Figure::Threads),
    );
    Some(row)
}

fn chosen(measured: &Measured) -> Option<String> {
    let Case::Choose(Choose { wishes, .. }) = measured.case else {
        return None;
    };
    let of = |which| time(figure(measured, which));
    Some(format!(
        "| {} | {} | {} | {} |\n",
        wishes.name(),
        of(Figure::Apply),
        of(Figure::ApplyP99),
        of(Figure::ApplyNothing),
    ))
}
