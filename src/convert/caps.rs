// SPDX-License-Identifier: MPL-2.0

//! What caps say that a source can give, as settings to choose from.

use gst::glib;

use super::range::Range;
use crate::adapter::{Plan, Rate};
use crate::constraints::{LOWEST_FRAME_RATE, Property, Setting, Settings, Space, Span};
use crate::kind::Kind;

/// Nobody offers more modes than this; of caps that do, the first are looked at.
const MOST: usize = 512;

/// What caps say nothing of is as large as caps can say.
const MOST_OF_ANY: f64 = i32::MAX as f64;
/// A source whose caps do not say how often its pictures come is not asked for more than this.
const MOST_RATE: f64 = 1_000.;
/// Sound is not resampled to less than this.
const LEAST_SAMPLE_RATE: f64 = 8_000.;

/// What a source can give as it is: for each number, from what to what.
#[derive(Clone, Debug, PartialEq)]
pub struct Mode {
    numbers: Vec<(Property, Range)>,
    /// It can be cropped, scaled or resampled.
    raw: bool,
}

/// All that a source can give.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Modes {
    kind: Kind,
    modes: Vec<Mode>,
    /// What it is, whatever it gives: W3C inherent properties.
    inherent: Settings,
}

impl Modes {
    /// What these caps offer; `None` if they say nothing.
    pub fn of(kind: Kind, caps: &gst::CapsRef, inherent: &Settings) -> Option<Self> {
        if caps.is_any() {
            return None;
        }
        let mut modes = Vec::new();
        for (structure, features) in caps.iter_with_features() {
            let name = structure.name().as_str();
            let in_memory =
                features.size() == 0 || features.contains(gst::CAPS_FEATURE_MEMORY_SYSTEM_MEMORY);
            let raw = in_memory && matches!(name, "video/x-raw" | "audio/x-raw");
            for numbers in products(&spans(kind, structure, caps.is_fixed())) {
                let mode = Mode { numbers, raw };
                if modes.len() < MOST && kind.is(structure) && !modes.contains(&mode) {
                    modes.push(mode);
                }
            }
        }
        (!modes.is_empty()).then(|| Self {
            kind,
            modes,
            inherent: inherent.clone(),
        })
    }

    /// What a source gives that does not say.
    pub fn unknown(kind: Kind, inherent: &Settings) -> Self {
        let structure = gst::Structure::new_empty("unknown");
        let modes = products(&spans(kind, &structure, false)).into_iter();
        Self {
            kind,
            modes: modes.map(|numbers| Mode { numbers, raw: true }).collect(),
            inherent: inherent.clone(),
        }
    }

    /// Two spaces for each mode: as it is, and what can be made of it.
    pub fn spaces(&self) -> Vec<Space> {
        let native = |mode: &Mode| self.space(mode.numbers.iter().map(as_it_is), "none");
        let adapted = |mode: &Mode| match (mode.raw, self.kind) {
            (false, _) => native(mode),
            (true, Kind::Audio) => self.space(mode.numbers.iter().map(audible), ""),
            (true, _) => self.space(mode.numbers.iter().map(visible), "crop-and-scale"),
        };
        self.modes
            .iter()
            .flat_map(|mode| [native(mode), adapted(mode)])
            .collect()
    }

    fn space(&self, numbers: impl Iterator<Item = (Property, Range)>, resize: &str) -> Space {
        let mut space = Space::default();
        for (property, Range { min, max, .. }) in numbers {
            space.spans.insert(property, Span::Number { min, max });
        }
        for (property, setting) in self.inherent.iter() {
            let span = match setting {
                Setting::Number(number) => Span::Number {
                    min: *number,
                    max: *number,
                },
                Setting::Text(text) => Span::Texts(vec![text.clone()]),
                Setting::Flag(flag) => Span::Flags(vec![*flag]),
            };
            space.spans.insert(property, span);
        }
        if self.kind == Kind::Audio {
            for property in [
                Property::EchoCancellation,
                Property::AutoGainControl,
                Property::NoiseSuppression,
            ] {
                space.spans.insert(property, Span::Flags(vec![false]));
            }
        } else {
            let modes = Span::Texts(vec![resize.to_owned()]);
            space.spans.insert(Property::ResizeMode, modes);
        }
        space
    }

    /// All that can be made of media in these caps, they themselves first.
    pub fn adaptable(&self, caps: &gst::Caps) -> gst::Caps {
        let mut all = caps.clone();
        if self.modes.iter().all(|mode| mode.raw) {
            all.merge(adaptable(caps));
        }
        all
    }

    /// What a consumer accepts of what can be made of media in these fixed caps; empty if there is nothing.
    pub fn for_consumer(&self, caps: &gst::Caps, accepted: &gst::Caps) -> Vec<Space> {
        let all = self.adaptable(caps);
        let wanted = accepted.intersect_with_mode(&all, gst::CapsIntersectMode::First);
        let Some(modes) = Self::of(self.kind, &wanted, &self.inherent) else {
            return Vec::new();
        };
        let space = |mode: &Mode| modes.space(mode.numbers.iter().map(as_it_is), "crop-and-scale");
        modes.modes.iter().map(space).collect()
    }

    /// How many there are: as many pairs of spaces.
    pub fn len(&self) -> usize {
        self.modes.len()
    }

    /// What the source itself has to give, so that this can be made of it: of the mode that `space` is of, the least that is
    /// enough.
    pub fn native(&self, space: usize, settings: &Settings) -> Vec<(Property, f64)> {
        let Some(mode) = self.modes.get(space / 2) else {
            return Vec::new();
        };
        let wanted = |(property, range): &(Property, Range)| {
            let wanted = settings.number(*property)?;
            Some((*property, range.enough_for(wanted)))
        };
        mode.numbers.iter().filter_map(wanted).collect()
    }
}

/// All that can be made of media in these caps: no larger pictures, and no more of them.
fn adaptable(caps: &gst::CapsRef) -> gst::Caps {
    let mut adaptable = caps.to_owned();
    for structure in adaptable.make_mut().iter_mut() {
        for field in ["width", "height"] {
            let most = most(structure, field).unwrap_or(0.) as i32;
            if most > 1 {
                structure.set(field, gst::IntRange::new(1, most));
            }
        }
        let rate = most(structure, "framerate").and_then(Rate::of);
        if let Some(most) = rate {
            let most = most.to_fraction();
            let least = gst::Fraction::new(1, 1_000);
            if least < most {
                structure.set("framerate", gst::FractionRange::new(least, most));
            }
        }
        for field in ["rate", "channels"] {
            if structure.has_field(field) {
                structure.set(field, gst::IntRange::new(1, i32::MAX));
            }
        }
        structure.remove_field("channel-mask");
    }
    adaptable
}

/// The most that a field may be.
fn most(structure: &gst::StructureRef, field: &str) -> Option<f64> {
    let ranges = Range::of(structure.value(field).ok()?);
    ranges.into_iter().map(|range| range.max).reduce(f64::max)
}

/// What a source gives itself. Of a range with steps the last one: the others are modes of their own.
fn as_it_is((property, range): &(Property, Range)) -> (Property, Range) {
    (*property, range.without_steps())
}

/// What of a source's own numbers can be made by cropping, scaling down and leaving out.
fn visible((property, range): &(Property, Range)) -> (Property, Range) {
    let range = match property {
        Property::Width | Property::Height => Range::new(1., range.max),
        // Of a rate that varies nobody knows what is too much.
        Property::FrameRate if range.max == 0. => Range::new(0., MOST_RATE),
        Property::FrameRate => Range::new(LOWEST_FRAME_RATE.min(range.max), range.max),
        _ => *range,
    };
    (*property, range)
}

/// What of a source's own numbers can be made by mixing down and resampling.
fn audible((property, range): &(Property, Range)) -> (Property, Range) {
    let least = match property {
        Property::ChannelCount => 1.,
        Property::SampleRate => LEAST_SAMPLE_RATE,
        _ => range.min,
    };
    (*property, Range::new(least.min(range.min), range.max))
}

/// For each number of a format, what it may be: any of these. What fixed caps do not say nobody knows.
fn spans(kind: Kind, structure: &gst::StructureRef, fixed: bool) -> Vec<(Property, Vec<Range>)> {
    let fields: &[(Property, &str, f64)] = match kind {
        Kind::Audio => &[
            (Property::SampleRate, "rate", 1.),
            (Property::ChannelCount, "channels", 1.),
        ],
        Kind::Video | Kind::None => &[
            (Property::Width, "width", 1.),
            (Property::Height, "height", 1.),
            (Property::FrameRate, "framerate", 0.),
        ],
    };
    let mut spans: Vec<_> = fields
        .iter()
        .filter_map(|(property, field, least)| {
            // No pictures at all are no rate, but for one that varies.
            let least = &match (property, fixed) {
                (Property::FrameRate, false) => LOWEST_FRAME_RATE,
                _ => *least,
            };
            let ranges = match structure.value(*field) {
                Ok(value) => Range::of(value),
                Err(_) if fixed => Vec::new(),
                // Anything.
                Err(_) => vec![Range::new(*least, MOST_OF_ANY)],
            };
            let ranges = ranges.into_iter();
            let ranges: Vec<_> = ranges.filter_map(|range| range.from(*least)).collect();
            (!ranges.is_empty()).then_some((*property, ranges))
        })
        .collect();
    if let (Kind::Audio, Ok(formats)) = (kind, structure.value("format")) {
        let mut sizes: Vec<_> = texts(formats)
            .iter()
            .filter_map(|format| depth(format))
            .collect();
        sizes.sort_by(f64::total_cmp);
        sizes.dedup();
        if !sizes.is_empty() {
            let sizes = sizes.into_iter().map(Range::only).collect();
            spans.push((Property::SampleSize, sizes));
        }
    }
    spans
}

/// Bits of a linear sample.
fn depth(format: &str) -> Option<f64> {
    let format = format.parse::<gst_audio::AudioFormat>().ok()?;
    if format == gst_audio::AudioFormat::Unknown || format == gst_audio::AudioFormat::Encoded {
        return None;
    }
    Some(
        gst_audio::AudioFormatInfo::from_format(format)
            .depth()
            .into(),
    )
}

fn texts(value: &glib::SendValue) -> Vec<String> {
    match value.get::<gst::List>() {
        Ok(list) => list.iter().filter_map(|one| one.get().ok()).collect(),
        Err(_) => value.get().into_iter().collect(),
    }
}

/// Each combination of one range of every number.
fn products(spans: &[(Property, Vec<Range>)]) -> Vec<Vec<(Property, Range)>> {
    let mut products = vec![Vec::new()];
    for (property, ranges) in spans {
        let longer = products.iter().flat_map(|start: &Vec<_>| {
            ranges.iter().map(|range| {
                let mut longer = start.clone();
                longer.push((*property, *range));
                longer
            })
        });
        products = longer.take(MOST).collect();
    }
    products
}

/// What has to be done to media that have `native` settings, so that they have these.
pub fn plan(wanted: &Settings, native: &Settings) -> Plan {
    let changed = |property: Property| {
        let (wanted, native) = (wanted.number(property)?, native.number(property)?);
        (wanted != native).then_some(wanted)
    };
    let whole = |property: Property| changed(property).map(|number| number as u32);
    let size = || {
        Some((
            wanted.number(Property::Width)? as u32,
            wanted.number(Property::Height)? as u32,
        ))
    };
    let resized = whole(Property::Width).is_some() || whole(Property::Height).is_some();
    Plan {
        size: size().filter(|_| resized),
        rate: changed(Property::FrameRate)
            .filter(|wanted| {
                native
                    .number(Property::FrameRate)
                    .is_none_or(|native| native == 0. || *wanted < native)
            })
            .and_then(Rate::of),
        sample_rate: whole(Property::SampleRate),
        channels: whole(Property::ChannelCount),
        sample_size: whole(Property::SampleSize),
    }
}
