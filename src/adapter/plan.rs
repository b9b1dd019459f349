// SPDX-License-Identifier: MPL-2.0

//! What an adapter makes of a source's media, in numbers.

/// What a track's media have to be that the source's own are not; what is `None` stays as it is.
///
/// Tracks with equal plans share an adapter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Plan {
    /// Width and height of pictures.
    pub size: Option<(u32, u32)>,
    /// Pictures per second.
    pub rate: Option<Rate>,
    /// Sample frames per second.
    pub sample_rate: Option<u32>,
    pub channels: Option<u32>,
    /// Bits of a sample.
    pub sample_size: Option<u32>,
}

/// A frame rate as caps say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rate {
    pub numerator: u32,
    pub denominator: u32,
}

impl Rate {
    /// As caps say it.
    pub fn to_fraction(self) -> gst::Fraction {
        gst::Fraction::new(self.numerator as i32, self.denominator as i32)
    }

    /// The interval of this rate, in nanoseconds.
    pub fn interval(self) -> u64 {
        1_000_000_000 * u64::from(self.denominator) / u64::from(self.numerator.max(1))
    }

    /// The fraction that `rate` was before it became a number; film and television have theirs.
    pub fn of(rate: f64) -> Option<Self> {
        let fraction = gst::Fraction::approximate_f64(rate)?;
        let is_of_television = |base: f64| (rate - base * 1000. / 1001.).abs() < base * 1e-5;
        let base = rate.ceil();
        let (numerator, denominator) = match is_of_television(base) {
            true => (base as i32 * 1000, 1001),
            false => (fraction.numer(), fraction.denom()),
        };
        Some(Self {
            numerator: u32::try_from(numerator).ok().filter(|n| *n > 0)?,
            denominator: u32::try_from(denominator).ok().filter(|d| *d > 0)?,
        })
    }
}

impl Plan {
    /// Whether the source's own media are what is wanted.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    pub fn is_of_sound(&self) -> bool {
        (self.sample_rate.or(self.channels).or(self.sample_size)).is_some()
    }

    /// How long after its beginning what comes of it is as if it had always been there, in nanoseconds.
    pub fn settling(&self) -> u64 {
        match self.sample_rate {
            // The first half of the resampler's filter: 32 frames of the lower rate.
            Some(_) => 10_000_000,
            None => 0,
        }
    }

    /// The caps of what goes in, said of the frames that are kept: never more of them than came.
    pub fn decimated(&self, caps: &gst::Caps) -> gst::Caps {
        let Some(rate) = self.rate else {
            return caps.clone();
        };
        let mut caps = caps.clone();
        let to = rate.to_fraction();
        for structure in caps.make_mut().iter_mut() {
            let from = structure.get::<gst::Fraction>("framerate");
            if from.is_ok_and(|from| from.numer() == 0 || from > to) {
                structure.set("framerate", to);
            }
        }
        caps
    }

    /// What pictures are to be.
    pub fn pictures(&self) -> gst::Caps {
        let caps = gst::Caps::builder("video/x-raw").any_features();
        match self.size {
            Some((width, height)) => caps
                .field("width", width as i32)
                .field("height", height as i32)
                .build(),
            None => caps.build(),
        }
    }

    /// What sound is to be.
    pub fn sound(&self) -> gst::Caps {
        let mut caps = gst::Caps::builder("audio/x-raw");
        if let Some(rate) = self.sample_rate {
            caps = caps.field("rate", rate as i32);
        }
        if let Some(channels) = self.channels {
            caps = caps.field("channels", channels as i32);
        }
        if let Some(format) = self.sample_size.and_then(format_of) {
            caps = caps.field("format", format.to_str());
        }
        caps.build()
    }
}

/// Samples of so many bits.
fn format_of(bits: u32) -> Option<gst_audio::AudioFormat> {
    match bits {
        8 => Some(gst_audio::AudioFormat::U8),
        16 => Some(gst_audio::AUDIO_FORMAT_S16),
        24 => Some(gst_audio::AUDIO_FORMAT_S24),
        32 => Some(gst_audio::AUDIO_FORMAT_S32),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_become_the_fractions_that_they_were() {
        for (rate, fraction) in [
            (30., (30, 1)),
            (7.5, (15, 2)),
            (29.97, (30000, 1001)),
            (30000. / 1001., (30000, 1001)),
            (24000. / 1001., (24000, 1001)),
            (0.5, (1, 2)),
        ] {
            let is = Rate::of(rate).map(|rate| (rate.numerator, rate.denominator));
            assert_eq!(is, Some(fraction), "{rate}");
        }
        assert_eq!(Rate::of(0.), None);
        assert_eq!(Rate::of(-5.), None);
    }
}
