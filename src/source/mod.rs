// SPDX-License-Identifier: MPL-2.0

//! Where media come from: a device, or any element, in a private pipeline, shared by all tracks that were cloned from one
//! another (W3C "source").
//!
//! The pipeline's state is the highest that any element of a live track has. It is changed by one thread at a time, started
//! when there is something to change, never by a streaming thread and never by who asks for it.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, Weak};
use std::thread::ThreadId;
use std::time::Instant;

use gst::prelude::*;
use once_cell::sync::{Lazy, OnceCell};

mod adapters;
mod attach;
mod bus;
mod control;
mod ending;
mod following;
mod machine;
mod moving;
mod notices;
mod offer;
mod opening;
mod owner;
mod patience;
mod raising;
mod stalls;
mod telling;
mod usage;
mod volume;

pub use control::User;
pub use offer::defaults;

use crate::adapter::Adapter;
use crate::device::Device;
use crate::error::Failure;
use crate::kind::Kind;
use crate::sync::lock;
use crate::tee::{Change, Tee};
use crate::track::core::Track;
use control::Control;
use machine::Machine;
use notices::Notices;
use offer::Offer;
use opening::Opening;

static CAT: Lazy<gst::DebugCategory> = Lazy::new(|| {
    gst::DebugCategory::new(
        "mediastream-source",
        gst::DebugColorFlags::empty(),
        Some("MediaStream source"),
    )
});

/// Where a source's media come from.
#[derive(Clone, Debug)]
pub enum Origin {
    /// The device of this name, or any of the kind.
    Device(Option<String>),
    /// An element or bin that the application gave.
    Element(gst::Element),
}

impl Default for Origin {
    fn default() -> Self {
        Self::Device(None)
    }
}

/// The tracks on a source.
#[derive(Default)]
struct Tracks {
    tracks: Vec<Weak<Track>>,
    /// Another source has the device, and these tracks.
    moved: Option<Arc<Source>>,
    /// The source has ended for good: whatever is cloned from its tracks is born ended.
    over: bool,
    /// Whatever is cloned from its tracks is born muted, if the source is.
    muted: Change,
}

/// What becomes of a track that a source is to have.
pub enum Adopted {
    Here,
    /// The source has ended.
    TooLate,
    /// The source has moved.
    Elsewhere(Arc<Source>),
}

/// What a source could give, and what it does give.
#[derive(Default)]
struct Offers {
    possible: Option<Arc<Offer>>,
    given: Option<Arc<Offer>>,
    /// What it has to give although it gave something else, until then.
    demanded: Option<(gst::Caps, Instant)>,
    /// How often they have changed.
    turn: u64,
}

/// A source and its fan-out.
pub struct Source {
    this: Weak<Source>,
    kind: Kind,
    tee: Arc<Tee>,
    origin: Mutex<Origin>,
    /// The device once it has been chosen.
    device: Mutex<Option<Arc<Device>>>,
    opening: Mutex<Opening>,
    /// It has been opened, and others may share it.
    opened: AtomicBool,
    /// Others do.
    shared: AtomicBool,
    /// Its tracks are about to end.
    ending: AtomicBool,
    tracks: Mutex<Tracks>,
    adapters: Mutex<Vec<Weak<Adapter>>>,
    offers: Mutex<Offers>,
    /// The source has decided again.
    decided: Condvar,
    control: Mutex<Control<gst::State, Failure>>,
    /// The source that has the users; set under `control`.
    moved: OnceCell<Arc<Source>>,
    /// It has the tracks as well; set under `control`.
    arrived: AtomicBool,
    /// `control` has changed.
    settled: Condvar,
    machine: Machine,
    notices: Notices,
    /// What has to be done whatever handlers of signals do, and asks consumers what they accept.
    chores: Notices,
    /// EOS and why, whatever consumers do that are asked. Of the application's it runs synchronous handlers of buses.
    endings: Notices,
    /// The source's streaming threads.
    threads: Mutex<HashSet<ThreadId>>,
}

impl Drop for Source {
    fn drop(&mut self) {
        self.tee.close();
    }
}

impl Source {
    pub fn new(kind: Kind) -> Arc<Self> {
        Arc::new_cyclic(|this: &Weak<Self>| Self {
            this: this.clone(),
            kind,
            tee: Tee::new(kind, this.clone()),
            origin: Mutex::default(),
            device: Mutex::default(),
            opening: Mutex::default(),
            opened: AtomicBool::new(false),
            shared: AtomicBool::new(false),
            ending: AtomicBool::new(false),
            tracks: Mutex::default(),
            adapters: Mutex::default(),
            offers: Mutex::default(),
            decided: Condvar::new(),
            control: Mutex::new(Control::new(gst::State::Null)),
            moved: OnceCell::new(),
            arrived: AtomicBool::new(false),
            settled: Condvar::new(),
            machine: Machine::default(),
            notices: Notices::default(),
            chores: Notices::default(),
            endings: Notices::default(),
            threads: Mutex::default(),
        })
    }

    pub fn kind(&self) -> Kind {
        self.kind
    }

    pub fn tee(&self) -> &Arc<Tee> {
        &self.tee
    }

    pub fn origin(&self) -> Origin {
        lock(&self.origin).clone()
    }

    /// Takes media from there; an error once the source has been opened, for a track's source never changes.
    pub fn set_origin(&self, origin: Origin) -> Result<(), Failure> {
        if self.is_open() {
            return Err(Failure::new(
                gst::ResourceError::Settings,
                format!(
                    "The {} source has been opened and cannot change: make another mediastream",
                    self.kind
                ),
            ));
        }
        let old = std::mem::replace(&mut *lock(&self.origin), origin);
        drop(old);
        Ok(())
    }

    /// W3C label: what the device calls itself, or the element's name; empty until it is known.
    pub fn label(&self) -> String {
        match (&*lock(&self.origin), self.device()) {
            (Origin::Element(element), _) => element.name().to_string(),
            (Origin::Device(_), Some(device)) => device.listing.label.clone(),
            (Origin::Device(_), None) => String::new(),
        }
    }

    /// The device's element, or the one that the application gave.
    pub fn element(&self) -> Option<gst::Element> {
        match self.origin() {
            Origin::Element(element) => Some(element),
            Origin::Device(_) => self.device().map(|device| device.element.clone()),
        }
    }

    /// Whether it has been opened, now or before.
    pub fn is_open(&self) -> bool {
        let is_busy = !lock(&self.control).is_settled();
        is_busy
            || self.machine.pipeline().is_some()
            || self.moved.get().is_some()
            || self.tee.has_given()
    }

    fn is_device(&self) -> bool {
        matches!(&*lock(&self.origin), Origin::Device(_))
    }

    fn device(&self) -> Option<Arc<Device>> {
        lock(&self.device).clone()
    }

    fn chose(&self, device: Device) {
        gst::info!(CAT, "Using {} for {}", device.listing, self.kind);
        let old = lock(&self.device).replace(Arc::new(device));
        drop(old);
    }

    /// Whether tracks can still be had from it.
    fn is_usable(&self) -> bool {
        !self.ending.load(Ordering::Acquire) && !self.is_gone()
    }

    /// Takes a track on, muted if the source is, so that it misses no change; [`Adopted`] says where it belongs.
    pub fn adopt(&self, track: &Arc<Track>) -> Adopted {
        let mut tracks = lock(&self.tracks);
        if let Some(other) = &tracks.moved {
            return Adopted::Elsewhere(other.clone());
        }
        track.born_muted(tracks.muted.muted);
        tracks.tracks.retain(|track| track.strong_count() > 0);
        tracks.tracks.push(Arc::downgrade(track));
        match tracks.over {
            true => Adopted::TooLate,
            false => Adopted::Here,
        }
    }

    fn tracks(&self) -> Vec<Arc<Track>> {
        lock(&self.tracks)
            .tracks
            .iter()
            .filter_map(Weak::upgrade)
            .collect()
    }
}
