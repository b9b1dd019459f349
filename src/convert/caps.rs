// SPDX-License-Identifier: MPL-2.0

//! What caps say that a source can give, as settings to choose from.

use super::combining::{Numbers, products, products_in_steps, spans};
use super::range::Range;
use crate::adapter::{Plan, Rate};
use crate::constraints::{LOWEST_FRAME_RATE, Property, Setting, Settings, Space, Span};
use crate::kind::Kind;

/// Nobody offers more modes than this; of caps that do, the first are looked at.
pub(super) const MOST: usize = 512;

/// A source whose caps do not say how often its pictures come is not asked for more than this.
const MOST_RATE: f64 = 1_000.;
/// Sound is not resampled to less than this.
const LEAST_SAMPLE_RATE: f64 = 8_000.;

/// What a source can give as it is: for each number, from what to what.
#[derive(Clone, Debug, PartialEq)]
pub struct Mode {
    numbers: Numbers,
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
        let offers: Vec<_> = (caps.iter_with_features())
            .filter(|(structure, _)| kind.is(structure))
            .map(|(structure, features)| {
                let spans = spans(kind, structure, caps.is_fixed());
                (is_raw(structure, features), spans)
            })
            .collect();
        let wholes: Vec<_> = (offers.iter())
            .map(|(raw, spans)| modes_of(*raw, products(spans)))
            .collect();
        // No format is left out for the sake of another one's steps.
        let mut room = MOST.saturating_sub(wholes.iter().map(Vec::len).sum());
        let mut modes = Vec::new();
        for (wholes, (raw, spans)) in wholes.into_iter().zip(offers) {
            add_new(&mut modes, wholes, MOST);
            let without = modes.len();
            let in_steps = modes_of(raw, products_in_steps(&spans));
            add_new(&mut modes, in_steps, without + room);
            room -= modes.len() - without;
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
        Self {
            kind,
            modes: modes_of(true, products(&spans(kind, &structure, false))),
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

    /// What a consumer accepts of all that is [`Self::adaptable`]; empty if there is nothing.
    pub fn for_consumer(&self, adaptable: &gst::Caps, accepted: &gst::Caps) -> Vec<Space> {
        let wanted = accepted.intersect_with_mode(adaptable, gst::CapsIntersectMode::First);
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

    /// Whether media of the mode that `space` is of can be cropped, scaled or resampled.
    pub fn is_raw(&self, space: usize) -> bool {
        self.modes.get(space / 2).is_some_and(|mode| mode.raw)
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

/// Whether media like this can be read and written.
pub(super) fn is_raw(structure: &gst::StructureRef, features: &gst::CapsFeaturesRef) -> bool {
    let in_memory =
        features.size() == 0 || features.contains(gst::CAPS_FEATURE_MEMORY_SYSTEM_MEMORY);
    in_memory && matches!(structure.name().as_str(), "video/x-raw" | "audio/x-raw")
}

fn modes_of(raw: bool, products: Vec<Numbers>) -> Vec<Mode> {
    let mode = |numbers| Mode { numbers, raw };
    products.into_iter().map(mode).collect()
}

/// Adds those that are not there yet, until there are so many.
fn add_new(modes: &mut Vec<Mode>, more: Vec<Mode>, most: usize) {
    for mode in more {
        if modes.len() >= most {
            return;
        }
        if !modes.contains(&mode) {
            modes.push(mode);
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_leave_room_for_every_other_format() {
        gst::init().expect("GStreamer starts");
        let stepped = "width=[16, 1920, 16], height=[16, 1080, 8], framerate={ 60/1, 30/1, 15/1 }";
        let caps = format!(
            "video/x-raw, {stepped}; image/jpeg, {stepped}; video/x-raw, width=4096, height=2160, framerate=30/1"
        );
        let caps: gst::Caps = caps.parse().expect("caps");
        let modes = Modes::of(Kind::Video, &caps, &Settings::default()).expect("modes");
        let has = |raw, width, height| {
            let (width, height) = (Range::only(width), Range::only(height));
            let numbers = [(Property::Width, width), (Property::Height, height)];
            let is = |mode: &&Mode| mode.raw == raw && mode.numbers.starts_with(&numbers);
            modes.modes.iter().filter(is).count()
        };
        assert_eq!(has(true, 4096., 2160.), 1);
        for (width, height) in [(320., 240.), (640., 480.), (1280., 720.)] {
            assert_eq!(has(true, width, height), 3, "{width} {height}");
        }
        assert_eq!(has(false, 640., 480.), 3);
        assert!(modes.len() <= MOST);
    }
}
