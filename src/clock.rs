// SPDX-License-Identifier: MPL-2.0

//! Running time between pipelines.
//!
//! A buffer was taken at `epoch + running time` on the source's clock. In a consumer's pipeline its running time is that
//! moment minus the pipeline's base time; on one clock the difference is constant and goes into the SEGMENT. A pipeline
//! on another clock is followed: how far the two clocks are apart is measured at every push, smoothed, and what has changed since
//! the SEGMENT goes into the buffer's timestamps.

use gst::glib;
use gst::prelude::*;
use once_cell::sync::Lazy;

/// The clock of every source: the system's monotonic one, which other pipelines in the process have by default.
pub static SOURCE_CLOCK: Lazy<gst::Clock> = Lazy::new(gst::SystemClock::obtain);

/// The time on the sources' clock, in nanoseconds.
pub fn now() -> u64 {
    SOURCE_CLOCK.time().nseconds()
}

/// A time on the sources' clock in microseconds of `g_get_monotonic_time()`, by which workers go.
pub fn monotonic(time: gst::ClockTime) -> i64 {
    static AHEAD: Lazy<i64> = Lazy::new(|| {
        let source = SOURCE_CLOCK.time().useconds() as i64;
        glib::monotonic_time() - source
    });
    time.useconds() as i64 + *AHEAD
}

/// So many nanoseconds; the last number means none at all, and stands for the longest time here.
pub fn nanoseconds(count: u64) -> gst::ClockTime {
    gst::ClockTime::from_nseconds(count.min(gst::ClockTime::MAX.nseconds()))
}

/// Clocks that disagree by more than this have been set, not drifted.
const JUMP: i64 = gst::ClockTime::SECOND.nseconds() as i64 / 2;

/// The share of a new measurement is one part in this: about a second of media.
const SMOOTHING: i64 = 64;

/// How far a consumer's clock is ahead of the source's, in nanoseconds.
#[derive(Debug, Default)]
pub struct Drift {
    start: Option<i64>,
    now: i64,
}

impl Drift {
    /// Takes a measurement; what timestamps need beyond [`Self::start`].
    pub fn observe(&mut self, ahead: i64) -> i64 {
        let start = *self.start.get_or_insert_with(|| {
            self.now = ahead;
            ahead
        });
        let step = ahead - self.now;
        self.now = if step.abs() > JUMP {
            ahead
        } else {
            self.now + step / SMOOTHING
        };
        self.now - start
    }

    /// The first measurement.
    pub fn start(&self) -> i64 {
        self.start.unwrap_or(0)
    }
}

/// Moves a segment so that it tells the running time of a pipeline whose base time is `base`.
///
/// Media from before that time are outside of the segment, and are clipped.
pub fn segment_for(
    segment: &gst::FormattedSegment<gst::ClockTime>,
    epoch: gst::ClockTime,
    base: gst::ClockTime,
    ahead: i64,
) -> gst::FormattedSegment<gst::ClockTime> {
    let offset = epoch.nseconds() as i64 + ahead - base.nseconds() as i64;
    let mut moved = segment.clone();
    if moved.offset_running_time(offset).is_err() {
        // The consumer started after the end of this segment: nothing in it is for it.
        moved.set_start(moved.stop().unwrap_or(gst::ClockTime::MAX));
    }
    moved
}

/// A consumer's place in time.
#[derive(Clone, Debug)]
#[repr(C)]
pub struct Timeline {
    /// The consumer's clock, if it is not the source's. First, for it is what each push looks at.
    other: Option<gst::Clock>,
    base: gst::ClockTime,
    /// The consumer has no clock: it gets the source's running time.
    none: bool,
}

/// How far this clock is ahead of the source's now.
#[inline(never)]
fn ahead(clock: &gst::Clock) -> i64 {
    let (other, source) = (clock.time(), SOURCE_CLOCK.time());
    other.nseconds() as i64 - source.nseconds() as i64
}

impl Timeline {
    /// Where this element stands, at its change to PLAYING.
    pub fn of(element: &gst::Element) -> Self {
        let clock = element.clock();
        Self {
            base: element.base_time().unwrap_or(gst::ClockTime::ZERO),
            none: clock.is_none(),
            other: clock.filter(|clock| *clock != *SOURCE_CLOCK),
        }
    }

    /// How far the consumer's clock is ahead of the source's now; `None` on the same clock.
    #[inline(always)]
    pub fn ahead(&self) -> Option<i64> {
        self.other.as_ref().map(ahead)
    }

    /// Whether what the source took at this running time of its own is from just before the consumer's began. What is older is of
    /// a source that does not keep time.
    pub fn is_just_before(
        &self,
        running_time: gst::ClockTime,
        epoch: Option<gst::ClockTime>,
    ) -> bool {
        let Some(epoch) = epoch.filter(|_| !self.none && self.other.is_none()) else {
            return false;
        };
        let taken = epoch.saturating_add(running_time);
        taken < self.base && self.base - taken < gst::ClockTime::SECOND
    }

    /// The source's segment as this consumer must see it.
    pub fn segment(
        &self,
        segment: &gst::FormattedSegment<gst::ClockTime>,
        epoch: Option<gst::ClockTime>,
        ahead: i64,
    ) -> gst::FormattedSegment<gst::ClockTime> {
        match epoch {
            Some(epoch) if !self.none => segment_for(segment, epoch, self.base, ahead),
            _ => segment.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(s: u64) -> gst::ClockTime {
        gst::ClockTime::from_seconds(s)
    }

    /// Media of position 0..100 s, shown from running time 0.
    fn segment() -> gst::FormattedSegment<gst::ClockTime> {
        gst::init().expect("GStreamer starts");
        let mut segment = gst::FormattedSegment::<gst::ClockTime>::new();
        segment.set_stop(seconds(100));
        segment
    }

    #[test]
    fn running_time_is_the_moment_of_capture_minus_the_consumers_base_time() {
        // (source's base time, consumer's base time, clock ahead) over a small domain, for a buffer of position 5 s.
        for epoch in [0, 3, 10, 20] {
            for base in [0, 3, 10, 20] {
                for ahead in [-2_i64, 0, 2] {
                    let moved = segment_for(
                        &segment(),
                        seconds(epoch),
                        seconds(base),
                        ahead * 1_000_000_000,
                    );
                    let expected = epoch as i64 + 5 + ahead - base as i64;
                    let running = moved.to_running_time_full(seconds(5));
                    let got = match running {
                        Some(gst::Signed::Positive(time)) => time.seconds() as i64,
                        Some(gst::Signed::Negative(time)) => -(time.seconds() as i64),
                        None => panic!("no running time for {epoch} {base} {ahead}"),
                    };
                    assert_eq!(got, expected, "{epoch} {base} {ahead}");
                }
            }
        }
    }

    #[test]
    fn a_segment_that_ended_before_the_consumer_started_is_clipped_whole() {
        let moved = segment_for(&segment(), seconds(0), seconds(500), 0);
        assert_eq!(moved.to_running_time(seconds(5)), None);
    }

    #[test]
    fn drift_is_followed_slowly_and_a_jump_at_once() {
        let mut drift = Drift::default();
        assert_eq!(drift.observe(1_000), 0);
        assert_eq!(drift.start(), 1_000);
        let jitter = drift.observe(1_000 + 6_400);
        assert_eq!(jitter, 100);
        let jump = drift.observe(2 * JUMP + 1_000);
        assert_eq!(jump, 2 * JUMP);
    }

    #[test]
    fn drift_settles_on_a_constant_rate() {
        // 100 ppm over 100 buffers a second: after ten seconds the error is below two milliseconds.
        let mut drift = Drift::default();
        let mut error = 0;
        for buffer in 0..1_000_i64 {
            let ahead = buffer * 1_000;
            error = ahead - drift.observe(ahead);
        }
        assert!(error.abs() < 2_000_000, "{error}");
    }
}
