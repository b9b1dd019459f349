// SPDX-License-Identifier: MPL-2.0

//! What became of a track's frames, and when: counters that the hot path only adds to (W3C mediacapture-extensions, "The
//! MediaStreamTrack stats").

use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};

use crate::sync::lock;

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

/// How long sound takes from the source to the consumer: written by one thread at a time, and small, for it lies with what every
/// push looks at.
#[derive(Debug)]
pub struct Latencies {
    sum: AtomicU64,
    buffers: AtomicU32,
    last: AtomicU32,
    least: AtomicU32,
    most: AtomicU32,
}

impl Default for Latencies {
    fn default() -> Self {
        Self {
            sum: AtomicU64::new(0),
            buffers: AtomicU32::new(0),
            last: AtomicU32::new(0),
            least: AtomicU32::new(u32::MAX),
            most: AtomicU32::new(0),
        }
    }
}

impl Latencies {
    /// A buffer goes to the consumer so many microseconds after it was taken.
    pub fn measured(&self, latency: u64) {
        let latency = u32::try_from(latency).unwrap_or(u32::MAX);
        if latency < self.least.load(Relaxed) {
            self.least.store(latency, Relaxed);
        }
        if latency > self.most.load(Relaxed) {
            self.most.store(latency, Relaxed);
        }
        self.last.store(latency, Relaxed);
        let sum = self.sum.load(Relaxed) + u64::from(latency);
        self.sum.store(sum, Relaxed);
        let buffers = self.buffers.load(Relaxed).saturating_add(1);
        self.buffers.store(buffers, Relaxed);
    }

    /// What has been measured so far.
    pub fn get(&self) -> Latency {
        Latency {
            sum: self.sum.load(Relaxed),
            buffers: self.buffers.load(Relaxed).into(),
            last: self.last.load(Relaxed),
            least: self.least.load(Relaxed),
            most: self.most.load(Relaxed),
        }
    }
}

/// How long sound took, in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Latency {
    sum: u64,
    buffers: u64,
    last: u32,
    least: u32,
    most: u32,
}

impl Default for Latency {
    fn default() -> Self {
        Latencies::default().get()
    }
}

impl Latency {
    /// This, and what was measured later.
    fn and(self, later: Self) -> Self {
        Self {
            sum: self.sum + later.sum,
            buffers: self.buffers + later.buffers,
            last: if later.buffers > 0 {
                later.last
            } else {
                self.last
            },
            least: self.least.min(later.least),
            most: self.most.max(later.most),
        }
    }

    fn average(self) -> u64 {
        self.sum / self.buffers.max(1)
    }

    fn least(self) -> u32 {
        if self.buffers > 0 { self.least } else { 0 }
    }
}

/// Counts what becomes of a track's frames.
#[derive(Debug, Default)]
pub struct Counters {
    delivered: Count,
    dropped: Count,
    discarded: Count,
    latency: Mutex<Latency>,
    books: Mutex<()>,
}

impl Counters {
    /// Moves counts from a branch to here, or reads them at both: never one amid the other.
    pub fn at_once<R>(&self, act: impl FnOnce() -> R) -> R {
        let _books = lock(&self.books);
        act()
    }

    /// Frames that went to the consumer, or would have if there were one.
    pub fn delivered(&self, frames: Frames) {
        self.delivered.add(frames);
    }

    /// Frames that the source gave and the consumer did not get.
    pub fn dropped(&self, frames: Frames) {
        self.dropped.add(frames);
    }

    /// Frames that were left out for the sake of a lower rate.
    pub fn discarded(&self, frames: Frames) {
        self.discarded.add(frames);
    }

    /// How many of the source's frames the consumer did not get.
    pub fn dropped_frames(&self) -> u64 {
        self.dropped.get().count
    }

    /// What a branch measured that measures no more.
    pub fn latency(&self, later: Latency) {
        let mut latency = lock(&self.latency);
        *latency = latency.and(later);
    }

    /// The counts now.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            delivered: self.delivered.get(),
            dropped: self.dropped.get(),
            discarded: self.discarded.get(),
            latency: *lock(&self.latency),
        }
    }
}

/// The counts at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// What went to the consumer.
    pub delivered: Frames,
    /// What it did not get.
    pub dropped: Frames,
    /// What was left out for the sake of a lower rate.
    pub discarded: Frames,
    /// How long sound took.
    pub latency: Latency,
}

/// The name of the structure that the `stats` property holds.
pub const NAME: &str = "application/x-mediastreamtrack-stats";

impl Snapshot {
    /// This and what was counted besides, later.
    pub fn and(self, later: Self) -> Self {
        Self {
            delivered: self.delivered.and(later.delivered),
            dropped: self.dropped.and(later.dropped),
            discarded: self.discarded.and(later.discarded),
            latency: self.latency.and(later.latency),
        }
    }

    /// With the W3C's names and units, times in milliseconds; `droppedFrames` is ours, and those of sound are for sound only.
    pub fn to_structure(self, of_sound: bool) -> gst::Structure {
        let total = self.delivered.and(self.dropped).and(self.discarded);
        let structure = gst::Structure::builder(NAME)
            .field("deliveredFrames", self.delivered.count)
            .field("discardedFrames", self.discarded.count)
            .field("droppedFrames", self.dropped.count)
            .field("totalFrames", total.count);
        if !of_sound {
            return structure.build();
        }
        structure
            .field("deliveredFramesDuration", self.delivered.in_milliseconds())
            .field("totalFramesDuration", total.in_milliseconds())
            .field("latency", of_microseconds(self.latency.last))
            .field(
                "averageLatency",
                of_microseconds(self.latency.average() as f64),
            )
            .field("minimumLatency", of_microseconds(self.latency.least()))
            .field("maximumLatency", of_microseconds(self.latency.most))
            .build()
    }
}

fn milliseconds(nanoseconds: u64) -> f64 {
    nanoseconds as f64 / 1e6
}

fn of_microseconds(time: impl Into<f64>) -> f64 {
    time.into() / 1e3
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
        counters.discarded(frames(4));
        let stats = counters.snapshot().and(Snapshot {
            delivered: frames(10),
            dropped: frames(20),
            ..Snapshot::default()
        });
        let stats = stats.to_structure(false);
        let field = |name| stats.get::<u64>(name);
        assert_eq!(field("deliveredFrames"), Ok(14));
        assert_eq!(field("discardedFrames"), Ok(4));
        assert_eq!(field("droppedFrames"), Ok(22));
        assert_eq!(field("totalFrames"), Ok(40));
        assert!(!stats.has_field("latency"));
    }

    #[test]
    fn sound_has_durations_and_latencies_in_milliseconds() {
        gst::init().expect("GStreamer starts");
        let counters = Counters::default();
        counters.delivered(Frames::of(4_410, Some(44_100)));
        counters.delivered(Frames::of(480, Some(48_000)));
        counters.dropped(Frames::of(960, Some(48_000)));
        let (former, now) = (Latencies::default(), Latencies::default());
        former.measured(3_000);
        former.measured(1_000);
        counters.latency(former.get());
        now.measured(5_000);
        let stats = counters
            .snapshot()
            .and(Snapshot {
                latency: now.get(),
                ..Snapshot::default()
            })
            .to_structure(true);
        let field = |name| stats.get::<f64>(name);
        assert_eq!(field("deliveredFramesDuration"), Ok(110.0));
        assert_eq!(field("totalFramesDuration"), Ok(130.0));
        assert_eq!(field("latency"), Ok(5.0));
        assert_eq!(field("averageLatency"), Ok(3.0));
        assert_eq!(field("minimumLatency"), Ok(1.0));
        assert_eq!(field("maximumLatency"), Ok(5.0));
    }

    #[test]
    fn nothing_was_measured_before_anything_came() {
        gst::init().expect("GStreamer starts");
        let stats = Counters::default().snapshot().to_structure(true);
        for name in [
            "latency",
            "averageLatency",
            "minimumLatency",
            "maximumLatency",
        ] {
            assert_eq!(stats.get::<f64>(name), Ok(0.0), "{name}");
        }
    }
}
