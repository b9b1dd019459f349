// SPDX-License-Identifier: MPL-2.0

//! mediacapture-streams/MediaStreamTrack-getCapabilities.https.html, and screen-capture's rule that constraints do not change them.

use gst::prelude::*;

use super::page;
use crate::constrained::{apply, assert_applied, settings};
use crate::support::*;

const NUMBERS: [&str; 7] = [
    "width",
    "height",
    "aspectRatio",
    "frameRate",
    "sampleRate",
    "sampleSize",
    "channelCount",
];

fn capabilities(track: &MediaStreamTrack) -> gst::Structure {
    track.property("capabilities")
}

#[test]
fn all_that_is_set_is_a_capability_and_nothing_else_is() {
    page(|page| {
        for kind in [Kind::Video, Kind::Audio] {
            let media = page.ask(kind, "").expect("media");
            let names = |structure: gst::Structure| {
                let mut names: Vec<_> = structure.fields().map(ToString::to_string).collect();
                names.sort();
                names
            };
            let able = names(capabilities(&media.track));
            assert_eq!(able, names(settings(&media.track)));
            let expected: &[_] = match kind {
                Kind::Audio => &[
                    "sampleRate",
                    "sampleSize",
                    "channelCount",
                    "echoCancellation",
                    "autoGainControl",
                    "noiseSuppression",
                ],
                _ => &["width", "height", "aspectRatio", "frameRate", "resizeMode"],
            };
            for name in expected {
                assert!(able.contains(&(*name).to_owned()), "{name} in {able:?}");
            }
        }
    });
}

/// The two ends of a range, which has nothing else.
#[track_caller]
fn ends(capabilities: &gst::Structure, name: &str) -> (f64, f64) {
    let range: gst::Structure = capabilities.get(name).expect("a range");
    assert_eq!(range.n_fields(), 2, "{name}: {range}");
    let end = |end| {
        let value = range.value(end).expect("it has two ends");
        let number = value.transform::<f64>().expect("a number");
        number.get::<f64>().expect("a number")
    };
    (end("min"), end("max"))
}

#[test]
fn numbers_are_ranges_that_the_settings_are_in() {
    page(|page| {
        for kind in [Kind::Video, Kind::Audio] {
            let media = page.ask(kind, "").expect("media");
            let (able, set) = (capabilities(&media.track), settings(&media.track));
            let mut seen = 0;
            for name in NUMBERS.into_iter().filter(|name| able.has_field(*name)) {
                let (min, max) = ends(&able, name);
                assert!(min <= max, "{name}: {able}");
                let value = set.value(name).expect("it is set");
                let number = value.transform::<f64>().expect("a number");
                let number = number.get::<f64>().expect("a number");
                assert!((min..=max).contains(&number), "{name} {number}: {able}");
                seen += 1;
            }
            assert_eq!(seen, if kind == Kind::Audio { 3 } else { 4 });
        }
    });
}

#[test]
fn numbers_reach_from_what_can_be_made_to_the_largest_mode() {
    page(|page| {
        let media = page.ask(Kind::Video, "").expect("media");
        let able = capabilities(&media.track);
        assert_eq!(ends(&able, "width"), (1., 1280.));
        assert_eq!(ends(&able, "height"), (1., 720.));
        assert_eq!(ends(&able, "frameRate"), (0., 60.));
        let media = page.ask(Kind::Audio, "").expect("media");
        let able = capabilities(&media.track);
        assert_eq!(ends(&able, "sampleRate").1, 48_000.);
        assert_eq!(ends(&able, "channelCount"), (1., 2.));
        assert_eq!(ends(&able, "sampleSize"), (16., 32.));
    });
}

#[test]
fn flags_and_resize_modes_are_lists() {
    page(|page| {
        let media = page.ask(Kind::Video, "").expect("media");
        let modes: gst::List = capabilities(&media.track)
            .get("resizeMode")
            .expect("a list");
        let modes: Vec<String> = modes
            .iter()
            .map(|mode| mode.get().expect("a text"))
            .collect();
        assert_eq!(modes, ["none", "crop-and-scale"]);
        let media = page.ask(Kind::Audio, "").expect("media");
        for name in ["echoCancellation", "autoGainControl", "noiseSuppression"] {
            let flags: gst::List = capabilities(&media.track).get(name).expect("a list");
            let flags: Vec<bool> = flags
                .iter()
                .map(|flag| flag.get().expect("a flag"))
                .collect();
            assert!(flags == [false] || flags.len() == 2, "{name}: {flags:?}");
        }
    });
}

#[test]
fn constraints_do_not_change_them_and_clones_have_the_same() {
    page(|page| {
        let plain = page.ask(Kind::Video, "").expect("media");
        let all = capabilities(&plain.track);
        let asked = "width=(structure)[range, max=64], frameRate=(structure)[range, max=5.0]";
        let asking = page.ask(Kind::Video, asked).expect("media");
        assert_eq!(capabilities(&asking.track), all);
        let clone = page.keep(clone(&asking.track));
        assert_eq!(capabilities(&clone), all);
        assert_applied(&apply(&clone, "height=(structure)[range, exact=100]"));
        assert_eq!(capabilities(&clone), all);
        assert_eq!(capabilities(&asking.track), all);
    });
}
