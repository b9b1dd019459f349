// SPDX-License-Identifier: MPL-2.0

//! What became of a track's frames, and when: counters that the hot path only adds to (W3C mediacapture-extensions, "The
//! MediaStreamTrack stats").

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Frames, and how long they last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Frames {
    /// Video frames or buffers, and sample frames of raw audio.
    pub count: u64,
    /// In nanoseconds; of raw audio only.
    pub duration: u64,
}

impl Frames {
    /// So many frames, of which there are `rate` in a second if they are raw audio.
    pub fn of(count: u64, rate: Option<u32>) -> Self {
        let nanoseconds = |rate: u32| u128::from(count) * 1_000_000_000 / u128::from(rate.max(1));
        Self {
            count,
            duration: rate.map_or(0, nanoseconds) as u64,
        }
    }

    fn and(self, other: Self) -> Self {
        Self {
            count: self.count + other.count,
            duration: self.duration + other.duration,
        }
    }

    fn in_milliseconds(self) -> f64 {
        milliseconds(self.duration)
    }
}

/// One of the counts.
#[derive(Debug, Default)]
struct Count {
    frames: AtomicU64,
    duration: AtomicU64,
}

impl Count {
    fn add(&self, frames: Frames) {
        self.frames.fetch_add(frames.count, Relaxed);
        self.duration.fetch_add(frames.duration, Relaxed);
    }

    fn get(&self) -> Frames {
        Frames {
            count: self.frames.load(Relaxed),
            duration: self.duration.load(Relaxed),
        }
    }
}

/// How long sound takes from the source to the consumer, in microseconds. Written by one thread at a time.
#[derive(Debug, Default)]
struct Latencies {
    buffers: AtomicU64,
    sum: AtomicU64,
    last: AtomicU64,
    least: AtomicU64,
    most: AtomicU64,
}

impl Latencies {
    fn measured(&self, latency: u64) {
        let buffers = self.buffers.load(Relaxed);
        if buffers == 0 || latency < self.least.load(Relaxed) {
            self.least.store(latency, Relaxed);
        }
        if latency > self.most.load(Relaxed) {
            self.most.store(latency, Relaxed);
        }
        self.last.store(latency, Relaxed);
        self.sum.store(self.sum.load(Relaxed) + latency, Relaxed);
        self.buffers.store(buffers + 1, Relaxed);
    }
}

/// Counts what becomes of a track's frames.
#[derive(Debug, Default)]
pub struct Counters {
    delivered: Count,
    dropped: Count,
    latencies: Latencies,
}

impl Counters {
    /// Frames that went to the consumer, or would have if there were one.
    pub fn delivered(&self, frames: Frames) {
        self.delivered.add(frames);
    }

    /// Frames that the source gave and the consumer did not get.
    pub fn dropped(&self, frames: Frames) {
        self.dropped.add(frames);
    }

    /// How many microseconds after it was taken a buffer goes to the consumer; said by one thread at a time.
    pub fn latency(&self, latency: u64) {
        self.latencies.measured(latency);
    }

    /// The counts now.
    pub fn snapshot(&self) -> Snapshot {
        let latencies = &self.latencies;
        let buffers = latencies.buffers.load(Relaxed);
        Snapshot {
            delivered: self.delivered.get(),
            dropped: self.dropped.get(),
            latency: latencies.last.load(Relaxed),
            average_latency: latencies.sum.load(Relaxed) / buffers.max(1),
            minimum_latency: latencies.least.load(Relaxed),
            maximum_latency: latencies.most.load(Relaxed),
        }
    }
}

/// The counts at one moment; latencies in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    delivered: Frames,
    dropped: Frames,
    latency: u64,
    average_latency: u64,
    minimum_latency: u64,
    maximum_latency: u64,
}

/// The name of the structure that the `stats` property holds.
pub const NAME: &str = "application/x-mediastreamtrack-stats";

impl Snapshot {
    /// The same with frames that the counters do not know of yet.
    pub fn with(self, delivered: Frames, dropped: Frames) -> Self {
        Self {
            delivered: self.delivered.and(delivered),
            dropped: self.dropped.and(dropped),
            ..self
        }
    }

    /// With the W3C's names and units, times in milliseconds; `droppedFrames` is ours, and those of sound are for sound only.
    pub fn to_structure(self, of_sound: bool) -> gst::Structure {
        let total = self.delivered.and(self.dropped);
        let structure = gst::Structure::builder(NAME)
            .field("deliveredFrames", self.delivered.count)
            .field("discardedFrames", 0_u64)
            .field("droppedFrames", self.dropped.count)
            .field("totalFrames", total.count);
        if !of_sound {
            return structure.build();
        }
        structure
            .field("deliveredFramesDuration", self.delivered.in_milliseconds())
            .field("totalFramesDuration", total.in_milliseconds())
            .field("latency", milliseconds(self.latency * 1000))
            .field("averageLatency", milliseconds(self.average_latency * 1000))
            .field("minimumLatency", milliseconds(self.minimum_latency * 1000))
            .field("maximumLatency", milliseconds(self.maximum_latency * 1000))
            .build()
    }
}

fn milliseconds(nanoseconds: u64) -> f64 {
    nanoseconds as f64 / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(count: u64) -> Frames {
        Frames::of(count, None)
    }

    #[test]
    fn the_total_is_what_was_delivered_and_what_was_not() {
        gst::init().expect("GStreamer starts");
        let counters = Counters::default();
        counters.delivered(frames(3));
        counters.dropped(frames(2));
        counters.delivered(frames(1));
        let stats = counters.snapshot().with(frames(10), frames(20));
        let stats = stats.to_structure(false);
        let field = |name| stats.get::<u64>(name);
        assert_eq!(field("deliveredFrames"), Ok(14));
        assert_eq!(field("discardedFrames"), Ok(0));
        assert_eq!(field("droppedFrames"), Ok(22));
        assert_eq!(field("totalFrames"), Ok(36));
        assert!(!stats.has_field("latency"));
    }

    #[test]
    fn sound_has_durations_and_latencies_in_milliseconds() {
        gst::init().expect("GStreamer starts");
        let counters = Counters::default();
        counters.delivered(Frames::of(4_410, Some(44_100)));
        counters.delivered(Frames::of(480, Some(48_000)));
        counters.dropped(Frames::of(960, Some(48_000)));
        for latency in [3_000, 1_000, 5_000] {
            counters.latency(latency);
        }
        let stats = counters.snapshot().to_structure(true);
        let field = |name| stats.get::<f64>(name);
        assert_eq!(field("deliveredFramesDuration"), Ok(110.0));
        assert_eq!(field("totalFramesDuration"), Ok(130.0));
        assert_eq!(field("latency"), Ok(5.0));
        assert_eq!(field("averageLatency"), Ok(3.0));
        assert_eq!(field("minimumLatency"), Ok(1.0));
        assert_eq!(field("maximumLatency"), Ok(5.0));
    }
}
