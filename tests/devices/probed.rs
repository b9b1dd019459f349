// SPDX-License-Identifier: MPL-2.0

//! A provider that says what there is when it is asked, and nothing of what comes and goes: ALSA's, DeckLink's.

use std::sync::{LazyLock, Mutex};

use gst::glib;
use gst::prelude::*;
use gst::subclass::prelude::*;

use crate::cameras::{Device, install};
use crate::support::*;

/// What is connected.
static CONNECTED: LazyLock<Mutex<Vec<String>>> = LazyLock::new(Mutex::default);

fn connect(names: &[&str]) {
    let names = names.iter().map(|name| (*name).to_owned());
    *CONNECTED.lock().expect("names") = names.collect();
}

glib::wrapper! {
    pub struct Provider(ObjectSubclass<imp::Provider>)
        @extends gst::DeviceProvider, gst::Object;
}

mod imp {
    use super::*;

    #[derive(Default)]
    pub struct Provider;

    #[glib::object_subclass]
    impl ObjectSubclass for Provider {
        const NAME: &'static str = "TestProbingProvider";
        type Type = super::Provider;
        type ParentType = gst::DeviceProvider;

        fn class_init(class: &mut Self::Class) {
            let class = std::ptr::from_mut(class).cast::<gst::ffi::GstDeviceProviderClass>();
            // SAFETY: it is a class of providers; the bindings make each one that can watch.
            unsafe {
                (*class).start = None;
                (*class).stop = None;
            }
        }
    }

    impl ObjectImpl for Provider {}
    impl GstObjectImpl for Provider {}

    impl DeviceProviderImpl for Provider {
        fn metadata() -> Option<&'static gst::subclass::DeviceProviderMetadata> {
            static METADATA: LazyLock<gst::subclass::DeviceProviderMetadata> =
                LazyLock::new(|| {
                    gst::subclass::DeviceProviderMetadata::new(
                        "Test probe",
                        "Source/Video",
                        "Cameras that are found by looking",
                        "The mediastream developers",
                    )
                });
            Some(&METADATA)
        }

        fn probe(&self) -> Vec<gst::Device> {
            let caps = "video/x-raw, format=I420, width=640, height=480, framerate=30/1";
            let names = CONNECTED.lock().expect("names").clone();
            let device = |name: String| Device::new(&name, "device.api=test", caps).upcast();
            names.into_iter().map(device).collect()
        }
    }
}

/// Registers it, once for all tests.
pub fn register() {
    let type_ = Provider::static_type();
    gst::DeviceProvider::register(None, "testprobe", gst::Rank::SECONDARY, type_)
        .expect("it registers");
}

#[track_caller]
fn assert_absent(name: &str) {
    let watched = Watched::new(Some(name));
    assert!(watched.start().is_err(), "{name} is not there");
    let (error, _) = watched.hear(gst::MessageType::Error);
    assert!(error.matches(gst::ResourceError::NotFound), "{error}");
}

#[test]
fn what_a_provider_finds_only_by_looking_is_found_when_it_comes_and_not_any_more_when_it_has_gone()
{
    let _turn = install();
    assert_absent("Probed");
    connect(&["Another", "Probed"]);
    let watched = Watched::new(Some("Probed")).play();
    assert_eq!(watched.label(), "Probed");
    // It is the same device whenever it is found.
    let other = Watched::new(Some("Probed")).play();
    let source = |watched: &Watched| watched.track.property::<Option<gst::Element>>("source");
    assert_eq!(source(&watched), source(&other));
    // One that is in use may not be found: who has it knows best.
    connect(&[]);
    assert_absent("Another");
    watched.see();
    assert!(!watched.has_ended());
    drop((watched, other));
    assert_absent("Probed");
}
