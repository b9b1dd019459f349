// SPDX-License-Identifier: MPL-2.0

//! The way into an adapter: a pad of nobody's on which a branch of the source pushes, and which decides about each picture
//! before anything is done with it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};

use gst::prelude::*;

use super::CAT;
use super::decimation::Decimation;
use super::plan::Plan;
use super::progress::Progress;
use crate::gate::format::Format;
use crate::sync::{Mutex, lock};
use crate::tee::Tee;

/// Decides what goes in.
struct Entry {
    plan: Plan,
    decimation: Option<Mutex<Decimation>>,
    progress: Arc<Progress>,
    /// The source encodes at the moment: no track is here for that.
    encoded: AtomicBool,
    /// The adapter's own fan-out, which knows what was left out.
    tee: Weak<Tee>,
}

/// The pad that feeds an adapter. Its elements' questions go on to the source.
pub fn pad(plan: &Plan, progress: &Arc<Progress>, tee: &Arc<Tee>, source: &Arc<Tee>) -> gst::Pad {
    let (of_events, of_queries) = (Arc::downgrade(source), Arc::downgrade(source));
    let pad = gst::Pad::builder(gst::PadDirection::Src)
        .name("feed")
        .event_function(move |_, _, event| {
            // Elements that are linked ask for this; the source is not to notice.
            let reconfigures = event.type_() == gst::EventType::Reconfigure;
            reconfigures
                || of_events
                    .upgrade()
                    .is_some_and(|tee| tee.send_upstream(event))
        })
        .query_function(move |_, _, query| match query.view_mut() {
            gst::QueryViewMut::Latency(latency) => {
                let (min, max) = of_queries
                    .upgrade()
                    .map_or((gst::ClockTime::ZERO, None), |tee| tee.latency());
                latency.set(true, min, max);
                true
            }
            gst::QueryViewMut::Caps(caps) => {
                let known = of_queries
                    .upgrade()
                    .and_then(|tee| tee.caps(caps.filter_owned().as_ref()));
                caps.set_result(&known.unwrap_or_else(gst::Caps::new_any));
                true
            }
            gst::QueryViewMut::Context(_) | gst::QueryViewMut::Custom(_) => of_queries
                .upgrade()
                .is_some_and(|tee| tee.query_upstream(query)),
            _ => false,
        })
        .build();
    let entry = Entry {
        plan: plan.clone(),
        decimation: plan.rate.map(|rate| Mutex::new(Decimation::to(rate))),
        progress: progress.clone(),
        encoded: AtomicBool::new(false),
        tee: Arc::downgrade(tee),
    };
    let types = gst::PadProbeType::BUFFER
        | gst::PadProbeType::BUFFER_LIST
        | gst::PadProbeType::EVENT_DOWNSTREAM;
    pad.add_probe(types, move |_, info| entry.look(info));
    pad
}

impl Entry {
    fn look(&self, info: &mut gst::PadProbeInfo) -> gst::PadProbeReturn {
        match info.data.take() {
            Some(gst::PadProbeData::Event(event)) => {
                let Some(event) = self.event(event) else {
                    return gst::PadProbeReturn::Handled;
                };
                info.data = Some(gst::PadProbeData::Event(event));
            }
            Some(gst::PadProbeData::Buffer(buffer)) => {
                self.comes(buffer.dts_or_pts());
                if self.is_encoded() || !self.wants(&buffer) {
                    return gst::PadProbeReturn::Handled;
                }
                info.data = Some(gst::PadProbeData::Buffer(buffer));
            }
            Some(gst::PadProbeData::BufferList(mut list)) => {
                self.comes(list.get(0).and_then(gst::BufferRef::dts_or_pts));
                if self.decimation.is_some() {
                    let wanted = list.iter_owned().filter(|buffer| self.wants(buffer));
                    list = wanted.collect();
                }
                if list.is_empty() || self.is_encoded() {
                    return gst::PadProbeReturn::Handled;
                }
                info.data = Some(gst::PadProbeData::BufferList(list));
            }
            other => info.data = other,
        }
        gst::PadProbeReturn::Ok
    }

    /// What comes before this position is through: of sound, a resampler keeps something back.
    fn comes(&self, position: Option<gst::ClockTime>) {
        let at_once = !self.plan.is_of_sound() || self.is_encoded();
        if let Some(position) = position.filter(|_| at_once) {
            self.progress.reached(position.nseconds());
        }
    }

    fn wants(&self, buffer: &gst::BufferRef) -> bool {
        let time = buffer.dts_or_pts().map(gst::ClockTime::nseconds);
        let wanted = (self.decimation.as_ref()).is_none_or(|wants| lock(wants).keeps(time));
        if !wanted && let Some(tee) = self.tee.upgrade() {
            tee.discard(1);
        }
        wanted
    }

    fn is_encoded(&self) -> bool {
        self.encoded.load(Ordering::Relaxed)
    }

    /// What goes on in place of an event, if anything.
    fn event(&self, event: gst::Event) -> Option<gst::Event> {
        match event.view() {
            gst::EventView::Caps(caps) => {
                let is_raw = Format::of(&caps.caps_owned()).is_raw();
                self.encoded.store(!is_raw, Ordering::Relaxed);
                if !is_raw {
                    return None;
                }
                let caps = self.plan.decimated(&caps.caps_owned());
                gst::debug!(CAT, "Adapting {caps} to {:?}", self.plan);
                let caps = gst::event::Caps::builder(&caps);
                Some(caps.seqnum(event.seqnum()).build())
            }
            gst::EventView::Gap(gap) => {
                self.comes(Some(gap.get().0));
                Some(event)
            }
            _ => Some(event),
        }
    }
}
