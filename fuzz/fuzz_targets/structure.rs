// SPDX-License-Identifier: MPL-2.0

//! Any text as constraints.

#![no_main]

#[allow(dead_code, unused_imports)]
#[path = "../../src/constraints/mod.rs"]
mod constraints;

#[allow(dead_code)]
#[path = "../../src/convert"]
mod convert {
    mod number;
    pub mod structure;
}

mod check;

use std::sync::LazyLock;

use constraints::{Constraints, Media, Property, Setting, Settings, Space, Span};
use gst::glib;
use libfuzzer_sys::fuzz_target;

/// A camera's modes, each as it is and as what can be made of it.
static CAMERA: LazyLock<Vec<Space>> = LazyLock::new(|| {
    let modes = [
        (640., 480., 30.),
        (1280., 720., 60.),
        (1920., 1080., 30000. / 1001.),
    ];
    let spaces = modes.into_iter().flat_map(|(width, height, rate)| {
        [
            ("none", width, height, rate),
            ("crop-and-scale", 1., 1., 0.001),
        ]
        .map(|(mode, least_width, least_height, least_rate)| {
            space(
                &[
                    (Property::Width, least_width, width),
                    (Property::Height, least_height, height),
                    (Property::FrameRate, least_rate, rate),
                ],
                &[(Property::ResizeMode, Span::Texts(vec![mode.to_owned()]))],
            )
        })
    });
    spaces.collect()
});

static MICROPHONE: LazyLock<Vec<Space>> = LazyLock::new(|| {
    let flags = [
        Property::EchoCancellation,
        Property::AutoGainControl,
        Property::NoiseSuppression,
    ];
    vec![space(
        &[
            (Property::SampleRate, 8000., 48_000.),
            (Property::ChannelCount, 1., 2.),
            (Property::SampleSize, 16., 16.),
        ],
        &flags.map(|flag| (flag, Span::Flags(vec![false]))),
    )]
});

fn space(numbers: &[(Property, f64, f64)], others: &[(Property, Span)]) -> Space {
    let numbers = numbers.iter().map(|(property, min, max)| {
        let (min, max) = (*min, *max);
        (*property, Span::Number { min, max })
    });
    Space {
        spans: numbers.chain(others.iter().cloned()).collect(),
    }
}

/// GStreamer complains about texts that it does not understand. About what is done with the others, nobody may.
fn complaints_are_fatal(fatal: bool) {
    let criticals = glib::LogLevels::LEVEL_CRITICAL | glib::LogLevels::LEVEL_WARNING;
    glib::log_set_always_fatal(match fatal {
        true => criticals,
        false => glib::LogLevels::empty(),
    });
}

fn start() {
    static STARTED: LazyLock<()> = LazyLock::new(|| {
        gst::init().expect("GStreamer starts");
        gst::log::remove_default_log_function();
        glib::log_set_default_handler(|_, _, _| ());
    });
    LazyLock::force(&STARTED);
}

fuzz_target!(|text: &str| {
    start();
    // GStreamer's own parser takes time without end for lists in lists that have none, and cuts characters in two where it
    // complains, which the bindings take for a broken promise.
    let opened = text.matches(['[', '{', '<']).count();
    if text.contains('\0') || opened > 16 || !text.is_ascii() {
        return;
    }
    complaints_are_fatal(false);
    let Ok(structure) = text.parse::<gst::Structure>() else {
        return;
    };
    complaints_are_fatal(true);
    let Ok(constraints) = convert::structure::parse(&structure) else {
        return;
    };
    let defaults = |numbers: &[(Property, f64)]| {
        let mut defaults = Settings::default();
        for (property, number) in numbers {
            defaults.set(*property, Setting::Number(*number));
        }
        defaults
    };
    let choose = |spaces: &[Space], constraints: &Constraints, numbers: &[(Property, f64)]| {
        check::choose(spaces, constraints, &defaults(numbers));
    };
    let video = [
        (Property::Width, 640.),
        (Property::Height, 480.),
        (Property::FrameRate, 30.),
    ];
    choose(&CAMERA, &constraints.for_media(Media::Video), &video);
    let audio = [
        (Property::SampleRate, 48_000.),
        (Property::ChannelCount, 2.),
    ];
    choose(&MICROPHONE, &constraints.for_media(Media::Audio), &audio);
});
