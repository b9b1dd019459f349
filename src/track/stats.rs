// SPDX-License-Identifier: MPL-2.0

//! What became of a track's frames: counters that the hot path only adds to.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Counts frames as the W3C does (mediacapture-extensions, "The MediaStreamTrack stats"): video frames or buffers, and
/// sample frames of raw audio.
#[derive(Debug, Default)]
pub struct Counters {
    delivered: AtomicU64,
    discarded: AtomicU64,
}

impl Counters {
    /// Frames that went to the consumer, or would have if there were one.
    pub fn delivered(&self, frames: u64) {
        self.delivered.fetch_add(frames, Relaxed);
    }

    /// Frames that the source gave and the consumer did not get.
    pub fn discarded(&self, frames: u64) {
        self.discarded.fetch_add(frames, Relaxed);
    }

    /// The counts now.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            delivered: self.delivered.load(Relaxed),
            discarded: self.discarded.load(Relaxed),
        }
    }
}

/// The counts at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// W3C `deliveredFrames`.
    pub delivered: u64,
    /// W3C `discardedFrames`.
    pub discarded: u64,
}

/// The name of the structure that the `stats` property holds.
pub const NAME: &str = "application/x-mediastreamtrack-stats";

impl From<Snapshot> for gst::Structure {
    fn from(stats: Snapshot) -> Self {
        Self::builder(NAME)
            .field("deliveredFrames", stats.delivered)
            .field("discardedFrames", stats.discarded)
            .field("totalFrames", stats.delivered + stats.discarded)
            .build()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_total_is_what_was_delivered_and_what_was_not() {
        gst::init().expect("GStreamer starts");
        let counters = Counters::default();
        counters.delivered(3);
        counters.discarded(2);
        counters.delivered(1);
        let stats = gst::Structure::from(counters.snapshot());
        let field = |name| stats.get::<u64>(name);
        assert_eq!(field("deliveredFrames"), Ok(4));
        assert_eq!(field("discardedFrames"), Ok(2));
        assert_eq!(field("totalFrames"), Ok(6));
    }
}
