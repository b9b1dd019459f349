// SPDX-License-Identifier: MPL-2.0

//! A device as a provider lists it.

use gst::prelude::*;

use super::identity::Identity;
use crate::constraints::{Property, Setting, Settings};
use crate::kind::Kind;

/// Properties that name a device and stay the same as long as it stays where it is, the first for choice.
const IDS: [&str; 5] = [
    "node.name",
    "object.path",
    "device.path",
    "api.v4l2.path",
    "sysfs.path",
];
const GROUPS: [&str; 2] = ["device.bus-path", "device.bus_path"];

/// A camera or a microphone. Immutable; the plugged-in device itself, so that plugging in again makes another one.
#[derive(Clone, Debug)]
pub struct Listing {
    pub device: gst::Device,
    pub kind: Kind,
    /// What it calls itself: the W3C label.
    pub label: String,
    /// What an application may call it besides; the first is the W3C deviceId.
    pub ids: Vec<String>,
    group: String,
    pub identity: Identity,
    pub is_default: bool,
}

impl Listing {
    /// What a provider tells of; `None` if it is neither a camera nor a microphone.
    pub fn of(device: &gst::Device) -> Option<Self> {
        let kind = match device.device_class().as_str() {
            "Video/Source" => Kind::Video,
            "Audio/Source" => Kind::Audio,
            _ => return None,
        };
        let properties = device.properties();
        let properties = properties.as_deref();
        let text = |name: &&str| properties?.get::<String>(*name).ok();
        // What is played to a loudspeaker is no microphone.
        if text(&"device.class").as_deref() == Some("monitor") {
            return None;
        }
        let label = device.display_name().to_string();
        let mut ids: Vec<_> = IDS.iter().filter_map(text).collect();
        if ids.is_empty() {
            ids.push(label.clone());
        }
        Some(Self {
            group: GROUPS
                .iter()
                .find_map(text)
                .unwrap_or_else(|| ids[0].clone()),
            identity: properties.map(Identity::of_properties).unwrap_or_default(),
            is_default: properties.is_some_and(|p| p.get("is-default") == Ok(true)),
            device: device.clone(),
            kind,
            label,
            ids,
        })
    }

    /// Whether this and another listing of the same provider are of one device.
    pub fn is_like(&self, other: &Self) -> bool {
        (self.kind, &self.label, &self.ids) == (other.kind, &other.label, &other.ids)
    }

    /// W3C deviceId.
    pub fn id(&self) -> &str {
        &self.ids[0]
    }

    /// Another provider lists it as well, in its own words.
    pub fn adopt(&mut self, other: Self) {
        self.is_default |= other.is_default;
        for name in other.ids.into_iter().chain([other.label]) {
            if !self.is_called(&name) {
                self.ids.push(name);
            }
        }
    }

    /// Whether an application means this one.
    pub fn is_called(&self, name: &str) -> bool {
        self.label == name || self.ids.iter().any(|id| id == name)
    }

    /// What it says that it can give.
    pub fn offered(&self) -> gst::Caps {
        self.device.caps().unwrap_or_else(gst::Caps::new_any)
    }

    /// What only this device is, as long as it is plugged in.
    pub fn hardware(&self) -> Identity {
        let itself = format!("{:p}", self.device.as_ptr());
        self.identity.clone().and("device", itself)
    }

    /// W3C inherent properties: what it is, whatever it gives.
    pub fn inherent(&self) -> Settings {
        let mut inherent = Settings::default();
        inherent.set(Property::DeviceId, Setting::Text(self.id().into()));
        inherent.set(Property::GroupId, Setting::Text(self.group.clone()));
        inherent
    }
}

impl std::fmt::Display for Listing {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "\"{}\" ({})", self.label, self.id())
    }
}
