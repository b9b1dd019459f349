// SPDX-License-Identifier: MPL-2.0

//! The streams of this process, for `clone-of`.

use std::sync::Mutex;

use gst::glib;
use gst::prelude::*;
use once_cell::sync::Lazy;

use super::MediaStream;
use crate::sync::lock;

type Entries = Vec<(String, glib::WeakRef<MediaStream>)>;

/// Each with its id: under the lock nothing is upgraded, for that may be the last reference, and its end comes back here.
static STREAMS: Lazy<Mutex<Entries>> = Lazy::new(Mutex::default);

pub fn enter(id: &str, stream: &MediaStream) {
    lock(&STREAMS).push((id.to_owned(), stream.downgrade()));
}

pub fn leave(id: &str) {
    lock(&STREAMS).retain(|(other, _)| other != id);
}

pub fn streams() -> Vec<MediaStream> {
    // The references outlive the lock.
    let streams = lock(&STREAMS);
    let found = streams.iter().filter_map(|(_, stream)| stream.upgrade());
    found.collect()
}
