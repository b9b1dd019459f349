// SPDX-License-Identifier: MPL-2.0

//! The chart: CPU time for each buffer and consumer over the number of consumers, both logarithmic.

use std::error::Error;
use std::path::Path;

use plotters::prelude::*;

use crate::case::{Consumer, Wiring};
use crate::run::Results;

const RATE: u32 = 60;

fn colour(wiring: Wiring) -> RGBColor {
    match wiring {
        Wiring::Tee => RGBColor(0xd5, 0x5e, 0x00),
        Wiring::StreamProducer => RGBColor(0xcc, 0x79, 0xa7),
        Wiring::Proxy => RGBColor(0xe6, 0x9f, 0x00),
        Wiring::Clones => RGBColor(0x00, 0x72, 0xb2),
        Wiring::Pipelines => RGBColor(0x56, 0xb4, 0xe9),
        Wiring::Limit | Wiring::Hop | Wiring::Threads | Wiring::Disabled | Wiring::Headers => {
            RGBColor(0x80, 0x80, 0x80)
        }
    }
}

fn line(results: &Results, wiring: Wiring) -> Vec<(f64, f64)> {
    results
        .measured
        .iter()
        .filter(|m| {
            m.case.wiring == wiring && m.case.consumer == Consumer::Counts && m.case.rate == RATE
        })
        .map(|m| (m.case.n as f64, m.median.cpu / 1e3))
        .collect()
}

/// Draws the chart; nothing if the run did not measure what it shows.
pub fn draw(results: &Results, path: &Path) -> Result<(), Box<dyn Error>> {
    let lines: Vec<_> = Wiring::ALL
        .into_iter()
        .map(|wiring| (wiring, line(results, wiring)))
        .filter(|(_, points)| points.len() > 1)
        .collect();
    if lines.is_empty() {
        return Ok(());
    }
    let values = || lines.iter().flat_map(|(_, points)| points).map(|(_, y)| *y);
    let (least, most) = (
        values().fold(f64::MAX, f64::min),
        values().fold(0.0, f64::max),
    );
    let root = SVGBackend::new(path, (800, 480)).into_drawing_area();
    root.fill(&WHITE)?;
    let title = format!("CPU time for each buffer and consumer, {RATE} buffers/s");
    let mut chart = ChartBuilder::on(&root)
        .caption(title, ("sans-serif", 20))
        .margin(16)
        .x_label_area_size(44)
        .y_label_area_size(60)
        .build_cartesian_2d(
            (0.9..1200.0).log_scale(),
            (least / 1.5..most * 1.5).log_scale(),
        )?;
    chart
        .configure_mesh()
        .x_desc("consumers")
        .y_desc("µs")
        .x_label_formatter(&|x| format!("{x}"))
        .y_label_formatter(&|y| format!("{y}"))
        .light_line_style(WHITE.mix(0.0))
        .label_style(("sans-serif", 14))
        .draw()?;
    for (wiring, points) in lines {
        let style = colour(wiring).stroke_width(2);
        chart.draw_series(
            points
                .iter()
                .map(|point| Circle::new(*point, 4, style.filled())),
        )?;
        chart
            .draw_series(LineSeries::new(points, style))?
            .label(wiring.name())
            .legend(move |(x, y)| PathElement::new(vec![(x, y), (x + 18, y)], style));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::LowerLeft)
        .background_style(WHITE.mix(0.9))
        .label_font(("sans-serif", 14))
        .draw()?;
    root.present()?;
    Ok(())
}
