// SPDX-License-Identifier: MPL-2.0

//! Two cameras that nobody has: a device provider with test pictures behind it.

use std::sync::Once;

use gst::glib;
use gst::prelude::*;
use gst::subclass::prelude::*;

pub struct Camera {
    pub id: &'static str,
    pub group: &'static str,
    pub caps: &'static str,
}

pub const CAMERAS: [Camera; 2] = [
    Camera {
        id: "small",
        group: "lid",
        caps: "video/x-raw, format=I420, width=640, height=480, framerate=30/1; \
               video/x-raw, format=I420, width=320, height=240, framerate={ 30/1, 60/1 }",
    },
    Camera {
        id: "large",
        group: "desk",
        caps: "video/x-raw, format=I420, width=1280, height=720, framerate=30/1",
    },
];

/// Starts GStreamer and the plugin, with these cameras and no others.
pub fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        gst::init().expect("GStreamer starts");
        gstmediastream::plugin_register_static().expect("the plugin registers");
        let registry = gst::Registry::get();
        for provider in gst::DeviceProviderFactory::factories(gst::Rank::MARGINAL) {
            registry.remove_feature(&provider);
        }
        gst::DeviceProvider::register(
            None,
            "testcameras",
            gst::Rank::PRIMARY,
            Provider::static_type(),
        )
        .expect("it registers");
    });
}

glib::wrapper! {
    pub struct Provider(ObjectSubclass<provider::Provider>)
        @extends gst::DeviceProvider, gst::Object;
}

glib::wrapper! {
    pub struct Device(ObjectSubclass<device::Device>) @extends gst::Device, gst::Object;
}

mod provider {
    use super::*;

    #[derive(Default)]
    pub struct Provider;

    #[glib::object_subclass]
    impl ObjectSubclass for Provider {
        const NAME: &'static str = "TestCameraProvider";
        type Type = super::Provider;
        type ParentType = gst::DeviceProvider;
    }

    impl ObjectImpl for Provider {}
    impl GstObjectImpl for Provider {}

    impl DeviceProviderImpl for Provider {
        fn metadata() -> Option<&'static gst::subclass::DeviceProviderMetadata> {
            static METADATA: once_cell::sync::Lazy<gst::subclass::DeviceProviderMetadata> =
                once_cell::sync::Lazy::new(|| {
                    gst::subclass::DeviceProviderMetadata::new(
                        "Test cameras",
                        "Source/Video",
                        "Cameras that nobody has",
                        "The mediastream developers",
                    )
                });
            Some(&METADATA)
        }

        fn start(&self) -> Result<(), gst::LoggableError> {
            for camera in &CAMERAS {
                let properties = gst::Structure::builder("properties")
                    .field("node.name", camera.id)
                    .field("device.bus-path", camera.group)
                    .build();
                let device: super::Device = glib::Object::builder()
                    .property("display-name", format!("A {} camera", camera.id))
                    .property("device-class", "Video/Source")
                    .property("caps", camera.caps.parse::<gst::Caps>().expect("caps"))
                    .property("properties", properties)
                    .build();
                self.obj().device_add(&device);
            }
            Ok(())
        }

        fn stop(&self) {}
    }
}

mod device {
    use super::*;

    #[derive(Default)]
    pub struct Device;

    #[glib::object_subclass]
    impl ObjectSubclass for Device {
        const NAME: &'static str = "TestCamera";
        type Type = super::Device;
        type ParentType = gst::Device;
    }

    impl ObjectImpl for Device {}
    impl GstObjectImpl for Device {}

    impl DeviceImpl for Device {
        fn create_element(&self, _: Option<&str>) -> Result<gst::Element, gst::LoggableError> {
            let bin = gst::parse::bin_from_description(
                "videotestsrc is-live=true ! capsfilter name=modes",
                true,
            )
            .expect("a bin");
            let modes = bin.by_name("modes").expect("a filter");
            modes.set_property("caps", self.obj().caps());
            Ok(bin.upcast())
        }
    }
}
