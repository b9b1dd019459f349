// SPDX-License-Identifier: MPL-2.0

//! The tracks of a stream as GStreamer tells of them. Any thread may be the one that tells first, and makes what it tells.

use std::sync::Weak;

use once_cell::sync::OnceCell;

use crate::track::core::Track;

/// All tracks of a stream at one time. Most are outdated before anybody is told of them, and cost next to nothing.
#[derive(Debug)]
pub struct Collection {
    stream_id: String,
    /// In the order in which they were added. Weak, for a track's source has a tee with branches, and those have a collection.
    tracks: Vec<Weak<Track>>,
    told: OnceCell<gst::StreamCollection>,
}

impl Collection {
    pub fn new(stream_id: String, tracks: Vec<Weak<Track>>) -> Self {
        Self {
            stream_id,
            tracks,
            told: OnceCell::new(),
        }
    }

    /// The same for all who ask.
    pub fn get(&self) -> &gst::StreamCollection {
        if let Some(told) = self.told.get() {
            return told;
        }
        // Nobody waits for it to be made, for that may drop the last reference to a track; two may make it, and one is told.
        match self.told.try_insert(self.make()) {
            Ok(told) | Err((told, _)) => told,
        }
    }

    /// A track that does not exist any more has left the stream, and another collection tells so.
    fn make(&self) -> gst::StreamCollection {
        let tracks = self.tracks.iter().filter_map(Weak::upgrade);
        gst::StreamCollection::builder(Some(&self.stream_id))
            .streams(tracks.map(|track| track.to_gst_stream()))
            .build()
    }
}
