// SPDX-License-Identifier: MPL-2.0

//! `mediastream`: a bin of tracks.

use gst::glib;
use gst::prelude::*;
use gst::subclass::prelude::*;

mod actions;
mod asking;
mod clone_of;
mod imp;
mod registry;
mod set;
mod tracks;

use crate::track::MediaStreamTrack;

glib::wrapper! {
    /// A set of tracks with an id (W3C `MediaStream`).
    ///
    /// A bin whose children are [`MediaStreamTrack`]s, each with a pad `video_%u` or `audio_%u` of the bin.
    pub struct MediaStream(ObjectSubclass<imp::MediaStream>)
        @extends gst::Bin, gst::Element, gst::Object,
        @implements gst::ChildProxy;
}

impl MediaStream {
    /// A stream with a new id and a clone of every track of this one, ended ones included, in no bin (W3C
    /// `MediaStream.clone()`). In every state, from any thread. Never fails, and never waits for media or a device.
    #[must_use]
    pub fn clone_stream(&self) -> Self {
        let clone = imp::MediaStream::new_clone();
        // A stream that is to become a clone itself is one as soon as the other is there.
        if self.imp().resolve().is_err() {
            clone.imp().set_clone_of(self.imp().clone_of());
        }
        for track in self.imp().views() {
            clone.imp().take_in(&track.clone_track());
        }
        clone.imp().tracks_changed();
        clone
    }

    /// Adds a track; if it is here already, nothing happens. A track that is in another bin gets a second element here, which
    /// is the same track: same id, one `stop` for both (W3C `MediaStream.addTrack()`).
    pub fn add_track(&self, track: &MediaStreamTrack) {
        self.imp().add(track);
    }

    /// Removes a track without stopping it; if it is not here, nothing happens (W3C `MediaStream.removeTrack()`). Its
    /// element is in NULL afterwards, unless its consumer does not return, or its source is being opened: then it is left behind, and
    /// adding the track again makes another one.
    pub fn remove_track(&self, track: &MediaStreamTrack) {
        self.imp().remove(track);
    }

    /// The track with this id (W3C `MediaStream.getTrackById()`).
    #[must_use]
    pub fn track_by_id(&self, id: &str) -> Option<MediaStreamTrack> {
        let mut tracks = self.imp().views().into_iter();
        tracks.find(|track| track.id() == id)
    }

    /// A track of this stream began or ceased to be live.
    pub(crate) fn tracks_changed_state(&self) {
        self.imp().update_active();
    }
}

pub(crate) fn register(plugin: &gst::Plugin) -> Result<(), glib::BoolError> {
    gst::Element::register(
        Some(plugin),
        "mediastream",
        gst::Rank::NONE,
        MediaStream::static_type(),
    )
}
