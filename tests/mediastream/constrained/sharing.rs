// SPDX-License-Identifier: MPL-2.0

//! Clones that want the same share the work.

use gst::prelude::*;

use super::*;

#[test]
fn clones_with_equal_settings_get_the_same_memory() {
    let feed = pictures();
    let stream = constrained(&feed, "width=16");
    let streams: Vec<_> = (0..4).map(|_| clone(&stream)).collect();
    let mut sinks: Vec<_> = streams
        .iter()
        .map(|stream| consume(stream, "video_0"))
        .collect();
    show(&feed, 0..3);
    for _ in 0..3 {
        let buffers: Vec<_> = sinks
            .iter_mut()
            .map(|sink| sink.pull().expect("a buffer"))
            .collect();
        let first = buffers[0].peek_memory(0).as_ptr();
        assert!(
            buffers
                .iter()
                .all(|buffer| buffer.peek_memory(0).as_ptr() == first)
        );
    }
}

#[test]
fn one_that_blocks_is_not_visible_on_another_that_shares_its_converter() {
    let feed = pictures();
    let stream = constrained(&feed, "width=16");
    let other = clone(&stream);
    let mut sink = consume(&stream, "video_0");
    let stuck = consume(&other, "video_0");
    let pad = stuck.sinkpad().expect("a pad");
    let (sender, blocked) = std::sync::mpsc::channel();
    let probe = pad.peer().expect("linked").add_probe(
        gst::PadProbeType::BUFFER | gst::PadProbeType::BLOCK,
        move |_, _| {
            let _ = sender.send(());
            gst::PadProbeReturn::Ok
        },
    );
    show(&feed, 0..1);
    next(&blocked);
    show(&feed, 1..20);
    for number in 0..20 {
        assert_eq!(see(&mut sink).0, number);
    }
    if let (Some(peer), Some(probe)) = (pad.peer(), probe) {
        peer.remove_probe(probe);
    }
}
