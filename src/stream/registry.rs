// SPDX-License-Identifier: MPL-2.0

//! The streams of this process, for `clone-of`.

use std::sync::Mutex;

use gst::glib;
use gst::prelude::*;
use once_cell::sync::Lazy;

use super::MediaStream;
use crate::sync::lock;

static STREAMS: Lazy<Mutex<Vec<glib::WeakRef<MediaStream>>>> = Lazy::new(Mutex::default);

pub fn enter(stream: &MediaStream) {
    lock(&STREAMS).push(stream.downgrade());
}

pub fn leave(stream: &MediaStream) {
    // A stream that is being disposed of cannot be upgraded any more: compare without.
    lock(&STREAMS).retain(|other| other.upgrade().is_some_and(|other| other != *stream));
}

pub fn streams() -> Vec<MediaStream> {
    lock(&STREAMS)
        .iter()
        .filter_map(glib::WeakRef::upgrade)
        .collect()
}
