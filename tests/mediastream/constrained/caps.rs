// SPDX-License-Identifier: MPL-2.0

//! Consumers that ask by caps.

use gst::prelude::*;

use super::*;

/// A consumer of `stream` behind a filter, which is returned too.
fn consume_as(stream: &MediaStream, caps: &str) -> (gst::Element, gst_check::Harness) {
    let filter = gst::ElementFactory::make("capsfilter")
        .property("caps", caps.parse::<gst::Caps>().expect("caps"))
        .build()
        .expect("a filter");
    let bin = gst::Bin::new();
    bin.add_many([stream.upcast_ref(), &filter]).expect("added");
    stream
        .link_pads(Some("video_0"), &filter, None)
        .expect("linked");
    let pad = filter.static_pad("src").expect("a pad");
    bin.add_pad(&gst::GhostPad::with_target(&pad).expect("a pad"))
        .expect("added");
    let name = bin.pads()[0].name();
    let sink = consume(&bin, &name);
    (filter, sink)
}

#[test]
fn a_consumer_that_asks_for_a_size_gets_it_from_the_first_picture_on() {
    let feed = pictures();
    let stream = video_stream(&feed);
    let other = clone(&stream);
    let mut whole = consume(&other, "video_0");
    let (_filter, mut sink) = consume_as(&stream, "video/x-raw, width=16, height=9");
    show(&feed, 0..3);
    for number in 0..3 {
        assert_eq!(see(&mut sink), (number, 16 * 9));
        assert_eq!(see(&mut whole), (number, SIZE));
    }
    assert_eq!(size(&sink), (16, 9));
}

#[test]
fn a_consumer_that_takes_sizes_in_steps_gets_one_of_them() {
    let feed = pictures();
    let stream = constrained(&feed, "width=16");
    let caps = "video/x-raw, width=[12, 24, 12], height=[9, 18, 9]";
    let (_filter, mut sink) = consume_as(&stream, caps);
    show(&feed, 0..1);
    assert_eq!(see(&mut sink), (0, 12 * 9));
}

#[test]
fn a_consumer_that_joins_later_and_asks_for_a_rate_gets_it() {
    let feed = pictures();
    let stream = video_stream(&feed);
    let mut whole = consume(&stream, "video_0");
    show(&feed, 0..1);
    see(&mut whole);
    let other = clone(&stream);
    let (_filter, mut sink) = consume_as(&other, "video/x-raw, framerate=10/1");
    show(&feed, 1..8);
    assert_eq!([1, 4, 7].map(|_| see(&mut sink).0), [1, 4, 7]);
    assert_eq!(count(&track(&other, Kind::Video), "droppedFrames"), 0);
}

#[test]
fn a_consumer_that_changes_its_mind_gets_what_it_asks_for_now() {
    let feed = pictures();
    let stream = video_stream(&feed);
    let (filter, mut sink) = consume_as(&stream, "video/x-raw, width=16, height=9");
    show(&feed, 0..1);
    see(&mut sink);
    for (caps, width) in [("video/x-raw, width=8", 8), ("video/x-raw, width=32", 32)] {
        filter.set_property("caps", caps.parse::<gst::Caps>().expect("caps"));
        // Until the first one has been refused nobody knows.
        let since = std::time::Instant::now();
        let mut number = 1;
        while size(&sink).0 != width {
            feed.push_buffer(picture(number));
            number += 1;
            assert!(since.elapsed() < SOON, "{caps}");
            while sink.try_pull().is_some() {}
        }
    }
}

#[test]
fn what_cannot_be_made_cannot_be_linked_once_that_is_known() {
    let feed = pictures();
    let stream = video_stream(&feed);
    let mut sink = consume(&stream, "video_0");
    show(&feed, 0..1);
    see(&mut sink);
    let other = clone(&track(&stream, Kind::Video));
    let pad = other.static_pad("src").expect("a pad");
    let asks = |caps: &str| caps.parse::<gst::Caps>().expect("caps");
    for (caps, can) in [
        ("video/x-raw, width=16, height=16", true),
        ("video/x-raw, framerate=7/1", true),
        ("video/x-raw, width=33", false),
        ("video/x-raw, framerate=31/1", false),
        ("video/x-raw, format=RGB", false),
        ("video/x-h264", false),
    ] {
        assert_eq!(pad.query_caps(Some(&asks(caps))).is_empty(), !can, "{caps}");
    }
}

#[test]
fn pictures_that_come_seldom_or_when_they_will_can_be_made_smaller() {
    for rate in ["0/1", "1/3600", "1/1000", "1/999"] {
        let feed = Feed::new(&PICTURES.replace("30/1", rate));
        let stream = constrained(&feed, "width=16");
        let video = track(&stream, Kind::Video);
        let mut sink = consume(&stream, "video_0");
        show(&feed, 0..1);
        assert_eq!(see(&mut sink), (0, 16 * 9), "{rate}");
        let told = format(&sink)
            .get::<gst::Fraction>("framerate")
            .expect("a rate");
        assert_eq!(format!("{}/{}", told.numer(), told.denom()), rate);
        let pad = video.static_pad("src").expect("a pad");
        assert!(!pad.query_caps(None).is_empty());
    }
}
