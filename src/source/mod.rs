// SPDX-License-Identifier: MPL-2.0

//! Where media come from: a device, or any element, in a private pipeline, shared by all tracks that were cloned from one
//! another (W3C "source").
//!
//! The pipeline's state is the highest that any element of a live track has. It is changed by one thread at a time, started
//! when there is something to change, never by a streaming thread and never by who asks for it.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError, Weak};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use gst::prelude::*;
use once_cell::sync::{Lazy, OnceCell};

mod adapters;
mod attach;
mod bus;
mod control;
mod ending;
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
pub use machine::Origin;
pub use offer::defaults;

use crate::adapter::Adapter;
use crate::device::Device;
use crate::error::Failure;
use crate::kind::Kind;
use crate::sync::lock;
use crate::tee::{Change, Tee};
use crate::track::core::Track;
use control::{Control, Wish};
use machine::{Machine, Reached};
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

    /// Whether its elements run, and go on doing so, so that what they have decided holds.
    pub fn runs(&self) -> bool {
        lock(&self.control).stays_in(gst::State::Paused)
    }

    /// Whether this user waits for it to go up.
    pub fn is_awaited_by(&self, user: User) -> bool {
        lock(&self.control).is_awaited_by(user)
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

    /// An element of a live track goes up to this state; returns when the source has followed. On one of the source's own
    /// threads, which its state changes may have to wait for, it returns at once.
    pub fn raise(self: &Arc<Self>, user: User, state: gst::State) -> Result<(), Failure> {
        let mut control = lock(&self.control);
        if self.moved.get().is_none() {
            control.want(user, state);
        }
        loop {
            if let Some(other) = self.moved.get() {
                // The track is there as well before anybody is told that it has got so far.
                while !self.arrived.load(Ordering::Acquire) && !self.is_own_thread() {
                    control = self
                        .settled
                        .wait(control)
                        .unwrap_or_else(PoisonError::into_inner);
                }
                drop(control);
                return other.raise(user, state);
            }
            match control.wish(user) {
                Wish::Granted => return Ok(()),
                Wish::Failed(failure) => return Err(failure),
                Wish::Pending => {}
            }
            if control.begin() {
                drop(control);
                self.start_working();
                control = lock(&self.control);
                continue;
            }
            if self.is_own_thread() {
                return Ok(());
            }
            control = self
                .settled
                .wait(control)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// An element goes down to this state, or has no live track any more; the source follows in its own time.
    pub fn lower(self: &Arc<Self>, user: User, state: gst::State) {
        let begin = {
            let mut control = lock(&self.control);
            if let Some(other) = self.moved.get() {
                drop(control);
                return other.lower(user, state);
            }
            if control.want_no_more_than(user, state) {
                self.settled.notify_all();
            }
            control.begin()
        };
        if begin {
            self.start_working();
        }
    }

    /// The source may not do what it should in the state that it has.
    fn redo(self: &Arc<Self>) {
        let begin = {
            let mut control = lock(&self.control);
            control.redo();
            control.begin()
        };
        if begin {
            self.start_working();
        }
    }

    /// Waits until a device that nobody uses any more is free again, but not for ever; not on the source's own threads.
    pub fn settle(&self) {
        if self.is_own_thread() {
            return;
        }
        self.wait_while(machine::CLOSING, Control::is_leaving);
    }

    /// Waits until no state change is under way, but not for ever; not on the source's own threads.
    fn wait_until_settled(&self) {
        self.wait_while(machine::OPENING, |control| !control.is_settled());
    }

    fn wait_while(&self, limit: Duration, is_so: impl Fn(&Control<gst::State, Failure>) -> bool) {
        let control = lock(&self.control);
        let wait = self
            .settled
            .wait_timeout_while(control, limit, |control| is_so(control));
        drop(wait.unwrap_or_else(PoisonError::into_inner));
    }

    fn is_own_thread(&self) -> bool {
        lock(&self.threads).contains(&thread::current().id())
    }

    fn start_working(self: &Arc<Self>) {
        let source = self.clone();
        let thread = thread::Builder::new().name("mediastream-state".into());
        if let Err(error) = thread.spawn(move || source.work()) {
            let failure = Failure::new(
                gst::CoreError::Thread,
                format!("No thread to start the {} source: {error}", self.kind),
            );
            let mut control = lock(&self.control);
            control.failed(gst::State::Null, failure);
            // Ends the work that has been begun.
            let _ = control.next();
            self.settled.notify_all();
        }
    }

    fn work(self: &Arc<Self>) {
        let own = thread::current().id();
        lock(&self.threads).insert(own);
        let mut next = lock(&self.control).next();
        self.settled.notify_all();
        while let Some((from, to)) = next {
            gst::debug!(CAT, "{} source: {from:?} → {to:?}", self.kind);
            let result = self.machine.set_state(self, from, to);
            if let Ok(Reached::Elsewhere(other)) = &result {
                self.move_to(other);
            }
            next = {
                let mut control = lock(&self.control);
                match &result {
                    Ok(Reached::Here) => control.reached(to),
                    Ok(Reached::Elsewhere(_)) => {}
                    Err(failure) => control.failed(gst::State::Null, failure.clone()),
                }
                // At once: whoever hears that it failed may do something about it.
                control.next()
            };
            self.settled.notify_all();
            if result.is_err() && self.is_gone() {
                // Whoever waited for it has been told why.
                self.end();
            }
        }
        lock(&self.threads).remove(&own);
        self.settled.notify_all();
    }
}
