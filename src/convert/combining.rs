// SPDX-License-Identifier: MPL-2.0

//! The numbers of one structure of caps, and their combinations: each is a mode.

use gst::glib;

use super::caps::MOST;
use super::range::Range;
use crate::constraints::{LOWEST_FRAME_RATE, Property};
use crate::kind::Kind;

/// What caps say nothing of is as large as caps can say.
const MOST_OF_ANY: f64 = i32::MAX as f64;

/// For each number, the ranges of which it is in one.
pub type Spans = Vec<(Property, Vec<Range>)>;
/// A range of each number.
pub type Numbers = Vec<(Property, Range)>;

/// For each number of a format, what it may be: any of these. What fixed caps do not say nobody knows.
pub fn spans(kind: Kind, structure: &gst::StructureRef, fixed: bool) -> Spans {
    let fields: &[(Property, &str, f64)] = match kind {
        Kind::Audio => &[
            (Property::SampleRate, "rate", 1.),
            (Property::ChannelCount, "channels", 1.),
        ],
        Kind::Video | Kind::None => &[
            (Property::Width, "width", 1.),
            (Property::Height, "height", 1.),
            (Property::FrameRate, "framerate", 0.),
        ],
    };
    let mut spans: Vec<_> = fields
        .iter()
        .filter_map(|(property, field, least)| {
            // No pictures at all are no rate, but for one that varies.
            let least = &match (property, fixed) {
                (Property::FrameRate, false) => LOWEST_FRAME_RATE,
                _ => *least,
            };
            let ranges = match structure.value(*field) {
                Ok(value) => Range::of(value),
                Err(_) if fixed => Vec::new(),
                // Anything.
                Err(_) => vec![Range::new(*least, MOST_OF_ANY)],
            };
            let ranges = ranges.into_iter();
            let ranges: Vec<_> = ranges.filter_map(|range| range.from(*least)).collect();
            (!ranges.is_empty()).then_some((*property, ranges))
        })
        .collect();
    if let (Kind::Audio, Ok(formats)) = (kind, structure.value("format")) {
        let mut sizes: Vec<_> = texts(formats)
            .iter()
            .filter_map(|format| depth(format))
            .collect();
        sizes.sort_by(f64::total_cmp);
        sizes.dedup();
        if !sizes.is_empty() {
            let sizes = sizes.into_iter().map(Range::only).collect();
            spans.push((Property::SampleSize, sizes));
        }
    }
    spans
}

/// Bits of a linear sample.
pub(super) fn depth(format: &str) -> Option<f64> {
    let format = format.parse::<gst_audio::AudioFormat>().ok()?;
    if format == gst_audio::AudioFormat::Unknown || format == gst_audio::AudioFormat::Encoded {
        return None;
    }
    Some(
        gst_audio::AudioFormatInfo::from_format(format)
            .depth()
            .into(),
    )
}

/// What a field may be, in words.
pub(super) fn texts(value: &glib::SendValue) -> Vec<String> {
    match value.get::<gst::List>() {
        Ok(list) => list.iter().filter_map(|one| one.get().ok()).collect(),
        Err(_) => value.get().into_iter().collect(),
    }
}

/// Each combination of one range of every number.
pub fn products(spans: &Spans) -> Vec<Numbers> {
    combinations(spans, |_| true)
}

/// The same, where ranges have steps with some of these apart. Of too many, the shapes are left out that no camera has.
pub fn products_in_steps(spans: &Spans) -> Vec<Numbers> {
    let in_steps = |(property, ranges): &(Property, Vec<Range>)| {
        let ranges = ranges.iter().copied();
        (*property, ranges.flat_map(Range::with_steps).collect())
    };
    let spans: Spans = spans.iter().map(in_steps).collect();
    let count: usize = spans.iter().map(|(_, ranges)| ranges.len()).product();
    match count > MOST {
        true => combinations(&spans, has_usual_shape),
        false => products(&spans),
    }
}

/// Whether cameras have pictures like this, if it is one size.
fn has_usual_shape(numbers: &[(Property, Range)]) -> bool {
    let number = |wanted| {
        let found = numbers.iter().find(|(property, _)| *property == wanted);
        found
            .map(|(_, range)| range)
            .filter(|range| range.min == range.max)
    };
    let size = number(Property::Width).zip(number(Property::Height));
    size.is_none_or(|(width, height)| (1. ..=2.4).contains(&(width.max / height.max)))
}

/// Each combination that is wanted.
fn combinations(spans: &Spans, is_wanted: impl Fn(&[(Property, Range)]) -> bool) -> Vec<Numbers> {
    let mut products = vec![Vec::new()];
    for (property, ranges) in spans {
        let longer = products.iter().flat_map(|start: &Vec<_>| {
            ranges.iter().map(|range| {
                let mut longer = start.clone();
                longer.push((*property, *range));
                longer
            })
        });
        let longer = longer.filter(|numbers| is_wanted(numbers));
        products = longer.take(MOST).collect();
    }
    products
}
