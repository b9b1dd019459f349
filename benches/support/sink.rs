// SPDX-License-Identifier: MPL-2.0

//! A consumer that counts and returns at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, channel};

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

    /// A consumer that the meter does not hear of.
    pub fn unmetered() -> Self {
        let sink = Self::new();
        sink.imp().tally.unmetered.store(true, Relaxed);
        sink
    }

    /// Makes a header of its own for each buffer that comes.
    pub fn copy_headers(&self) {
        self.imp().tally.copies.store(true, Relaxed);
    }

    /// Its pad.
    pub fn pad(&self) -> gst::Pad {
        self.imp().pad.clone()
    }

    /// What it got.
    pub fn tally(&self) -> Arc<Tally> {
        self.imp().tally.clone()
    }

    /// Tells when the next buffer has come.
    pub fn next_buffer(&self) -> Receiver<()> {
        let (sender, came) = channel();
        self.imp()
            .pad
            .add_probe(gst::PadProbeType::BUFFER, move |_, _| {
                let _ = sender.send(());
                gst::PadProbeReturn::Remove
            });
        came
    }
}

/// What one consumer got.
#[derive(Default)]
pub struct Tally {
    got: AtomicU64,
    next: AtomicU64,
    missed: AtomicU64,
    metered: AtomicU64,
    unmetered: AtomicBool,
    copies: AtomicBool,
}

impl Tally {
    /// A buffer has come. Called by one thread at a time.
    pub fn add(&self, buffer: &gst::BufferRef) {
        let number = buffer.offset();
        let expected = self.next.swap(number + 1, Relaxed);
        let got = self.got.load(Relaxed);
        if got > 0 && number > expected {
            self.missed.fetch_add(number - expected, Relaxed);
        }
        self.got.store(got + 1, Relaxed);
        if self.copies.load(Relaxed) {
            drop(buffer.copy());
        }
        if METER.is_open_for(number) && !self.unmetered.load(Relaxed) {
            self.metered.store(self.metered.load(Relaxed) + 1, Relaxed);
            METER.arrives(number, buffer.offset_end());
        }
    }

    /// Buffers so far for which the meter was open.
    pub fn metered(&self) -> u64 {
        self.metered.load(Relaxed)
    }

    /// Buffers so far.
    pub fn count(&self) -> u64 {
        self.got.load(Relaxed)
    }

    /// The number of the buffer that should come next.
    pub fn next(&self) -> u64 {
        self.next.load(Relaxed)
    }

    /// Buffers so far that should have come between others.
    pub fn missed(&self) -> u64 {
        self.missed.load(Relaxed)
    }
}

mod imp {
    use super::*;

    pub struct Sink {
        pub(super) pad: gst::Pad,
        pub(super) tally: Arc<Tally>,
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
                tally: Arc::default(),
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
