// SPDX-License-Identifier: MPL-2.0

//! What the source is asked and told from its fan-out.

use std::sync::atomic::Ordering;

use gst::prelude::*;

use super::Tee;

/// The latency of a source that nobody has asked.
pub(super) const UNKNOWN: u64 = u64::MAX;

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
        let (live, min, max) = match self.query_upstream(&mut query) {
            true => query.result(),
            false => return (gst::ClockTime::ZERO, None),
        };
        if !live {
            return (gst::ClockTime::ZERO, None);
        }
        self.latency.store(min.nseconds(), Ordering::Relaxed);
        (min, max)
    }

    /// What a live source said when it was last asked, in nanoseconds.
    pub(super) fn known_latency(&self) -> Option<u64> {
        let known = self.latency.load(Ordering::Relaxed);
        (known != UNKNOWN).then_some(known)
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
