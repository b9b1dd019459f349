// SPDX-License-Identifier: MPL-2.0

//! What a source's fan-out asks it and tells it.

use gst::prelude::*;

use super::{Source, attach};
use crate::tee::{Change, Owner};
use crate::track::MediaStreamTrack;

impl Owner for Source {
    fn accepted_caps(&self) -> gst::Caps {
        let tracks = self.tracks();
        let pads = tracks.iter().flat_map(|track| track.linked_pads());
        let consumers: Vec<_> = pads.map(|pad| pad.peer_query_caps(None)).collect();
        let takers = |wanted: &gst::Caps| {
            let take = consumers.iter().filter(|caps| caps.can_intersect(wanted));
            take.count()
        };
        // Of what as many can take, the first.
        let wanted = self.wanted().into_iter().rev().max_by_key(takers);
        let mut accepted = wanted.unwrap_or_else(gst::Caps::new_any);
        for caps in &consumers {
            let both = accepted.intersect_with_mode(caps, gst::CapsIntersectMode::First);
            // A consumer that wants what the others cannot take fails alone.
            if !both.is_empty() {
                accepted = both;
            }
        }
        accepted
    }

    fn demanded_caps(&self) -> Option<gst::Caps> {
        self.demanded()
    }

    fn refuse(&self, caps: &gst::CapsRef) {
        if let Some(source) = self.this.upgrade() {
            source.fail(attach::wrong_kind(self.kind, caps));
        }
    }

    fn muted(&self, change: Change) {
        if let Some(source) = self.this.upgrade() {
            self.notices.push(move || source.set_muted(change));
        }
    }

    fn refused_by(&self, element: &gst::Element) -> bool {
        let view = element.downcast_ref::<MediaStreamTrack>();
        let view = view.filter(|view| view.is_unsuited());
        if let Some(view) = view {
            self.suit(view);
        }
        view.is_some()
    }

    fn gives(&self, caps: &gst::Caps) {
        self.decides(caps);
    }

    fn is_copied(&self) {
        self.machine.let_it_copy();
    }

    fn reconfigured(&self) {
        if let Some(source) = self.this.upgrade() {
            self.notices.push(move || {
                for track in source.tracks() {
                    track.reconfigured();
                }
            });
        }
    }
}
