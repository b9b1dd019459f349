// SPDX-License-Identifier: MPL-2.0

//! `mediastreamtrack`: one track as an element with one src pad.

use gst::glib;
use gst::prelude::*;
use gst::subclass::prelude::*;

pub mod constrained;
pub mod core;
pub mod hint;
mod imp;
mod pad;
mod run;
mod signals;
pub mod stats;
mod structures;
mod view;

glib::wrapper! {
    /// A track of a [`MediaStream`](crate::MediaStream), or on its own in any pipeline (W3C `MediaStreamTrack`).
    ///
    /// A live source with one pad, `src`. It is made by a stream, or by cloning a track; one that was made by its element name
    /// has no source and is ended.
    pub struct MediaStreamTrack(ObjectSubclass<imp::MediaStreamTrack>)
        @extends gst::Element, gst::Object;
}

/// Whether a track can still give media (W3C `MediaStreamTrackState`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, glib::Enum)]
#[enum_type(name = "GstMediaStreamReadyState")]
#[repr(C)]
pub enum ReadyState {
    /// The source gives, or will give, media.
    #[enum_value(name = "Live", nick = "live")]
    Live = 0,
    /// For ever.
    #[default]
    #[enum_value(name = "Ended", nick = "ended")]
    Ended = 1,
}

impl MediaStreamTrack {
    /// A sibling of this track on the same source: a new element with a new id, in no stream and no bin, live if this one is (W3C
    /// `MediaStreamTrack.clone()`). Never fails, and never waits for media or a device.
    #[must_use]
    pub fn clone_track(&self) -> Self {
        match self.imp().core() {
            Some(track) => view::of(&track.clone_track()),
            None => glib::Object::new(),
        }
    }

    /// Ends this track in every stream that it is in: `ready-state` is ended when this returns, EOS follows what the pad
    /// already had, and the source stops with its last live track (W3C `MediaStreamTrack.stop()`). Silent: no `ended`.
    pub fn stop(&self) {
        if let Some(track) = self.imp().core() {
            track.stop();
        }
    }
}

pub(crate) fn register(plugin: &gst::Plugin) -> Result<(), glib::BoolError> {
    gst::Element::register(
        Some(plugin),
        "mediastreamtrack",
        gst::Rank::NONE,
        MediaStreamTrack::static_type(),
    )
}

pub(crate) use view::of as view_of;
