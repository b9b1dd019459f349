// SPDX-License-Identifier: MPL-2.0

//! Of a buffer's metas a disabled track keeps what says when, and nothing that says what is to be seen.

use crate::support::*;

#[test]
fn times_and_cropping_are_kept_and_what_tells_of_the_picture_is_not() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let gone = Gone::of(&[&stream]);
    enable(&track(&stream, Kind::Video), false);
    let mut consumer = consume(&stream, "video_0");
    let mut buffer = Feed::buffer(0);
    {
        let header = buffer.get_mut().expect("a new buffer");
        let unix = gst::Caps::new_empty_simple("timestamp/x-unix");
        gst::ReferenceTimestampMeta::add(
            header,
            &unix,
            gst::ClockTime::SECOND,
            gst::ClockTime::NONE,
        );
        gst_video::VideoCropMeta::add(header, (1, 0, 2, 2));
        gst_video::VideoRegionOfInterestMeta::add(header, "face", (0, 0, 1, 1));
        gst_video::VideoCaptionMeta::add(header, gst_video::VideoCaptionType::Cea708Raw, b"psst");
        gst::ParentBufferMeta::add(header, &gst::Buffer::with_size(8).expect("memory"));
        gst_video::VideoMeta::add(
            header,
            gst_video::VideoFrameFlags::empty(),
            gst_video::VideoFormat::Gray8,
            4,
            2,
        )
        .expect("a meta");
    }
    feed.push_buffer(buffer);
    let black = consumer.pull().expect("a buffer");
    let time = black.meta::<gst::ReferenceTimestampMeta>().expect("a time");
    assert_eq!(time.timestamp(), gst::ClockTime::SECOND);
    let crop = black.meta::<gst_video::VideoCropMeta>().expect("a crop");
    assert_eq!(crop.rect(), (1, 0, 2, 2));
    assert_eq!(black.iter_meta::<gst::Meta>().count(), 2);
    drop((consumer, stream, black));
    gone.check();
}
