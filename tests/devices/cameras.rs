// SPDX-License-Identifier: MPL-2.0

//! Two cameras that nobody has: a device provider with test pictures behind it.

use std::sync::{Arc, LazyLock, Mutex, MutexGuard, Once, PoisonError};

use gst::glib;
use gst::prelude::*;
use gst::subclass::prelude::*;

use crate::camera::{Behaviour, CameraBin};

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

/// Starts GStreamer and the plugin, with these cameras and no others. One test at a time: a device that is there is there for
/// every stream.
pub fn install() -> MutexGuard<'static, ()> {
    static ONCE: Once = Once::new();
    static TURN: Mutex<()> = Mutex::new(());
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
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
        crate::probed::register();
        CameraBin::register();
        // Whoever looks for the first time starts the provider.
        let stream = gst::ElementFactory::make("mediastream").property("video-device", "none");
        let stream = stream.build().expect("the plugin is there");
        assert!(stream.set_state(gst::State::Ready).is_err());
        stream.set_state(gst::State::Null).expect("NULL");
    });
    turn
}

/// Connects a camera; `properties` as in a structure.
pub fn plug(name: &str, properties: &str) -> Plugged {
    let caps = "video/x-raw, format=I420, width=640, height=480, framerate=30/1";
    let device = Device::new(name, properties, caps);
    let provider = provider::running();
    provider.device_add(&device);
    Plugged { device, provider }
}

/// A camera that is plugged in.
pub struct Plugged {
    pub device: Device,
    provider: Provider,
}

impl Plugged {
    pub fn behaviour(&self) -> &Arc<Behaviour> {
        self.device.behaviour()
    }
}

/// It is unplugged.
impl Drop for Plugged {
    fn drop(&mut self) {
        self.provider.device_remove(&self.device);
    }
}

glib::wrapper! {
    pub struct Provider(ObjectSubclass<provider::Provider>)
        @extends gst::DeviceProvider, gst::Object;
}

glib::wrapper! {
    pub struct Device(ObjectSubclass<device::Device>) @extends gst::Device, gst::Object;
}

impl Device {
    pub fn new(name: &str, properties: &str, caps: &str) -> Self {
        let properties: gst::Structure = format!("properties, {properties}")
            .parse()
            .expect("a structure");
        glib::Object::builder()
            .property("display-name", name)
            .property("device-class", "Video/Source")
            .property("caps", caps.parse::<gst::Caps>().expect("caps"))
            .property("properties", properties)
            .build()
    }

    fn behaviour(&self) -> &Arc<Behaviour> {
        &self.imp().behaviour
    }
}

mod provider {
    use super::*;

    /// The instance that the plugin started.
    static RUNNING: LazyLock<glib::WeakRef<super::Provider>> = LazyLock::new(glib::WeakRef::new);

    pub fn running() -> super::Provider {
        RUNNING.upgrade().expect("the plugin has started it")
    }

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
                let properties =
                    format!("node.name={}, device.bus-path={}", camera.id, camera.group);
                let name = format!("A {} camera", camera.id);
                let device = super::Device::new(&name, &properties, camera.caps);
                self.obj().device_add(&device);
            }
            RUNNING.set(Some(&*self.obj()));
            Ok(())
        }

        fn stop(&self) {}
    }
}

mod device {
    use super::*;

    #[derive(Default)]
    pub struct Device {
        pub behaviour: Arc<Behaviour>,
    }

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
            let caps = self.obj().caps().expect("they were given");
            Ok(CameraBin::new(&caps, self.behaviour.clone()).upcast())
        }
    }
}
