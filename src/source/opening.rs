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
use crate::sync::lock;

/// Devices that were tried, and what became of each.
type Tried = Vec<(Listing, Failure)>;

/// Which device is meant by what is heard of one: that of the last opening.
#[derive(Default)]
pub struct Opening {
    turn: u64,
    /// It is not there any more.
    gone: bool,
    hold: Option<Arc<Hold>>,
}

/// Hears what becomes of the device of one opening.
struct Hold {
    source: Weak<Source>,
    turn: u64,
}

impl Source {
    /// Another source that has the hardware of this element, if only one can have it.
    pub(super) fn shares(self: &Arc<Self>, element: &gst::Element) -> Option<Arc<Source>> {
        usage::claim(self, &Identity::of_element(element))
    }

    /// Whether others may share it.
    pub(super) fn was_opened(&self) -> bool {
        self.opened.load(Ordering::Acquire)
    }

    /// From now on others may share it.
    pub(super) fn opened(&self) {
        self.opened.store(true, Ordering::Release);
    }

    /// Nobody is to share it.
    pub(super) fn not_opened(&self) {
        self.opened.store(false, Ordering::Release);
        usage::release(self);
    }

    /// Whether its device is not there any more.
    pub(super) fn is_gone(&self) -> bool {
        lock(&self.opening).gone
    }

    /// Opens the device that is meant, or goes on with the one that is open.
    pub(super) fn open(
        self: &Arc<Self>,
        name: Option<&str>,
        from: gst::State,
        to: gst::State,
    ) -> Result<Reached, Failure> {
        let mut tried = Tried::new();
        if let Some(chosen) = self.device().map(|device| device.listing.clone()) {
            let opened = match self.machine.pipeline() {
                Some(_) => self.raise_device(from, to),
                // It had to be left to itself.
                None => self.open_this(&chosen, to),
            };
            match opened {
                Ok(()) => return Ok(Reached::Here),
                Err(failure) if self.is_fixed() => return Err(failure),
                // Nobody has got anything of it: it may as well be another one.
                Err(failure) => self.refuse(&mut tried, chosen, failure),
            }
        }
        let wanted = Wanted {
            kind: self.kind,
            name,
            constraints: &self.asked(),
        };
        let candidates = match choice::candidates(&wanted, hub::listings()) {
            Ok(candidates) => candidates,
            Err(failure) if tried.is_empty() => return Err(failure),
            Err(_) => Vec::new(),
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

    /// Whether it is this device for ever: a track's source never changes, and others rely on it.
    fn is_fixed(&self) -> bool {
        self.tee.has_given() || self.shared.load(Ordering::Acquire)
    }

    /// A device did not open: it is as if it had never been tried.
    fn refuse(self: &Arc<Self>, tried: &mut Tried, listing: Listing, failure: Failure) {
        gst::warning!(CAT, "Cannot open {listing}: {}", failure.text());
        self.machine.discard(self);
        self.not_opened();
        let hold = {
            let mut opening = lock(&self.opening);
            opening.turn += 1;
            opening.gone = false;
            opening.hold.take()
        };
        let device = lock(&self.device).take();
        drop((hold, device));
        // What it said besides is not said of the next one.
        let _ = self.machine.said(true);
        tried.push((listing, failure));
    }

    /// From now on what is heard is of another opening.
    fn hold(&self) -> Arc<Hold> {
        let (hold, old) = {
            let mut opening = lock(&self.opening);
            opening.turn += 1;
            opening.gone = false;
            let hold = Arc::new(Hold {
                source: self.this.clone(),
                turn: opening.turn,
            });
            (hold.clone(), opening.hold.replace(hold))
        };
        drop(old);
        hold
    }

    /// An application's element may be moved to another device as well, if it was to have a certain one.
    pub(super) fn heed_moves_of(&self, element: &gst::Element) {
        let hold = self.hold();
        heed_moves(element, &hold);
        let children = element
            .downcast_ref::<gst::Bin>()
            .map(|bin| bin.iterate_recurse());
        for child in children.into_iter().flatten().flatten() {
            heed_moves(&child, &hold);
        }
    }

    fn open_this(self: &Arc<Self>, listing: &Listing, to: gst::State) -> Result<(), Failure> {
        let hold = self.hold();
        let holder: Arc<dyn Holder> = hold.clone();
        if !hub::hold(listing, Arc::downgrade(&holder)) {
            lock(&self.opening).gone = true;
            return Err(unplugged(listing));
        }
        let device = Device::of(listing)?;
        let element = with_caps(&device)?;
        heed_moves(&device.element, &hold);
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
            (None, Some(device)) if self.is_gone() => Err(unplugged(&device.listing)),
            _ => {
                self.opened();
                Ok(())
            }
        }
    }

    /// The device of an opening has gone; called on any thread, and does not wait.
    fn lost(self: &Arc<Self>, turn: u64, failure: Failure) {
        let (failure, change, sink) = {
            let mut opening = lock(&self.opening);
            if opening.turn != turn || opening.gone {
                return;
            }
            opening.gone = true;
            // Kept before anybody can ask why it does not go on.
            let failure = self.machine.keep(failure);
            (failure, self.machine.under_way(), self.machine.sink())
        };
        // Nothing that may come instead of it gets through, and who waits for it waits no longer.
        if let Some(sink) = sink {
            sink.sever();
        }
        if let Some(change) = change {
            change.give_up();
        }
        // Whoever has just looked waits by now, and hears it.
        drop(lock(&self.offers));
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

impl Hold {
    fn lost(&self, failure: Failure) {
        if let Some(source) = self.source.upgrade() {
            source.lost(self.turn, failure);
        }
    }
}

impl Holder for Hold {
    fn device_gone(&self, device: &Listing) {
        self.lost(unplugged(device));
    }
}

/// A source that goes over to another device by itself has lost its own.
fn heed_moves(element: &gst::Element, hold: &Arc<Hold>) {
    if !element.has_property("current-device") {
        return;
    }
    let hold = Arc::downgrade(hold);
    element.connect_notify(Some("current-device"), move |element, _| {
        if let (Some(hold), Some(other)) = (hold.upgrade(), device::moved_to(element)) {
            hold.lost(moved_away(&other));
        }
    });
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
