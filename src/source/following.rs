// SPDX-License-Identifier: MPL-2.0

//! A source follows those who use it, up and down: who asks, who waits, and the one thread that changes its state. What it should
//! do is decided in [`control`](super::control).

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::thread;
use std::time::Duration;

use super::control::{Control, User, Wish};
use super::machine::{self, Reached};
use super::{CAT, Source};
use crate::error::Failure;
use crate::sync::lock;

impl Source {
    /// Whether its elements run, and go on doing so, so that what they have decided holds.
    pub fn runs(&self) -> bool {
        lock(&self.control).stays_in(gst::State::Paused)
    }

    /// Whether this user waits for it to go up.
    pub fn is_awaited_by(&self, user: User) -> bool {
        lock(&self.control).is_awaited_by(user)
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
    pub(super) fn redo(self: &Arc<Self>) {
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
    pub(super) fn wait_until_settled(&self) {
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

    pub(super) fn start_working(self: &Arc<Self>) {
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
