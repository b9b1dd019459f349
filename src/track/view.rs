// SPDX-License-Identifier: MPL-2.0

//! A track's element as the rest of the crate sees it: what a stream, a track and a source do with a view.

use std::sync::Arc;

use gst::glib;
use gst::prelude::*;
use gst::subclass::prelude::*;

use super::MediaStreamTrack;
use super::core::{EndedBy, Track};
use super::run::Joining;
use crate::error::Failure;
use crate::messages::{TrackEvent, TrackMessage};
use crate::source::User;
use crate::stream::MediaStream;
use crate::tee::Tee;
use crate::tee::identity::Membership;

/// A new element for a track: its first view, or one more.
pub fn of(track: &Arc<Track>) -> MediaStreamTrack {
    let view: MediaStreamTrack = glib::Object::new();
    view.imp().set_core(track);
    track.add_view(&view);
    view
}

impl MediaStreamTrack {
    /// The track that this is a view of; `None` for an element made by name.
    pub(crate) fn core(&self) -> Option<Arc<Track>> {
        self.imp().core().cloned()
    }

    pub(crate) fn source_pad(&self) -> gst::Pad {
        self.imp().pad().clone()
    }

    /// As whom this view uses its source.
    pub(crate) fn user(&self) -> User {
        self.imp().user
    }

    /// The source has ended: EOS follows what it gave.
    pub(super) fn push_end(&self) {
        self.imp().push_end(EndedBy::Source);
    }

    /// The ghost pad that this view feeds from its next change to PLAYING on.
    pub(crate) fn feed(&self, ghost: &gst::GhostPad) {
        self.imp().feed(ghost);
    }

    /// The view feeds this ghost pad no more.
    pub(crate) fn starve(&self, ghost: &gst::GhostPad) {
        self.imp().starve(ghost);
    }

    /// The stream that this view is in.
    fn stream(&self) -> Option<MediaStream> {
        self.parent()?.downcast().ok()
    }

    /// Tells downstream which stream this view is in now.
    pub(crate) fn set_membership(&self, membership: Membership) {
        if let Some(identity) = self.imp().identity() {
            identity.set_membership(membership);
            self.imp().identity_changed();
        }
    }

    /// Cuts the view off from its source; whether its consumer does not return from a push.
    pub(crate) fn cut_off(&self) -> bool {
        self.imp().cut_off_for_good()
    }

    /// Whether a change of state of this view waits for its source.
    pub(crate) fn awaits_source(&self) -> bool {
        self.core()
            .is_some_and(|track| track.source().is_awaited_by(self.user()))
    }

    /// Whether this element has been left to a consumer or a source that does not return, and cannot be used again.
    pub(crate) fn is_abandoned(&self) -> bool {
        self.imp().is_abandoned()
    }

    /// Goes to NULL without waiting for the device, which is released soon after.
    pub(crate) fn dismiss(&self) {
        self.imp().hurry(true);
        let _ = self.set_state(gst::State::Null);
        self.imp().hurry(false);
    }

    pub(crate) fn abandon(&self) {
        self.imp().abandon();
    }

    /// Downstream has to be told something new of the track.
    pub(super) fn identity_changed(&self) {
        self.imp().identity_changed();
    }

    /// The track has been enabled or disabled.
    pub(super) fn enabled_changed(&self) {
        self.imp().enabled_changed();
    }

    /// The track has just ended: EOS follows what the pad has, and the source is not needed any more.
    pub(super) fn track_ended(&self, by: EndedBy) {
        self.imp().track_ended(by);
    }

    /// The track's media are to be others than before, or its consumer wants others.
    pub(crate) fn adapt(&self) -> Result<(), Failure> {
        self.imp().adapt(Joining::Instead)
    }

    /// The source gives other media than before. Asks the consumer nothing.
    pub(super) fn adapt_to_source(&self) -> Result<(), Failure> {
        self.imp().adapt(Joining::AsBefore)
    }

    /// Whether the consumer, which refused media, can be given others.
    pub(crate) fn is_unsuited(&self) -> bool {
        self.imp().is_unsuited()
    }

    /// Whether the consumer's media come from this fan-out.
    pub(crate) fn is_on(&self, tee: &Arc<Tee>) -> bool {
        self.imp().tee().is_some_and(|own| Arc::ptr_eq(&own, tee))
    }

    /// Tells the application what it does not know yet, with no lock held.
    pub(super) fn tell_ended(&self, by: EndedBy) {
        let stream = self.stream();
        self.notify("ready-state");
        if let Some(stream) = &stream {
            stream.tracks_changed_state();
        }
        if by == EndedBy::Source {
            self.tell(TrackEvent::Ended);
        }
    }

    /// Signals an event, and posts it, with no lock held.
    pub(super) fn tell(&self, event: TrackEvent) {
        self.emit_by_name::<()>(event.as_str(), &[]);
        let message = TrackMessage::new(event, self, self.stream().as_ref());
        // Without a bus there is nobody to tell.
        let _ = self.post_message(message.to_message(self));
    }
}
