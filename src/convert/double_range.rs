// SPDX-License-Identifier: MPL-2.0

//! `GstDoubleRange`, which the bindings do not know.

use gst::glib;
use gst::glib::translate::{FromGlib, ToGlibPtr};

/// The two ends of a range of doubles; `None` if the value is something else.
pub fn ends(value: &glib::Value) -> Option<(f64, f64)> {
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
