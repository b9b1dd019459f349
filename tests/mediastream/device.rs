// SPDX-License-Identifier: MPL-2.0

//! A camera that tells when it is opened and closed, and that can be slow to open, or broken.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};

use gst::glib;
use gst::prelude::*;
use gst::subclass::prelude::*;

use crate::support::*;

/// What happens to the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Power {
    /// Somebody opens it.
    Opening,
    /// It is open.
    Open,
    /// It has been closed: all of it is in NULL.
    Closed,
    /// It waited in vain for the test to let it go on.
    Forgotten,
}

/// The test's end of the device.
pub struct Device {
    pub feed: Feed,
    element: DeviceBin,
    power: Receiver<Power>,
}

impl Device {
    pub fn new() -> Self {
        let feed = Feed::video();
        let (sender, power) = channel();
        let element: DeviceBin = glib::Object::new();
        element.imp().set_up(&feed, sender);
        Self {
            feed,
            element,
            power,
        }
    }

    /// A stream with a track from this device.
    pub fn stream(&self) -> MediaStream {
        let stream = empty_stream();
        stream.set_property("video-source", &self.element);
        stream
    }

    pub fn element(&self) -> &gst::Element {
        self.element.upcast_ref()
    }

    /// Waits for what happens next.
    #[track_caller]
    pub fn next(&self) -> Power {
        next(&self.power)
    }

    /// What has happened and was not waited for.
    pub fn so_far(&self) -> Vec<Power> {
        self.power.try_iter().collect()
    }

    /// Waits until it has been closed as often as it was opened.
    #[track_caller]
    pub fn wait_until_closed(&self) {
        let mut open = 0;
        loop {
            let power = match open {
                0 => self.power.try_recv().ok(),
                _ => Some(self.next()),
            };
            match power {
                Some(Power::Opening) => open += 1,
                Some(Power::Closed) => open -= 1,
                Some(_) => {}
                None => return,
            }
        }
    }

    /// From now on it cannot be opened, and says why; `None` repairs it.
    pub fn set_fault(&self, words: Option<&str>) {
        self.element.imp().set_fault(words);
    }

    /// The next time it is opened, it waits until the sender is dropped.
    pub fn slow_down(&self) -> Sender<()> {
        let (release, released) = channel();
        self.element.imp().slow_down(released);
        release
    }
}

glib::wrapper! {
    pub struct DeviceBin(ObjectSubclass<imp::DeviceBin>)
        @extends gst::Bin, gst::Element, gst::Object, @implements gst::ChildProxy;
}

mod imp {
    use std::sync::Mutex;

    use super::*;

    #[derive(Default)]
    pub struct DeviceBin {
        tell: Mutex<Option<Sender<Power>>>,
        fault: Mutex<Option<String>>,
        slow: Mutex<Option<Receiver<()>>>,
    }

    impl DeviceBin {
        pub fn set_up(&self, feed: &Feed, tell: Sender<Power>) {
            let bin = self.obj();
            bin.add(&feed.element()).expect("a new element");
            let target = feed.element().static_pad("src").expect("a pad");
            let pad = gst::GhostPad::with_target(&target).expect("a new pad");
            bin.add_pad(&pad).expect("a new pad");
            *self.tell.lock().expect("no panic") = Some(tell);
        }

        pub fn set_fault(&self, words: Option<&str>) {
            *self.fault.lock().expect("no panic") = words.map(ToOwned::to_owned);
        }

        pub fn slow_down(&self, released: Receiver<()>) {
            *self.slow.lock().expect("no panic") = Some(released);
        }

        fn tell(&self, power: Power) {
            if let Some(tell) = &*self.tell.lock().expect("no panic") {
                let _ = tell.send(power);
            }
        }

        fn open(&self) -> Result<(), gst::StateChangeError> {
            self.tell(Power::Opening);
            let slow = self.slow.lock().expect("no panic").take();
            if let Some(released) = slow {
                // Disconnected as soon as the test drops the sender.
                if released.recv_timeout(SOON) == Err(RecvTimeoutError::Timeout) {
                    self.tell(Power::Forgotten);
                }
            }
            let fault = self.fault.lock().expect("no panic").clone();
            let Some(words) = fault else { return Ok(()) };
            gst::element_imp_error!(self, gst::ResourceError::OpenRead, ("{words}"));
            Err(gst::StateChangeError)
        }
    }

    #[glib::object_subclass]
    impl ObjectSubclass for DeviceBin {
        const NAME: &'static str = "TestDevice";
        type Type = super::DeviceBin;
        type ParentType = gst::Bin;
    }

    impl ObjectImpl for DeviceBin {}
    impl GstObjectImpl for DeviceBin {}
    impl BinImpl for DeviceBin {}

    impl ElementImpl for DeviceBin {
        fn change_state(
            &self,
            transition: gst::StateChange,
        ) -> Result<gst::StateChangeSuccess, gst::StateChangeError> {
            if transition == gst::StateChange::NullToReady {
                self.open()?;
            }
            let success = self.parent_change_state(transition)?;
            match transition {
                gst::StateChange::NullToReady => self.tell(Power::Open),
                gst::StateChange::ReadyToNull => self.tell(Power::Closed),
                _ => {}
            }
            Ok(success)
        }
    }
}
