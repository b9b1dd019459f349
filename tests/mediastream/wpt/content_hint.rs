// SPDX-License-Identifier: MPL-2.0

//! mst-content-hint/MediaStreamTrack-contentHint.html, and what downstream hears of it.

use gst::prelude::*;

use super::page;
use crate::support::*;

fn hint(track: &MediaStreamTrack) -> String {
    track.property("content-hint")
}

fn set(track: &MediaStreamTrack, hint: &str) {
    track.set_property("content-hint", hint);
}

#[test]
fn the_hint_is_empty_unless_it_is_set() {
    page(|page| {
        let stream = page.get_user_media(&[Kind::Audio, Kind::Video]);
        for kind in [Kind::Audio, Kind::Video] {
            assert_eq!(hint(&track(&stream, kind)), "");
        }
    });
}

#[test]
fn a_track_takes_the_hints_of_its_kind_and_ignores_others() {
    page(|page| {
        let stream = page.get_user_media(&[Kind::Audio, Kind::Video]);
        let own = [
            (Kind::Audio, &["speech", "speech-recognition", "music", ""]),
            (Kind::Video, &["motion", "detail", "text", ""]),
        ];
        for (kind, hints) in own {
            let track = track(&stream, kind);
            for own in hints {
                set(&track, own);
                assert_eq!(hint(&track), *own);
                for (other, hints) in own_of_others(kind) {
                    for foreign in hints {
                        set(&track, foreign);
                        assert_eq!(hint(&track), *own, "{kind} took {foreign} of {other}");
                    }
                }
            }
        }
    });
}

#[test]
fn only_a_hint_that_is_another_is_notified() {
    page(|page| {
        let stream = page.get_user_media(&[Kind::Video]);
        let video = track(&stream, Kind::Video);
        let (sender, notified) = std::sync::mpsc::channel();
        video.connect_notify(Some("content-hint"), move |view, _| {
            let _ = sender.send(hint(view));
        });
        for given in ["motion", "bogus", "motion", "", ""] {
            set(&video, given);
        }
        assert_eq!(notified.try_iter().collect::<Vec<_>>(), ["motion", ""]);
    });
}

/// Hints that this kind does not have.
fn own_of_others(kind: Kind) -> [(&'static str, &'static [&'static str]); 2] {
    let foreign = match kind {
        Kind::Audio => ("video", &["motion", "detail", "text"][..]),
        _ => ("audio", &["speech", "speech-recognition", "music"][..]),
    };
    [foreign, ("nobody", &["bogus", "SPEECH", "motion "])]
}

#[test]
fn cloned_tracks_have_hints_of_their_own() {
    page(|page| {
        let stream = page.get_user_media(&[Kind::Audio, Kind::Video]);
        for (kind, one, another) in [
            (Kind::Audio, "speech", "music"),
            (Kind::Video, "motion", "detail"),
        ] {
            let original = track(&stream, kind);
            set(&original, one);
            let clone = page.keep(clone(&original));
            assert_eq!(hint(&clone), one);
            set(&clone, another);
            assert_eq!(
                (hint(&original), hint(&clone)),
                (one.into(), another.into())
            );
            set(&original, "");
            assert_eq!(
                (hint(&original), hint(&clone)),
                (String::new(), another.into())
            );
        }
    });
}

/// The hints that a consumer has been told since the last time.
fn heard(encoder: &mut gst_check::Harness) -> Vec<String> {
    let events = std::iter::from_fn(|| encoder.try_pull_event());
    let hints = events.filter_map(|event| {
        let structure = event.structure()?;
        let ours = event.type_() == gst::EventType::CustomDownstreamSticky;
        (ours && structure.name() == "mediastream-content-hint")
            .then(|| structure.get::<String>("hint").expect("a hint"))
    });
    hints.collect()
}

#[test]
fn downstream_is_told_the_hint_by_a_sticky_event_and_of_each_change_once() {
    page(|page| {
        let feed = Feed::video();
        let stream = page.run(video_stream(&feed));
        let video = track(&stream, Kind::Video);
        let mut encoder = consume(&stream, "video_0");
        let mut after = |number: u64, hint: Option<&str>| {
            if let Some(hint) = hint {
                set(&video, hint);
            }
            feed.push(number);
            pull(&mut encoder, 1);
            heard(&mut encoder)
        };
        assert_eq!(after(0, None), [""; 0]);
        assert_eq!(after(1, Some("motion")), ["motion"]);
        assert_eq!(after(2, Some("motion")), [""; 0]);
        assert_eq!(after(3, None), [""; 0]);
        assert_eq!(after(4, Some("")), [""]);
    });
}

#[test]
fn downstream_is_told_after_a_pause_what_has_changed_in_it_and_nothing_else() {
    page(|page| {
        let feed = Feed::video();
        let stream = page.run(video_stream(&feed));
        let video = track(&stream, Kind::Video);
        set(&video, "text");
        let mut encoder = consume(&stream, "video_0");
        feed.push(0);
        pull(&mut encoder, 1);
        assert_eq!(heard(&mut encoder), ["text"]);
        for (number, hint, told) in [(1, "text", &[][..]), (2, "", &[""]), (3, "", &[])] {
            stream.set_state(gst::State::Paused).expect("PAUSED");
            set(&video, hint);
            stream.set_state(gst::State::Playing).expect("PLAYING");
            feed.push(number);
            pull(&mut encoder, 1);
            assert_eq!(heard(&mut encoder), told, "{number}");
        }
    });
}
