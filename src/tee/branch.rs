// SPDX-License-Identifier: MPL-2.0

//! One consumer of a tee, from one change to PLAYING to the next change away from it: the src pad that is fed, what has
//! been pushed on it, and where the consumer stands in time.
//!
//! A branch is pushed by one worker at a time, which holds the pad's stream lock; deactivating the pad therefore waits for
//! the push as GStreamer expects. `pushed` is locked for a moment to read or note something, never across a push.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, Weak};

use gst::glib;
use gst::prelude::*;

use super::fanout::{Consumer, Outcome, Work};
use super::identity::Identity;
use super::item::{Item, Media};
use super::sticky::Sticky;
use super::{CAT, Tee};
use crate::clock::{Drift, Timeline};
use crate::error::Failure;
use crate::sync::lock;
use crate::track::stats::Counters;

/// What the pad has been told.
#[derive(Default)]
struct Pushed {
    /// The state of [`Identity::changes`] that has been pushed, once STREAM_START has.
    identity: Option<u32>,
    /// What STREAM_START said.
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
    /// What had been pushed before: the state of the identity, and the sticky state.
    identity: Option<u32>,
    sticky: Option<Arc<Sticky>>,
    /// The state of the identity now.
    changes: u32,
    lost_segment: bool,
}

/// One consumer of a tee.
pub struct Branch {
    pad: gst::Pad,
    element: glib::WeakRef<gst::Element>,
    tee: Weak<Tee>,
    identity: Arc<Identity>,
    label: String,
    counters: Arc<Counters>,
    timeline: Timeline,
    pushed: Mutex<Pushed>,
    /// The last push found no consumer, or one that wants no more.
    lost: AtomicBool,
    /// How often the consumer may have changed.
    relinks: AtomicU32,
    /// The element has left PLAYING; nothing more is pushed.
    closed: AtomicBool,
}

impl Consumer for Arc<Branch> {
    fn skipped(&self, frames: u64) {
        self.counters.discarded(frames);
    }
}

impl Branch {
    /// A branch that feeds `pad` of `element`, which is about to be PLAYING.
    pub fn new(
        tee: &Arc<Tee>,
        element: &gst::Element,
        pad: &gst::Pad,
        identity: Arc<Identity>,
        label: String,
        counters: Arc<Counters>,
    ) -> Arc<Self> {
        Arc::new(Self {
            pad: pad.clone(),
            element: element.downgrade(),
            tee: Arc::downgrade(tee),
            identity,
            label,
            counters,
            timeline: Timeline::of(element),
            pushed: Mutex::default(),
            lost: AtomicBool::new(false),
            relinks: AtomicU32::new(0),
            closed: AtomicBool::new(false),
        })
    }

    /// Another consumer may have come; whether the last one was lost.
    pub fn relinked(&self) -> bool {
        self.relinks.fetch_add(1, Ordering::AcqRel);
        self.lost.load(Ordering::Acquire)
    }

    /// Nothing is pushed from now on but what is on its way.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Release);
    }

    /// Does a worker's job, on the worker's thread.
    pub fn push(&self, work: Work<Item>) -> Outcome {
        let _stream_lock = self.pad.stream_lock();
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
                let result = self.push_media(item.media, discont, shift);
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
                gst::debug!(CAT, obj = self.pad, "Pushing EOS");
                self.pad.push_event(gst::event::Eos::new());
                Outcome::Went
            }
        }
    }

    /// Pushes what the pad has not been told yet. Returns what to add to timestamps.
    fn push_sticky(&self, sticky: &Arc<Sticky>) -> i64 {
        let changes = self.identity.changes();
        let ahead = self.timeline.ahead();
        let news = {
            let mut pushed = lock(&self.pushed);
            let shift = ahead.map_or(0, |ahead| pushed.drift.observe(ahead));
            let same = |old: &Arc<Sticky>| Arc::ptr_eq(old, sticky);
            if pushed.identity == Some(changes)
                && pushed.sticky.as_ref().is_some_and(same)
                && !pushed.lost_segment
            {
                return shift;
            }
            News {
                shift,
                ahead: pushed.drift.start(),
                identity: pushed.identity.replace(changes),
                changes,
                sticky: pushed.sticky.replace(sticky.clone()),
                lost_segment: std::mem::take(&mut pushed.lost_segment),
            }
        };
        self.push_news(&news, sticky);
        news.shift
    }

    /// In the order in which GStreamer keeps sticky events: the collection stands between the segment and the tags.
    fn push_news(&self, news: &News, sticky: &Sticky) {
        let membership = self.identity.membership();
        if news.identity.is_none() {
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
        if news.identity.is_none() && sticky.segment().is_none() {
            let segment = gst::FormattedSegment::<gst::ClockTime>::new();
            self.pad.push_event(gst::event::Segment::new(&segment));
        }
        if news.identity != Some(news.changes)
            && let Some(collection) = &membership.collection
        {
            self.pad
                .push_event(gst::event::StreamCollection::new(collection));
        }
        for event in tail {
            self.push_sticky_event(event, sticky, news.ahead);
        }
    }

    fn push_stream_start(&self, group: gst::GroupId, sticky: &Sticky) {
        let stream = self.identity.to_stream(&self.label, sticky.caps().as_ref());
        self.pad.push_event(
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
        gst::debug!(CAT, obj = self.pad, "Pushing {event:?}");
        self.pad.push_event(event);
    }

    fn push_media(
        &self,
        media: Media,
        discont: bool,
        shift: i64,
    ) -> Result<gst::FlowSuccess, gst::FlowError> {
        match media {
            Media::Buffer(mut buffer) => {
                shape(&mut buffer, discont, shift);
                self.pad.push(buffer)
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
                self.pad.push_list(list)
            }
            Media::Event(event) => {
                self.pad.push_event(event);
                Ok(gst::FlowSuccess::Ok)
            }
        }
    }

    /// Counts what became of the frames, and keeps the consumer's trouble in its own branch.
    fn note(&self, result: Result<gst::FlowSuccess, gst::FlowError>, frames: u64) -> Outcome {
        self.lost.store(result.is_err(), Ordering::Release);
        match result {
            Ok(_) | Err(gst::FlowError::NotLinked) => {
                self.counters.delivered(frames);
                return Outcome::Went;
            }
            Err(_) => self.counters.discarded(frames),
        }
        match result {
            // The consumer is torn down or seeks: it may be back with the next item.
            Err(gst::FlowError::Flushing) => {
                lock(&self.pushed).lost_segment = true;
                Outcome::Missed
            }
            Err(gst::FlowError::Eos) => {
                gst::info!(CAT, obj = self.pad, "The consumer wants no more");
                Outcome::Park
            }
            Err(error) => {
                gst::warning!(CAT, obj = self.pad, "The consumer failed: {error:?}");
                if let Some(element) = self.element.upgrade() {
                    Failure::of_flow(error).post(&element);
                }
                Outcome::Park
            }
            Ok(_) => Outcome::Went,
        }
    }
}

/// Marks or moves a buffer; its memory is shared with all other branches, so only a header is ever written.
fn shape(buffer: &mut gst::Buffer, discont: bool, shift: i64) {
    let marked = buffer.flags().contains(gst::BufferFlags::DISCONT);
    if (!discont || marked) && shift == 0 {
        return;
    }
    let moved = |time: Option<gst::ClockTime>| {
        time.map(|time| gst::ClockTime::from_nseconds(time.nseconds().saturating_add_signed(shift)))
    };
    let header = buffer.make_mut();
    if discont {
        header.set_flags(gst::BufferFlags::DISCONT);
    }
    if shift != 0 {
        header.set_pts(moved(header.pts()));
        header.set_dts(moved(header.dts()));
    }
}
