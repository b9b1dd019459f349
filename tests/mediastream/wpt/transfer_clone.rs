// SPDX-License-Identifier: MPL-2.0

//! mediacapture-extensions/MediaStreamTrack-transfer-to-worker-clone.https.html: here a track needs no transfer, and is
//! used from another thread as it is.

use super::page;
use crate::support::*;

#[test]
fn a_clone_gives_frames_after_its_original_was_stopped() {
    page(|page| {
        let feed = Feed::video();
        let stream = page.run(video_stream(&feed));
        let original = track(&stream, Kind::Video);
        let clone = page.keep(
            std::thread::spawn(move || clone(&original))
                .join()
                .expect("a clone"),
        );
        let original = track(&stream, Kind::Video);
        assert_ne!(clone.id(), original.id());
        assert_eq!(clone.kind(), original.kind());
        assert_eq!(clone.label(), original.label());
        assert_eq!(clone.ready_state(), ReadyState::Live);

        let mut consumer = consume(&clone, "src");
        feed.push(0);
        assert_eq!(pull(&mut consumer, 1), [0]);
        stop(&original);
        assert_eq!(clone.ready_state(), ReadyState::Live);
        feed.push(1);
        feed.push(2);
        assert_eq!(pull(&mut consumer, 2), [1, 2]);
    });
}

#[test]
fn a_clone_of_a_clone_gives_frames_after_the_one_between_was_stopped() {
    page(|page| {
        let feed = Feed::video();
        let stream = page.run(video_stream(&feed));
        let between = page.keep(clone(&track(&stream, Kind::Video)));
        let last = page.keep(clone(&between));
        let mut consumers = [consume(&between, "src"), consume(&last, "src")];
        feed.push(0);
        for consumer in &mut consumers {
            assert_eq!(pull(consumer, 1), [0]);
        }
        stop(&between);
        assert_eq!(last.ready_state(), ReadyState::Live);
        feed.push(1);
        assert_eq!(pull(&mut consumers[1], 1), [1]);
        stop(&track(&stream, Kind::Video));
        feed.push(2);
        assert_eq!(pull(&mut consumers[1], 1), [2]);
    });
}
