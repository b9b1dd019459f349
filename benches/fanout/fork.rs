// SPDX-License-Identifier: MPL-2.0

//! The limit: a loop that pushes each buffer on every pad, on the source's thread.

use std::sync::OnceLock;

use gst::glib;
use gst::prelude::*;
use gst::subclass::prelude::*;
use once_cell::sync::Lazy;

glib::wrapper! {
    /// See the module's documentation.
    pub struct Fork(ObjectSubclass<imp::Fork>) @extends gst::Element, gst::Object;
}

impl Fork {
    /// A fork with so many src pads.
    pub fn new(n: usize) -> Self {
        let fork: Self = glib::Object::new();
        fork.imp().grow(n);
        fork
    }

    /// One of its src pads.
    pub fn pad(&self, index: usize) -> &gst::Pad {
        &self.imp().sources.get().expect("made with its pads")[index]
    }
}

mod imp {
    use super::*;

    pub struct Fork {
        sink: gst::Pad,
        pub(super) sources: OnceLock<Vec<gst::Pad>>,
    }

    impl Fork {
        pub(super) fn grow(&self, n: usize) {
            let pads: Vec<_> = (0..n)
                .map(|_| gst::Pad::builder(gst::PadDirection::Src).build())
                .collect();
            for pad in &pads {
                self.obj().add_pad(pad).expect("a new pad");
            }
            self.sources.set(pads).expect("called once");
        }

        fn sources(&self) -> &[gst::Pad] {
            self.sources.get().map_or(&[], Vec::as_slice)
        }
    }

    #[glib::object_subclass]
    impl ObjectSubclass for Fork {
        const NAME: &'static str = "BenchFork";
        type Type = super::Fork;
        type ParentType = gst::Element;

        fn with_class(_: &Self::Class) -> Self {
            fn of(parent: Option<&gst::Object>) -> Option<&Fork> {
                Some(parent?.downcast_ref::<super::Fork>()?.imp())
            }
            let sink = gst::Pad::builder(gst::PadDirection::Sink)
                .name("sink")
                .chain_function(|_, parent, buffer| {
                    for pad in of(parent).ok_or(gst::FlowError::Error)?.sources() {
                        pad.push(buffer.clone())?;
                    }
                    Ok(gst::FlowSuccess::Ok)
                })
                .event_function(|_, parent, event| {
                    for pad in of(parent).map_or(&[][..], Fork::sources) {
                        pad.push_event(event.clone());
                    }
                    true
                })
                .build();
            Self {
                sink,
                sources: OnceLock::new(),
            }
        }
    }

    impl ObjectImpl for Fork {
        fn constructed(&self) {
            self.parent_constructed();
            self.obj().add_pad(&self.sink).expect("a new pad");
        }
    }
    impl GstObjectImpl for Fork {}

    impl ElementImpl for Fork {
        fn metadata() -> Option<&'static gst::subclass::ElementMetadata> {
            static METADATA: Lazy<gst::subclass::ElementMetadata> = Lazy::new(|| {
                gst::subclass::ElementMetadata::new("Fork", "Generic", "A loop", "mediastream")
            });
            Some(&METADATA)
        }
    }
}
