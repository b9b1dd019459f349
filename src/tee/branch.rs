// SPDX-License-Identifier: MPL-2.0

//! One consumer of a tee, from one change to PLAYING to the next change away from it: the src pad that is fed, what has
//! been pushed on it, and where the consumer stands in time.
//!
//! A branch is pushed by one worker at a time. The worker does not hold the pad's stream lock, which costs more than anything
//! else of a delivery: an element that leaves PAUSED waits for the worker instead, and so does the next branch on the same
//! pad. `pushed` is locked for a moment to read or note something, never across a push.

use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, Weak};

use gst::glib;
use gst::prelude::*;

use super::exit::Exit;
use super::fanout::{Consumer, LaneId, Outcome, Work};
use super::identity::Identity;
use super::item::{Item, Media, shape};
use super::prefetch::prefetch;
use super::sticky::Sticky;
use super::{CAT, Tee};
use crate::clock::{Drift, Timeline};
use crate::error::Failure;
use crate::sync::lock;
use crate::track::stats::Counters;

/// What the pad has been told.
#[derive(Default)]
struct Pushed {
    /// Former branches of this pad whose consumer may not have returned from a push.
    after: Vec<LaneId>,
    /// STREAM_START has been pushed.
    started: bool,
    /// What it said.
    stream: Option<gst::Stream>,
    sticky: Option<Arc<Sticky>>,
    /// The consumer was flushed and has lost the segment.
    lost_segment: bool,
    drift: Drift,
}

/// What has changed since the last push.
struct News {
    /// What to add to timestamps.
    shift: i64,
    /// How far the consumer's clock was ahead at its first buffer.
    ahead: i64,
    /// Nothing has been pushed before.
    first: bool,
    /// What had been pushed before.
    sticky: Option<Arc<Sticky>>,
    /// The stream has other tracks, or is another one.
    membership: bool,
    lost_segment: bool,
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
    /// The stream has other tracks, or is another one, than the consumer knows.
    moved: AtomicBool,
    /// The last push found no consumer, or one that wants no more.
    lost: AtomicBool,
    /// The element has left PLAYING; nothing more is pushed.
    closed: AtomicBool,
    timeline: Timeline,
    element: glib::WeakRef<gst::Element>,
    tee: Weak<Tee>,
    identity: Arc<Identity>,
    label: String,
    counters: Arc<Counters>,
    /// How many of the frames delivered `counters` know of.
    booked: AtomicU64,
    pushed: Mutex<Pushed>,
}

impl Drop for Branch {
    fn drop(&mut self) {
        self.book();
    }
}

impl Consumer for Arc<Branch> {
    fn skipped(&self, frames: u64) {
        self.counters.discarded(frames);
    }

    fn comes_next_but_one(&self) {
        prefetch(Arc::as_ptr(self));
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
        identity: Arc<Identity>,
        label: String,
        counters: Arc<Counters>,
        after: Vec<LaneId>,
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
            timeline: Timeline::of(element),
            element: element.downgrade(),
            tee: Arc::downgrade(tee),
            identity,
            label,
            counters,
            booked: AtomicU64::new(0),
            pushed: Mutex::new(pushed),
        })
    }

    /// Frames that the consumer got and the track's counters do not know of.
    pub fn unbooked(&self) -> u64 {
        self.delivered.load(Ordering::Relaxed) - self.booked.load(Ordering::Relaxed)
    }

    /// Tells the track's counters what the consumer got.
    pub fn book(&self) {
        let delivered = self.delivered.load(Ordering::Relaxed);
        let booked = self.booked.swap(delivered, Ordering::Relaxed);
        self.counters.delivered(delivered - booked);
    }

    /// Another consumer may have come; whether the last one was lost.
    pub fn relinked(&self) -> bool {
        self.relinks.fetch_add(1, Ordering::AcqRel);
        self.lost.load(Ordering::Acquire)
    }

    /// The stream that the track is in has changed.
    pub fn moved(&self) {
        self.moved.store(true, Ordering::Release);
    }

    /// Nothing is pushed from now on but what is on its way.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Release);
    }

    /// Does a worker's job, on the worker's thread.
    pub fn push(&self, work: Work<Item>) -> Outcome {
        if self.told.load(Ordering::Relaxed).is_null() {
            self.wait_for_former();
        }
        if self.closed.load(Ordering::Acquire) {
            if let Work::Item { frames, .. } = work {
                self.counters.discarded(frames);
            }
            return Outcome::Missed;
        }
        let relinks = self.relinks.load(Ordering::Acquire);
        match work {
            Work::Item {
                item,
                frames,
                discont,
            } => {
                let shift = self.push_sticky(&item.sticky);
                let Some(result) = self.push_media(item.media, discont, shift) else {
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
                if let Some(tee) = self.tee.upgrade() {
                    self.push_sticky(&tee.sticky());
                }
                gst::debug!(CAT, obj = self.exit.own(), "Pushing EOS");
                self.exit.own().push_event(gst::event::Eos::new());
                Outcome::Went
            }
        }
    }

    /// Waits until the consumer has returned from the pushes of former branches on this pad.
    fn wait_for_former(&self) {
        let former = std::mem::take(&mut lock(&self.pushed).after);
        if let Some(tee) = self.tee.upgrade() {
            former.into_iter().for_each(|lane| tee.wait_for(lane));
        }
    }

    /// Pushes what the pad has not been told yet. Returns what to add to timestamps.
    fn push_sticky(&self, sticky: &Arc<Sticky>) -> i64 {
        let is_told = self.told.load(Ordering::Relaxed).cast_const() == Arc::as_ptr(sticky)
            && !self.moved.load(Ordering::Relaxed);
        let ahead = self.timeline.ahead();
        if is_told && ahead.is_none() {
            return 0;
        }
        let news = {
            let mut pushed = lock(&self.pushed);
            let shift = ahead.map_or(0, |ahead| pushed.drift.observe(ahead));
            if is_told {
                return shift;
            }
            News {
                shift,
                ahead: pushed.drift.start(),
                first: !std::mem::replace(&mut pushed.started, true),
                sticky: pushed.sticky.replace(sticky.clone()),
                membership: self.moved.swap(false, Ordering::AcqRel),
                lost_segment: std::mem::take(&mut pushed.lost_segment),
            }
        };
        let told = Arc::as_ptr(sticky).cast_mut();
        self.told.store(told, Ordering::Relaxed);
        self.push_news(&news, sticky);
        news.shift
    }

    /// In the order in which GStreamer keeps sticky events: the collection stands between the segment and the tags.
    fn push_news(&self, news: &News, sticky: &Sticky) {
        let membership = self.identity.membership();
        if news.first {
            self.push_stream_start(membership.group, sticky);
        }
        let epoch_changed = news.sticky.as_ref().map(|old| old.epoch) != Some(sticky.epoch);
        let is_new = |event: &gst::Event| {
            let moved =
                event.type_() == gst::EventType::Segment && (news.lost_segment || epoch_changed);
            moved || !news.sticky.as_ref().is_some_and(|old| old.has(event))
        };
        let (head, tail): (Vec<_>, Vec<_>) = sticky
            .events()
            .filter(|event| is_new(event))
            .partition(|event| event.type_() <= gst::EventType::Segment);
        for event in head {
            self.push_sticky_event(event, sticky, news.ahead);
        }
        if news.first && sticky.segment().is_none() {
            let segment = gst::FormattedSegment::<gst::ClockTime>::new();
            self.exit
                .own()
                .push_event(gst::event::Segment::new(&segment));
        }
        if news.membership
            && let Some(collection) = &membership.collection
        {
            self.exit
                .own()
                .push_event(gst::event::StreamCollection::new(collection.get()));
        }
        for event in tail {
            self.push_sticky_event(event, sticky, news.ahead);
        }
    }

    fn push_stream_start(&self, group: gst::GroupId, sticky: &Sticky) {
        let stream = self.identity.to_stream(&self.label, sticky.caps().as_ref());
        self.exit.own().push_event(
            gst::event::StreamStart::builder(self.identity.track_id())
                .stream(stream.clone())
                .group_id(group)
                .build(),
        );
        lock(&self.pushed).stream = Some(stream);
    }

    fn push_sticky_event(&self, event: &gst::Event, sticky: &Sticky, ahead: i64) {
        let event = match event.view() {
            gst::EventView::Segment(_) => match sticky.segment() {
                Some(segment) => {
                    let segment = self.timeline.segment(&segment, sticky.epoch, ahead);
                    gst::event::Segment::builder(&segment)
                        .seqnum(event.seqnum())
                        .build()
                }
                None => event.clone(),
            },
            gst::EventView::Caps(caps) => {
                let stream = lock(&self.pushed).stream.clone();
                if let Some(stream) = stream {
                    stream.set_caps(Some(&caps.caps_owned()));
                }
                event.clone()
            }
            _ => event.clone(),
        };
        gst::debug!(CAT, obj = self.exit.own(), "Pushing {event:?}");
        self.exit.own().push_event(event);
    }

    /// What the consumer answered; an event is not answered.
    fn push_media(
        &self,
        media: Media,
        discont: bool,
        shift: i64,
    ) -> Option<Result<gst::FlowSuccess, gst::FlowError>> {
        match media {
            Media::Buffer(mut buffer) => {
                shape(&mut buffer, discont, shift);
                Some(self.exit.for_media().push(buffer))
            }
            Media::List(mut list) => {
                if shift != 0 {
                    list = list
                        .iter_owned()
                        .map(|mut buffer| {
                            shape(&mut buffer, false, shift);
                            buffer
                        })
                        .collect();
                }
                if discont && let Some(mut first) = list.get_owned(0) {
                    shape(&mut first, true, 0);
                    let list = list.make_mut();
                    list.remove(0..1);
                    list.insert(Some(0), first);
                }
                Some(self.exit.for_media().push_list(list))
            }
            Media::Event(event) => {
                self.exit.own().push_event(event);
                None
            }
        }
    }

    /// Counts what became of the frames, and keeps the consumer's trouble in its own branch.
    fn note(&self, result: Result<gst::FlowSuccess, gst::FlowError>, frames: u64) -> Outcome {
        self.lost.store(result.is_err(), Ordering::Release);
        match result {
            Ok(_) | Err(gst::FlowError::NotLinked) => {
                let delivered = self.delivered.load(Ordering::Relaxed);
                self.delivered.store(delivered + frames, Ordering::Relaxed);
                return Outcome::Went;
            }
            Err(_) => self.counters.discarded(frames),
        }
        match result {
            // The consumer is torn down or seeks: it may be back with the next item.
            Err(gst::FlowError::Flushing) => {
                lock(&self.pushed).lost_segment = true;
                self.told.store(std::ptr::null_mut(), Ordering::Relaxed);
                Outcome::Missed
            }
            Err(gst::FlowError::Eos) => {
                gst::info!(CAT, obj = self.exit.own(), "The consumer wants no more");
                Outcome::Park
            }
            Err(error) => {
                gst::warning!(CAT, obj = self.exit.own(), "The consumer failed: {error:?}");
                if let Some(element) = self.element.upgrade() {
                    Failure::of_flow(error).post(&element);
                }
                Outcome::Park
            }
            Ok(_) => Outcome::Went,
        }
    }
}
