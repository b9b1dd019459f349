// SPDX-License-Identifier: MPL-2.0

//! The limits: a loop that pushes each buffer on every pad, on the source's thread or, as consumers may wait, on a thread for each
//! pad, to which a channel leads.

use std::sync::OnceLock;
use std::sync::mpsc::{Sender, channel};
use std::thread;

use gst::glib;
use gst::prelude::*;
use gst::subclass::prelude::*;
use once_cell::sync::Lazy;

glib::wrapper! {
    /// See the module's documentation.
    pub struct Fork(ObjectSubclass<imp::Fork>) @extends gst::Element, gst::Object;
}

impl Fork {
    /// A fork with so many src pads, on the source's thread.
    pub fn looping(n: usize) -> Self {
        Self::with((0..n).map(|_| imp::Exit::new()))
    }

    /// A fork with so many src pads, and a thread for each.
    pub fn threaded(n: usize) -> Self {
        Self::with((0..n).map(|_| imp::Exit::threaded()))
    }

    fn with(exits: impl Iterator<Item = imp::Exit>) -> Self {
        let fork: Self = glib::Object::new();
        fork.imp().grow(exits.collect());
        fork
    }

    /// One of its src pads.
    pub fn pad(&self, index: usize) -> &gst::Pad {
        &self.imp().sources.get().expect("made with its pads")[index].pad
    }
}

mod imp {
    use super::*;

    /// Where buffers leave.
    pub(super) struct Exit {
        pub(super) pad: gst::Pad,
        thread: Option<Sender<gst::Buffer>>,
    }

    impl Exit {
        pub(super) fn new() -> Self {
            let pad = gst::Pad::builder(gst::PadDirection::Src).build();
            Self { pad, thread: None }
        }

        pub(super) fn threaded() -> Self {
            let exit = Self::new();
            let (sender, buffers) = channel();
            let pad = exit.pad.clone();
            thread::spawn(move || {
                buffers
                    .iter()
                    .try_for_each(|buffer| pad.push(buffer).map(drop))
            });
            Self {
                thread: Some(sender),
                ..exit
            }
        }

        fn push(&self, buffer: gst::Buffer) -> Result<(), gst::FlowError> {
            match &self.thread {
                Some(thread) => thread.send(buffer).map_err(|_| gst::FlowError::Eos),
                None => self.pad.push(buffer).map(drop),
            }
        }
    }

    pub struct Fork {
        sink: gst::Pad,
        pub(super) sources: OnceLock<Vec<Exit>>,
    }

    impl Fork {
        pub(super) fn grow(&self, exits: Vec<Exit>) {
            for exit in &exits {
                self.obj().add_pad(&exit.pad).expect("a new pad");
            }
            assert!(self.sources.set(exits).is_ok(), "called once");
        }

        fn sources(&self) -> &[Exit] {
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
                    for exit in of(parent).ok_or(gst::FlowError::Error)?.sources() {
                        exit.push(buffer.clone())?;
                    }
                    Ok(gst::FlowSuccess::Ok)
                })
                .event_function(|_, parent, event| {
                    for exit in of(parent).map_or(&[][..], Fork::sources) {
                        exit.pad.push_event(event.clone());
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
