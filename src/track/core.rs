// SPDX-License-Identifier: MPL-2.0

//! A track: the identity and the life that all its views share (W3C MediaStreamTrack).
//!
//! A track that is in two streams has two views, which are elements with a pad each. Calls and ends come from any thread; the
//! state is one atomic that only ever goes from live to ended, and everything else follows from who changed it.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use gst::glib;
use gst::prelude::*;

use super::MediaStreamTrack;
use super::constrained::Constrained;
use super::hint::ContentHint;
use crate::id;
use crate::kind::Kind;
use crate::messages::TrackEvent;
use crate::source::{Adopted, Source, User};
use crate::sync::lock;
use crate::tee::identity;

pub struct Track {
    id: String,
    /// Another one only before it has been opened.
    source: Mutex<Arc<Source>>,
    ended: AtomicBool,
    enabled: AtomicBool,
    hint: Arc<ContentHint>,
    muted: AtomicBool,
    /// The source gives something else than before, which nobody was told while it was muted.
    reconfigured: AtomicBool,
    pub(super) constrained: Mutex<Constrained>,
    /// How often that has changed.
    pub(super) turns: AtomicU64,
    /// Nothing is upgraded under the lock: that may be the last reference.
    views: Mutex<Vec<(User, glib::WeakRef<MediaStreamTrack>)>>,
}

/// What a clone takes over.
#[derive(Default)]
struct State {
    ended: bool,
    disabled: bool,
    hint: String,
    constrained: Constrained,
}

/// Who ended a track: the application knows when it was itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndedBy {
    Application,
    Source,
}

impl Track {
    /// A live track on a source (W3C "create a MediaStreamTrack").
    pub fn new(source: &Arc<Source>) -> Arc<Self> {
        Self::with_state(source, State::default())
    }

    fn with_state(source: &Arc<Source>, state: State) -> Arc<Self> {
        let track = Arc::new(Self {
            id: id::new(),
            source: Mutex::new(source.clone()),
            ended: AtomicBool::new(state.ended),
            enabled: AtomicBool::new(!state.disabled),
            hint: Arc::new(ContentHint::new(state.hint)),
            muted: AtomicBool::new(false),
            reconfigured: AtomicBool::new(false),
            constrained: Mutex::new(state.constrained),
            turns: AtomicU64::new(0),
            views: Mutex::default(),
        });
        if let Adopted::TooLate = track.enter(source) {
            track.born_ended();
        }
        track
    }

    /// A sibling on the same source (W3C "clone a track"): live, enabled, and with the hint and the constraints that this one has.
    pub fn clone_track(&self) -> Arc<Self> {
        let state = State {
            ended: !self.is_live(),
            disabled: !self.is_enabled(),
            hint: self.hint.get(),
            constrained: self.constrained(),
        };
        Self::with_state(&self.source(), state)
    }

    fn enter(self: &Arc<Self>, source: &Arc<Source>) -> Adopted {
        let adopted = source.adopt(self);
        if let Adopted::Elsewhere(other) = adopted {
            *lock(&self.source) = other.clone();
            return self.enter(&other);
        }
        adopted
    }

    /// Another source turns out to have the device.
    pub fn move_to(self: &Arc<Self>, source: &Arc<Source>) {
        *lock(&self.source) = source.clone();
        self.turns.fetch_add(1, Ordering::AcqRel);
        if let Adopted::TooLate = self.enter(source) {
            source.end_soon(self.clone());
        }
        // Those that were about to play wait at the wrong place.
        if let Err(failure) = self.adapt_to_source() {
            self.views()
                .iter()
                .for_each(|view| failure.post(view.as_ref()));
        }
    }

    pub fn id(&self) -> &str {
        &self.id
    }

    pub fn kind(&self) -> Kind {
        self.source().kind()
    }

    pub fn source(&self) -> Arc<Source> {
        lock(&self.source).clone()
    }

    /// The track in a stream's collection.
    pub fn to_gst_stream(&self) -> gst::Stream {
        let source = self.source();
        let caps = source.tee().sticky().caps();
        identity::stream(&self.id, self.kind(), &source.label(), caps.as_ref())
    }

    pub fn is_live(&self) -> bool {
        !self.ended.load(Ordering::Acquire)
    }

    /// W3C `enabled`: whether consumers get media, or black or silence in their place.
    pub fn is_enabled(&self) -> bool {
        self.enabled.load(Ordering::Acquire)
    }

    /// W3C `enabled`: says so to all views.
    pub fn set_enabled(&self, enabled: bool) {
        let was = self.enabled.swap(enabled, Ordering::AcqRel);
        let views = self.views();
        for view in &views {
            view.enabled_changed();
        }
        if was != enabled {
            for view in &views {
                view.notify("enabled");
            }
        }
    }

    /// What the media are of, to the application.
    pub fn hint(&self) -> &Arc<ContentHint> {
        &self.hint
    }

    /// Takes a hint if it is one, and says so to all views.
    pub fn set_hint(&self, hint: &str) {
        if !self.hint.set(self.kind(), hint) {
            return;
        }
        for view in self.views() {
            view.identity_changed();
            view.notify("content-hint");
        }
    }

    /// W3C `muted`: whether the source gives no media.
    pub fn is_muted(&self) -> bool {
        self.muted.load(Ordering::Acquire)
    }

    /// The source was muted, or not, before this track was there.
    pub fn born_muted(&self, muted: bool) {
        self.muted.store(muted, Ordering::Release);
    }

    /// W3C "set a track's muted state", on a thread of the plugin's own.
    pub fn set_muted(&self, muted: bool) {
        if !self.is_live() || self.muted.swap(muted, Ordering::AcqRel) == muted {
            return;
        }
        let event = match muted {
            true => TrackEvent::Mute,
            false => TrackEvent::Unmute,
        };
        self.each_view_while_live(|view| {
            view.notify("muted");
            if self.is_live() {
                view.tell(event);
            }
        });
        if !muted && self.reconfigured.swap(false, Ordering::AcqRel) {
            self.reconfigured();
        }
    }

    /// The source gives other media than before; who is muted is told later (W3C `configurationchange`).
    pub fn reconfigured(&self) {
        if self.is_muted() {
            self.reconfigured.store(true, Ordering::Release);
        } else {
            self.each_view_while_live(|view| view.tell(TrackEvent::ConfigurationChange));
        }
    }

    /// Any handler, and anybody else, may stop the track meanwhile: then nobody is told of anything any more.
    fn each_view_while_live(&self, tell: impl Fn(&MediaStreamTrack)) {
        for view in self.views() {
            if self.is_live() {
                tell(&view);
            }
        }
    }

    /// The source had ended before this track was there.
    pub fn born_ended(&self) {
        self.ended.store(true, Ordering::Release);
    }

    pub fn add_view(&self, view: &MediaStreamTrack) {
        lock(&self.views).push((view.user(), view.downgrade()));
    }

    /// A view is disposed of.
    pub fn forget_view(&self, user: User) {
        lock(&self.views).retain(|(other, _)| *other != user);
    }

    pub fn views(&self) -> Vec<MediaStreamTrack> {
        // The references outlive the lock.
        let views = lock(&self.views);
        let found = views.iter().filter_map(|(_, view)| view.upgrade());
        found.collect()
    }

    /// The pads that have a consumer.
    pub fn linked_pads(&self) -> Vec<gst::Pad> {
        self.views()
            .iter()
            .map(MediaStreamTrack::source_pad)
            .filter(gst::Pad::is_linked)
            .collect()
    }

    /// The source has ended: no view is kept from its EOS by what becomes of another one's `ended`.
    pub fn push_end(&self) {
        if self.is_live() {
            for view in self.views() {
                view.push_end();
            }
        }
    }

    /// W3C `stop()`: the track is ended when this returns; its views push EOS after what they have.
    pub fn stop(&self) {
        self.finish(EndedBy::Application);
    }

    /// The source ended: as [`Self::stop`], and `ended` is signalled.
    pub fn end(&self) {
        self.finish(EndedBy::Source);
    }

    fn finish(&self, by: EndedBy) {
        if self.ended.swap(true, Ordering::AcqRel) {
            return;
        }
        let views = self.views();
        for view in &views {
            view.track_ended(by);
        }
        for view in &views {
            view.tell_ended(by);
        }
    }
}
