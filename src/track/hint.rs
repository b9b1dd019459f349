// SPDX-License-Identifier: MPL-2.0

//! What a track's media are of, to the application (W3C mst-content-hint): an encoder that knows makes other choices.

use std::sync::Mutex;

use gst::prelude::*;

use crate::kind::Kind;
use crate::sync::lock;

/// The sticky event that tells downstream; its structure has the field `hint`.
pub const EVENT: &str = "mediastream-content-hint";

/// The hint of a track; empty for none. Set and read by any thread.
#[derive(Debug, Default)]
pub struct ContentHint(Mutex<String>);

impl ContentHint {
    pub fn new(hint: String) -> Self {
        Self(Mutex::new(hint))
    }

    pub fn get(&self) -> String {
        lock(&self.0).clone()
    }

    /// Takes a hint that the kind has, and ignores others; whether it changed.
    pub fn set(&self, kind: Kind, hint: &str) -> bool {
        if !hints(kind).contains(&hint) {
            return false;
        }
        let old = std::mem::replace(&mut *lock(&self.0), hint.to_owned());
        old != hint
    }
}

/// The hints that tracks of a kind may have.
pub fn hints(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Audio => &["", "speech", "speech-recognition", "music"],
        Kind::Video => &["", "motion", "detail", "text"],
        Kind::None => &[""],
    }
}

/// What downstream of this pad has been told.
pub fn told(pad: &gst::Pad) -> Option<String> {
    let events = (0..).map_while(|at| pad.sticky_event::<gst::event::CustomDownstreamSticky>(at));
    let mut structures = events.filter_map(|event| event.structure().map(|s| s.to_owned()));
    let ours = structures.find(|structure| structure.name() == EVENT)?;
    ours.get("hint").ok()
}

/// Tells downstream.
pub fn event(hint: &str) -> gst::Event {
    let structure = gst::Structure::builder(EVENT).field("hint", hint).build();
    gst::event::CustomDownstreamSticky::new(structure)
}
