// SPDX-License-Identifier: MPL-2.0

//! Measures how late buffers arrive. Written by the source's and the consumers' threads with relaxed atomics.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use once_cell::sync::Lazy;

use super::figures::middle;

/// Parts that each power of two is divided into: latencies are right to 3 %.
const PARTS: usize = 32;

static EPOCH: Lazy<Instant> = Lazy::new(Instant::now);

/// The meter of this process.
pub static METER: Meter = Meter::new();

/// Nanoseconds since the process first asked.
pub fn now() -> u64 {
    u64::try_from(EPOCH.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

/// See the module's documentation.
pub struct Meter {
    /// The first buffer that it hears of, and the first one after these.
    first: AtomicU64,
    end: AtomicU64,
    /// Only one of so many buffers is looked at, for looking at the clock costs as much as a delivery.
    every: AtomicU64,
    latencies: [AtomicU64; 64 * PARTS],
    worst: AtomicU64,
}

/// How late buffers were.
#[derive(Clone, Copy, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct Latency {
    /// In nanoseconds, as all of these.
    pub median: u64,
    /// 99 of 100 were no later.
    pub p99: u64,
    /// The latest of all.
    pub worst: u64,
}

impl Latency {
    /// The median of each figure over all rounds.
    pub fn median<F>(rounds: &[F], latency: impl Fn(&F) -> Self) -> Self {
        let of = |figure: &dyn Fn(Self) -> u64| {
            middle(rounds, |round| figure(latency(round)) as f64) as u64
        };
        Self {
            median: of(&|latency| latency.median),
            p99: of(&|latency| latency.p99),
            worst: of(&|latency| latency.worst),
        }
    }
}

impl Meter {
    const fn new() -> Self {
        Self {
            first: AtomicU64::new(0),
            end: AtomicU64::new(0),
            every: AtomicU64::new(1),
            latencies: [const { AtomicU64::new(0) }; 64 * PARTS],
            worst: AtomicU64::new(0),
        }
    }

    /// Looks at one of so many buffers from now on.
    pub fn sample(&self, every: u64) {
        self.every.store(every.max(1), Relaxed);
    }

    /// Hears of buffers with these numbers from now on.
    pub fn open(&self, numbers: Range<u64>) {
        self.first.store(numbers.start, Relaxed);
        self.end.store(numbers.end, Relaxed);
    }

    /// Hears of no more.
    pub fn close(&self) {
        self.open(0..0);
    }

    /// Whether it hears of this buffer.
    pub fn is_open_for(&self, number: u64) -> bool {
        (self.first.load(Relaxed)..self.end.load(Relaxed)).contains(&number)
    }

    /// A consumer has the buffer with this number, for which the meter is open, and which left the source at `left`, by [`now`].
    pub fn arrives(&self, number: u64, left: u64) {
        if !number.is_multiple_of(self.every.load(Relaxed)) {
            return;
        }
        let late = now().saturating_sub(left);
        self.latencies[bucket(late)].fetch_add(1, Relaxed);
        self.worst.fetch_max(late, Relaxed);
    }

    /// How late buffers were while the meter was open; starts anew.
    pub fn take_latency(&self) -> Latency {
        let counts: Vec<_> = self.latencies.iter().map(|n| n.swap(0, Relaxed)).collect();
        let total: u64 = counts.iter().sum();
        let quantile = |part: f64| {
            let rank = (total as f64 * part).ceil() as u64;
            let mut seen = 0;
            let index = counts.iter().position(|count| {
                seen += count;
                seen >= rank
            });
            index.map_or(0, upper_bound)
        };
        Latency {
            median: quantile(0.5),
            p99: quantile(0.99),
            worst: self.worst.swap(0, Relaxed),
        }
    }
}

fn bucket(value: u64) -> usize {
    let parts = PARTS as u64;
    if value < parts {
        return value as usize;
    }
    let power = u64::from(value.ilog2() - parts.ilog2());
    (power * parts + (value >> power)) as usize
}

fn upper_bound(bucket: usize) -> u64 {
    let (bucket, parts) = (bucket as u64, PARTS as u64);
    if bucket < 2 * parts {
        return bucket;
    }
    let power = bucket / parts - 1;
    ((bucket - power * parts + 1) << power) - 1
}

/// Checks the meter's own arithmetic, for a benchmark has no tests.
pub fn check() {
    for value in (0..200_000).chain([1 << 40, (1 << 40) + 12_345]) {
        let bound = upper_bound(bucket(value));
        assert!(
            bound >= value && bound as f64 <= value as f64 * 1.04,
            "{value} is not in a bucket up to {bound}"
        );
    }
}

/// A duration in nanoseconds.
pub fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
