// SPDX-License-Identifier: MPL-2.0

//! mediacapture-extensions/MediaStreamTrack-transfer-to-worker-source-lifetime.https.html

use gst::prelude::*;

use super::page;
use crate::device::{Device, Power};
use crate::support::*;

#[test]
fn stopping_the_original_ends_no_clone_and_the_source_stays_open() {
    let (ended, id) = page(|page| {
        let device = Device::new();
        let stream = page.run(device.stream());
        let clone = page.clone_stream(&stream);
        let mut consumer = consume(&clone, "video_0");
        let kept = track(&clone, Kind::Video);
        let ended = hear_ended(&[track(&stream, Kind::Video), kept.clone()]);
        stop(&track(&stream, Kind::Video));
        assert_eq!(kept.ready_state(), ReadyState::Live);
        device.feed.push(0);
        assert_eq!(pull(&mut consumer, 1), [0]);
        device.feed.end();
        pull_event(&mut consumer, gst::EventType::Eos);
        assert_eq!(next(&ended), kept.id());
        assert_eq!(
            [device.next(), device.next()],
            [Power::Opening, Power::Open]
        );
        assert_eq!(device.next(), Power::Closed);
        (ended, kept.id())
    });
    let more: Vec<_> = ended.iter().collect();
    assert!(more.is_empty(), "{id} ended alone, and once: {more:?}");
}

/// In a browser this ends the clone; here it may be in another pipeline, and lives on.
#[test]
fn a_clone_outlives_the_stream_that_opened_the_source() {
    let device = Device::new();
    let stream = device.stream();
    let clone = clone(&stream);
    let gone = Gone::of(&[&clone]).and(&[&track(&clone, Kind::Video)]);
    let mut consumer = consume(&clone, "video_0");
    page(|page| {
        page.run(stream);
        device.feed.push(0);
        assert_eq!(pull(&mut consumer, 1), [0]);
    });
    assert!(clone.active());
    device.feed.push(1);
    assert_eq!(pull(&mut consumer, 1), [1]);
    assert_eq!(device.so_far(), [Power::Opening, Power::Open]);
    clone.set_state(gst::State::Null).expect("NULL");
    assert_eq!(device.so_far(), [Power::Closed]);
    drop((consumer, clone));
    gone.check();
}
