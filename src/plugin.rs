// SPDX-License-Identifier: MPL-2.0

//! What GStreamer finds in the shared library.

// The macro writes what it does not document.
#![allow(missing_docs)]

use gst::glib;

fn plugin_init(plugin: &gst::Plugin) -> Result<(), glib::BoolError> {
    crate::stream::register(plugin)?;
    crate::track::register(plugin)
}

gst::plugin_define!(
    mediastream,
    env!("CARGO_PKG_DESCRIPTION"),
    plugin_init,
    env!("CARGO_PKG_VERSION"),
    "MPL",
    env!("CARGO_PKG_NAME"),
    env!("CARGO_PKG_NAME"),
    "https://www.w3.org/TR/mediacapture-streams/",
    "2026-11-23"
);
