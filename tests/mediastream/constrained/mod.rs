// SPDX-License-Identifier: MPL-2.0

//! Tracks that are to be like this or that: sizes, rates and formats of their own (W3C constraints).

use gst::prelude::*;

use crate::support::*;

mod caps;
mod changing;
mod ending;
mod live;
mod raising;
mod refusing;
mod sharing;
mod sound;
mod starting;
mod tone;
mod writing;

/// The caps of [`pictures`].
const PICTURES: &str = "video/x-raw, format=GRAY8, width=32, height=18, framerate=30/1, interlace-mode=progressive, pixel-aspect-ratio=1/1";
const SIZE: usize = 32 * 18;

/// A source of pictures that can be made smaller.
fn pictures() -> Feed {
    Feed::new(PICTURES)
}

/// The nth of thirty in a second.
fn picture(number: u64) -> gst::Buffer {
    let mut picture = gst::Buffer::from_mut_slice(vec![number as u8; SIZE]);
    let header = picture.get_mut().expect("a new buffer");
    header.set_offset(number);
    header.set_pts(gst::ClockTime::SECOND * number / 30);
    header.set_duration(gst::ClockTime::SECOND / 30);
    picture
}

fn show(feed: &Feed, numbers: std::ops::Range<u64>) {
    for number in numbers {
        feed.push_buffer(picture(number));
    }
}

/// The video track of a stream, and its consumer, who has seen the first picture.
fn running(feed: &Feed, stream: &MediaStream) -> (MediaStreamTrack, gst_check::Harness) {
    let mut sink = consume(stream, "video_0");
    show(feed, 0..1);
    see(&mut sink);
    (track(stream, Kind::Video), sink)
}

/// Constraints as `gst-launch-1.0` writes them.
pub fn constraints(text: &str) -> gst::Structure {
    format!("constraints, {text}").parse().expect("a structure")
}

/// A stream of `feed` whose track is to be like this.
fn constrained(feed: &Feed, text: &str) -> MediaStream {
    let stream = video_stream(feed);
    stream.set_property("video-constraints", constraints(text));
    stream
}

/// Applies constraints, and waits for the answer.
pub fn apply(track: &MediaStreamTrack, text: &str) -> gst::Structure {
    answer(&request(track, &constraints(text)))
}

/// Applies constraints, and does not wait.
pub fn request(track: &MediaStreamTrack, constraints: &gst::Structure) -> gst::Promise {
    let promise = gst::Promise::new();
    track.emit_by_name::<()>(
        "apply-constraints",
        &[constraints as &dyn gst::glib::value::ToValue, &promise],
    );
    promise
}

#[track_caller]
pub fn answer(promise: &gst::Promise) -> gst::Structure {
    assert_eq!(promise.wait(), gst::PromiseResult::Replied);
    promise.get_reply().expect("an answer").to_owned()
}

/// The answer of the promise says that it went well.
#[track_caller]
pub fn assert_applied(answer: &gst::Structure) {
    assert_eq!(
        (answer.name().as_str(), answer.n_fields()),
        ("applied", 0),
        "{answer}"
    );
}

/// The next picture: its number, and the size that it has.
fn see(sink: &mut gst_check::Harness) -> (u64, usize) {
    let buffer = sink.pull().expect("a buffer");
    (buffer.offset(), buffer.size())
}

pub fn format(sink: &gst_check::Harness) -> gst::Structure {
    let pad = sink.sinkpad().expect("a pad");
    let caps = pad.current_caps().expect("caps");
    caps.structure(0).expect("a structure").to_owned()
}

/// Width and height of what a consumer gets.
pub fn size(sink: &gst_check::Harness) -> (i32, i32) {
    let caps = format(sink);
    (
        caps.get("width").expect("a width"),
        caps.get("height").expect("a height"),
    )
}

pub fn settings(track: &MediaStreamTrack) -> gst::Structure {
    track.property("settings")
}

pub fn setting(track: &MediaStreamTrack, name: &str) -> i32 {
    settings(track).get(name).expect("it is set")
}
