// SPDX-License-Identifier: MPL-2.0

//! When two devices are one: providers list the same hardware each in its own words, and applications name it in theirs.

use gst::prelude::*;

use super::text;

/// Names that a piece of hardware has, each with what kind of name it is. Of two that share one, both are the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity(Vec<(&'static str, String)>);

/// Properties of a `GstDevice` that name hardware, and what kind of name each has.
const NAMES: [(&str, &str); 5] = [
    // Of one PipeWire daemon, which PulseAudio's provider talks to as well.
    ("object.serial", "serial"),
    ("api.v4l2.path", "v4l2"),
    ("device.path", "v4l2"),
    ("api.libcamera.path", "libcamera"),
    ("api.alsa.path", "alsa"),
];

impl Identity {
    /// What a device's properties say of it.
    pub fn of_properties(properties: &gst::StructureRef) -> Self {
        let name = |(property, kind): &(&str, &'static str)| {
            let name = properties.get::<String>(*property).ok()?;
            Some((*kind, name))
        };
        Self(NAMES.iter().filter_map(name).collect())
    }

    /// The hardware that an application's element opens, if only one can have it at a time: a V4L2 node.
    pub fn of_element(element: &gst::Element) -> Self {
        let is_node = |element: &gst::Element| {
            let factory = element.factory();
            factory.is_some_and(|factory| factory.name() == "v4l2src")
        };
        let only_child = || match element.downcast_ref::<gst::Bin>()?.children().as_slice() {
            [child] => Some(child.clone()),
            _ => None,
        };
        let node = match is_node(element) {
            true => Some(element.clone()),
            false => only_child().filter(is_node),
        };
        let path = node.and_then(|node| text(&node, "device"));
        Self(path.map(|path| ("v4l2", path)).into_iter().collect())
    }

    /// Whether both are of the same hardware.
    pub fn is_same(&self, other: &Self) -> bool {
        self.0.iter().any(|name| other.0.contains(name))
    }

    /// Adds a name that nothing else has.
    pub fn and(mut self, kind: &'static str, name: String) -> Self {
        self.0.push((kind, name));
        self
    }

    /// Nobody knows what it is of.
    pub fn is_unknown(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(properties: &str) -> Identity {
        gst::init().expect("GStreamer starts");
        let structure: gst::Structure = format!("p, {properties}").parse().expect("a structure");
        Identity::of_properties(&structure)
    }

    #[test]
    fn the_same_hardware_is_known_by_any_of_its_names() {
        let listed_by_pipewire = of("object.serial=(string)45, api.v4l2.path=(string)/dev/video0");
        assert!(listed_by_pipewire.is_same(&of("device.path=(string)/dev/video0")));
        assert!(listed_by_pipewire.is_same(&of("object.serial=(string)45")));
        assert!(!listed_by_pipewire.is_same(&of("object.serial=(string)46")));
        // A name of another kind is another name.
        assert!(!of("object.serial=(string)45").is_same(&of("device.path=(string)45")));
        assert!(!of("a=(string)b").is_same(&of("a=(string)b")));
    }

    #[test]
    fn two_elements_for_one_v4l2_node_are_of_the_same_hardware() {
        gst::init().expect("GStreamer starts");
        let node = |path: &str| {
            let element = gst::ElementFactory::make("v4l2src").property("device", path);
            element.build().expect("v4l2src")
        };
        let of = |element: &gst::Element| Identity::of_element(element);
        let zero = of(&node("/dev/video0"));
        assert!(zero.is_same(&of(&node("/dev/video0"))));
        assert!(!zero.is_same(&of(&node("/dev/video1"))));
        let alone = gst::Bin::new();
        alone.add(&node("/dev/video0")).expect("it is added");
        assert!(zero.is_same(&of(alone.upcast_ref())));
        // What is done to its pictures makes them others.
        let flip = gst::ElementFactory::make("videoflip")
            .build()
            .expect("videoflip");
        alone.add(&flip).expect("it is added");
        assert!(of(alone.upcast_ref()).is_unknown());
    }
}
