// SPDX-License-Identifier: MPL-2.0

//! The machine's cameras and microphones: which there are, which one is meant, and what becomes of them (W3C
//! getUserMedia).
//!
//! [`hub`] keeps a list of what GStreamer's device [`provider`]s tell of, for the life of the process. [`listing`] is one entry,
//! [`choice`] says which of them are meant, and [`identity`] when two are one. [`daemon`] tells when what is behind a provider goes.
//!
//! `GstDeviceMonitor` is not used: it has every process share one instance of each provider, whose messages only the last
//! monitor gets, so that an application's own monitor would make this one deaf; and it could not begin again with a daemon that
//! has been restarted.

pub mod choice;
#[cfg_attr(not(target_os = "linux"), path = "daemon_elsewhere.rs")]
mod daemon;
pub mod hub;
pub mod identity;
mod listing;
mod provider;

use gst::glib;
use gst::prelude::*;
use once_cell::sync::Lazy;

pub use identity::Identity;
pub use listing::Listing;

use crate::constraints::Settings;
use crate::error::Failure;
use crate::kind::Kind;

static CAT: Lazy<gst::DebugCategory> = Lazy::new(|| {
    gst::DebugCategory::new(
        "mediastream-device",
        gst::DebugColorFlags::empty(),
        Some("MediaStream devices"),
    )
});

/// A device and the element that opens it.
pub struct Device {
    pub listing: Listing,
    pub element: gst::Element,
    /// What to ask it for.
    pub caps: gst::Caps,
    /// What it says that it can give.
    pub offered: gst::Caps,
}

impl Device {
    /// Makes the element of a device.
    pub fn of(listing: &Listing) -> Result<Self, Failure> {
        let element = listing.device.create_element(None).map_err(|error| {
            Failure::new(
                gst::ResourceError::OpenRead,
                format!("no element for it: {error}"),
            )
        })?;
        // PipeWire's source gives no times for sound unless it is told to.
        if listing.kind == Kind::Audio && element.has_property("do-timestamp") {
            element.set_property("do-timestamp", true);
        }
        Ok(Self {
            caps: choice::preferred(listing.device.caps(), listing.kind),
            offered: listing.offered(),
            listing: listing.clone(),
            element,
        })
    }

    /// W3C inherent properties: deviceId and groupId.
    pub fn inherent(&self) -> Settings {
        self.listing.inherent()
    }
}

/// Which device an element has gone over to by itself, if it says so: `pulsesrc` is moved when its own device goes.
pub fn moved_to(element: &gst::Element) -> Option<String> {
    let asked = text(element, "device")?;
    let current = text(element, "current-device")?;
    (asked != current).then_some(current)
}

fn text(element: &gst::Element, property: &str) -> Option<String> {
    let of_text = |spec: glib::ParamSpec| spec.value_type() == glib::Type::STRING;
    if !element.find_property(property).is_some_and(of_text) {
        return None;
    }
    let value = element.property::<Option<String>>(property)?;
    (!value.is_empty()).then_some(value)
}
