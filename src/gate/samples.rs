// SPDX-License-Identifier: MPL-2.0

//! Sound as time, and time as sound: `rate` sample frames last a second.

use gst::prelude::*;

/// How long so many sample frames last.
pub fn time_of(frames: u64, rate: u32) -> gst::ClockTime {
    let second = gst::ClockTime::SECOND.nseconds();
    let time = frames.mul_div_round(second, u64::from(rate.max(1)));
    gst::ClockTime::from_nseconds(time.unwrap_or(0))
}

/// How many sample frames last so long.
pub fn frames_of(time: gst::ClockTime, rate: u32) -> u64 {
    let second = gst::ClockTime::SECOND.nseconds();
    time.nseconds()
        .mul_div_round(rate.into(), second)
        .unwrap_or(u64::MAX)
}

/// How many sample frames are in a buffer.
pub fn frames_of_buffer(buffer: &gst::BufferRef, info: &gst_audio::AudioInfo) -> u64 {
    // Planes may be longer than what is in them.
    let planar = info.layout() == gst_audio::AudioLayout::NonInterleaved;
    let meta = planar.then(|| buffer.meta::<gst_audio::AudioMeta>());
    match meta.flatten() {
        Some(meta) => meta.samples() as u64,
        None => buffer.size() as u64 / u64::from(info.bpf().max(1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sample_frames_are_as_long_as_the_rate_says() {
        for (frames, rate, nanoseconds) in [
            (48_000, 48_000, 1_000_000_000),
            (441, 44_100, 10_000_000),
            (1, 44_100, 22_676),
            (0, 8_000, 0),
        ] {
            let time = gst::ClockTime::from_nseconds(nanoseconds);
            assert_eq!(time_of(frames, rate), time);
            assert_eq!(frames_of(time, rate), frames);
        }
    }

    #[test]
    fn a_rate_of_nothing_is_no_division_by_it() {
        assert_eq!(time_of(5, 0), gst::ClockTime::from_seconds(5));
        assert_eq!(frames_of(gst::ClockTime::SECOND, 0), 0);
    }
}
