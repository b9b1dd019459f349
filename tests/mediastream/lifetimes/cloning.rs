// SPDX-License-Identifier: MPL-2.0

//! Clones: made in every state, from every thread, of everything.

use std::thread;

use gst::prelude::*;

use super::STATES;
use crate::device::{Device, Power};
use crate::support::*;

#[test]
fn a_clone_made_in_any_state_gives_what_its_original_gives() {
    for state in STATES {
        let feed = Feed::video();
        let stream = video_stream(&feed);
        stream.set_state(state).expect("it goes there");
        let clone = clone(&stream);
        let gone = Gone::of(&[&stream, &clone]);
        assert_eq!(stream.current_state(), state);
        assert_eq!(clone.current_state(), gst::State::Null);
        assert_eq!(track(&clone, Kind::Video).ready_state(), ReadyState::Live);
        let mut consumers = [consume(&stream, "video_0"), consume(&clone, "video_0")];
        feed.push(0);
        feed.push(1);
        for consumer in &mut consumers {
            assert_eq!(pull(consumer, 2), [0, 1]);
        }
        drop((consumers, stream, clone));
        gone.check();
    }
}

#[test]
fn cloning_neither_opens_nor_closes_the_device() {
    for state in STATES {
        let device = Device::new();
        let stream = device.stream();
        stream.set_state(state).expect("it goes there");
        let before = device.so_far();
        let clones = [clone(&stream), clone(&stream)];
        let gone = Gone::of(&[&stream, &clones[0], &clones[1]]);
        assert_eq!(device.so_far(), []);
        assert_eq!(device.element().current_state(), state);
        let open = [Power::Opening, Power::Open];
        assert_eq!(
            before,
            if state == gst::State::Null {
                vec![]
            } else {
                open.to_vec()
            }
        );
        stream.set_state(gst::State::Null).expect("NULL");
        drop((stream, clones));
        gone.check();
    }
}

#[test]
fn threads_clone_a_running_stream_all_at_once() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let mut consumer = consume(&stream, "video_0");
    let clones = thread::scope(|scope| {
        let cloners = [(); 4].map(|()| {
            scope.spawn(|| {
                (0..25)
                    .map(|_| clone(&stream))
                    .collect::<Vec<MediaStream>>()
            })
        });
        for number in 0..50 {
            feed.push(number);
            assert_eq!(pull(&mut consumer, 1), [number]);
        }
        cloners
            .map(|cloner| cloner.join().expect("clones"))
            .concat()
    });
    let gone = Gone::of(&[&stream]).and(&clones.iter().collect::<Vec<_>>());
    let mut all: Vec<_> = clones.iter().flat_map(ids).collect();
    all.extend(clones.iter().map(MediaStream::id));
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 200);
    drop((consumer, stream, clones));
    gone.check();
}

#[test]
fn a_clone_of_a_half_ended_stream_has_eos_on_one_pad_and_media_on_the_other() {
    let (video, audio) = (Feed::video(), Feed::audio());
    let stream = av_stream(&video, &audio);
    let of_stream = [consume(&stream, "video_0"), consume(&stream, "audio_0")];
    stop(&track(&stream, Kind::Video));
    let clone = clone(&stream);
    let gone = Gone::of(&[&stream, &clone]);
    let mut on_video = consume_stopped(&clone, "video_0");
    let mut on_audio = consume(&clone, "audio_0");
    let mut events = vec![];
    while events.last() != Some(&gst::EventType::Eos) {
        events.push(on_video.pull_event().expect("an event").type_());
    }
    assert_eq!(events[0], gst::EventType::StreamStart);
    assert!(events.contains(&gst::EventType::Segment), "{events:?}");
    audio.push(7);
    assert_eq!(pull(&mut on_audio, 1), [7]);
    assert_eq!(on_video.buffers_received(), 0);
    assert!(clone.active());
    drop((of_stream, stream, on_video, on_audio, clone));
    gone.check();
}

#[test]
fn a_clone_of_an_ended_track_is_a_pad_that_says_who_it_is_and_ends() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    stop(&track(&stream, Kind::Video));
    let clone = clone(&track(&stream, Kind::Video));
    let gone = Gone::of(&[&stream]).and(&[&clone]);
    let ended = hear_ended(std::slice::from_ref(&clone));
    let mut consumer = consume(&clone, "src");
    let start = pull_event(&mut consumer, gst::EventType::StreamStart);
    let gst::EventView::StreamStart(start) = start.view() else {
        panic!("{start:?}")
    };
    assert_eq!(start.stream_id(), clone.id());
    pull_event(&mut consumer, gst::EventType::Segment);
    pull_event(&mut consumer, gst::EventType::Eos);
    assert_eq!(consumer.buffers_received(), 0);
    assert_eq!(feed.app_src().current_state(), gst::State::Null);
    drop((consumer, stream, clone));
    gone.check();
    assert_eq!(ended.iter().count(), 0);
}

#[test]
fn a_chain_of_clones_hangs_on_the_source_and_not_on_one_another() {
    let feed = Feed::video();
    let mut chain = vec![video_stream(&feed)];
    for at in 0..9 {
        chain.push(clone(&chain[at]));
    }
    let mut chain: Vec<_> = chain
        .into_iter()
        .map(|stream| (consume(&stream, "video_0"), stream))
        .collect();
    feed.push(0);
    for (consumer, _) in &mut chain {
        assert_eq!(pull(consumer, 1), [0]);
    }
    // The first, the last and every other one in between.
    let mut number = 0;
    for at in [0, 1, 2, 3, 5] {
        let (consumer, stream) = chain.remove(at.min(chain.len() - 1));
        let gone = Gone::of(&[&stream]).and(&[&track(&stream, Kind::Video)]);
        drop((consumer, stream));
        gone.check();
        number += 1;
        feed.push(number);
        for (consumer, _) in &mut chain {
            assert_eq!(pull(consumer, 1), [number]);
        }
    }
    let streams: Vec<_> = chain.iter().map(|(_, stream)| stream).collect();
    let gone = Gone::of(&streams);
    drop(chain);
    gone.check();
}

#[test]
fn a_clone_of_clones_that_never_ran_and_are_gone_is_as_good_as_the_first() {
    let feed = Feed::video();
    let mut stream = video_stream(&feed);
    for _ in 0..10 {
        let next = clone(&stream);
        let gone = Gone::of(&[&stream]);
        stream = next;
        gone.check();
    }
    let gone = Gone::of(&[&stream]);
    let mut consumer = consume(&stream, "video_0");
    feed.push(0);
    assert_eq!(pull(&mut consumer, 1), [0]);
    drop((consumer, stream));
    gone.check();
}

#[test]
fn a_clone_runs_on_when_the_pipeline_of_its_original_is_destroyed() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let pipeline = gst::Pipeline::new();
    let sink = gst_app::AppSink::builder().sync(false).build();
    pipeline.add(&stream).expect("a new element");
    pipeline.add(&sink).expect("a new element");
    stream.link(&sink).expect("a link");
    let clone = clone(&stream);
    let mut consumer = consume(&clone, "video_0");
    pipeline.set_state(gst::State::Playing).expect("PLAYING");
    // From after this pipeline began.
    feed.push(50);
    let sample = sink.pull_sample().expect("a sample");
    assert_eq!(sample.buffer().map(|buffer| buffer.offset()), Some(50));
    assert_eq!(pull(&mut consumer, 1), [50]);

    let gone = Gone::of(&[&pipeline])
        .and(&[&stream])
        .and(&all_tracks(&stream).iter().collect::<Vec<_>>());
    pipeline.set_state(gst::State::Null).expect("NULL");
    drop((pipeline, stream, sink, sample));
    gone.check();

    let gone = Gone::of(&[&clone]);
    feed.push(1);
    feed.push(2);
    assert_eq!(pull(&mut consumer, 2), [1, 2]);
    feed.end();
    pull_event(&mut consumer, gst::EventType::Eos);
    drop((consumer, clone));
    gone.check();
}
