// SPDX-License-Identifier: MPL-2.0

//! Whose picture it is, and whose sound.

use gst_video::prelude::*;

/// What a picture says of itself; how is told in `tests/session/camera.c`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Picture {
    /// Of the camera with this tag, and its number there.
    Of { camera: u16, number: u32 },
    /// All black where it would say so.
    Black,
    /// It says something else.
    Unreadable(u64),
}

impl Picture {
    /// The tag of the camera of this name.
    pub fn tag(name: &str) -> u16 {
        let hash = name.bytes().fold(2_166_136_261_u32, |hash, byte| {
            (hash ^ u32::from(byte)).wrapping_mul(16_777_619)
        });
        let [a, b, c, d] = hash.to_be_bytes();
        u16::from_be_bytes([a, b]) ^ u16::from_be_bytes([c, d])
    }

    pub fn read(buffer: &gst::BufferRef, info: &gst_video::VideoInfo) -> Self {
        let Ok(frame) = gst_video::VideoFrameRef::from_buffer_ref_readable(buffer, info) else {
            return Self::Unreadable(0);
        };
        let row = frame.height() as usize / 32 * frame.comp_stride(0) as usize;
        let pixel = frame.comp_pstride(0) as usize;
        let Ok(luma) = frame.comp_data(0) else {
            return Self::Unreadable(0);
        };
        let bits = (0..64).fold(0_u64, |bits, cell| {
            let x = (2 * cell + 1) * frame.width() as usize / 128;
            let is_white = luma.get(row + x * pixel).is_some_and(|luma| *luma >= 128);
            bits << 1 | u64::from(is_white)
        });
        Self::decode(bits)
    }

    fn decode(bits: u64) -> Self {
        let half = |shift: u32| u16::try_from(bits >> shift & 0xffff).expect("16 bits");
        let (camera, upper, lower) = (half(48), half(32), half(16));
        if bits == 0 {
            Self::Black
        } else if camera ^ upper ^ lower ^ 0x5a5a == half(0) {
            let number = u32::from(upper) << 16 | u32::from(lower);
            Self::Of { camera, number }
        } else {
            Self::Unreadable(bits)
        }
    }
}

/// What is heard in one buffer.
#[derive(Clone)]
pub struct Sound {
    /// Of the first channel.
    samples: Vec<f32>,
    rate: f32,
}

impl Sound {
    pub fn read(buffer: &gst::BufferRef, info: &gst_audio::AudioInfo) -> Self {
        let map = buffer.map_readable().expect("sound is in memory");
        let frame = usize::try_from(info.bpf()).expect("a size");
        let samples = map.chunks_exact(frame).map(|bytes| match *bytes {
            [a, b, c, d, ..] if info.format() == gst_audio::AUDIO_FORMAT_F32 => {
                f32::from_ne_bytes([a, b, c, d])
            }
            [a, b, ..] if info.format() == gst_audio::AUDIO_FORMAT_S16 => {
                f32::from(i16::from_ne_bytes([a, b])) / 32768.
            }
            _ => panic!("cannot read {}", info.format()),
        });
        Self {
            samples: samples.collect(),
            rate: info.rate() as f32,
        }
    }

    /// How loud a tone is in it, from 0 to 1 (Goertzel).
    pub fn loudness(&self, frequency: f32) -> f32 {
        let step = 2. * (std::f32::consts::TAU * frequency / self.rate).cos();
        let start = (0_f32, 0_f32);
        let (last, before) = self.samples.iter().fold(start, |(last, before), sample| {
            (sample + step * last - before, last)
        });
        let power = last * last + before * before - step * last * before;
        2. * power.max(0.).sqrt() / self.samples.len().max(1) as f32
    }

    /// Whether it is heard at all.
    pub fn has(&self, frequency: f32) -> bool {
        self.loudness(frequency) > 0.1
    }

    pub fn is_silent(&self) -> bool {
        self.samples.iter().all(|sample| sample.abs() < 0.001)
    }
}

impl std::fmt::Debug for Sound {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        let loudest = self
            .samples
            .iter()
            .fold(0_f32, |loudest, sample| loudest.max(sample.abs()));
        let count = self.samples.len();
        write!(f, "{count} samples at {} Hz, up to {loudest}", self.rate)
    }
}
