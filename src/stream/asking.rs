// SPDX-License-Identifier: MPL-2.0

//! What an application asks a stream for: a track of a kind, from a device or an element.

use std::sync::Arc;

use gst::glib::translate::from_glib_none;
use gst::prelude::*;
use gst::subclass::prelude::*;

use super::imp::{CAT, MediaStream};
use crate::kind::Kind;
use crate::source::{Origin, Source};
use crate::sync::lock;
use crate::track::core::Track;
use crate::track::{MediaStreamTrack, view_of};

/// The sources that this stream itself asked for.
#[derive(Default)]
pub(super) struct Sources {
    video: Option<Arc<Source>>,
    audio: Option<Arc<Source>>,
}

impl Sources {
    fn of(&mut self, kind: Kind) -> &mut Option<Arc<Source>> {
        match kind {
            Kind::Audio => &mut self.audio,
            Kind::Video | Kind::None => &mut self.video,
        }
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
        let Some(source) = source.filter(|source| matches!(source.origin(), Origin::AnyDevice))
        else {
            return;
        };
        *lock(&self.sources).of(kind) = None;
        let of_source = |view: &MediaStreamTrack| {
            view.core()
                .is_some_and(|track| Arc::ptr_eq(track.source(), &source))
        };
        for view in self.views().iter().filter(|view| of_source(view)) {
            self.remove(view);
        }
    }

    pub(super) fn source_element(&self, kind: Kind) -> Option<gst::Element> {
        let source = lock(&self.sources).of(kind).clone()?;
        match source.origin() {
            Origin::Element(element) => Some(element),
            Origin::AnyDevice => None,
        }
    }

    pub(super) fn set_source(&self, kind: Kind, element: Option<gst::Element>) {
        let Some(element) = element.map(owned) else {
            return;
        };
        let known = lock(&self.sources).of(kind).clone();
        let result = match known {
            Some(source) => source.set_element(element),
            None => {
                let source = Source::new(kind);
                let result = source.set_element(element);
                self.have(kind, source);
                result
            }
        };
        if let Err(failure) = result {
            gst::warning!(CAT, imp = self, "{}", failure.text());
            failure.warn(self.obj().upcast_ref());
        }
    }

    /// The source of this kind, with its track, made the first time.
    fn source(&self, kind: Kind) {
        if lock(&self.sources).of(kind).is_none() {
            self.have(kind, Source::new(kind));
        }
    }

    fn have(&self, kind: Kind, source: Arc<Source>) {
        {
            let mut sources = lock(&self.sources);
            let place = sources.of(kind);
            if place.is_some() {
                return;
            }
            *place = Some(source.clone());
        }
        self.add(&view_of(&Track::new(&source)));
    }
}
