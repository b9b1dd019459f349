// SPDX-License-Identifier: MPL-2.0

//! A consumer that counts and returns at once.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use gst::glib;
use gst::prelude::*;
use gst::subclass::prelude::*;
use once_cell::sync::Lazy;

use super::meter::METER;

glib::wrapper! {
    /// See the module's documentation.
    pub struct Sink(ObjectSubclass<imp::Sink>) @extends gst::Element, gst::Object;
}

impl Default for Sink {
    fn default() -> Self {
        glib::Object::new()
    }
}

impl Sink {
    /// A consumer.
    pub fn new() -> Self {
        Self::default()
    }

    /// Its pad.
    pub fn pad(&self) -> gst::Pad {
        self.imp().pad.clone()
    }

    /// Buffers that it got.
    pub fn count(&self) -> u64 {
        self.imp().tally.count()
    }
}

/// What one consumer got.
#[derive(Default)]
pub struct Tally {
    got: AtomicU64,
    next: AtomicU64,
}

impl Tally {
    /// A buffer has come. Called by one thread at a time.
    pub fn add(&self, buffer: &gst::BufferRef) {
        let number = buffer.offset();
        let expected = self.next.swap(number + 1, Relaxed);
        let got = self.got.load(Relaxed);
        if got > 0 && number > expected {
            METER.misses(number - expected);
        }
        self.got.store(got + 1, Relaxed);
        METER.arrives(number);
    }

    /// Buffers so far.
    pub fn count(&self) -> u64 {
        self.got.load(Relaxed)
    }
}

mod imp {
    use super::*;

    pub struct Sink {
        pub(super) pad: gst::Pad,
        pub(super) tally: Tally,
    }

    #[glib::object_subclass]
    impl ObjectSubclass for Sink {
        const NAME: &'static str = "BenchSink";
        type Type = super::Sink;
        type ParentType = gst::Element;

        fn with_class(_: &Self::Class) -> Self {
            let pad = gst::Pad::builder(gst::PadDirection::Sink)
                .name("sink")
                .chain_function(|_, parent, buffer| {
                    let sink = parent.and_then(|parent| parent.downcast_ref::<super::Sink>());
                    sink.ok_or(gst::FlowError::Error)?.imp().tally.add(&buffer);
                    Ok(gst::FlowSuccess::Ok)
                })
                .event_function(|_, _, _| true)
                .build();
            Self {
                pad,
                tally: Tally::default(),
            }
        }
    }

    impl ObjectImpl for Sink {
        fn constructed(&self) {
            self.parent_constructed();
            let sink = self.obj();
            sink.set_element_flags(gst::ElementFlags::SINK);
            sink.add_pad(&self.pad).expect("a new pad");
        }
    }
    impl GstObjectImpl for Sink {}

    impl ElementImpl for Sink {
        fn metadata() -> Option<&'static gst::subclass::ElementMetadata> {
            static METADATA: Lazy<gst::subclass::ElementMetadata> = Lazy::new(|| {
                gst::subclass::ElementMetadata::new("Sink", "Sink", "Counts", "mediastream")
            });
            Some(&METADATA)
        }
    }
}
