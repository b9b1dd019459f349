// SPDX-License-Identifier: MPL-2.0

//! Fractions and ranges as the numbers that the W3C has in their place.
//!
//! A range is read without the bindings, which know no range of doubles, and panic on a range of integers that GStreamer has made
//! of a text like `[ 5, 5 ]`: it says that this is none, and leaves the value as it was, from 0 to 0.

use gst::glib;
use gst::glib::translate::{FromGlib, ToGlibPtr};

pub fn quotient(fraction: gst::Fraction) -> f64 {
    f64::from(fraction.numer()) / f64::from(fraction.denom())
}

/// The two ends of a range; `None` if the value is something else, or a range from nowhere to nowhere.
pub fn ends(value: &glib::Value) -> Option<(f64, f64)> {
    let (min, max) = if let Ok(range) = value.get::<gst::FractionRange>() {
        (quotient(range.min()), quotient(range.max()))
    } else {
        whole_ends(value).or_else(|| double_ends(value))?
    };
    (min < max).then_some((min, max))
}

fn whole_ends(value: &glib::Value) -> Option<(f64, f64)> {
    if !value.is::<gst::IntRange<i32>>() {
        return None;
    }
    let value = value.to_glib_none();
    // SAFETY: the value is alive, and of the type that these want.
    let (min, max) = unsafe {
        (
            gst::ffi::gst_value_get_int_range_min(value.0),
            gst::ffi::gst_value_get_int_range_max(value.0),
        )
    };
    Some((min.into(), max.into()))
}

/// How far the numbers of a range are apart, if only some are in it.
pub fn step(value: &glib::Value) -> Option<f64> {
    if !value.is::<gst::IntRange<i32>>() {
        return None;
    }
    let value = value.to_glib_none();
    // SAFETY: the value is alive, and of the type that this wants.
    let step = unsafe { gst::ffi::gst_value_get_int_range_step(value.0) };
    (step > 1).then_some(step.into())
}

fn double_ends(value: &glib::Value) -> Option<(f64, f64)> {
    // SAFETY: GStreamer, of which this is a plugin, has been initialised.
    let type_ = unsafe { glib::Type::from_glib(gst::ffi::gst_double_range_get_type()) };
    if value.type_() != type_ {
        return None;
    }
    let value = value.to_glib_none();
    // SAFETY: the value is alive, and of the type that these want.
    unsafe {
        Some((
            gst::ffi::gst_value_get_double_range_min(value.0),
            gst::ffi::gst_value_get_double_range_max(value.0),
        ))
    }
}
