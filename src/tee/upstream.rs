// SPDX-License-Identifier: MPL-2.0

//! What the source is asked and told from its fan-out.

use gst::prelude::*;

use super::Tee;

impl Tee {
    /// What the source gives, or may give as long as it has not decided; `None` if it has not been opened.
    pub fn caps(&self, filter: Option<&gst::Caps>) -> Option<gst::Caps> {
        let caps = match self.sticky().caps() {
            Some(caps) => caps,
            None => return self.source_pad().map(|source| source.query_caps(filter)),
        };
        Some(filtered(caps, filter))
    }

    /// What the source could give; anything as long as nobody knows.
    pub fn offered(&self) -> gst::Caps {
        self.source_pad()
            .map_or_else(gst::Caps::new_any, |source| source.query_caps(None))
    }

    /// Has the source ask again what is wanted of it.
    pub fn renegotiate(&self) {
        self.send_upstream(gst::event::Reconfigure::new());
    }

    /// Sends an event to the source.
    pub fn send_upstream(&self, event: gst::Event) -> bool {
        self.source_pad()
            .is_some_and(|source| source.send_event(event))
    }

    /// Asks the source.
    pub fn query_upstream(&self, query: &mut gst::QueryRef) -> bool {
        self.source_pad().is_some_and(|source| source.query(query))
    }

    /// The source's own latency, least and most; one that is played in real time has none.
    pub fn latency(&self) -> (gst::ClockTime, Option<gst::ClockTime>) {
        let mut query = gst::query::Latency::new();
        match self.query_upstream(&mut query) {
            true => match query.result() {
                (true, min, max) => (min, max),
                (false, ..) => (gst::ClockTime::ZERO, None),
            },
            false => (gst::ClockTime::ZERO, None),
        }
    }

    fn source_pad(&self) -> Option<gst::Pad> {
        self.sink.upgrade()?.static_pad("sink")?.peer()
    }
}

/// The answer to a CAPS query with such a filter.
pub fn filtered(caps: gst::Caps, filter: Option<&gst::Caps>) -> gst::Caps {
    match filter {
        Some(filter) => filter.intersect_with_mode(&caps, gst::CapsIntersectMode::First),
        None => caps,
    }
}
