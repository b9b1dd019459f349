// SPDX-License-Identifier: MPL-2.0

//! mediacapture-streams/MediaStream-idl.https.html: the constructors, which are `add-track` into an empty stream here.

use super::{page, states, stop_all};
use crate::support::*;

#[test]
fn a_stream_made_of_another_ones_tracks_has_the_same_tracks_and_its_own_id() {
    page(|page| {
        let stream = page.get_user_media(&[Kind::Audio, Kind::Video]);
        let all = page.run(same_tracks(&stream));
        assert_ne!(all.id(), stream.id());
        assert_eq!(ids(&all), ids(&stream));

        let one = empty_stream();
        add(&one, &track(&stream, Kind::Audio));
        let one = page.run(one);
        assert_ne!(one.id(), stream.id());
        assert_eq!(ids(&one), [track(&stream, Kind::Audio).id()]);
        assert!(one.active());
    });
}

#[test]
fn stop_ends_at_once_and_in_silence_and_ended_tracks_can_be_added() {
    let (ended, expected) = page(|page| {
        let feed = Feed::video();
        let stream = page.run(video_stream(&feed));
        let clone = page.clone_stream(&stream);
        let original = all_tracks(&stream);
        let ended = hear_ended(&[original, all_tracks(&clone)].concat());
        stop_all(&clone);
        assert_eq!(states(&clone), [ReadyState::Ended]);
        assert!(!clone.active());

        let of_ended = page.run(same_tracks(&clone));
        assert_eq!(ids(&of_ended), ids(&clone));
        assert!(!of_ended.active());
        let mixed = page.run(same_tracks(&clone));
        add(&mixed, &track(&stream, Kind::Video));
        page.keep(all_tracks(&mixed).remove(1));
        assert_eq!(states(&mixed), [ReadyState::Ended, ReadyState::Live]);
        assert!(mixed.active());

        // The end of the source is heard, and would be so for the clone.
        feed.end();
        assert_eq!(next(&ended), ids(&stream)[0]);
        (ended, Vec::<String>::new())
    });
    assert_eq!(ended.iter().collect::<Vec<_>>(), expected);
}

#[test]
fn stopping_shared_tracks_makes_every_stream_that_has_them_inactive_at_once() {
    page(|page| {
        let stream = page.get_user_media(&[Kind::Audio, Kind::Video]);
        let mut streams = vec![stream.clone()];
        for _ in 0..4 {
            streams.push(page.run(same_tracks(&stream)));
        }
        assert!(streams.iter().all(MediaStream::active));
        stop(&track(&streams[3], Kind::Audio));
        assert!(streams.iter().all(MediaStream::active));
        stop(&track(&streams[1], Kind::Video));
        for stream in &streams {
            assert!(!stream.active());
            assert_eq!(states(stream), [ReadyState::Ended; 2]);
        }
    });
}
