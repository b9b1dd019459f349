// SPDX-License-Identifier: MPL-2.0

//! The limits: a loop that pushes each buffer on every pad, on the source's thread, on another one to which a channel leads, or, as
//! consumers may wait, on a thread for each pad.

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
        Self::with(n, 0)
    }

    /// A fork with so many src pads, all of them on one thread.
    pub fn hopping(n: usize) -> Self {
        Self::with(n, 1)
    }

    /// A fork with so many src pads, and a thread for each.
    pub fn threaded(n: usize) -> Self {
        Self::with(n, n)
    }

    fn with(pads: usize, threads: usize) -> Self {
        let fork: Self = glib::Object::new();
        fork.imp().grow(pads, threads);
        fork
    }

    /// One of its src pads.
    pub fn pad(&self, index: usize) -> &gst::Pad {
        &self.imp().ways().pads[index]
    }
}

mod imp {
    use super::*;

    /// Where buffers leave.
    pub(super) struct Ways {
        pub(super) pads: Vec<gst::Pad>,
        /// Those who push on them; without any, whoever comes does.
        threads: Vec<Sender<gst::Buffer>>,
    }

    fn push(pads: &[gst::Pad], buffer: &gst::Buffer) -> Result<(), gst::FlowError> {
        pads.iter()
            .try_for_each(|pad| pad.push(buffer.clone()).map(drop))
    }

    /// A thread that pushes on these pads what is sent to it.
    fn start(pads: &[gst::Pad]) -> Sender<gst::Buffer> {
        let (sender, buffers) = channel();
        let pads = pads.to_vec();
        thread::spawn(move || buffers.iter().try_for_each(|buffer| push(&pads, &buffer)));
        sender
    }

    impl Ways {
        fn push(&self, buffer: &gst::Buffer) -> Result<(), gst::FlowError> {
            if self.threads.is_empty() {
                return push(&self.pads, buffer);
            }
            let send = |thread: &Sender<_>| thread.send(buffer.clone());
            let sent = self.threads.iter().try_for_each(send);
            sent.map_err(|_| gst::FlowError::Eos)
        }
    }

    pub struct Fork {
        sink: gst::Pad,
        ways: OnceLock<Ways>,
    }

    impl Fork {
        pub(super) fn grow(&self, pads: usize, threads: usize) {
            let make = |_| gst::Pad::builder(gst::PadDirection::Src).build();
            let pads: Vec<_> = (0..pads).map(make).collect();
            for pad in &pads {
                self.obj().add_pad(pad).expect("a new pad");
            }
            let threads = match threads {
                0 => Vec::new(),
                _ => pads.chunks(pads.len() / threads).map(start).collect(),
            };
            assert!(self.ways.set(Ways { pads, threads }).is_ok(), "called once");
        }

        pub(super) fn ways(&self) -> &Ways {
            self.ways.get().expect("made with its pads")
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
                    let fork = of(parent).ok_or(gst::FlowError::Error)?;
                    fork.ways().push(&buffer)?;
                    Ok(gst::FlowSuccess::Ok)
                })
                .event_function(|_, parent, event| {
                    for pad in of(parent).map_or(&[][..], |fork| &fork.ways().pads) {
                        pad.push_event(event.clone());
                    }
                    true
                })
                .build();
            Self {
                sink,
                ways: OnceLock::new(),
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
