// SPDX-License-Identifier: MPL-2.0

//! mediacapture-insertable-streams/VideoTrackGenerator.worker.js: a source that is written by the application.

use super::page;
use crate::device::{Device, Power};
use crate::support::*;

#[test]
fn what_is_written_goes_to_the_track_and_all_its_clones() {
    page(|page| {
        let feed = Feed::video();
        let stream = page.run(video_stream(&feed));
        let other = page.clone_stream(&stream);
        let third = page.clone_stream(&other);
        let mut consumers = [&stream, &other, &third].map(|stream| consume(stream, "video_0"));
        for number in 0..5 {
            feed.push(number);
        }
        for consumer in &mut consumers {
            assert_eq!(pull(consumer, 5), [0, 1, 2, 3, 4]);
        }
    });
}

#[test]
fn the_source_stays_open_until_the_track_and_its_clones_are_stopped() {
    page(|page| {
        let device = Device::new();
        let stream = page.run(device.stream());
        let clones = [page.clone_stream(&stream), page.clone_stream(&stream)];
        let mut last = consume(&clones[1], "video_0");
        assert_eq!(
            [device.next(), device.next()],
            [Power::Opening, Power::Open]
        );
        for (number, stream) in [&stream, &clones[0]].into_iter().enumerate() {
            let number = number as u64;
            stop(&track(stream, Kind::Video));
            settle(&track(&clones[1], Kind::Video));
            device.feed.push(number);
            assert_eq!(pull(&mut last, 1), [number]);
            assert_eq!(device.so_far(), []);
        }
        stop(&track(&clones[1], Kind::Video));
        assert_eq!(device.next(), Power::Closed);
    });
}

#[test]
fn when_the_source_is_closed_every_track_on_it_ends() {
    let (ended, expected) = page(|page| {
        let feed = Feed::video();
        let stream = page.run(video_stream(&feed));
        let clones = [page.clone_stream(&stream), page.clone_stream(&stream)];
        let tracks = [&stream, &clones[0], &clones[1]].map(|stream| track(stream, Kind::Video));
        let ended = hear_ended(&tracks);
        stop(&tracks[1]);
        feed.end();
        let heard = [next(&ended), next(&ended)];
        assert!(!stream.active() && !clones[1].active());
        assert!(heard.contains(&tracks[0].id()) && heard.contains(&tracks[2].id()));
        (ended, Vec::<String>::new())
    });
    assert_eq!(ended.iter().collect::<Vec<_>>(), expected);
}
