// SPDX-License-Identifier: MPL-2.0

//! What a branch counts for its track, and what the track's counters know of it.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::Branch;
use crate::sync::lock;
use crate::track::stats::{Frames, Latency, Snapshot};

impl Branch {
    /// This branch and those that still feed the pad before it, the last one first.
    pub fn with_formers(self: Arc<Self>) -> Vec<Arc<Self>> {
        let former = |branch: &Arc<Self>| Some(branch.former()?.0);
        std::iter::successors(Some(self), former).collect()
    }

    /// What the track's counters do not know of, within [`Counters::at_once`](crate::track::stats::Counters::at_once).
    pub fn unbooked(&self) -> Snapshot {
        let closed = self.closed.load(Ordering::Acquire);
        let delivered = self.delivered.load(Ordering::Relaxed);
        let booked = self.booked.load(Ordering::Relaxed);
        let (mut late, mut discarded) = (0, 0);
        if self.gate.is_enabled() && !closed {
            late = self
                .late_frames()
                .saturating_sub(self.late.load(Ordering::Relaxed));
            discarded = self
                .left_out()
                .saturating_sub(self.discarded.load(Ordering::Relaxed));
        }
        let latency = match closed {
            true => Latency::default(),
            false => self.latencies.get(),
        };
        Snapshot {
            delivered: self.frames(delivered.saturating_sub(booked)),
            dropped: self.frames(late),
            discarded: self.frames(discarded),
            latency,
        }
    }

    /// Tells the track's counters of them.
    pub(super) fn book(&self) {
        self.counters.at_once(|| self.book_now());
    }

    /// The counters know all, but for what is on its way.
    pub(super) fn book_at_last(&self) {
        self.counters.at_once(|| {
            if !self.closed.swap(true, Ordering::AcqRel) {
                self.book_now();
                self.counters.latency(self.latencies.get());
            }
        });
    }

    /// What was on its way has arrived. What the source has lost since is not this branch's.
    pub(super) fn book_the_rest(&self) {
        self.counters.at_once(|| self.book_delivered());
    }

    fn book_delivered(&self) {
        let delivered = self.delivered.load(Ordering::Relaxed);
        let booked = self.booked.fetch_max(delivered, Ordering::Relaxed);
        let delivered = self.frames(delivered.saturating_sub(booked));
        self.counters.delivered(delivered);
    }

    fn book_now(&self) {
        self.book_delivered();
        let late = self.late_frames();
        let known = self.late.fetch_max(late, Ordering::Relaxed);
        self.drop_frames(late.saturating_sub(known));
        let discarded = self.left_out();
        let known = self.discarded.fetch_max(discarded, Ordering::Relaxed);
        if self.gate.is_enabled() {
            let discarded = self.frames(discarded.saturating_sub(known));
            self.counters.discarded(discarded);
        }
    }

    /// Frames of the format that the consumer knows.
    pub(super) fn frames(&self, count: u64) -> Frames {
        let rate = lock(&self.pushed)
            .format
            .as_ref()
            .and_then(|format| format.rate());
        Frames::of(count, rate)
    }

    /// Counts frames that the consumer did not get; of those that are withheld none is counted.
    pub(super) fn drop_frames(&self, frames: u64) {
        if frames > 0 && self.gate.is_enabled() {
            self.counters.dropped(self.frames(frames));
        }
    }

    /// Another branch counts what comes too late, until this one begins.
    pub fn leave_late_frames(&self) {
        self.late.store(u64::MAX, Ordering::Relaxed);
    }

    /// This one counts what comes too late from now on.
    pub(super) fn count_late_frames(&self) {
        self.late.store(self.late_frames(), Ordering::Relaxed);
    }

    /// Frames that came too late for any consumer, since the source is there.
    pub(super) fn late_frames(&self) -> u64 {
        self.tee.upgrade().map_or(0, |tee| tee.late())
    }

    /// Frames that were left out before this fan-out, since it is there.
    pub(super) fn left_out(&self) -> u64 {
        self.tee.upgrade().map_or(0, |tee| tee.discarded())
    }
}
