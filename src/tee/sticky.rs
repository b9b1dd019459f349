// SPDX-License-Identifier: MPL-2.0

//! What a consumer must have been told before an item makes sense: caps, segment, tags and the other sticky events that
//! came before it. Immutable and shared by the items, so that a branch finds out by comparing one pointer.

use std::sync::Arc;

use crate::clock::monotonic;
use crate::gate::format::Format;

/// The sticky events in force, but for those that say whose stream it is: each branch makes its own of these.
#[derive(Clone, Debug, Default)]
pub struct Sticky {
    /// In the order in which GStreamer wants them.
    events: Vec<gst::Event>,
    /// Base time of the source's pipeline: when its running time was 0, on the source's clock.
    pub epoch: Option<gst::ClockTime>,
    format: Arc<Format>,
    segment: Option<gst::FormattedSegment<gst::ClockTime>>,
}

impl Sticky {
    /// Whether an event of this type is kept here.
    pub fn keeps(type_: gst::EventType) -> bool {
        use gst::EventType::*;
        type_.is_sticky()
            && !matches!(
                type_,
                StreamStart | StreamCollection | StreamGroupDone | Eos
            )
    }

    /// The same with one event more, in the place of the one that it replaces.
    pub fn with(&self, event: gst::Event) -> Self {
        let mut new = self.clone();
        if let gst::EventView::Caps(caps) = event.view()
            && self.caps().as_deref() != Some(caps.caps())
        {
            new.format = Arc::new(Format::of(&caps.caps_owned()));
        }
        let name = |event: &gst::Event| event.structure().map(|s| s.name().to_owned());
        new.events.retain(|old| {
            old.type_() != event.type_() || (event.is_sticky_multi() && name(old) != name(&event))
        });
        if let gst::EventView::Segment(segment) = event.view() {
            new.segment = segment.segment().clone().downcast().ok();
        }
        let at = new
            .events
            .iter()
            .position(|old| old.type_() > event.type_())
            .unwrap_or(new.events.len());
        new.events.insert(at, event);
        new
    }

    /// The same, said of a pipeline with this base time.
    pub fn at(&self, epoch: Option<gst::ClockTime>) -> Self {
        Self {
            epoch,
            ..self.clone()
        }
    }

    pub fn events(&self) -> impl Iterator<Item = &gst::Event> {
        self.events.iter()
    }

    /// Whether this very event is here.
    pub fn has(&self, event: &gst::Event) -> bool {
        self.events.iter().any(|e| e.as_ptr() == event.as_ptr())
    }

    fn find(&self, type_: gst::EventType) -> Option<&gst::EventRef> {
        let event = self.events.iter().find(|event| event.type_() == type_)?;
        Some(event)
    }

    pub fn caps(&self) -> Option<gst::Caps> {
        match self.find(gst::EventType::Caps)?.view() {
            gst::EventView::Caps(caps) => Some(caps.caps_owned()),
            _ => None,
        }
    }

    pub fn segment(&self) -> Option<gst::FormattedSegment<gst::ClockTime>> {
        self.segment.clone()
    }

    /// Whether media go by as fast as time.
    pub fn is_in_time(&self) -> bool {
        (self.segment.as_ref()).is_some_and(|segment| segment.rate() == 1.0)
    }

    /// When raw audio that is here was taken, in microseconds of monotonic time.
    pub fn taken(&self, span: Option<(u64, u64)>) -> Option<i64> {
        self.format.rate()?;
        let start = gst::ClockTime::from_nseconds(span?.0);
        let running_time = self.segment.as_ref()?.to_running_time(start)?;
        let taken = self.epoch?.checked_add(running_time)?;
        Some(monotonic(taken))
    }

    /// Which position belongs to this time on the source's clock.
    pub fn position(&self, time: gst::ClockTime) -> Option<gst::ClockTime> {
        let running_time = time.checked_sub(self.epoch?)?;
        self.segment
            .as_ref()?
            .position_from_running_time(running_time)
    }

    /// What the caps say.
    pub fn format(&self) -> &Arc<Format> {
        &self.format
    }
}
