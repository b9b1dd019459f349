// SPDX-License-Identifier: MPL-2.0

//! The tracks of a stream and their pads: adding and removing, from any thread.
//!
//! `set` is locked to decide who is in; elements, pads, states and messages follow without it.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use gst::prelude::*;
use gst::subclass::prelude::*;

use super::imp::{CAT, MediaStream};
use super::set::{Entry, Leaving};
use crate::sync::lock;
use crate::tee::collection::Collection;
use crate::tee::identity::Membership;
use crate::track::{MediaStreamTrack, view_of};

/// Whether a track is one of this stream.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum TakenIn {
    Now,
    /// It was here already.
    Before,
    /// It cannot be.
    Not,
}

impl MediaStream {
    /// The tracks' elements, in insertion order.
    pub(super) fn views(&self) -> Vec<MediaStreamTrack> {
        lock(&self.set).views()
    }

    /// Adds a track; `false` if it cannot be one of this stream.
    pub(super) fn add(&self, track: &MediaStreamTrack) -> bool {
        let taken_in = self.take_in(track);
        if taken_in == TakenIn::Now {
            self.tracks_changed();
        }
        taken_in != TakenIn::Not
    }

    /// Adds a track; [`Self::tracks_changed`] is still to come.
    pub(super) fn take_in(&self, track: &MediaStreamTrack) -> TakenIn {
        let Some(core) = track.core() else {
            gst::warning!(
                CAT,
                imp = self,
                "Not a track of any source: {}",
                track.name()
            );
            return TakenIn::Not;
        };
        // An element has one parent; in a second stream the track needs a second one.
        let shared = track.parent().is_some() || track.is_abandoned();
        let view = if shared {
            view_of(&core)
        } else {
            track.clone()
        };
        let Some(name) = lock(&self.set).enter(&view, core.kind()) else {
            return TakenIn::Before;
        };
        self.asked.store(true, Ordering::Release);
        match self.bring_in(&view, &name) {
            true => TakenIn::Now,
            // Another stream was quicker: now it is shared.
            false if !shared && view.parent().is_some() => self.take_in(track),
            false => TakenIn::Not,
        }
    }

    /// Adds the element and the pad of a track that has entered; if that cannot be, it has not.
    pub(super) fn bring_in(&self, view: &MediaStreamTrack, name: &str) -> bool {
        if let Err(error) = self.settle_in(view, name) {
            gst::error!(CAT, imp = self, "Cannot add {}: {error}", view.name());
            lock(&self.set).forget(view);
            return false;
        }
        let leaving = lock(&self.set).settled(view);
        if let Some(entry) = leaving {
            self.part_from(entry);
        }
        true
    }

    fn settle_in(&self, view: &MediaStreamTrack, name: &str) -> Result<(), gst::glib::BoolError> {
        view.set_property("name", name);
        self.parent_add_element(view.upcast_ref())
            .map_err(|error| gst::glib::bool_error!("{error}"))?;
        // Known to downstream before the first thing that the pad says.
        self.tell_membership(view, self.collection());
        self.show(view, name).inspect_err(|_| {
            let _ = self.parent_remove_element(view.upcast_ref());
        })?;
        // While this bin is about to do so itself its children wait; their failure is on the bus.
        if !self.changing_state.load(Ordering::Acquire) {
            let _ = view.sync_state_with_parent();
        }
        Ok(())
    }

    /// Adds the pad of a track that is in the bin; it is active if the bin is.
    fn show(&self, view: &MediaStreamTrack, name: &str) -> Result<(), gst::glib::BoolError> {
        let pad = self.ghost(view, name)?;
        lock(&self.set).has_pad(view, &pad);
        view.feed(&pad);
        self.obj().add_pad(&pad).inspect_err(|_| view.starve(&pad))
    }

    fn ghost(
        &self,
        view: &MediaStreamTrack,
        name: &str,
    ) -> Result<gst::GhostPad, gst::glib::BoolError> {
        let template = name.split('_').next().unwrap_or_default();
        let template = self
            .obj()
            .pad_template(&format!("{template}_%u"))
            .ok_or_else(|| gst::glib::bool_error!("no pad template for {name}"))?;
        // All at once: to rename it afterwards would cost a quarter more.
        let pad: gst::GhostPad = gst::glib::Object::builder()
            .property("name", name)
            .property("direction", template.direction())
            .property("template", &template)
            .build();
        pad.set_target(Some(&view.source_pad()))?;
        Ok(pad)
    }

    /// Removes a track; `false` if it is not here. Waits for no consumer that does not return and no source that is being
    /// opened: they keep the element.
    pub(super) fn remove(&self, track: &MediaStreamTrack) -> bool {
        let taken_out = self.take_out(track);
        if taken_out {
            self.tracks_changed();
        }
        taken_out
    }

    /// Removes a track; [`Self::tracks_changed`] is still to come.
    pub(super) fn take_out(&self, track: &MediaStreamTrack) -> bool {
        let leaving = lock(&self.set).leave(track);
        match leaving {
            Leaving::Absent => return false,
            Leaving::Later => {}
            Leaving::Now(entry) => self.part_from(entry),
        }
        true
    }

    /// Takes an element that is no member any more out of the bin, and its pad with it.
    fn part_from(&self, entry: Entry) {
        let view = entry.view;
        let why = match view.cut_off() {
            true => Some("consumer has not returned"),
            false => view.awaits_source().then_some("source has not opened"),
        };
        let held = why.is_some();
        view.set_locked_state(true);
        match why {
            Some(why) => {
                view.abandon();
                gst::warning!(
                    CAT,
                    imp = self,
                    "{}: its {why}; it is left behind",
                    view.name()
                );
            }
            None => view.dismiss(),
        }
        if let Some(pad) = &entry.pad {
            if !held {
                view.starve(pad);
                let _ = pad.set_active(false);
            }
            let _ = self.obj().remove_pad(pad);
        }
        match self.parent_remove_element(view.upcast_ref()) {
            // A name of its own again: the one of its pad is not unique but here.
            Ok(()) => view.set_property("name", None::<&str>),
            Err(error) => gst::error!(CAT, imp = self, "Cannot remove {}: {error}", view.name()),
        }
        if lock(&self.guests).may_go(&view) {
            view.set_locked_state(false);
        }
        view.set_membership(Membership::alone());
        if held {
            // As soon as they do.
            view.call_async(move |view| {
                let _ = view.set_state(gst::State::Null);
                if let Some(pad) = entry.pad {
                    view.starve(&pad);
                }
            });
        }
    }

    fn collection(&self) -> Arc<Collection> {
        let views = self.views();
        let tracks = views.iter().filter_map(MediaStreamTrack::core);
        let tracks = tracks.map(|track| Arc::downgrade(&track)).collect();
        Arc::new(Collection::new(self.id(), tracks))
    }

    fn tell_membership(&self, view: &MediaStreamTrack, collection: Arc<Collection>) {
        view.set_membership(Membership {
            group: self.group,
            collection: Some(collection),
        });
    }

    /// Tells whoever has to know that a track has come or gone.
    pub(super) fn tracks_changed(&self) {
        self.announce();
        self.update_active();
    }

    /// Tells downstream and the application which tracks there are now; or whoever is at it does so once more, for what is told last
    /// must not be older than what was told before.
    pub(super) fn announce(&self) {
        if self.to_announce.fetch_add(1, Ordering::AcqRel) > 0 {
            return;
        }
        loop {
            let asked = self.to_announce.load(Ordering::Acquire);
            self.announce_now();
            let to_announce = &self.to_announce;
            let done = to_announce.compare_exchange(asked, 0, Ordering::AcqRel, Ordering::Acquire);
            if done.is_ok() {
                break;
            }
        }
    }

    fn announce_now(&self) {
        let collection = self.collection();
        for view in self.views() {
            self.tell_membership(&view, collection.clone());
        }
        // Without a bus there is nobody to tell.
        if self.obj().bus().is_some() {
            let message = gst::message::StreamCollection::builder(collection.get())
                .src(&*self.obj())
                .build();
            let _ = self.obj().post_message(message);
        }
    }

    /// Recomputes `active` (W3C #stream-active), and notifies if it changed.
    pub(super) fn update_active(&self) {
        loop {
            let active = self.active();
            if self.was_active.swap(active, Ordering::AcqRel) == active {
                break;
            }
            self.obj().notify("active");
            // Again: another thread may have been quicker with newer news.
        }
    }

    pub(super) fn active(&self) -> bool {
        self.views()
            .iter()
            .filter_map(MediaStreamTrack::core)
            .any(|track| track.is_live())
    }
}
