// SPDX-License-Identifier: MPL-2.0

//! mediacapture-streams/MediaStreamTrack-getSettings.https.html

use gst::glib;

use super::page;
use crate::constrained::{apply, assert_applied, setting, settings, size};
use crate::support::*;

#[test]
fn a_device_can_be_used_twice_with_different_resolutions() {
    page(|page| {
        let mut first = page.ask(Kind::Video, "").expect("media");
        let width = setting(&first.track, "width");
        let second = page.clone_stream(&first.stream);
        let cloned = track(&second, Kind::Video);
        let half = format!("width=(structure)[range, exact={}]", width / 2);
        assert_applied(&apply(&cloned, &half));
        let mut sink = consume(&second, "video_0");
        sink.pull().expect("a frame");
        first.sink.pull().expect("a frame");
        assert_eq!(setting(&cloned, "width"), width / 2);
        assert_eq!(size(&sink).0, width / 2);
        assert_eq!(setting(&first.track, "width"), width);
        assert_eq!(size(&first.sink).0, width);
    });
}

/// A setting, which must be there and of this type.
#[track_caller]
fn read<T>(settings: &gst::Structure, name: &str) -> T
where
    T: for<'a> glib::value::FromValue<'a>,
{
    let value = settings.value(name);
    let read = value.ok().and_then(|value| value.get::<T>().ok());
    read.unwrap_or_else(|| panic!("no {name} of that type in {settings}"))
}

#[test]
fn what_pictures_are_is_reported() {
    page(|page| {
        let media = page.ask(Kind::Video, "").expect("media");
        let settings = settings(&media.track);
        let [width, height] = ["width", "height"].map(|name| read::<i32>(&settings, name));
        assert!(width > 0 && height > 0, "{settings}");
        assert_eq!((width, height), size(&media.sink));
        let ratio = read::<f64>(&settings, "aspectRatio");
        let expected = f64::from(width) / f64::from(height);
        assert!((ratio - expected).abs() <= 1e-10, "{settings}");
        assert!(read::<f64>(&settings, "frameRate") > 0., "{settings}");
        let mode = read::<String>(&settings, "resizeMode");
        assert!(["none", "crop-and-scale"].contains(&mode.as_str()));
        // Not every camera has one.
        if settings.has_field("facingMode") {
            let mode = read::<String>(&settings, "facingMode");
            assert!(["user", "environment", "left", "right"].contains(&mode.as_str()));
        }
    });
}

#[test]
fn what_sound_is_is_reported() {
    page(|page| {
        let media = page.ask(Kind::Audio, "").expect("media");
        let settings = settings(&media.track);
        for name in ["sampleRate", "sampleSize", "channelCount"] {
            assert!(read::<i32>(&settings, name) > 0, "{name} in {settings}");
        }
        for name in ["echoCancellation", "autoGainControl", "noiseSuppression"] {
            read::<bool>(&settings, name);
        }
    });
}

#[test]
fn a_stopped_track_has_the_settings_of_its_device_and_no_others() {
    page(|page| {
        for kind in [Kind::Video, Kind::Audio] {
            let media = page.ask(kind, "").expect("media");
            let before = settings(&media.track);
            stop(&media.track);
            let mut inherent = gst::Structure::new_empty("settings");
            for name in ["deviceId", "groupId", "facingMode"] {
                if let Ok(value) = before.value(name) {
                    inherent.set_value(name, value.clone());
                }
            }
            assert_eq!(settings(&media.track), inherent);
        }
    });
}
