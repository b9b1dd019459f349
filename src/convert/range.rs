// SPDX-License-Identifier: MPL-2.0

//! The numbers that a field of caps may be.

use gst::glib;

use super::number::{ends, quotient, step};

/// As many steps are taken for so many modes.
const FEW_STEPS: f64 = 8.;
/// Of more, those next to the widths and heights that cameras usually have.
const USUAL: [f64; 17] = [
    120., 160., 180., 240., 320., 360., 480., 600., 640., 720., 800., 1080., 1280., 1440., 1920.,
    2160., 3840.,
];

/// From one number to another, in steps from the first one on; 0 for any number between.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    pub min: f64,
    pub max: f64,
    step: f64,
}

impl Range {
    /// Any number from one to another.
    pub fn new(min: f64, max: f64) -> Self {
        Self { min, max, step: 0. }
    }

    /// One number.
    pub fn only(number: f64) -> Self {
        Self::new(number, number)
    }

    /// What is left of it from `least` on, if anything.
    pub fn from(self, least: f64) -> Option<Self> {
        let min = self.next(self.min.max(least));
        (min <= self.max).then_some(Self { min, ..self })
    }

    /// The first number from this one on.
    fn next(&self, number: f64) -> f64 {
        match self.step > 0. {
            true => self.min + ((number - self.min) / self.step).ceil() * self.step,
            false => number,
        }
    }

    /// The least that is enough for `wanted`, or the most there is.
    pub fn enough_for(&self, wanted: f64) -> f64 {
        self.next(wanted.clamp(self.min, self.max)).min(self.max)
    }

    /// The part of it of which every whole number is one that it has.
    pub fn without_steps(&self) -> Self {
        match self.step > 1. {
            true => Self::only(self.max),
            false => *self,
        }
    }

    /// The range, and if it has steps some of them apart.
    pub fn with_steps(self) -> Vec<Self> {
        let mut ranges = vec![self];
        if self.step > 1. {
            let count = ((self.max - self.min) / self.step).floor();
            let mut steps: Vec<f64> = match count <= FEW_STEPS {
                true => (0..=count as u32)
                    .map(|nth| self.min + f64::from(nth) * self.step)
                    .collect(),
                false => USUAL.iter().map(|usual| self.enough_for(*usual)).collect(),
            };
            steps.dedup();
            ranges.extend(steps.into_iter().map(Self::only));
        }
        ranges
    }

    /// All that a field may be.
    pub fn of(value: &glib::SendValue) -> Vec<Self> {
        if let Ok(list) = value.get::<gst::List>() {
            return list.iter().flat_map(Self::of).collect();
        }
        if let Ok(number) = value.get::<i32>() {
            return vec![Self::only(number.into())];
        }
        if let Ok(fraction) = value.get::<gst::Fraction>() {
            return vec![Self::only(quotient(fraction))];
        }
        let range = ends(value).map(|(min, max)| Self {
            min,
            max,
            step: step(value).unwrap_or(0.),
        });
        range.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(field: &str) -> Vec<Range> {
        gst::init().expect("GStreamer starts");
        let caps: gst::Caps = format!("video/x-raw, width={field}").parse().expect("caps");
        let structure = caps.structure(0).expect("a structure");
        let ranges = Range::of(structure.value("width").expect("a width"));
        ranges.into_iter().flat_map(Range::with_steps).collect()
    }

    #[test]
    fn a_range_with_few_steps_is_each_of_them_too() {
        let steps = of("[64, 256, 64]");
        let expected = [64., 128., 192., 256.].map(Range::only);
        assert_eq!(steps[1..], expected);
        assert_eq!((steps[0].min, steps[0].max), (64., 256.));
        assert_eq!(steps[0].without_steps(), Range::only(256.));
        assert_eq!(of("[64, 256]"), [Range::new(64., 256.)]);
        assert_eq!(of("{ 64, 256 }"), [64., 256.].map(Range::only));
    }

    #[test]
    fn of_many_steps_those_are_apart_that_cameras_usually_have() {
        let steps = of("[16, 1920, 16]");
        let has = |width| steps.contains(&Range::only(width));
        assert!([160., 320., 640., 720., 1280., 1920.].into_iter().all(has));
        // 1080 is no step.
        assert!(has(1088.) && !has(1080.) && !has(3840.));
    }

    #[test]
    fn enough_is_the_next_step() {
        let range = of("[64, 1920, 64]")[0];
        for (wanted, enough) in [
            (1., 64.),
            (64., 64.),
            (65., 128.),
            (1900., 1920.),
            (4000., 1920.),
        ] {
            assert_eq!(range.enough_for(wanted), enough);
        }
        assert_eq!(Range::new(1., 9.).enough_for(2.5), 2.5);
        assert_eq!(range.from(100.).map(|rest| rest.min), Some(128.));
        assert_eq!(range.from(1921.), None);
    }
}
