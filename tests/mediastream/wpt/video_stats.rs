// SPDX-License-Identifier: MPL-2.0

//! mediacapture-extensions/MediaStreamTrack-video-stats.https.html

use gst::prelude::*;

use super::page;
use crate::constrained::{apply, assert_applied, constraints};
use crate::support::*;

/// Delivered, discarded, dropped and all frames.
fn stats(track: &MediaStreamTrack) -> [u64; 4] {
    [
        "deliveredFrames",
        "discardedFrames",
        "droppedFrames",
        "totalFrames",
    ]
    .map(|name| count(track, name))
}

#[test]
fn frames_are_counted_also_without_a_sink() {
    page(|page| {
        let feed = Feed::video();
        let stream = page.run(video_stream(&feed));
        let lonely = track(&stream, Kind::Video);
        let watched = page.clone_stream(&stream);
        let mut sink = consume(&watched, "video_0");
        assert_eq!(stats(&lonely), [0; 4]);
        for number in 0..5 {
            feed.push(number);
        }
        pull(&mut sink, 5);
        // The other one may come after this one.
        wait_for(|| stats(&lonely) == [5, 0, 0, 5]);
        settle_counts(&track(&watched, Kind::Video), &mut sink);
        assert_eq!(stats(&track(&watched, Kind::Video)), [5, 0, 0, 5]);
    });
}

/// Looks until it is so; each look asks the track, which gives the workers time.
#[track_caller]
fn wait_for(mut is_so: impl FnMut() -> bool) {
    let since = std::time::Instant::now();
    while !is_so() {
        assert!(since.elapsed() < SOON);
        std::thread::yield_now();
    }
}

#[test]
fn counts_never_go_back_while_the_source_changes_its_size() {
    page(|page| {
        let feed = Feed::video();
        let stream = page.run(video_stream(&feed));
        let video = track(&stream, Kind::Video);
        let mut sink = consume(&stream, "video_0");
        let done = std::sync::atomic::AtomicBool::new(false);
        let last = std::thread::scope(|threads| {
            let reader = threads.spawn(|| {
                let mut last = [0; 4];
                while !done.load(std::sync::atomic::Ordering::Acquire) {
                    let now = stats(&video);
                    assert!(now[0] >= last[0] && now[3] >= last[3], "{last:?} {now:?}");
                    last = now;
                }
                last
            });
            for number in 0..2000 {
                let caps = VIDEO.replace("width=4", &format!("width={}", 4 + number % 2 * 4));
                feed.app_src().set_caps(Some(&caps.parse().expect("caps")));
                feed.push(number);
                pull(&mut sink, 1);
            }
            settle_counts(&video, &mut sink);
            done.store(true, std::sync::atomic::Ordering::Release);
            reader.join()
        });
        assert!(last.is_ok(), "see above");
        assert_eq!(stats(&video), [2000, 0, 0, 2000]);
    });
}

#[test]
fn nothing_is_counted_while_disabled_and_counting_goes_on_afterwards() {
    page(|page| {
        let feed = Feed::video();
        let stream = page.run(video_stream(&feed));
        let video = track(&stream, Kind::Video);
        let mut sink = consume(&stream, "video_0");
        let mut after = |number: u64, enabled: bool| {
            enable(&video, enabled);
            feed.push(number);
            pull(&mut sink, 1);
            // The count follows the push that was just seen.
            settle_counts(&video, &mut sink);
            stats(&video)
        };
        assert_eq!(after(0, true), [1, 0, 0, 1]);
        assert_eq!(after(1, false), [1, 0, 0, 1]);
        assert_eq!(after(2, false), [1, 0, 0, 1]);
        assert_eq!(after(3, true), [2, 0, 0, 2]);
    });
}

#[test]
fn a_clone_of_a_disabled_track_counts_from_nothing_and_on_its_own() {
    page(|page| {
        let feed = Feed::video();
        let stream = page.run(video_stream(&feed));
        let original = track(&stream, Kind::Video);
        let mut sink = consume(&stream, "video_0");
        feed.push(0);
        pull(&mut sink, 1);
        enable(&original, false);
        let clone = page.clone_stream(&stream);
        let cloned = track(&clone, Kind::Video);
        let mut clone_sink = consume(&clone, "video_0");
        assert!(!cloned.property::<bool>("enabled"));
        feed.push(1);
        pull(&mut sink, 1);
        pull(&mut clone_sink, 1);
        settle_counts(&original, &mut sink);
        pull_event(&mut clone_sink, gst::EventType::CustomDownstream);
        assert_eq!(stats(&cloned), [0; 4]);
        enable(&cloned, true);
        feed.push(2);
        pull(&mut sink, 1);
        pull(&mut clone_sink, 1);
        settle_counts(&original, &mut sink);
        pull_event(&mut clone_sink, gst::EventType::CustomDownstream);
        assert_eq!(stats(&cloned), [1, 0, 0, 1]);
        assert_eq!(stats(&original), [1, 0, 0, 1]);
    });
}

#[test]
fn a_clone_of_a_clone_counts_from_nothing() {
    page(|page| {
        let feed = Feed::video();
        let stream = page.run(video_stream(&feed));
        let mut sink = consume(&stream, "video_0");
        feed.push(0);
        pull(&mut sink, 1);
        let second = page.clone_stream(&stream);
        let mut second_sink = consume(&second, "video_0");
        feed.push(1);
        pull(&mut second_sink, 1);
        let third = page.clone_stream(&second);
        assert_eq!(stats(&track(&third, Kind::Video)), [0; 4]);
        let mut third_sink = consume(&third, "video_0");
        feed.push(2);
        pull(&mut third_sink, 1);
        settle_counts(&track(&third, Kind::Video), &mut third_sink);
        assert_eq!(stats(&track(&third, Kind::Video)), [1, 0, 0, 1]);
    });
}

#[test]
fn frames_that_are_left_out_for_a_lower_rate_are_discarded() {
    page(|page| {
        let feed = Feed::video();
        let stream = video_stream(&feed);
        let asked = "resizeMode=(structure)[text, exact=crop-and-scale], frameRate=(structure)[range, exact=5.0]";
        stream.set_property("video-constraints", constraints(asked));
        let stream = page.run(stream);
        let video = track(&stream, Kind::Video);
        let mut sink = consume(&stream, "video_0");
        for number in 0..10 {
            feed.push(number);
        }
        assert_eq!(pull(&mut sink, 5), [0, 2, 4, 6, 8]);
        settle_counts(&video, &mut sink);
        assert_eq!(stats(&video), [5, 5, 0, 10]);
    });
}

#[test]
fn a_clone_with_a_lower_rate_discards_nothing_of_the_original() {
    page(|page| {
        let feed = Feed::video();
        let stream = page.run(video_stream(&feed));
        let original = track(&stream, Kind::Video);
        let mut sink = consume(&stream, "video_0");
        feed.push(0);
        pull(&mut sink, 1);
        let slow = page.clone_stream(&stream);
        let cloned = track(&slow, Kind::Video);
        assert_applied(&apply(&cloned, "frameRate=(structure)[range, exact=2.0]"));
        let mut slow_sink = consume(&slow, "video_0");
        for number in 1..11 {
            feed.push(number);
        }
        assert_eq!(pull(&mut slow_sink, 2), [1, 6]);
        pull(&mut sink, 10);
        settle_counts(&original, &mut sink);
        pull_event(&mut slow_sink, gst::EventType::CustomDownstream);
        assert_eq!(stats(&original), [11, 0, 0, 11]);
        assert_eq!(stats(&cloned), [2, 8, 0, 10]);
    });
}
