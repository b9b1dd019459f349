// SPDX-License-Identifier: MPL-2.0

//! What a consumer is told besides media: whose stream it is, caps, segment, tags, and each only once.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use gst::prelude::*;

use super::{Branch, Former};
use crate::clock::Drift;
use crate::gate::format::Format;
use crate::sync::lock;
use crate::tee::collection::Collection;
use crate::tee::sticky::Sticky;
use crate::tee::{CAT, Place};
use crate::track::hint;

/// What the pad has been told.
#[derive(Default)]
pub(super) struct Pushed {
    /// Former branches of this pad whose consumer may not have returned from a push.
    pub(super) after: Vec<Place>,
    /// The branch that feeds the pad until this one has something.
    pub(super) former: Option<Arc<Former>>,
    /// STREAM_START has been pushed.
    pub(super) started: bool,
    /// What it said.
    pub(super) stream: Option<gst::Stream>,
    pub(super) sticky: Option<Arc<Sticky>>,
    /// The tracks of the stream, and the hint, that the consumer knows.
    pub(super) collection: Option<Arc<Collection>>,
    pub(super) hint: Option<String>,
    /// What the caps said that the consumer knows, from a former branch as well.
    pub(super) format: Option<Arc<Format>>,
    /// The consumer was flushed and has lost the segment.
    pub(super) lost_segment: bool,
    pub(super) drift: Drift,
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
    /// The format that the consumer knows.
    format: Option<Arc<Format>>,
    lost_segment: bool,
}

impl Branch {
    /// Before the first push: the caps that are on the pad, where they stay until the element goes to READY.
    pub(super) fn recall_format(&self) {
        let (caps, tee) = (self.exit.own().current_caps(), self.tee.upgrade());
        let Some((caps, tee)) = caps.zip(tee) else {
            return;
        };
        let now = tee.sticky();
        let format = match now.format().caps() == Some(&caps) {
            true => now.format().clone(),
            false => Arc::new(Format::of(&caps)),
        };
        let mut pushed = lock(&self.pushed);
        if !pushed.started {
            pushed.format.get_or_insert(format);
        }
    }

    /// Pushes what the pad has not been told yet; other caps than it knows only if media in them follow. Returns what to add to
    /// timestamps.
    #[inline(always)]
    pub(super) fn push_sticky(&self, sticky: &Arc<Sticky>, with_caps: bool) -> i64 {
        let is_told = self.told.load(Ordering::Relaxed).cast_const() == Arc::as_ptr(sticky)
            && !self.moved.load(Ordering::Relaxed);
        let ahead = self.timeline.ahead();
        match (is_told, ahead) {
            (true, None) => 0,
            (true, Some(ahead)) => self.follow(ahead),
            (false, ahead) => self.tell(sticky, with_caps, ahead),
        }
    }

    /// The consumer's clock is another one, and so far ahead now.
    #[inline(never)]
    fn follow(&self, ahead: i64) -> i64 {
        lock(&self.pushed).drift.observe(ahead)
    }

    /// Pushes what is new; `ahead`: how far the consumer's clock is ahead now, if it is another one.
    #[cold]
    fn tell(&self, sticky: &Arc<Sticky>, with_caps: bool, ahead: Option<i64>) -> i64 {
        let news = {
            let mut pushed = lock(&self.pushed);
            let shift = ahead.map_or(0, |ahead| pushed.drift.observe(ahead));
            self.moved.swap(false, Ordering::AcqRel);
            News {
                shift,
                ahead: pushed.drift.start(),
                first: !std::mem::replace(&mut pushed.started, true),
                sticky: pushed.sticky.replace(sticky.clone()),
                format: pushed.format.clone(),
                lost_segment: std::mem::take(&mut pushed.lost_segment),
            }
        };
        let format = sticky.format();
        let knows_format = (news.format.as_ref()).is_some_and(|known| Arc::ptr_eq(known, format));
        let told = match knows_format || with_caps || news.format.is_none() {
            true => Arc::as_ptr(sticky).cast_mut(),
            // The caps are still to be told.
            false => std::ptr::null_mut(),
        };
        self.told.store(told, Ordering::Relaxed);
        self.push_news(&news, sticky, told.is_null());
        news.shift
    }

    /// In the order in which GStreamer keeps sticky events: the collection stands between the segment and the tags.
    fn push_news(&self, news: &News, sticky: &Sticky, without_caps: bool) {
        let membership = self.identity.membership();
        if news.first {
            let known = news.format.as_ref().filter(|_| without_caps);
            self.push_stream_start(membership.group, known.unwrap_or(sticky.format()));
        }
        let epoch_changed = news.sticky.as_ref().map(|old| old.epoch) != Some(sticky.epoch);
        let knows_format = (news.format.as_ref()).is_some_and(|known| {
            without_caps || !news.first && Arc::ptr_eq(known, sticky.format())
        });
        let is_new = |event: &gst::Event| match event.type_() {
            gst::EventType::Caps => !knows_format,
            gst::EventType::Segment if news.lost_segment || epoch_changed => true,
            _ => !news.sticky.as_ref().is_some_and(|old| old.has(event)),
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
        self.push_collection(membership.collection);
        for event in tail {
            self.push_sticky_event(event, sticky, news.ahead);
        }
        self.push_hint();
    }

    /// Tells the consumer which tracks the stream has, if it does not know.
    fn push_collection(&self, collection: Option<Arc<Collection>>) {
        let Some(new) = collection else { return };
        let known = lock(&self.pushed).collection.replace(new.clone());
        if !known.is_some_and(|known| Arc::ptr_eq(&known, &new)) {
            let event = gst::event::StreamCollection::new(new.get());
            self.exit.own().push_event(event);
        }
    }

    /// Tells the consumer what the media are of, if it does not know.
    fn push_hint(&self) {
        let new = self.identity.hint();
        let known = lock(&self.pushed).hint.replace(new.clone());
        // A former branch may have told the pad.
        let known = known.or_else(|| hint::told(self.exit.own()));
        if known.unwrap_or_default() != new {
            self.exit.own().push_event(hint::event(&new));
        }
    }

    fn push_stream_start(&self, group: gst::GroupId, format: &Format) {
        let stream = self.identity.to_stream(&self.label, format.caps());
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
                // In the old format.
                self.book();
                let (stream, old) = {
                    let mut pushed = lock(&self.pushed);
                    let old = pushed.format.replace(sticky.format().clone());
                    (pushed.stream.clone(), old)
                };
                drop(old);
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
}
