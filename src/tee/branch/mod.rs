// SPDX-License-Identifier: MPL-2.0

//! One consumer of a tee, from one change to PLAYING to the next change away from it: the src pad that is fed, what has
//! been pushed on it, and where the consumer stands in time.
//!
//! A branch is pushed by one worker at a time. The worker does not hold the pad's stream lock, which costs more than anything
//! else of a delivery: an element that leaves PAUSED waits for the worker instead, and so does the next branch on the same
//! pad. `pushed` is locked for a moment to read or note something, never across a push.

use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::Instant;

use gst::glib;
use gst::prelude::*;

mod bounds;
mod counting;
mod handover;
mod news;

use super::exit::Exit;
use super::fanout::{Consumer, Outcome, Work};
use super::identity::Identity;
use super::item::{Item, Media, moved, shape};
use super::prefetch::prefetch_all;
use super::sticky::Sticky;
use super::{CAT, Place, Tee};
use crate::clock::Timeline;
use crate::error::Failure;
use crate::gate::{Gate, Verdict};
use crate::sync::lock;
use crate::track::stats::{Counters, Latencies};
use bounds::Bounds;
use news::Pushed;

pub use handover::{Former, Upstream};

/// What the consumer answered; an event is not answered.
type Answer = Option<Result<gst::FlowSuccess, gst::FlowError>>;

/// What a branch has of its track.
pub struct Whose {
    pub identity: Arc<Identity>,
    pub label: String,
    pub counters: Arc<Counters>,
    pub enabled: bool,
}

/// One consumer of a tee.
///
/// What each push looks at comes first and lies together: with a thousand consumers, fetching memory is most of what a delivery
/// costs.
#[repr(C)]
pub struct Branch {
    exit: Exit,
    /// The sticky state that the consumer knows, to compare with; `pushed` keeps it.
    told: AtomicPtr<Sticky>,
    /// Frames that the consumer got; written by the worker that is in the lane only.
    delivered: AtomicU64,
    /// How often the consumer may have changed.
    relinks: AtomicU32,
    /// The consumer may not know the track's stream, its other tracks, or the hint.
    moved: AtomicBool,
    /// The last push found no consumer, or one that wants no more; or what came after it was lost.
    lost: AtomicBool,
    /// The element has left PLAYING; nothing more is pushed.
    closed: AtomicBool,
    gate: Gate,
    latencies: Latencies,
    timeline: Timeline,
    element: glib::WeakRef<gst::Element>,
    tee: Weak<Tee>,
    identity: Arc<Identity>,
    label: String,
    counters: Arc<Counters>,
    /// How many of the frames delivered `counters` know of.
    booked: AtomicU64,
    /// How many of the frames that came too late `counters` know of, or are not for them; all there will be, if another branch
    /// counts them.
    late: AtomicU64,
    /// The same of the frames that were left out.
    discarded: AtomicU64,
    pushed: Mutex<Pushed>,
    bounds: Bounds,
}

impl Drop for Branch {
    fn drop(&mut self) {
        self.close();
        self.book_the_rest();
    }
}

impl Consumer for Arc<Branch> {
    fn skipped(&self, frames: u64) {
        self.drop_frames(frames);
    }

    fn comes_next_but_one(&self) {
        let hot = std::mem::offset_of!(Branch, timeline) + size_of::<Timeline>();
        prefetch_all(Arc::as_ptr(self), hot);
    }

    fn comes_next(&self) {
        self.exit.prefetch();
    }
}

impl Branch {
    /// A branch of `element`, which is about to be PLAYING. It pushes nothing before the consumer has returned from the pushes of
    /// the branches in `after`.
    pub fn new(
        tee: &Arc<Tee>,
        element: &gst::Element,
        exit: Exit,
        whose: Whose,
        after: Vec<Place>,
    ) -> Arc<Self> {
        let pushed = Pushed {
            after,
            ..Pushed::default()
        };
        Arc::new(Self {
            exit,
            told: AtomicPtr::default(),
            delivered: AtomicU64::new(0),
            relinks: AtomicU32::new(0),
            moved: AtomicBool::new(true),
            lost: AtomicBool::new(false),
            closed: AtomicBool::new(false),
            gate: Gate::new(whose.enabled),
            latencies: Latencies::default(),
            timeline: Timeline::of(element),
            element: element.downgrade(),
            tee: Arc::downgrade(tee),
            identity: whose.identity,
            label: whose.label,
            counters: whose.counters,
            booked: AtomicU64::new(0),
            late: AtomicU64::new(tee.late()),
            discarded: AtomicU64::new(tee.discarded()),
            pushed: Mutex::new(pushed),
            bounds: Bounds::default(),
        })
    }

    /// Another consumer may have come; whether the last one was lost.
    pub fn relinked(&self) -> bool {
        self.relinks.fetch_add(1, Ordering::AcqRel);
        self.exit.relinked();
        self.lost.load(Ordering::Acquire)
    }

    /// The stream that the track is in has changed, or what the track says of itself.
    pub fn moved(&self) {
        self.moved.store(true, Ordering::Release);
        if let Some((former, _)) = self.former() {
            former.moved();
        }
    }

    /// From now on the consumer gets media, or black or silence in their place.
    pub fn set_enabled(&self, enabled: bool) {
        if let Some((former, _)) = self.former() {
            former.set_enabled(enabled);
        }
        if self.gate.is_enabled() == enabled {
            return;
        }
        match enabled {
            true => {
                let late = self.late_frames();
                let _ = (self.late).fetch_update(Ordering::Relaxed, Ordering::Relaxed, |known| {
                    (known != u64::MAX).then_some(late)
                });
                self.discarded.store(self.left_out(), Ordering::Relaxed);
            }
            false => self.book(),
        }
        self.gate.set_enabled(enabled);
    }

    /// Nothing is pushed from now on but what is on its way, and the track's counters know all.
    pub fn close(&self) {
        self.book_at_last();
    }

    /// Does a worker's job, on the worker's thread; `now` is the monotonic time in microseconds.
    #[inline(always)]
    pub fn push(&self, mut work: Work<Item>, now: i64) -> Outcome {
        let mut follows = false;
        if self.told.load(Ordering::Relaxed).is_null() {
            match self.begin_with(work, now) {
                Some(begun) => (follows, work) = begun,
                None => return Outcome::Went,
            }
        }
        if self.closed.load(Ordering::Acquire) {
            return self.miss(&work);
        }
        let relinks = self.relinks.load(Ordering::Acquire);
        match work {
            Work::Item {
                item,
                frames,
                discont,
            } => {
                let discont = discont && !follows;
                let (result, frames) = match self.gate.is_open() {
                    true => {
                        if let Some(age) = item.mark.age(now) {
                            self.latencies.measured(age);
                        }
                        let shift = self.push_sticky(&item.sticky, true);
                        (self.push_media(item.media, discont, shift), frames)
                    }
                    false => self.push_guarded(item, frames, discont),
                };
                let Some(result) = result else {
                    return Outcome::Went;
                };
                let outcome = self.note(result, frames);
                // The consumer that failed may not be the one that is there now.
                let relinked = self.relinks.load(Ordering::Acquire) != relinks;
                match result {
                    Err(_) if relinked => Outcome::Missed,
                    _ => outcome,
                }
            }
            Work::AskForKey { before } => {
                if let Some(tee) = self.tee.upgrade() {
                    tee.wants_key_unit(before);
                }
                Outcome::Went
            }
            Work::End => {
                self.end();
                Outcome::Went
            }
        }
    }

    /// Before the first push: what of the job is this branch's, and whether it follows what the consumer has.
    #[cold]
    fn begin_with(&self, work: Work<Item>, now: i64) -> Option<(bool, Work<Item>)> {
        let own = self.own_work(work)?;
        Some((self.begin(&own, now)?, own))
    }

    /// What comes after the element has left PLAYING.
    #[cold]
    fn miss(&self, work: &Work<Item>) -> Outcome {
        if let Work::Item { frames, .. } = work {
            self.drop_frames(*frames);
        }
        Outcome::Missed
    }

    /// Pushes the end, unless the next branch on the pad does.
    #[cold]
    fn end(&self) {
        if self.has_heir() {
            return;
        }
        if let Some(tee) = self.tee.upgrade() {
            self.push_sticky(&tee.sticky(), self.gate.is_enabled());
        }
        gst::debug!(CAT, obj = self.exit.own(), "Pushing EOS");
        self.exit.own().push_event(gst::event::Eos::new());
    }

    /// Pushes an item while the gate is not open. Returns what the consumer answered, and how many frames it got.
    #[inline(never)]
    fn push_guarded(&self, item: Item, frames: u64, discont: bool) -> (Answer, u64) {
        let Some((item, frames)) = self.own(item, frames, discont) else {
            return (None, 0);
        };
        let raw = item.sticky.format().is_raw();
        let verdict = self.gate.judge(raw, item.is_key());
        let passes = matches!(verdict, Verdict::Pass | Verdict::Resume);
        let shift = self.push_sticky(&item.sticky, passes);
        if passes {
            let discont = discont || verdict == Verdict::Resume;
            if discont && matches!(item.media, Media::Event(_)) {
                self.gate.owes_mark();
            }
            return (self.push_media(item.media, discont, shift), frames);
        }
        if verdict == Verdict::AwaitKey {
            self.drop_frames(frames);
            if let Some(tee) = self.tee.upgrade() {
                tee.ask_for_key_unit(false, Instant::now());
            }
        }
        let withheld = self.withheld(&item);
        if discont && !matches!(withheld, Some(Media::Buffer(_) | Media::List(_))) {
            self.gate.owes_mark();
        }
        let answer = withheld.and_then(|media| self.push_media(media, discont, shift));
        (answer, 0)
    }

    /// What goes out in place of an item, in the format that the consumer knows.
    fn withheld(&self, item: &Item) -> Option<Media> {
        let format = item.sticky.format();
        let is_told = self.told.load(Ordering::Relaxed).cast_const() == Arc::as_ptr(&item.sticky);
        if is_told {
            return item.media.withheld(format, format);
        }
        let known = lock(&self.pushed).format.clone();
        item.media
            .withheld(format, known.as_ref().unwrap_or(format))
    }

    #[inline(always)]
    fn push_media(&self, media: Media, discont: bool, shift: i64) -> Answer {
        match media {
            Media::Buffer(mut buffer) => {
                shape(&mut buffer, discont, shift);
                Some(self.exit.for_media().push(buffer))
            }
            other => self.push_other(other, discont, shift),
        }
    }

    #[inline(never)]
    fn push_other(&self, media: Media, discont: bool, shift: i64) -> Answer {
        let media = match discont {
            true => media.marked(),
            false => media,
        };
        match media {
            Media::List(list) if shift == 0 => Some(self.exit.for_media().push_list(list)),
            Media::List(list) => {
                let moved = list.iter_owned().map(|mut buffer| {
                    shape(&mut buffer, false, shift);
                    buffer
                });
                Some(self.exit.for_media().push_list(moved.collect()))
            }
            Media::Event(event) => {
                self.exit.own().push_event(moved(event, shift));
                None
            }
            buffer => self.push_media(buffer, discont, shift),
        }
    }

    /// Whether a consumer that refused these media is about to get others.
    fn is_suited_soon(&self) -> bool {
        if self.has_heir() {
            return true;
        }
        let owner = self.tee.upgrade().and_then(|tee| tee.owner.upgrade());
        let element = self.element.upgrade();
        owner
            .zip(element)
            .is_some_and(|(owner, element)| owner.refused_by(&element))
    }

    /// Counts what became of the frames, and keeps the consumer's trouble in its own branch.
    fn note(&self, result: Result<gst::FlowSuccess, gst::FlowError>, frames: u64) -> Outcome {
        self.lost.store(result.is_err(), Ordering::Release);
        match result {
            Ok(_) | Err(gst::FlowError::NotLinked) => {
                let delivered = self.delivered.load(Ordering::Relaxed);
                self.delivered.store(delivered + frames, Ordering::Relaxed);
                Outcome::Went
            }
            Err(error) => self.failed(error, frames),
        }
    }

    /// The consumer did not take them.
    #[cold]
    fn failed(&self, error: gst::FlowError, frames: u64) -> Outcome {
        self.drop_frames(frames);
        match error {
            // The consumer is torn down or seeks: it may be back with the next item.
            gst::FlowError::Flushing => {
                lock(&self.pushed).lost_segment = true;
                self.told.store(std::ptr::null_mut(), Ordering::Relaxed);
                Outcome::Missed
            }
            gst::FlowError::Eos => {
                gst::info!(CAT, obj = self.exit.own(), "The consumer wants no more");
                Outcome::Park
            }
            gst::FlowError::NotNegotiated if self.is_suited_soon() => Outcome::Missed,
            error => {
                gst::warning!(CAT, obj = self.exit.own(), "The consumer failed: {error:?}");
                if let Some(element) = self.element.upgrade() {
                    Failure::of_flow(error).post(&element);
                }
                Outcome::Park
            }
        }
    }
}
