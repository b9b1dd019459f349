// SPDX-License-Identifier: MPL-2.0

//! Numbers that were chosen, said in caps.

use gst::glib;
use gst::prelude::*;

use super::number::quotient;
use crate::adapter::Rate;
use crate::constraints::Property;

/// These caps, of which the numbers are to be these where they may.
pub fn with_numbers(caps: &gst::CapsRef, numbers: &[(Property, f64)]) -> gst::Caps {
    let mut wanted = gst::Caps::new_empty();
    for (structure, features) in caps.iter_with_features() {
        let mut structure = structure.to_owned();
        let fits = numbers.iter().all(|(property, number)| {
            let Some((field, value)) = value_of(*property, *number, &structure) else {
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
        });
        if fits {
            wanted
                .make_mut()
                .append_structure_full(structure, Some(features.to_owned()));
        }
    }
    wanted
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
