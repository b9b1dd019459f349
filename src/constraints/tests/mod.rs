// SPDX-License-Identifier: MPL-2.0

//! Each rule has a test that is named after what it says, and cites it.

mod capabilities;
mod choice;
mod distance;
mod errors;
mod model;
mod rates;
mod shapes;
mod syntax;
mod wild;
mod window;

use super::constraint::Role;
use super::setting::Value;
use super::*;

/// The sum over a set; infinite if it is not satisfied.
fn fitness(settings: &Settings, set: &ConstraintSet, role: Role) -> f64 {
    set.iter()
        .map(|(property, constraint)| {
            let value = settings.get(property).map(Value::from);
            fitness::distance(property, constraint, role, value)
        })
        .sum()
}

fn range(min: f64, max: f64) -> Span {
    Span::Number { min, max }
}

fn texts(texts: &[&str]) -> Span {
    Span::Texts(list(texts))
}

fn list(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn space(spans: &[(Property, Span)]) -> Space {
    Space {
        spans: spans.iter().cloned().collect(),
    }
}

/// A native mode, and what can be cut out of it.
fn mode(width: f64, height: f64, rate: f64) -> [Space; 2] {
    let native = [
        (Property::DeviceId, texts(&["camera"])),
        (Property::Width, range(width, width)),
        (Property::Height, range(height, height)),
        (Property::FrameRate, range(1.0, rate)),
        (Property::ResizeMode, texts(&["none"])),
    ];
    let cut = [
        (Property::DeviceId, texts(&["camera"])),
        (Property::Width, range(1.0, width)),
        (Property::Height, range(1.0, height)),
        (Property::FrameRate, range(LOWEST_FRAME_RATE, rate)),
        (Property::ResizeMode, texts(&["crop-and-scale"])),
    ];
    [space(&native), space(&cut)]
}

fn camera() -> [Space; 2] {
    mode(1920.0, 1080.0, 60.0)
}

fn microphone() -> [Space; 1] {
    [space(&[
        (Property::DeviceId, texts(&["microphone"])),
        (Property::SampleRate, range(8000.0, 48000.0)),
        (Property::ChannelCount, range(1.0, 2.0)),
        (Property::EchoCancellation, Span::Flags(vec![false, true])),
    ])]
}

fn settings(values: &[(Property, Setting)]) -> Settings {
    let mut settings = Settings::default();
    for (property, setting) in values {
        settings.set(*property, setting.clone());
    }
    settings
}

fn sized(width: f64, height: f64) -> Settings {
    settings(&[
        (Property::Width, Setting::Number(width)),
        (Property::Height, Setting::Number(height)),
    ])
}

fn defaults() -> Settings {
    let mut defaults = sized(1920.0, 1080.0);
    defaults.set(Property::FrameRate, Setting::Number(30.0));
    defaults.set(Property::ResizeMode, Setting::Text("none".into()));
    defaults
}

const NOTHING: Constraint = Constraint::Number {
    bare: None,
    exact: None,
    ideal: None,
    min: None,
    max: None,
};

/// Numbers as a caller writes them.
#[derive(Clone, Copy, Debug, Default)]
struct N {
    bare: Option<f64>,
    exact: Option<f64>,
    ideal: Option<f64>,
    min: Option<f64>,
    max: Option<f64>,
}

impl From<N> for Constraint {
    fn from(numbers: N) -> Self {
        Self::Number {
            bare: numbers.bare,
            exact: numbers.exact,
            ideal: numbers.ideal,
            min: numbers.min,
            max: numbers.max,
        }
    }
}

fn bare(number: f64) -> Constraint {
    Constraint::bare_number(number)
}

fn exact(number: f64) -> Constraint {
    let exact = Some(number);
    N {
        exact,
        ..N::default()
    }
    .into()
}

fn ideal(number: f64) -> Constraint {
    let ideal = Some(number);
    N {
        ideal,
        ..N::default()
    }
    .into()
}

fn min(number: f64) -> Constraint {
    let min = Some(number);
    N {
        min,
        ..N::default()
    }
    .into()
}

fn max(number: f64) -> Constraint {
    let max = Some(number);
    N {
        max,
        ..N::default()
    }
    .into()
}

fn between(min: f64, max: f64) -> Constraint {
    let (min, max) = (Some(min), Some(max));
    N {
        min,
        max,
        ..N::default()
    }
    .into()
}

fn text_exact(texts: &[&str]) -> Constraint {
    Constraint::Text {
        bare: None,
        exact: Some(list(texts)),
        ideal: None,
    }
}

fn text_bare(texts: &[&str]) -> Constraint {
    Constraint::Text {
        bare: Some(list(texts)),
        exact: None,
        ideal: None,
    }
}

fn flag(bare: bool) -> Constraint {
    Constraint::Flag {
        bare: Some(bare),
        exact: None,
        ideal: None,
    }
}

fn flag_exact(exact: bool) -> Constraint {
    Constraint::Flag {
        bare: None,
        exact: Some(exact),
        ideal: None,
    }
}

fn set(constraints: &[(Property, Constraint)]) -> ConstraintSet {
    let mut set = ConstraintSet::default();
    for (property, constraint) in constraints {
        set.set(*property, constraint.clone())
            .expect("a constraint that can be asked");
    }
    set
}

fn basic(constraints: &[(Property, Constraint)]) -> Constraints {
    Constraints {
        basic: set(constraints),
        advanced: Vec::new(),
    }
}

/// With sets in the order they are tried.
fn advanced(sets: &[&[(Property, Constraint)]]) -> Constraints {
    Constraints {
        basic: ConstraintSet::default(),
        advanced: sets.iter().map(|constraints| set(constraints)).collect(),
    }
}

/// What a camera of 1920x1080 gives.
#[track_caller]
fn of_camera(constraints: &Constraints) -> Settings {
    select(&camera(), constraints, &defaults())
        .expect("settings")
        .settings
}

#[track_caller]
fn size(settings: &Settings) -> (f64, f64) {
    let number = |property| settings.number(property).expect("a number");
    (number(Property::Width), number(Property::Height))
}

#[track_caller]
fn resize_mode(settings: &Settings) -> &str {
    match settings.get(Property::ResizeMode) {
        Some(Setting::Text(mode)) => mode,
        other => panic!("resizeMode is {other:?}"),
    }
}
