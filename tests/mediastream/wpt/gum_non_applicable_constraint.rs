// SPDX-License-Identifier: MPL-2.0

//! mediacapture-streams/GUM-non-applicable-constraint.https.html

use super::page;
use crate::constrained::settings;
use crate::support::*;

const OF_VIDEO: &str = "width=(structure)[r, min=0], height=(structure)[r, min=0], frameRate=(structure)[r, min=0], \
    aspectRatio=(structure)[r, min=0], facingMode=(structure)[t, ideal=environment], resizeMode=(structure)[t, ideal=none]";
const OF_NO_VIDEO: &str = "width=(structure)[r, min=100000000], height=(structure)[r, min=100000000], \
    frameRate=(structure)[r, min=100000000], aspectRatio=(structure)[r, min=100000000], \
    facingMode=(structure)[t, exact=invalid], resizeMode=(structure)[t, exact=invalid]";
const OF_AUDIO: &str = "volume=(structure)[r, min=0], sampleRate=(structure)[r, min=0], sampleSize=(structure)[r, min=0], \
    echoCancellation=(structure)[f, ideal=true], autoGainControl=(structure)[f, ideal=true], \
    noiseSuppression=(structure)[f, ideal=true], latency=(structure)[r, min=0], channelCount=(structure)[r, min=0]";
const OF_NO_AUDIO: &str = "volume=(structure)[r, min=2], sampleRate=(structure)[r, min=100000000], \
    sampleSize=(structure)[r, min=100000000], echoCancellation=(structure)[f, exact=true], \
    autoGainControl=(structure)[f, exact=true], noiseSuppression=(structure)[f, exact=true], \
    latency=(structure)[r, max=0], channelCount=(structure)[r, max=0]";

/// What is asked makes no difference.
#[track_caller]
fn assert_ignored(kind: Kind, written: &str) {
    page(|page| {
        let plain = page.ask(kind, "").expect("media");
        let media = page.ask(kind, written).expect("media");
        assert_eq!(
            all_tracks(&media.stream),
            std::slice::from_ref(&media.track)
        );
        assert_eq!(settings(&media.track), settings(&plain.track));
    });
}

#[test]
fn what_pictures_can_be_is_ignored_for_sound() {
    assert_ignored(Kind::Audio, OF_VIDEO);
}

#[test]
fn what_pictures_cannot_be_is_ignored_for_sound() {
    assert_ignored(Kind::Audio, OF_NO_VIDEO);
}

#[test]
fn what_sound_can_be_is_ignored_for_pictures() {
    assert_ignored(Kind::Video, OF_AUDIO);
}

#[test]
fn what_sound_cannot_be_is_ignored_for_pictures() {
    assert_ignored(Kind::Video, OF_NO_AUDIO);
}
