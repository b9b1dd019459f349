// SPDX-License-Identifier: MPL-2.0

//! Numbers that were chosen, said in caps.

use gst::glib;
use gst::prelude::*;

use super::caps::is_raw;
use super::combining::{depth, texts};
use super::number::quotient;
use crate::adapter::Rate;
use crate::constraints::Property;

/// These caps, of which the numbers are to be these where they may; in any format, or as far as they are `raw` or are not.
pub fn with_numbers(
    caps: &gst::CapsRef,
    raw: Option<bool>,
    numbers: &[(Property, f64)],
) -> gst::Caps {
    let mut wanted = gst::Caps::new_empty();
    let meant = caps
        .iter_with_features()
        .filter(|(structure, features)| raw.is_none_or(|raw| is_raw(structure, features) == raw));
    for (structure, features) in meant {
        let mut structure = structure.to_owned();
        let fits = numbers.iter().all(|(property, number)| match property {
            Property::SampleSize if raw.is_none() => true,
            _ => narrow(&mut structure, *property, *number),
        });
        if fits {
            wanted
                .make_mut()
                .append_structure_full(structure, Some(features.to_owned()));
        }
    }
    wanted
}

/// Leaves of a structure what has this number; whether there is any.
fn narrow(structure: &mut gst::StructureRef, property: Property, number: f64) -> bool {
    if property == Property::SampleSize {
        return narrow_formats(structure, number);
    }
    let Some((field, value)) = value_of(property, number, structure) else {
        return true;
    };
    let fits = match structure.value(field) {
        Ok(offered) => offered.can_intersect(&value),
        Err(_) => true,
    };
    if fits {
        structure.set_value(field, value);
    }
    fits
}

/// The same of the formats with samples of this size.
fn narrow_formats(structure: &mut gst::StructureRef, size: f64) -> bool {
    let Ok(offered) = structure.value("format") else {
        return true;
    };
    let mut formats = texts(offered);
    formats.retain(|format| depth(format) == Some(size));
    match formats.as_slice() {
        [] => return false,
        [only] => structure.set("format", only),
        several => structure.set("format", gst::List::new(several)),
    }
    true
}

/// How caps say a number; what they do not say as one is left open.
fn value_of(
    property: Property,
    number: f64,
    structure: &gst::StructureRef,
) -> Option<(&'static str, glib::SendValue)> {
    let whole = (number as i32).to_send_value();
    match property {
        Property::Width => Some(("width", whole)),
        Property::Height => Some(("height", whole)),
        Property::SampleRate => Some(("rate", whole)),
        Property::ChannelCount => Some(("channels", whole)),
        Property::FrameRate => {
            let offered = structure.value("framerate").ok();
            let rate = offered
                .and_then(|offered| said(offered, number))
                .or_else(|| Rate::of(number).map(Rate::to_fraction))?;
            Some(("framerate", rate.to_send_value()))
        }
        _ => None,
    }
}

/// The fraction by which caps mean this number, if they have one for it.
fn said(offered: &glib::SendValue, number: f64) -> Option<gst::Fraction> {
    if let Ok(list) = offered.get::<gst::List>() {
        return list.iter().find_map(|one| said(one, number));
    }
    let fraction = offered.get::<gst::Fraction>().ok()?;
    ((quotient(fraction) - number).abs() < 1e-9 * number.abs().max(1.)).then_some(fraction)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(caps: &str, raw: Option<bool>, numbers: &[(Property, f64)], wanted: &str) {
        gst::init().expect("GStreamer starts");
        let [caps, wanted] = [caps, wanted].map(|caps| caps.parse::<gst::Caps>().expect("caps"));
        assert_eq!(with_numbers(&caps, raw, numbers), wanted);
    }

    #[test]
    fn a_mode_is_raw_or_encoded() {
        let caps = "image/jpeg, width=640; video/x-raw, width=640; video/x-raw, width=320; \
                    video/x-raw(memory:DMABuf), width=640";
        let width = [(Property::Width, 640.)];
        check(caps, Some(true), &width, "video/x-raw, width=640");
        let encoded = "image/jpeg, width=640; video/x-raw(memory:DMABuf), width=640";
        check(caps, Some(false), &width, encoded);
        let any =
            "image/jpeg, width=640; video/x-raw, width=640; video/x-raw(memory:DMABuf), width=640";
        check(caps, None, &width, any);
    }

    #[test]
    fn a_size_of_samples_is_that_of_some_formats() {
        let caps = "audio/x-raw, format={ S16LE, F32LE, S16BE, S24LE }; audio/x-raw, format=F32LE";
        let size = |bits| [(Property::SampleSize, bits)];
        let both = "audio/x-raw, format={ S16LE, S16BE }";
        check(caps, Some(true), &size(16.), both);
        check(caps, Some(true), &size(24.), "audio/x-raw, format=S24LE");
        check(caps, Some(true), &size(8.), "NONE");
        check(caps, None, &size(16.), caps);
    }
}
