// SPDX-License-Identifier: MPL-2.0

//! mediacapture-streams/MediaStreamTrack-MediaElement-disabled-video-is-black.https.html

use gst::prelude::*;

use super::page;
use crate::support::*;

/// The pixels of a buffer of [`VIDEO`] are its bytes.
fn pixels(buffer: &gst::Buffer) -> Vec<u8> {
    buffer.map_readable().expect("memory").to_vec()
}

fn size(consumer: &gst_check::Harness) -> (i32, i32) {
    let caps = consumer
        .sinkpad()
        .and_then(|pad| pad.current_caps())
        .expect("caps");
    let info = gst_video::VideoInfo::from_caps(&caps).expect("pictures");
    (info.width() as i32, info.height() as i32)
}

fn picture(number: u64, width: usize) -> gst::Buffer {
    let mut buffer = Feed::buffer(number);
    let header = buffer.get_mut().expect("a new buffer");
    header.remove_all_memory();
    header.append_memory(gst::Memory::from_mut_slice(vec![180; width * 2]));
    buffer
}

#[test]
fn a_disabled_video_track_is_rendered_as_blackness() {
    page(|page| {
        let feed = Feed::video();
        let stream = page.run(video_stream(&feed));
        enable(&track(&stream, Kind::Video), false);
        let mut element = consume(&stream, "video_0");
        feed.push_buffer(picture(0, 4));
        assert_eq!(pixels(&element.pull().expect("a frame")), [0; 8]);
    });
}

#[test]
fn a_disabled_video_track_reports_the_right_size() {
    page(|page| {
        let feed = Feed::video();
        let stream = page.run(video_stream(&feed));
        enable(&track(&stream, Kind::Video), false);
        let mut element = consume(&stream, "video_0");
        feed.push_buffer(picture(0, 4));
        pull(&mut element, 1);
        assert_eq!(size(&element), (4, 2));
    });
}

#[test]
fn frames_do_not_flow_for_a_disabled_video_track() {
    page(|page| {
        let feed = Feed::video();
        let stream = page.run(video_stream(&feed));
        let clone = page.clone_stream(&stream);
        enable(&track(&stream, Kind::Video), false);
        let (mut disabled, mut enabled) = (consume(&stream, "video_0"), consume(&clone, "video_0"));
        let mut sizes = vec![];
        for (number, width) in [4_usize, 8, 6].into_iter().enumerate() {
            let caps = VIDEO.replace("width=4", &format!("width={width}"));
            feed.app_src().set_caps(Some(&caps.parse().expect("caps")));
            // Lines of 4 or 8 bytes.
            feed.push_buffer(picture(number as u64, width.next_multiple_of(4)));
            let real = enabled.pull().expect("a frame");
            assert!(pixels(&real).iter().all(|pixel| *pixel == 180));
            sizes.push(size(&enabled));
            assert_eq!(pixels(&disabled.pull().expect("a frame")), [0; 8]);
            assert_eq!(size(&disabled), (4, 2));
        }
        assert_eq!(sizes, [(4, 2), (8, 2), (6, 2)]);
    });
}
