// SPDX-License-Identifier: MPL-2.0

//! What caps say of the media that follow: found out once for each caps, and shared by all who ask.

use gst::prelude::*;
use once_cell::sync::OnceCell;

use super::blank::Blank;
use super::samples::{frames_of, frames_of_buffer, time_of};
use crate::clock::nanoseconds;

/// What media are, between one CAPS event and the next.
#[derive(Debug, Default)]
pub struct Format {
    raw: bool,
    /// Of raw audio.
    audio: Option<gst_audio::AudioInfo>,
    /// What the caps say of time.
    pace: Pace,
    /// The caps promise that memory is something else than the system's.
    special_memory: bool,
    caps: Option<gst::Caps>,
    /// Made when it is first needed; `None` for what has none, be it encoded or in memory that cannot be written.
    blank: OnceCell<Option<Blank>>,
}

/// How often pictures come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pace {
    /// One after this time.
    Every(gst::ClockTime),
    /// When there is something new to see.
    Variable,
    /// The caps say nothing of it.
    #[default]
    Unsaid,
}

impl Pace {
    fn of(rate: gst::Fraction) -> Self {
        let (frames, seconds) = (rate.numer() as u64, rate.denom() as u64);
        if frames == 0 {
            return Self::Variable;
        }
        match gst::ClockTime::SECOND.mul_div_round(seconds, frames) {
            // Rather the unit that times are told in.
            Some(interval) if interval < gst::ClockTime::MSECOND => Self::Unsaid,
            Some(interval) => Self::Every(interval),
            None => Self::Variable,
        }
    }
}

/// Other features say what comes with the memory, or how pictures are laid out in it.
fn has_special_memory(features: &gst::CapsFeaturesRef) -> bool {
    let system = gst::CAPS_FEATURE_MEMORY_SYSTEM_MEMORY.as_str();
    (features.iter()).any(|feature| feature.starts_with("memory:") && feature != system)
}

impl Format {
    /// The format that these caps say.
    pub fn of(caps: &gst::Caps) -> Self {
        let structure = caps.structure(0);
        let name = structure.map(|structure| structure.name().as_str());
        let audio = match name {
            Some("audio/x-raw") => gst_audio::AudioInfo::from_caps(caps).ok(),
            _ => None,
        };
        let rate = structure.and_then(|structure| structure.get::<gst::Fraction>("framerate").ok());
        Self {
            raw: matches!(name, Some("video/x-raw" | "audio/x-raw")),
            audio,
            pace: rate.map_or(Pace::Unsaid, Pace::of),
            special_memory: caps.features(0).is_some_and(has_special_memory),
            caps: Some(caps.clone()),
            blank: OnceCell::new(),
        }
    }

    /// The caps themselves; `None` if there were none.
    pub fn caps(&self) -> Option<&gst::Caps> {
        self.caps.as_ref()
    }

    /// Whether a consumer can start with any buffer.
    pub fn is_raw(&self) -> bool {
        self.raw
    }

    /// Whether the caps promise nothing about the memory.
    pub fn is_in_system_memory(&self) -> bool {
        !self.special_memory
    }

    /// W3C frames in a buffer: sample frames of raw audio, else one.
    #[inline]
    pub fn frames(&self, buffer: &gst::BufferRef) -> u64 {
        match &self.audio {
            Some(info) if info.bpf() > 0 => frames_of_buffer(buffer, info),
            _ => 1,
        }
    }

    /// How long a buffer lasts: what it says, or how much sound is in it.
    #[inline(always)]
    pub fn duration(&self, buffer: &gst::BufferRef) -> Option<gst::ClockTime> {
        let of_sound = || Some(time_of(self.frames(buffer), self.rate()?));
        buffer.duration().or_else(of_sound)
    }

    /// Where so many sample frames in a buffer end, whatever the buffer says; `None` if these are other media.
    #[inline]
    pub fn end_of_sound(&self, buffer: &gst::BufferRef, frames: u64) -> Option<gst::ClockTime> {
        let rate = self.rate()?;
        let length = time_of(frames, rate).nseconds();
        Some(nanoseconds(buffer.pts()?.nseconds().saturating_add(length)))
    }

    /// What there is of a buffer of raw audio between two positions, in nanoseconds; `None` if that is less than a sample frame.
    pub fn part(&self, buffer: gst::Buffer, (from, to): (u64, u64)) -> Option<gst::Buffer> {
        let (Some(info), Some(pts)) = (&self.audio, buffer.pts()) else {
            return Some(buffer);
        };
        let (all, rate) = (self.frames(&buffer), info.rate());
        let frames_before = |position: u64| {
            let time = nanoseconds(position.saturating_sub(pts.nseconds()));
            frames_of(time, rate).min(all)
        };
        let (first, end) = (frames_before(from), frames_before(to));
        if (first, end) == (0, all) {
            return Some(buffer);
        }
        let frames = end.checked_sub(first).filter(|frames| *frames > 0)?;
        let mut part = gst_audio::audio_buffer_truncate(
            buffer,
            info.bpf(),
            first as usize,
            Some(frames as usize),
        );
        // GStreamer leaves the times to its caller.
        let header = part.make_mut();
        let left_out = time_of(first, rate).nseconds();
        header.set_pts(nanoseconds(pts.nseconds().saturating_add(left_out)));
        header.set_duration(time_of(frames, rate));
        Some(part)
    }

    /// Sample frames in a second of raw audio.
    pub fn rate(&self) -> Option<u32> {
        self.audio.as_ref().map(|info| info.rate())
    }

    /// What the caps say of time.
    pub fn pace(&self) -> Pace {
        self.pace
    }

    /// What goes out in place of media; the first to ask makes it. `None` for media that have nothing of the kind.
    pub fn blank(&self) -> Option<&Blank> {
        let make = || {
            let caps = self.caps.as_ref()?;
            (self.raw && !self.special_memory)
                .then(|| match &self.audio {
                    Some(info) => Blank::silence(info),
                    None => Blank::black(caps),
                })
                .flatten()
        };
        self.blank.get_or_init(make).as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(caps: &str) -> Format {
        gst::init().expect("GStreamer starts");
        Format::of(&caps.parse().expect("caps"))
    }

    #[test]
    fn pictures_come_as_often_as_the_caps_say() {
        let every = |ns| Pace::Every(gst::ClockTime::from_nseconds(ns));
        for (rate, pace) in [
            (", framerate=25/1", every(40_000_000)),
            (", framerate=30000/1001", every(33_366_667)),
            (", framerate=0/1", Pace::Variable),
            (", framerate=1000/1", every(1_000_000)),
            (", framerate=90000/1", Pace::Unsaid),
            ("", Pace::Unsaid),
        ] {
            assert_eq!(of(&format!("video/x-raw{rate}")).pace(), pace, "{rate}");
        }
    }

    #[test]
    fn media_have_black_or_silence_if_they_are_raw_and_in_memory_that_can_be_written() {
        for (caps, blank) in [
            ("video/x-raw, format=I420, width=4, height=4", true),
            (
                "video/x-raw(memory:DMABuf), format=I420, width=4, height=4",
                false,
            ),
            (
                "video/x-raw(memory:GLMemory, meta:GstVideoOverlayComposition), format=RGBA, width=4, height=4",
                false,
            ),
            (
                "video/x-raw(meta:GstVideoOverlayComposition), format=I420, width=4, height=4",
                true,
            ),
            (
                "video/x-raw(format:Interlaced), format=I420, width=4, height=4, interlace-mode=alternate",
                true,
            ),
            ("video/x-raw, format=I420", false),
            // A format since 1.24, of pictures that only their driver can read.
            (
                "video/x-raw(memory:DMABuf), format=DMA_DRM, drm-format=NV12, width=4, height=4",
                false,
            ),
            ("video/x-raw, format=DMA_DRM, width=4, height=4", false),
            ("video/x-h264", false),
            (
                "audio/x-raw, format=S16LE, rate=8000, channels=1, layout=interleaved",
                true,
            ),
            ("audio/x-opus", false),
        ] {
            assert_eq!(of(caps).blank().is_some(), blank, "{caps}");
        }
    }
    const SOUND: &str = "audio/x-raw, format=S16LE, rate=8000, channels=1, layout=interleaved";

    fn buffer(size: usize, pts: u64) -> gst::Buffer {
        let mut buffer = gst::Buffer::from_mut_slice(vec![0; size]);
        let header = buffer.get_mut().expect("a new buffer");
        header.set_pts(gst::ClockTime::from_mseconds(pts));
        buffer
    }

    #[test]
    fn a_part_of_sound_has_its_own_time_and_length() {
        let format = of(SOUND);
        let ms = |ms: u64| ms * 1_000_000;
        let part = |from, to| {
            let part = format.part(buffer(1600, 100), (from, to))?;
            let time = |time: Option<gst::ClockTime>| time.map(gst::ClockTime::mseconds);
            Some((part.size(), time(part.pts()), time(part.duration())))
        };
        assert_eq!(part(ms(130), u64::MAX), Some((1120, Some(130), Some(70))));
        assert_eq!(part(0, ms(130)), Some((480, Some(100), Some(30))));
        assert_eq!(part(ms(120), ms(130)), Some((160, Some(120), Some(10))));
        for (from, to) in [
            (0, u64::MAX),
            (ms(100), ms(200)),
            (ms(100) + 9, ms(200) - 9),
        ] {
            assert_eq!(part(from, to), Some((1600, Some(100), None)));
        }
        for (from, to) in [
            (1 << 40, u64::MAX),
            (0, ms(100)),
            (ms(200) - 9, ms(300)),
            (ms(150), ms(150)),
        ] {
            assert_eq!(part(from, to), None, "{from} {to}");
        }
    }

    #[test]
    fn planes_are_as_long_as_their_meta_says() {
        let format = of(
            "audio/x-raw, format=S16LE, rate=8000, channels=2, channel-mask=(bitmask)3, layout=non-interleaved",
        );
        let info = format.audio.clone().expect("sound");
        let mut planar = buffer(64, 100);
        let header = planar.get_mut().expect("a new buffer");
        gst_audio::AudioMeta::add(header, &info, 8, &[0, 32]).expect("planes");
        assert_eq!(format.frames(&planar), 8);
        let whole = format.part(planar, (100_000_000, 101_000_000));
        assert_eq!(whole.map(|whole| whole.size()), Some(64));
    }

    #[test]
    fn sound_lasts_as_long_as_there_is_of_it_unless_it_says_otherwise() {
        let format = of(SOUND);
        let tenth = Some(gst::ClockTime::from_mseconds(100));
        assert_eq!(format.duration(&buffer(1600, 0)), tenth);
        let mut longer = buffer(1600, 0);
        longer.make_mut().set_duration(gst::ClockTime::SECOND);
        assert_eq!(format.duration(&longer), Some(gst::ClockTime::SECOND));
        assert_eq!(of("video/x-h264").duration(&buffer(5, 0)), None);
    }
}
