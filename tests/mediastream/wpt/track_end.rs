// SPDX-License-Identifier: MPL-2.0

//! mediacapture-streams/MediaStreamTrack-end-manual.https.html, driven by a source that ends and by one that fails, instead of
//! a permission that is revoked.

use std::sync::mpsc::channel;

use gst::prelude::*;

use super::{page, states};
use crate::support::*;

/// What each handler of `ended` sees: how many tracks are live, and whether the stream is active.
#[track_caller]
fn the_tracks_end_one_by_one(end: impl FnOnce(&Feed)) {
    let seen = page(|page| {
        let feed = Feed::video();
        let stream = page.run(video_stream(&feed));
        for _ in 0..2 {
            let sibling = page.keep(clone(&track_at(&stream, 0)));
            add(&stream, &sibling);
        }
        let (sender, seen) = channel();
        for track in all_tracks(&stream) {
            let (stream, sender) = (stream.downgrade(), sender.clone());
            track.connect("ended", false, move |args| {
                let track: MediaStreamTrack = args[0].get().expect("a track");
                let stream = stream.upgrade().expect("the page is open");
                let live = |state: &&ReadyState| **state == ReadyState::Live;
                let live = states(&stream).iter().filter(live).count();
                let _ = sender.send((track.ready_state(), live, stream.active()));
                None
            });
        }
        drop(sender);
        end(&feed);
        assert_eq!(next(&seen), (ReadyState::Ended, 2, true));
        assert_eq!(next(&seen), (ReadyState::Ended, 1, true));
        assert_eq!(next(&seen), (ReadyState::Ended, 0, false));
        assert!(!stream.active());
        seen
    });
    assert_eq!(seen.iter().count(), 0, "ended more than once");
}

fn track_at(stream: &MediaStream, index: usize) -> MediaStreamTrack {
    all_tracks(stream).swap_remove(index)
}

#[test]
fn the_siblings_are_live_when_the_first_track_of_a_source_that_ends_says_so() {
    the_tracks_end_one_by_one(Feed::end);
}

#[test]
fn the_siblings_are_live_when_the_first_track_of_a_source_that_fails_says_so() {
    the_tracks_end_one_by_one(|feed| feed.fail("unplugged"));
}
