// SPDX-License-Identifier: MPL-2.0

//! The element of a camera that nobody has: test pictures, and what can go wrong with a camera.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use gst::glib;
use gst::prelude::*;
use gst::subclass::prelude::*;

/// What all elements of one camera do.
#[derive(Default)]
pub struct Behaviour {
    /// Changes of state that say this, and whether they fail.
    faults: Mutex<Vec<Fault>>,
    /// One that waits until the test lets it go on.
    block: Mutex<Option<Block>>,
    /// Elements that have been made, and those that have it open.
    made: AtomicUsize,
    open: AtomicUsize,
    last: glib::WeakRef<CameraBin>,
}

type Block = (gst::StateChange, Sender<()>, Receiver<()>);

#[derive(Clone, Copy)]
struct Fault {
    at: gst::StateChange,
    words: &'static str,
    fails: bool,
}

impl Behaviour {
    /// From now on this fails.
    pub fn fail(&self, at: gst::StateChange, words: &'static str) {
        self.add(Fault {
            at,
            words,
            fails: true,
        });
    }

    /// From now on nothing fails.
    pub fn recover(&self) {
        self.faults.lock().expect("no panic").clear();
    }

    /// From now on an error is posted with this, though it does not fail.
    pub fn complain(&self, at: gst::StateChange, words: &'static str) {
        self.add(Fault {
            at,
            words,
            fails: false,
        });
    }

    fn add(&self, fault: Fault) {
        self.faults.lock().expect("no panic").push(fault);
    }

    /// The element that was made last.
    pub fn element(&self) -> gst::Element {
        self.last.upgrade().expect("an element").upcast()
    }

    /// The next change of state like this tells the first end when it begins, and waits for the other to be dropped.
    pub fn block(&self, at: gst::StateChange) -> (Receiver<()>, Sender<()>) {
        let (begun, begins) = channel();
        let (release, released) = channel();
        *self.block.lock().expect("no panic") = Some((at, begun, released));
        (begins, release)
    }

    pub fn made(&self) -> usize {
        self.made.load(Ordering::SeqCst)
    }

    pub fn open(&self) -> usize {
        self.open.load(Ordering::SeqCst)
    }

    /// The camera's element goes over to another one by itself.
    pub fn moves_to(&self, other: &str) {
        self.element().set_property("current-device", other);
    }
}

glib::wrapper! {
    pub struct CameraBin(ObjectSubclass<imp::CameraBin>)
        @extends gst::Bin, gst::Element, gst::Object, @implements gst::ChildProxy;
}

impl CameraBin {
    /// It passes for the element of a V4L2 node.
    pub fn register() {
        let registry = gst::Registry::get();
        if let Some(known) = gst::ElementFactory::find("v4l2src") {
            registry.remove_feature(&known);
        }
        gst::Element::register(None, "v4l2src", gst::Rank::NONE, Self::static_type())
            .expect("it registers");
    }

    pub fn new(caps: &gst::Caps, behaviour: Arc<Behaviour>) -> Self {
        let bin: Self = glib::Object::builder().property("device", "itself").build();
        behaviour.made.fetch_add(1, Ordering::SeqCst);
        behaviour.last.set(Some(&bin));
        bin.imp().set_up(caps, behaviour);
        bin
    }
}

mod imp {
    use once_cell::sync::OnceCell;

    use super::*;

    #[derive(Default, glib::Properties)]
    #[properties(wrapper_type = super::CameraBin)]
    pub struct CameraBin {
        /// Which device is meant, and which one is open.
        #[property(name = "device", get, set, type = Option<String>)]
        device: Mutex<Option<String>>,
        #[property(name = "current-device", get, set, type = Option<String>)]
        current: Mutex<Option<String>>,
        behaviour: OnceCell<Arc<Behaviour>>,
    }

    impl CameraBin {
        pub fn set_up(&self, caps: &gst::Caps, behaviour: Arc<Behaviour>) {
            let bin = self.obj();
            let source = gst::ElementFactory::make("videotestsrc").property("is-live", true);
            let source = source.build().expect("videotestsrc");
            let modes = gst::ElementFactory::make("capsfilter").property("caps", caps);
            let modes = modes.build().expect("capsfilter");
            bin.add_many([&source, &modes]).expect("new elements");
            source.link(&modes).expect("they fit");
            let target = modes.static_pad("src").expect("a pad");
            let pad = gst::GhostPad::with_target(&target).expect("a new pad");
            bin.add_pad(&pad).expect("a new pad");
            let _ = self.behaviour.set(behaviour);
        }
    }

    #[glib::object_subclass]
    impl ObjectSubclass for CameraBin {
        const NAME: &'static str = "TestCameraBin";
        type Type = super::CameraBin;
        type ParentType = gst::Bin;
    }

    #[glib::derived_properties]
    impl ObjectImpl for CameraBin {}
    impl GstObjectImpl for CameraBin {}
    impl BinImpl for CameraBin {}

    impl ElementImpl for CameraBin {
        fn change_state(
            &self,
            transition: gst::StateChange,
        ) -> Result<gst::StateChangeSuccess, gst::StateChangeError> {
            let behaviour = self.behaviour.get().expect("it was set up");
            let block = {
                let mut block = behaviour.block.lock().expect("no panic");
                block.take_if(|(at, ..)| *at == transition)
            };
            if let Some((_, begun, released)) = block {
                let _ = begun.send(());
                // Disconnected as soon as the test drops the other end.
                let _ = released.recv();
            }
            let faults = behaviour.faults.lock().expect("no panic").clone();
            for fault in faults.iter().filter(|fault| fault.at == transition) {
                let words = fault.words;
                gst::element_imp_error!(self, gst::ResourceError::Busy, ("{words}"));
                if fault.fails {
                    return Err(gst::StateChangeError);
                }
            }
            let success = self.parent_change_state(transition)?;
            match transition {
                gst::StateChange::NullToReady => {
                    behaviour.open.fetch_add(1, Ordering::SeqCst);
                }
                gst::StateChange::ReadyToNull => {
                    behaviour.open.fetch_sub(1, Ordering::SeqCst);
                }
                _ => {}
            }
            Ok(success)
        }
    }
}
