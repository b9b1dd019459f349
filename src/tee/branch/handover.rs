// SPDX-License-Identifier: MPL-2.0

//! A track that goes from one fan-out to another while its consumer looks on: nothing is lost, nothing comes twice.
//!
//! Both branches stand still for a moment, while the new one joins and a position is drawn: what is from before it is the
//! former branch's, what is later is the new one's ([`Bounds`](super::bounds::Bounds)). The former one goes on, until the new
//! one has its first item. Then whoever is in the new branch pushes what the former one had still to get, and goes on where it
//! stopped.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::Branch;
use super::news::Pushed;
use crate::sync::lock;
use crate::tee::Place;
use crate::tee::fanout::{Rest, Work};
use crate::tee::item::Item;

/// What stands between a source and a fan-out that is not its own.
pub trait Upstream: Send + Sync {
    /// Waits until all from before this position, in nanoseconds, has gone through; not for ever.
    fn wait_until_passed(&self, position: u64);
}

/// The branch that fed the pad before this one.
pub struct Former {
    pub branch: Arc<Branch>,
    pub place: Place,
    /// Where it gets its items from, if not from the source.
    pub upstream: Option<Arc<dyn Upstream>>,
}

impl Branch {
    /// Feeds the pad in place of `former`, once it has something, and so much of that, in nanoseconds, that the beginning is not
    /// needed. `join` joins the fan-out, and after that `next` says which position of the source comes next, if it is known.
    pub fn succeed(
        &self,
        former: Former,
        settling: u64,
        join: impl FnOnce() -> Place,
        next: impl FnOnce() -> Option<u64>,
    ) -> Place {
        let old = former.branch.clone();
        self.leave_late_frames();
        self.change_bounds(|drawn| drawn.held = true);
        old.change_bounds(|drawn| drawn.held = true);
        lock(&self.pushed).former = Some(Arc::new(former));
        let place = join();
        // Who has got nothing yet gets the new media from the first one on.
        let all = old.clone().with_formers();
        let settling = match all.iter().any(|old| lock(&old.pushed).started) {
            true => settling,
            false => 0,
        };
        let line = next().map_or(0, |next| next.saturating_add(settling));
        // Up to its own line, the consumer has been promised to the one before that.
        let line = line.max(old.bounds.from().unwrap_or(0));
        old.change_bounds(|drawn| {
            drawn.held = false;
            drawn.until = Some(line);
        });
        self.change_bounds(|drawn| {
            drawn.held = false;
            drawn.from = Some(line);
        });
        place
    }

    /// The branch that still feeds the pad, for this one has not got anything yet.
    pub fn former(&self) -> Option<(Arc<Self>, Place)> {
        let pushed = lock(&self.pushed);
        let former = pushed.former.as_ref()?;
        Some((former.branch.clone(), former.place.clone()))
    }

    /// All that would still feed the pad before this one; this branch takes over from none of them.
    pub fn take_formers(&self) -> Vec<Arc<Former>> {
        let mut formers = Vec::new();
        let mut next = lock(&self.pushed).former.take();
        while let Some(former) = next {
            next = lock(&former.branch.pushed).former.take();
            formers.push(former);
        }
        formers
    }

    /// Before the first push: waits until the consumer has returned from the pushes of former branches on this pad, and takes
    /// over from the last one. Whether the next item follows what the consumer has; `None` if this one is not for it.
    pub(super) fn begin(&self, work: &Work<Item>, now: i64) -> Option<bool> {
        match work {
            Work::AskForKey { .. } => return Some(false),
            Work::Item { item, .. } if self.is_old(item) => {
                match item.sticky.format().is_raw() {
                    true => self.gate.owes_mark(),
                    false => self.gate.broken(),
                }
                return None;
            }
            Work::Item { .. } | Work::End => {}
        }
        let (after, former) = {
            let mut pushed = lock(&self.pushed);
            // It stays where it is found by who disables or cuts off this branch, until it has handed over.
            (std::mem::take(&mut pushed.after), pushed.former.clone())
        };
        after.iter().for_each(Place::wait_for);
        self.recall_format();
        let Some(former) = former else {
            return Some(false);
        };
        if let (Some(upstream), Some(line)) = (&former.upstream, self.bounds.from()) {
            upstream.wait_until_passed(line);
        }
        let (rest, is_missing) = former.place.take_over();
        former.place.wait_for();
        let follows = former.branch.hand_over(rest, is_missing, self, now);
        self.count_late_frames();
        self.adopt(&former.branch);
        self.change_bounds(|drawn| drawn.from = None);
        if !follows {
            self.gate.owes_mark();
        }
        Some(follows)
    }

    /// Whether an item, which would be the first, was taken before the consumer's time began: a camera says when it took a picture.
    /// Muxers leave out what is from before, and of what is encoded that would be the only key frame.
    fn is_old(&self, item: &Item) -> bool {
        let is_first = {
            let pushed = lock(&self.pushed);
            !pushed.started && pushed.former.is_none()
        };
        let span = item.media.span_in_time(&item.sticky).filter(|_| is_first);
        let running_time = |(from, _): (u64, u64)| {
            let segment = item.sticky.segment()?;
            segment.to_running_time(gst::ClockTime::from_nseconds(from))
        };
        span.and_then(running_time).is_some_and(|running_time| {
            self.timeline
                .is_just_before(running_time, item.sticky.epoch)
        })
    }

    /// Pushes what is left, unless `heir` is cut off meanwhile. Whether the consumer has got all.
    fn hand_over(&self, rest: Vec<Rest<Item>>, is_missing: bool, heir: &Self, now: i64) -> bool {
        for Rest {
            item,
            frames,
            discont,
        } in rest
        {
            if heir.closed.load(Ordering::Acquire) {
                self.close();
            }
            self.set_enabled(heir.gate.is_enabled());
            // What the consumer answers is not for us: at the next push it says it again.
            let _ = self.push(
                Work::Item {
                    item,
                    frames,
                    discont,
                },
                now,
            );
        }
        // Of a former one in turn, if this one has not pushed at all: nothing is missing but what that one has lost.
        let has_begun = self.former().is_none();
        let begun = self.begin(&Work::End, now);
        let follows = match has_begun {
            true => !is_missing && !self.lost.load(Ordering::Acquire),
            false => begun == Some(true),
        };
        self.close();
        follows
    }

    /// Knows what the consumer has been told, and has nobody before it any more.
    fn adopt(&self, former: &Self) {
        let known = std::mem::take(&mut *lock(&former.pushed));
        let old = {
            let mut pushed = lock(&self.pushed);
            let former = pushed.former.take();
            let old = match known.started {
                true => {
                    let after = std::mem::take(&mut pushed.after);
                    std::mem::replace(&mut *pushed, Pushed { after, ..known })
                }
                false => known,
            };
            (old, former)
        };
        drop(old);
    }
}
