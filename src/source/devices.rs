// SPDX-License-Identifier: MPL-2.0

//! The machine's cameras and microphones, as `GstDeviceMonitor` offers them.

use std::sync::atomic::{AtomicBool, Ordering};

use gst::glib;
use gst::prelude::*;
use once_cell::sync::Lazy;

use super::{CAT, offer};
use crate::constraints::{Constraints, Property, Setting, Settings, select};
use crate::convert::Modes;
use crate::error::Failure;
use crate::kind::Kind;

/// One monitor for the life of the process: stopping one corrupts the heap where PipeWire 0.3 is behind it.
static MONITOR: Lazy<gst::DeviceMonitor> = Lazy::new(|| {
    let monitor = gst::DeviceMonitor::new();
    monitor.add_filter(Some("Video/Source"), None);
    monitor.add_filter(Some("Audio/Source"), None);
    monitor
});

static STARTED: AtomicBool = AtomicBool::new(false);

fn devices() -> glib::List<gst::Device> {
    if !STARTED.swap(true, Ordering::AcqRel)
        && let Err(error) = MONITOR.start()
    {
        gst::warning!(CAT, "Cannot look for devices: {error}");
        STARTED.store(false, Ordering::Release);
    }
    MONITOR.devices()
}

/// A device and the element that opens it.
pub struct Device {
    pub label: String,
    pub element: gst::Element,
    /// What to ask it for.
    pub caps: gst::Caps,
    /// What it says that it can give.
    pub offered: gst::Caps,
    /// W3C deviceId and groupId.
    pub inherent: Settings,
}

/// The device of a kind that suits these constraints best; of those that suit them as well, the first (W3C getUserMedia).
pub fn best(kind: Kind, constraints: &Constraints) -> Result<Device, Failure> {
    let found = of_kind(kind);
    let first = found.first().ok_or_else(|| {
        Failure::new(
            gst::ResourceError::NotFound,
            format!(
                "No {kind} device on this machine: connect one, or set {kind}-source to an element"
            ),
        )
    })?;
    if constraints.is_empty() {
        return open(kind, first);
    }
    let mut spaces = Vec::new();
    let mut owners = Vec::new();
    for device in &found {
        // In the modes in which it would be opened.
        let asked = preferred(device.caps(), kind).intersect(&offered(device));
        let modes = Modes::of(kind, &asked, &inherent(device));
        // One that does not say what it can give may give anything.
        let own = modes
            .unwrap_or_else(|| Modes::unknown(kind, &inherent(device)))
            .spaces();
        owners.extend(own.iter().map(|_| device));
        spaces.extend(own);
    }
    let selected = select(&spaces, constraints, &offer::defaults(kind))
        .map_err(|overconstrained| Failure::overconstrained(kind, &overconstrained))?;
    open(kind, owners.get(selected.space).unwrap_or(&first))
}

fn of_kind(kind: Kind) -> Vec<gst::Device> {
    let class = match kind {
        Kind::Audio => "Audio/Source",
        Kind::Video | Kind::None => "Video/Source",
    };
    let is_of_kind = |device: &gst::Device| {
        let properties = device.properties();
        let monitors_a_sink = properties
            .as_ref()
            .is_some_and(|properties| properties.get("device.class") == Ok("monitor"));
        device.device_class() == class && !monitors_a_sink
    };
    devices().into_iter().filter(is_of_kind).collect()
}

fn open(kind: Kind, device: &gst::Device) -> Result<Device, Failure> {
    let label = device.display_name().to_string();
    let element = device.create_element(None).map_err(|error| {
        Failure::new(
            gst::ResourceError::OpenRead,
            format!("Cannot make an element for \"{label}\": {error}"),
        )
    })?;
    // PipeWire's source gives no times for sound unless it is told to.
    if kind == Kind::Audio && element.has_property("do-timestamp") {
        element.set_property("do-timestamp", true);
    }
    Ok(Device {
        label,
        element,
        caps: preferred(device.caps(), kind),
        offered: offered(device),
        inherent: inherent(device),
    })
}

fn offered(device: &gst::Device) -> gst::Caps {
    device.caps().unwrap_or_else(gst::Caps::new_any)
}

/// What a device is, whatever it gives: names that stay the same as long as it stays where it is.
fn inherent(device: &gst::Device) -> Settings {
    let properties = device.properties();
    let named = |names: &[&str]| {
        let properties = properties.as_ref()?;
        names
            .iter()
            .find_map(|name| properties.get::<String>(*name).ok())
    };
    let id = named(&["node.name", "object.path", "device.path", "sysfs.path"])
        .unwrap_or_else(|| device.display_name().to_string());
    let group = named(&["device.bus-path", "device.bus_path"]).unwrap_or_else(|| id.clone());
    let mut inherent = Settings::default();
    inherent.set(Property::DeviceId, Setting::Text(id));
    inherent.set(Property::GroupId, Setting::Text(group));
    inherent
}

/// Raw media where the device has them, and for sound a format: a PipeWire source that may give anything at all is never
/// linked, and one that may choose a format of samples gives caps without any.
fn preferred(offered: Option<gst::Caps>, kind: Kind) -> gst::Caps {
    let wishes = match kind {
        Kind::Audio => &["audio/x-raw, format=F32LE", "audio/x-raw"][..],
        Kind::Video | Kind::None => &["video/x-raw"],
    };
    let offered = offered.unwrap_or_else(gst::Caps::new_any);
    wishes
        .iter()
        .filter_map(|wish| wish.parse::<gst::Caps>().ok())
        .find(|wish| offered.can_intersect(wish))
        .unwrap_or(offered)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raw_media_are_asked_for_where_the_device_has_them() {
        gst::init().expect("GStreamer starts");
        let caps = |text: &str| text.parse::<gst::Caps>().expect("caps");
        let raw = caps("video/x-raw");
        assert_eq!(preferred(None, Kind::Video), raw);
        let both = caps("image/jpeg, width=640; video/x-raw, width=320");
        assert_eq!(preferred(Some(both), Kind::Video), raw);
        let jpeg = caps("image/jpeg, width=640");
        assert_eq!(preferred(Some(jpeg.clone()), Kind::Video), jpeg);
        let float = caps("audio/x-raw, format=F32LE");
        let formats = caps("audio/x-raw, format={S16LE, F32LE}");
        assert_eq!(preferred(Some(formats), Kind::Audio), float);
        let short = caps("audio/x-raw, format=S16LE");
        assert_eq!(preferred(Some(short), Kind::Audio), caps("audio/x-raw"));
    }
}
