// SPDX-License-Identifier: MPL-2.0

//! Disabling and enabling while media flow: nothing but the content changes.

use std::sync::mpsc::channel;

use gst::prelude::*;

use super::{buffers, bytes, memory};
use crate::support::*;

/// What [`VIDEO`] is black with.
const BLACK: [u8; 8] = [0; 8];

fn picture(number: u64) -> gst::Buffer {
    let mut buffer = Feed::buffer(number);
    let header = buffer.get_mut().expect("a new buffer");
    header.copy_from_slice(0, &[200; 8]).expect("eight bytes");
    buffer
}

#[test]
fn the_first_frame_after_a_switch_is_as_the_switch_says_and_nothing_else_changes() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let video = track(&stream, Kind::Video);
    let gone = Gone::of(&[&stream]).and(&[&video]);
    let (sender, events) = channel();
    let pad = stream.static_pad("video_0").expect("a pad");
    let types = gst::PadProbeType::EVENT_DOWNSTREAM | gst::PadProbeType::EVENT_FLUSH;
    pad.add_probe(types, move |_, info| {
        if let Some(event) = info.event() {
            let _ = sender.send(event.type_());
        }
        gst::PadProbeReturn::Ok
    });
    let mut consumer = consume(&stream, "video_0");
    for number in 0..20 {
        let enabled = number % 2 == 0;
        enable(&video, enabled);
        feed.push_buffer(picture(number));
        let buffer = consumer.pull().expect("a buffer");
        assert_eq!(bytes(&buffer) == BLACK, !enabled, "{number}");
        assert_eq!(buffer.offset(), number);
        assert_eq!(buffer.pts(), picture(number).pts());
        assert_eq!(buffer.duration(), picture(number).duration());
        let discont = buffer.flags().contains(gst::BufferFlags::DISCONT);
        assert_eq!(discont, number == 0);
    }
    use gst::EventType::{Caps, Segment, StreamCollection, StreamStart};
    let told: Vec<_> = events.try_iter().collect();
    assert_eq!(told, [StreamStart, Caps, Segment, StreamCollection]);
    drop((consumer, pad, stream, video));
    gone.check();
}

#[test]
fn all_disabled_clones_give_the_same_memory_and_enabled_ones_the_sources() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let clones = [clone(&stream), clone(&stream)];
    let gone = Gone::of(&[&stream, &clones[0], &clones[1]]);
    for clone in &clones {
        enable(&track(clone, Kind::Video), false);
    }
    let mut original = consume(&stream, "video_0");
    let mut disabled = [
        consume(&clones[0], "video_0"),
        consume(&clones[1], "video_0"),
    ];
    let pushed = picture(0);
    feed.push_buffer(pushed.clone());
    feed.push_buffer(picture(1));
    assert_eq!(memory(&original.pull().expect("a buffer")), memory(&pushed));
    let black: Vec<_> = disabled
        .iter_mut()
        .flat_map(|consumer| buffers(consumer, 2))
        .collect();
    assert!(black.iter().all(|buffer| bytes(buffer) == BLACK));
    assert!(
        black
            .iter()
            .all(|buffer| memory(buffer) == memory(&black[0]))
    );
    drop((original, disabled, stream, clones, black));
    gone.check();
}

#[test]
fn who_writes_into_black_does_not_write_into_anybody_elses() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let gone = Gone::of(&[&stream]);
    enable(&track(&stream, Kind::Video), false);
    let mut consumer = consume(&stream, "video_0");
    feed.push(0);
    let mut first = consumer.pull().expect("a buffer");
    {
        let mut data = first.make_mut().map_writable().expect("memory to write to");
        data.fill(99);
    }
    assert_eq!(bytes(&first), [99; 8]);
    feed.push(1);
    assert_eq!(bytes(&consumer.pull().expect("a buffer")), BLACK);
    drop((consumer, stream, first));
    gone.check();
}

#[test]
fn lists_stay_lists_and_sound_keeps_its_length() {
    let feed = Feed::audio();
    let stream = audio_stream(&feed);
    let gone = Gone::of(&[&stream]);
    enable(&track(&stream, Kind::Audio), false);
    let (sender, lists) = channel();
    let pad = stream.static_pad("audio_0").expect("a pad");
    pad.add_probe(gst::PadProbeType::BUFFER_LIST, move |_, info| {
        if let Some(gst::PadProbeData::BufferList(list)) = &info.data {
            let _ = sender.send(list.clone());
        }
        gst::PadProbeReturn::Ok
    });
    let consumer = consume(&stream, "audio_0");
    let sizes = [8, 2, 800, 16];
    let list: gst::BufferList = sizes
        .iter()
        .map(|size| gst::Buffer::from_mut_slice(vec![77; *size]))
        .collect();
    feed.app_src()
        .push_buffer_list(list)
        .expect("the source takes it");
    let silence = next(&lists);
    let got: Vec<_> = silence.iter().map(|buffer| buffer.size()).collect();
    assert_eq!(got, sizes);
    assert!(
        silence
            .iter_owned()
            .all(|buffer| bytes(&buffer).iter().all(|byte| *byte == 0))
    );
    drop((consumer, pad, stream));
    gone.check();
}

#[test]
fn a_track_is_disabled_in_every_stream_that_it_is_in_and_each_says_so() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let other = same_tracks(&stream);
    let (one, two) = (track(&stream, Kind::Video), track(&other, Kind::Video));
    let gone = Gone::of(&[&stream, &other]).and(&[&one, &two]);
    let (sender, notified) = channel();
    for view in [&one, &two] {
        let sender = sender.clone();
        view.connect_notify(Some("enabled"), move |view, _| {
            let _ = sender.send((view.clone(), view.property::<bool>("enabled")));
        });
    }
    let mut consumers = [consume(&stream, "video_0"), consume(&other, "video_0")];
    // What changes nothing is not said.
    for enabled in [true, false, false] {
        enable(&two, enabled);
    }
    assert!(!one.property::<bool>("enabled"));
    let said: Vec<_> = notified.try_iter().collect();
    assert_eq!(said.len(), 2);
    for view in [&one, &two] {
        assert!(said.contains(&(view.clone(), false)));
    }
    drop(said);
    feed.push_buffer(picture(0));
    for consumer in &mut consumers {
        assert_eq!(bytes(&consumer.pull().expect("a buffer")), BLACK);
    }
    drop((consumers, stream, other, one, two));
    gone.check();
}

#[test]
fn what_a_stopped_track_says_can_be_changed_and_does_nothing() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let video = track(&stream, Kind::Video);
    let gone = Gone::of(&[&stream]).and(&[&video]);
    stop(&video);
    enable(&video, false);
    assert!(!video.property::<bool>("enabled"));
    assert_eq!(video.ready_state(), ReadyState::Ended);
    drop((stream, video));
    gone.check();
}
