// SPDX-License-Identifier: MPL-2.0

//! The line between a branch and the one before or after it on the same pad. An item is on one side of it, but for sound, which
//! is parted there, to the nearest sample frame: what a resampler makes of a source begins and ends anywhere.

use std::sync::atomic::Ordering;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::Branch;
use crate::sync::lock;
use crate::tee::fanout::Work;
use crate::tee::item::Item;

/// Which items are a branch's own. Locked for a moment, except by a worker that waits for the line to be drawn.
#[derive(Default)]
pub(super) struct Bounds {
    drawn: Mutex<Drawn>,
    changed: Condvar,
}

#[derive(Default)]
pub(super) struct Drawn {
    /// The line is about to be drawn.
    pub(super) held: bool,
    /// From this position on, until the first item.
    pub(super) from: Option<u64>,
    /// The last position from before that.
    passed: u64,
    /// Before this position.
    pub(super) until: Option<u64>,
}

impl Bounds {
    /// Waits until nobody is about to draw a line.
    fn settled(&self) -> MutexGuard<'_, Drawn> {
        self.changed
            .wait_while(lock(&self.drawn), |drawn| drawn.held)
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// From where to where an item is this branch's and not its neighbours', if anything of it is.
    fn part(&self, extent: Option<(u64, u64)>) -> Option<(u64, u64)> {
        let mut drawn = self.settled();
        let Some((start, end)) = extent else {
            return drawn.until.is_none().then_some((0, u64::MAX));
        };
        // A source that goes back has started anew.
        let goes_on = start >= drawn.passed;
        let from = drawn.from.filter(|_| goes_on).unwrap_or(0);
        if end <= from {
            drawn.passed = start;
            return None;
        }
        let until = drawn.until.unwrap_or(u64::MAX);
        (start < until).then_some((from, until))
    }

    /// Whether there is a branch after this one.
    fn are_drawn_ahead(&self) -> bool {
        self.settled().until.is_some()
    }

    /// The first position that is not the former branch's.
    pub(super) fn from(&self) -> Option<u64> {
        lock(&self.drawn).from
    }
}

impl Branch {
    pub(super) fn change_bounds(&self, change: impl FnOnce(&mut Drawn)) {
        let mut drawn = lock(&self.bounds.drawn);
        change(&mut drawn);
        let bounded = drawn.held || drawn.from.is_some() || drawn.until.is_some();
        // Under the lock, so that of several changes the last is the one that stays.
        self.gate.set_bounded(bounded);
        self.bounds.changed.notify_all();
    }

    /// What of an item, and how many of its frames, are this branch's, and not the one's before or after it. Sound is parted where
    /// the line is. An item that was to be `marked` and is not pushed leaves that to the branch after this one.
    pub(super) fn own(&self, item: Item, frames: u64, marked: bool) -> Option<(Item, u64)> {
        if !self.gate.is_bounded() {
            return Some((item, frames));
        }
        let own = self.bounds.part(item.extent()).and_then(|span| {
            let media = item.media.part(span, item.sticky.format())?;
            let part = Item { media, ..item };
            let frames = part.frames();
            Some((part, frames))
        });
        // Before its own first one nothing is missing but what a former branch has lost.
        if own.is_none() && marked && self.former().is_none() {
            self.lost.store(true, Ordering::Release);
        }
        own
    }

    /// The same of a worker's job.
    pub(super) fn own_work(&self, work: Work<Item>) -> Option<Work<Item>> {
        match work {
            Work::Item {
                item,
                frames,
                discont,
            } => {
                let (item, frames) = self.own(item, frames, discont)?;
                Some(Work::Item {
                    item,
                    frames,
                    discont,
                })
            }
            other => Some(other),
        }
    }

    /// Whether the next branch on the pad pushes the end.
    pub(super) fn has_heir(&self) -> bool {
        self.gate.is_bounded() && self.bounds.are_drawn_ahead()
    }
}
