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
         | N | contender | CPU | asking for nothing | source's thread | lost | threads |\n\
         |--:|---|--:|--:|--:|--:|--:|\n",
    );
    text.extend(carried);
    let chosen = results.measured.iter().filter_map(chosen);
    text.push_str(
        "\nFrom apply-constraints to the answer, in READY, 40 modes\n\n\
         | asked for | CPU | for nothing | time: median | p99 |\n\
         |---|--:|--:|--:|--:|\n",
    );
    text.extend(chosen);
    text.push_str(
        "\nCPU: of the process, for each picture that all consumers got. Source's thread: for each picture. Lost: pictures that \
         consumers did not get. For nothing: if nothing is asked for. 20 constraints: 4 and 8 advanced sets of 2.\n\n",
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
    let free = measured.median.get(&Figure::FreeCpu);
    let mut row = format!("| {n} | {} |", contender.name());
    let _ = writeln!(
        row,
        " {} | {} | {} | {:.0} | {:.0} |",
        time(of(Figure::Cpu)),
        free.map_or(String::new(), |cpu| time(*cpu)),
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
        "| {} | {} | {} | {} | {} |\n",
        wishes.name(),
        of(Figure::ApplyCpu),
        of(Figure::NothingCpu),
        of(Figure::Apply),
        of(Figure::ApplyP99),
    ))
}
