// SPDX-License-Identifier: MPL-2.0

//! A source that is a device: which one, what if it does not open, and what if it goes (W3C getUserMedia; "track ended by
//! the user agent").

use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};

use gst::prelude::*;

use super::machine::Reached;
use super::{CAT, Source, usage};
use crate::device::choice::{self, Wanted};
use crate::device::hub::{self, Holder};
use crate::device::{self, Device, Identity, Listing};
use crate::error::Failure;

/// Devices that were tried, and what became of each.
type Tried = Vec<(Listing, Failure)>;

impl Source {
    /// Another source that has the hardware of this element, if only one can have it.
    pub(super) fn shares(self: &Arc<Self>, element: &gst::Element) -> Option<Arc<Source>> {
        usage::claim(self, &Identity::of_element(element))
    }

    /// Opens the device that is meant, or goes on with the one that is open.
    pub(super) fn open(
        self: &Arc<Self>,
        name: Option<&str>,
        from: gst::State,
        to: gst::State,
    ) -> Result<Reached, Failure> {
        let mut tried = Tried::new();
        let chosen = self.device().map(|device| device.listing.clone());
        if let (Some(chosen), Some(_)) = (&chosen, self.machine.pipeline()) {
            match self.raise_device(from, to) {
                Ok(()) => return Ok(Reached::Here),
                Err(failure) if self.tee.has_given() => return Err(failure),
                // Nobody has got anything of it: it may as well be another one.
                Err(failure) => self.refuse(&mut tried, chosen.clone(), failure),
            }
        }
        let candidates = match chosen.filter(|_| self.tee.has_given()) {
            // It had to be left to itself.
            Some(chosen) => vec![chosen],
            None => {
                let wanted = Wanted {
                    kind: self.kind,
                    name,
                    constraints: &self.asked(),
                };
                choice::candidates(&wanted, hub::listings())?
            }
        };
        for listing in candidates {
            if tried
                .iter()
                .any(|(known, _)| known.device == listing.device)
            {
                continue;
            }
            if let Some(other) = usage::claim(self, &listing.hardware()) {
                return Ok(Reached::Elsewhere(other));
            }
            match self.open_this(&listing, to) {
                Ok(()) => return Ok(Reached::Here),
                Err(failure) => self.refuse(&mut tried, listing, failure),
            }
        }
        Err(choice::none_opened(self.kind, &tried))
    }

    /// A device did not open: it is as if it had never been tried.
    fn refuse(self: &Arc<Self>, tried: &mut Tried, listing: Listing, failure: Failure) {
        gst::warning!(CAT, "Cannot open {listing}: {}", failure.text());
        self.machine.discard(self);
        hub::let_go(&listing.device, &self.as_holder());
        usage::release(self);
        self.gone.store(false, Ordering::Release);
        tried.push((listing, failure));
    }

    fn open_this(self: &Arc<Self>, listing: &Listing, to: gst::State) -> Result<(), Failure> {
        if !hub::hold(listing, self.as_holder()) {
            return Err(unplugged(listing));
        }
        let device = Device::of(listing)?;
        let element = with_caps(&device)?;
        self.heed_moves(&device.element);
        self.chose(device);
        self.machine.build(self, &element)?;
        self.raise_device(gst::State::Null, to)
    }

    fn raise_device(self: &Arc<Self>, from: gst::State, to: gst::State) -> Result<(), Failure> {
        self.machine.raise_device(self, from, to)?;
        // It was there before and is there now, so that it is this one that was opened.
        let device = self.device();
        let moved = (device.as_ref()).and_then(|device| device::moved_to(&device.element));
        match (moved, device) {
            (Some(other), _) => Err(moved_away(&other)),
            (None, Some(device)) if self.gone.load(Ordering::Acquire) => {
                Err(unplugged(&device.listing))
            }
            _ => Ok(()),
        }
    }

    fn as_holder(&self) -> Weak<dyn Holder> {
        self.this.clone()
    }

    /// A source that goes over to another device by itself has lost its own.
    fn heed_moves(&self, element: &gst::Element) {
        if !element.has_property("current-device") {
            return;
        }
        let source = self.this.clone();
        element.connect_notify(Some("current-device"), move |element, _| {
            if let (Some(source), Some(other)) = (source.upgrade(), device::moved_to(element)) {
                source.lost(moved_away(&other));
            }
        });
    }

    /// The device has gone; called on any thread, and does not wait.
    fn lost(self: &Arc<Self>, failure: Failure) {
        if self.gone.swap(true, Ordering::AcqRel) {
            return;
        }
        // Before anybody can ask why it does not go on.
        let failure = self.machine.keep(failure);
        self.machine.give_up();
        self.decided.notify_all();
        if let Some(failure) = failure {
            self.fail_now(failure);
        }
    }

    /// It does not stop, and cannot be waited for.
    pub(super) fn left_to_itself(self: &Arc<Self>) {
        let failure = Failure::new(
            gst::ResourceError::Close,
            format!("\"{}\" does not stop, and is left to itself", self.label()),
        );
        gst::warning!(CAT, "{}", failure.text());
        let source = self.clone();
        self.notices.push(move || {
            for view in source.views() {
                failure.warn(view.as_ref());
            }
        });
    }
}

impl Holder for Source {
    fn device_gone(&self, device: &Listing) {
        if let Some(source) = self.this.upgrade() {
            source.lost(unplugged(device));
        }
    }
}

fn unplugged(device: &Listing) -> Failure {
    Failure::new(
        gst::ResourceError::NotFound,
        format!("{device} has gone: it was unplugged, or its daemon ended"),
    )
}

fn moved_away(other: &str) -> Failure {
    Failure::new(
        gst::ResourceError::NotFound,
        format!("the device has gone, and its source would go on with \"{other}\""),
    )
}

/// The device behind a filter that asks it for what is wanted.
fn with_caps(device: &Device) -> Result<gst::Element, Failure> {
    let bin = gst::Bin::new();
    let filter = gst::ElementFactory::make("capsfilter")
        .property("caps", &device.caps)
        .build()
        .map_err(|_| Failure::missing("capsfilter"))?;
    let build = || -> Result<(), gst::glib::BoolError> {
        bin.add_many([&device.element, &filter])?;
        device.element.link(&filter)?;
        let pad = filter.static_pad("src");
        let pad = pad.ok_or_else(|| gst::glib::bool_error!("no src pad"))?;
        bin.add_pad(&gst::GhostPad::with_target(&pad)?)
    };
    build().map_err(|error| Failure::new(gst::ResourceError::OpenRead, error.to_string()))?;
    Ok(bin.upcast())
}
