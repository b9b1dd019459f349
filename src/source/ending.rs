// SPDX-License-Identifier: MPL-2.0

//! What becomes of the tracks when their source fails, ends, or is muted.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::{CAT, Source};
use crate::error::Failure;
use crate::sync::lock;
use crate::tee::Change;
use crate::track::core::Track;

impl Source {
    /// The source cannot go on: warns of it and ends the tracks; a source that never gave anything is an error.
    pub(super) fn fail(self: &Arc<Self>, failure: Failure) {
        if self.is_gone() {
            gst::debug!(CAT, "After the device had gone: {}", failure.text());
            return;
        }
        let Some(failure) = self.machine.keep(failure) else {
            return;
        };
        self.fail_now(failure);
    }

    /// Ends the tracks, and says why: in a warning if they have got something.
    pub(super) fn fail_now(self: &Arc<Self>, failure: Failure) {
        self.ending.store(true, Ordering::Release);
        let started = self.tee.sticky().segment().is_some();
        let source = self.clone();
        self.endings.push(move || {
            source.each_application(|element| {
                if started {
                    failure.warn(element);
                } else {
                    failure.post(element);
                }
            });
            source.end_now();
        });
    }

    /// A track cannot have what it must have: it ends, and no other one does.
    pub(super) fn end_alone(&self, track: Arc<Track>, failure: Failure) {
        let notices = self.notices.clone();
        self.endings.push(move || {
            for view in track.views() {
                failure.post(view.as_ref());
            }
            let ending = track.clone();
            notices.push(move || ending.end());
            track.push_end();
        });
    }

    /// A track came too late to hear that the source ended.
    pub fn end_soon(&self, track: Arc<Track>) {
        self.notices.push(move || track.end());
    }

    /// The source has given all it had.
    pub(super) fn end(self: &Arc<Self>) {
        self.ending.store(true, Ordering::Release);
        let source = self.clone();
        self.endings.push(move || source.end_now());
    }

    /// What is to be said of it has been said: many leave at EOS.
    fn end_now(self: &Arc<Self>) {
        let source = self.clone();
        self.notices.push(move || source.end_tracks());
        self.push_ends();
    }

    /// Ends the tracks one after the other: when the first `ended` is handled, the others are still live (W3C
    /// #ends-nostop: one task for each).
    pub(super) fn end_tracks(&self) {
        lock(&self.tracks).over = true;
        // Those that came since the source ended have not got their EOS.
        self.push_ends();
        for track in self.tracks() {
            track.end();
        }
    }

    /// EOS follows what consumers have, whatever handlers do.
    pub(super) fn push_ends(&self) {
        for adapter in self.adapters() {
            adapter.end();
        }
        for track in self.tracks() {
            track.push_end();
        }
    }

    /// Tells the tracks one after the other (W3C "set a track's muted state").
    pub(super) fn set_muted(&self, change: Change) {
        {
            let mut tracks = lock(&self.tracks);
            if tracks.muted.number >= change.number {
                return;
            }
            tracks.muted = change;
        }
        for track in self.tracks() {
            track.set_muted(change.muted);
        }
    }
}
