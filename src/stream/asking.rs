// SPDX-License-Identifier: MPL-2.0

//! What an application asks a stream for: a track of a kind, from a device or an element.

use std::sync::Arc;

use gst::glib;
use gst::glib::translate::from_glib_none;
use gst::prelude::*;
use gst::subclass::prelude::*;

use super::imp::{CAT, MediaStream};
use crate::error::Failure;
use crate::kind::Kind;
use crate::source::{Origin, Source};
use crate::sync::lock;
use crate::track::constrained::Constrained;
use crate::track::core::Track;
use crate::track::{MediaStreamTrack, view_of};

/// What this stream itself asked for.
#[derive(Default)]
pub(super) struct Sources {
    video: Asked,
    audio: Asked,
}

/// What was asked for of a kind.
#[derive(Default)]
struct Asked {
    source: Option<Arc<Source>>,
    /// The id of the track that was made for it; other tracks may be of the same source.
    track: String,
    constraints: Option<gst::Structure>,
    /// Constraints that make no sense.
    refused: Option<Failure>,
}

impl Sources {
    fn of(&mut self, kind: Kind) -> &mut Option<Arc<Source>> {
        &mut self.asked(kind).source
    }

    fn asked(&mut self, kind: Kind) -> &mut Asked {
        match kind {
            Kind::Audio => &mut self.audio,
            Kind::Video | Kind::None => &mut self.video,
        }
    }

    /// Why this cannot be had.
    pub(super) fn refused(&self) -> Option<Failure> {
        let kinds = [&self.video, &self.audio];
        kinds.iter().find_map(|asked| asked.refused.clone())
    }
}

/// The property that says what the track of a kind has to be.
pub(super) fn constraints_spec(kind: Kind) -> glib::ParamSpec {
    let (name, blurb) = match kind {
        Kind::Audio => (
            "audio-constraints",
            "Have an audio track that is like this, in the W3C's words: constraints, sampleRate=16000, channelCount=1",
        ),
        Kind::Video | Kind::None => (
            "video-constraints",
            "Have a video track that is like this, in the W3C's words: constraints, width=640, frameRate=(structure)[range, max=15.0]",
        ),
    };
    glib::ParamSpecBoxed::builder::<gst::Structure>(name)
        .nick("Constraints")
        .blurb(blurb)
        .build()
}

/// The kind that a property with such a name is of.
pub(super) fn constraints_of(name: &str) -> Option<Kind> {
    match name {
        "audio-constraints" => Some(Kind::Audio),
        "video-constraints" => Some(Kind::Video),
        _ => None,
    }
}

/// Takes the floating reference of an element that nobody has owned yet, as C programs leave it.
fn owned(element: gst::Element) -> gst::Element {
    // SAFETY: the bindings have no `g_object_ref_sink` for an object that came in a value; this is what it is made of, on a
    // pointer that `element` keeps valid.
    unsafe { from_glib_none(element.as_ptr()) }
}

impl MediaStream {
    pub(super) fn asked_for(&self, kind: Kind) -> bool {
        lock(&self.sources).of(kind).is_some()
    }

    pub(super) fn ask(&self, kind: Kind, on: bool) {
        if on {
            self.source(kind);
            return;
        }
        let source = lock(&self.sources).of(kind).clone();
        if !source.is_some_and(|source| matches!(source.origin(), Origin::Device(_))) {
            return;
        }
        let asked = std::mem::take(lock(&self.sources).asked(kind));
        let is_that =
            |view: &MediaStreamTrack| view.core().is_some_and(|track| track.id() == asked.track);
        for view in self.views().iter().filter(|view| is_that(view)) {
            self.remove(view);
        }
    }

    pub(super) fn source_element(&self, kind: Kind) -> Option<gst::Element> {
        let source = lock(&self.sources).of(kind).clone()?;
        match source.origin() {
            Origin::Element(element) => Some(element),
            Origin::Device(_) => None,
        }
    }

    pub(super) fn set_source(&self, kind: Kind, element: Option<gst::Element>) {
        let Some(element) = element.map(owned) else {
            return;
        };
        self.set_origin(kind, Origin::Element(element));
    }

    pub(super) fn device(&self, kind: Kind) -> Option<String> {
        let source = lock(&self.sources).of(kind).clone()?;
        match source.origin() {
            Origin::Device(name) => name,
            Origin::Element(_) => None,
        }
    }

    pub(super) fn set_device(&self, kind: Kind, name: Option<String>) {
        let name = name.filter(|name| !name.is_empty());
        if name.is_some() || self.device(kind).is_some() {
            self.set_origin(kind, Origin::Device(name));
        }
    }

    fn set_origin(&self, kind: Kind, origin: Origin) {
        let known = lock(&self.sources).of(kind).clone();
        let result = match known {
            Some(source) => source.set_origin(origin),
            None => {
                let source = Source::new(kind);
                let result = source.set_origin(origin);
                self.have(kind, source);
                result
            }
        };
        if let Err(failure) = result {
            gst::warning!(CAT, imp = self, "{}", failure.text());
            failure.warn(self.obj().upcast_ref());
        }
    }

    pub(super) fn constraints(&self, kind: Kind) -> Option<gst::Structure> {
        lock(&self.sources).asked(kind).constraints.clone()
    }

    /// What the track of this kind has to be; asks for one, unless nothing is to be said of it.
    pub(super) fn set_constraints(&self, kind: Kind, written: Option<gst::Structure>) {
        if written.is_none() && !self.asked_for(kind) {
            return;
        }
        self.source(kind);
        let constrained = Constrained::parse(written.clone(), kind).map_err(|what| {
            Failure::new(
                gst::ResourceError::Settings,
                format!("{kind}-constraints: {what}"),
            )
        });
        let id = {
            let mut sources = lock(&self.sources);
            let asked = sources.asked(kind);
            asked.constraints = written;
            asked.refused = constrained.as_ref().err().cloned();
            asked.track.clone()
        };
        let tracks = self.views().into_iter().filter_map(|view| view.core());
        let track = tracks.into_iter().find(|track| track.id() == id);
        match (constrained, track) {
            (Err(failure), _) => {
                gst::warning!(CAT, imp = self, "{}", failure.text());
                failure.warn(self.obj().upcast_ref());
            }
            (Ok(constrained), Some(track)) if track.source().is_open() => {
                let stream = self.obj().downgrade();
                track.apply(constrained, move |result| {
                    if let (Err(refusal), Some(stream)) = (result, stream.upgrade()) {
                        refusal.failure(kind).warn(stream.upcast_ref());
                    }
                });
            }
            (Ok(constrained), Some(track)) => {
                track.constrain(constrained);
            }
            (Ok(_), None) => {}
        }
    }

    /// The source of this kind, with its track, made the first time.
    fn source(&self, kind: Kind) {
        if lock(&self.sources).of(kind).is_none() {
            self.have(kind, Source::new(kind));
        }
    }

    fn have(&self, kind: Kind, source: Arc<Source>) {
        let track = Track::new(&source);
        {
            let mut sources = lock(&self.sources);
            let asked = sources.asked(kind);
            if asked.source.is_some() {
                return;
            }
            asked.source = Some(source);
            asked.track = track.id().to_owned();
        }
        self.add(&view_of(&track));
    }
}
