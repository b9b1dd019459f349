// SPDX-License-Identifier: MPL-2.0

//! `muted`: a source that gives nothing for a while, says that it has nothing, or says that it is muted itself (w3c.md FL-03,
//! FL-06 to FL-09, CL-07).
//!
//! Sources here are fast, so that they are missed soon: after 200 ms, which are 40 intervals.

mod itself;
mod recording;
mod stalling;
mod telling;

use crate::support::*;

const INTERVAL: gst::ClockTime = gst::ClockTime::from_mseconds(5);

/// Pictures every 5 ms.
fn pictures() -> Feed {
    Feed::timed(&VIDEO.replace("framerate=10/1", "framerate=200/1"))
}

/// A picture that lasts an interval; it has the time at which it is pushed.
fn picture(number: u64) -> gst::Buffer {
    buffer(number, 8)
}

/// 5 ms of sound.
fn sound(number: u64) -> gst::Buffer {
    buffer(number, 80)
}

fn buffer(number: u64, size: usize) -> gst::Buffer {
    let mut buffer = gst::Buffer::from_mut_slice(vec![200; size]);
    let header = buffer.get_mut().expect("a new buffer");
    header.set_offset(number);
    header.set_duration(INTERVAL);
    buffer
}

fn is_blank(buffer: &gst::Buffer) -> bool {
    let data = buffer.map_readable().expect("memory");
    data.iter().all(|byte| *byte == 0)
}
