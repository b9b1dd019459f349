// SPDX-License-Identifier: MPL-2.0

//! Who is in a stream (W3C "track set"): the decisions of adding and removing, made under one lock by any thread. Elements and pads
//! follow without it, so a track may have to leave while it still settles in; then whoever brought it takes it out.

use std::sync::Arc;

use crate::kind::Kind;
use crate::track::MediaStreamTrack;

/// A track of a stream.
pub(super) struct Entry {
    pub(super) view: MediaStreamTrack,
    /// There once the track has settled in.
    pub(super) pad: Option<gst::GhostPad>,
    stay: Stay,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stay {
    /// Its element and pad are being added.
    SettlesIn,
    /// As before, and it has been removed again.
    IsToLeave,
    Settled,
}

/// What is to be done about a track that leaves.
pub(super) enum Leaving {
    /// It is not here.
    Absent,
    /// Whoever is adding it takes it out again.
    Later,
    Now(Entry),
}

/// The tracks in the order in which they were added.
#[derive(Default)]
pub(super) struct Set {
    entries: Vec<Entry>,
    /// Names of pads are never used again.
    video: u32,
    audio: u32,
}

impl Set {
    fn position(&self, track: &MediaStreamTrack) -> Option<usize> {
        let core = track.core();
        self.entries
            .iter()
            .position(|entry| match (entry.view.core(), &core) {
                (Some(mine), Some(theirs)) => Arc::ptr_eq(&mine, theirs),
                _ => entry.view == *track,
            })
    }

    fn name(&mut self, kind: Kind) -> String {
        let number = match kind {
            Kind::Audio => &mut self.audio,
            Kind::Video | Kind::None => &mut self.video,
        };
        let name = format!("{kind}_{number}");
        *number += 1;
        name
    }

    /// The tracks' elements, in insertion order.
    pub(super) fn views(&self) -> Vec<MediaStreamTrack> {
        self.entries
            .iter()
            .filter(|entry| entry.stay != Stay::IsToLeave)
            .map(|entry| entry.view.clone())
            .collect()
    }

    /// Takes in a track; the name of its pad, or `None` if the track is here already.
    pub(super) fn enter(&mut self, view: &MediaStreamTrack, kind: Kind) -> Option<String> {
        if let Some(position) = self.position(view) {
            if self.entries[position].stay == Stay::IsToLeave {
                self.entries[position].stay = Stay::SettlesIn;
            }
            return None;
        }
        self.entries.push(Entry {
            view: view.clone(),
            pad: None,
            stay: Stay::SettlesIn,
        });
        Some(self.name(kind))
    }

    /// Takes in new tracks, all at once; the names of their pads.
    pub(super) fn enter_all(&mut self, views: &[MediaStreamTrack]) -> Vec<String> {
        let enter = |view: &MediaStreamTrack| self.enter(view, view.kind());
        views.iter().filter_map(enter).collect()
    }

    /// The track has its pad.
    pub(super) fn has_pad(&mut self, view: &MediaStreamTrack, pad: &gst::GhostPad) {
        if let Some(entry) = self.entries.iter_mut().find(|entry| entry.view == *view) {
            entry.pad = Some(pad.clone());
        }
    }

    /// The track has settled in; it is given back if it is to leave again.
    pub(super) fn settled(&mut self, view: &MediaStreamTrack) -> Option<Entry> {
        let position = self.entries.iter().position(|entry| entry.view == *view)?;
        match self.entries[position].stay {
            Stay::IsToLeave => Some(self.entries.remove(position)),
            Stay::SettlesIn | Stay::Settled => {
                self.entries[position].stay = Stay::Settled;
                None
            }
        }
    }

    /// The track could not settle in.
    pub(super) fn forget(&mut self, view: &MediaStreamTrack) {
        self.entries.retain(|entry| entry.view != *view);
    }

    pub(super) fn leave(&mut self, track: &MediaStreamTrack) -> Leaving {
        let Some(position) = self.position(track) else {
            return Leaving::Absent;
        };
        match self.entries[position].stay {
            Stay::IsToLeave => Leaving::Absent,
            Stay::SettlesIn => {
                self.entries[position].stay = Stay::IsToLeave;
                Leaving::Later
            }
            Stay::Settled => Leaving::Now(self.entries.remove(position)),
        }
    }
}

/// Elements that were removed while the bin's state changes. The change may still come to them, so they keep their state locked
/// until it is over.
#[derive(Default)]
pub(super) struct Guests {
    /// Changes of the bin's state that are under way.
    pub(super) changes: usize,
    views: Vec<MediaStreamTrack>,
}

impl Guests {
    /// Whether an element that has been removed is free at once.
    pub(super) fn may_go(&mut self, view: &MediaStreamTrack) -> bool {
        if self.changes > 0 {
            self.views.push(view.clone());
        }
        self.changes == 0
    }

    /// The elements that are free after a change of state.
    pub(super) fn change_is_over(&mut self) -> Vec<MediaStreamTrack> {
        self.changes -= 1;
        match self.changes {
            0 => std::mem::take(&mut self.views),
            _ => Vec::new(),
        }
    }
}
