// SPDX-License-Identifier: MPL-2.0

//! mediacapture-streams/MediaDevices-getUserMedia.https.html: resizeMode

use super::page;
use crate::constrained::{format, setting, settings, size};
use crate::support::*;

fn resize_mode(track: &MediaStreamTrack) -> String {
    settings(track).get("resizeMode").expect("a mode")
}

#[test]
fn none_gives_a_mode_of_the_camera_and_nothing_else() {
    page(|page| {
        for (asked, modes) in [
            ("", &[(640, 480), (1280, 720), (320, 240)][..]),
            (", width=(structure)[range, exact=1280]", &[(1280, 720)]),
            (", frameRate=(structure)[range, min=50.0]", &[(320, 240)]),
            (", height=(structure)[range, max=300]", &[(320, 240)]),
            (", aspectRatio=(structure)[range, min=1.5]", &[(1280, 720)]),
            // The nearest that there is.
            (", width=600, height=500", &[(640, 480)]),
            (
                ", width=1280, frameRate=(structure)[range, exact=15.0]",
                &[(1280, 720)],
            ),
        ] {
            let written = format!("resizeMode=(structure)[text, exact=none]{asked}");
            let media = page.ask(Kind::Video, &written).expect("media");
            assert_eq!(resize_mode(&media.track), "none");
            let given = size(&media.sink);
            assert!(modes.contains(&given), "{given:?} for {written}");
            let set = ["width", "height"].map(|name| setting(&media.track, name));
            assert_eq!(set, [given.0, given.1], "{written}");
        }
    });
}

#[test]
fn crop_and_scale_can_be_asked_for() {
    page(|page| {
        let written = "resizeMode=(structure)[text, exact=crop-and-scale]";
        let media = page.ask(Kind::Video, written).expect("media");
        assert_eq!(resize_mode(&media.track), "crop-and-scale");
    });
}

#[test]
fn crop_and_scale_gives_sizes_that_no_camera_has() {
    page(|page| {
        let written =
            "resizeMode=(structure)[text, exact=crop-and-scale], width=(structure)[range, max=30]";
        let media = page.ask(Kind::Video, written).expect("media");
        assert_eq!(resize_mode(&media.track), "crop-and-scale");
        assert!(setting(&media.track, "width") <= 30);
        assert!(size(&media.sink).0 <= 30);
        let written = "resizeMode=(structure)[text, exact=none], width=(structure)[range, max=30]";
        assert_eq!(page.ask(Kind::Video, written).err().as_deref(), Some(""));
    });
}

#[test]
fn crop_and_scale_gives_rates_that_no_camera_has() {
    page(|page| {
        let written = "resizeMode=(structure)[text, exact=crop-and-scale], frameRate=(structure)[range, max=5.0]";
        let mut media = page.ask(Kind::Video, written).expect("media");
        assert_eq!(resize_mode(&media.track), "crop-and-scale");
        let rate: f64 = settings(&media.track).get("frameRate").expect("a rate");
        assert!(rate > 0. && rate <= 5., "{rate}");
        let told: gst::Fraction = format(&media.sink).get("framerate").expect("a rate");
        assert!(told <= gst::Fraction::new(5, 1), "{told:?}");
        let times = [(); 2].map(|()| media.sink.pull().expect("a frame").pts());
        let step = times[1].expect("a time") - times[0].expect("a time");
        // As close as the camera's own pictures, of which there are thirty in a second.
        assert!(step >= gst::ClockTime::SECOND / 6, "{step}");
    });
}

#[test]
fn a_mode_that_does_not_exist_is_refused() {
    page(|page| {
        let refused = page.ask(Kind::Video, "resizeMode=(structure)[text, exact=INVALID]");
        assert_eq!(refused.err().as_deref(), Some("resizeMode"));
    });
}
