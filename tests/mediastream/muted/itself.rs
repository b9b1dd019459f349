// SPDX-License-Identifier: MPL-2.0

//! A source with a `GstStreamVolume` says itself that it is muted.

use gst::prelude::*;

use super::{INTERVAL, buffer, is_blank, sound};
use crate::support::*;

/// A microphone with a switch.
struct Microphone {
    feed: Feed,
    switch: gst::Element,
    bin: gst::Bin,
}

impl Microphone {
    fn new() -> Self {
        Self::of(Feed::timed(AUDIO))
    }

    fn of(feed: Feed) -> Self {
        let bin = gst::Bin::new();
        let switch = add(&bin, "volume");
        bin.add(&feed.element()).expect("it fits");
        feed.element().link(&switch).expect("they link");
        end_with(&bin, &switch);
        Self { feed, switch, bin }
    }

    fn mute(&self, muted: bool) {
        self.switch.set_property("mute", muted);
    }

    fn stream(&self) -> MediaStream {
        stream_of(&self.bin)
    }
}

fn stream_of(bin: &gst::Bin) -> MediaStream {
    let stream = empty_stream();
    stream.set_property("audio-source", bin);
    stream
}

fn add(bin: &gst::Bin, name: &str) -> gst::Element {
    let element = gst::ElementFactory::make(name).build().expect(name);
    bin.add(&element).expect("it fits");
    element
}

fn end_with(bin: &gst::Bin, last: &gst::Element) {
    let pad = last.static_pad("src").expect("a pad");
    bin.add_pad(&gst::GhostPad::with_target(&pad).expect("a ghost"))
        .expect("a new pad");
}

#[test]
fn a_muted_source_is_silent_at_its_own_times_and_comes_back_at_once() {
    let microphone = Microphone::new();
    let stream = microphone.stream();
    let audio = track(&stream, Kind::Audio);
    let gone = Gone::of(&[&stream]).and(&[&audio]);
    let heard = hear_source(&audio);
    let mut consumer = consume(&stream, "audio_0");
    microphone.feed.push_buffer(sound(0));
    assert!(!is_blank(&consumer.pull().expect("a buffer")));
    microphone.mute(true);
    assert_eq!(next(&heard), ("mute".into(), true));
    microphone.feed.push_buffer(sound(1));
    let silence = consumer.pull().expect("a buffer");
    assert!(is_blank(&silence) && silence.flags().contains(gst::BufferFlags::GAP));
    assert_eq!(silence.offset(), 1);
    assert_eq!(count(&audio, "deliveredFrames"), 40);
    microphone.mute(false);
    assert_eq!(next(&heard), ("unmute".into(), false));
    microphone.feed.push_buffer(sound(2));
    loop {
        let buffer = consumer.pull().expect("a buffer");
        if buffer.offset() == 2 {
            assert!(!is_blank(&buffer));
            break;
        }
    }
    drop((consumer, stream, audio, microphone));
    gone.check();
}

#[test]
fn a_source_that_is_muted_from_the_beginning_makes_its_tracks_so() {
    let microphone = Microphone::new();
    microphone.mute(true);
    let stream = microphone.stream();
    let audio = track(&stream, Kind::Audio);
    let gone = Gone::of(&[&stream]).and(&[&audio]);
    let heard = hear_source(&audio);
    let mut consumer = consume(&stream, "audio_0");
    assert_eq!(next(&heard), ("mute".into(), true));
    microphone.feed.push_buffer(sound(0));
    assert!(is_blank(&consumer.pull().expect("a buffer")));
    drop((consumer, stream, audio, microphone));
    gone.check();
}

#[test]
fn nothing_is_counted_of_what_comes_late_while_the_source_is_muted() {
    let microphone = Microphone::of(Feed::new(AUDIO));
    let stream = microphone.stream();
    let audio = track(&stream, Kind::Audio);
    let gone = Gone::of(&[&stream]).and(&[&audio]);
    let heard = hear_source(&audio);
    let mut consumer = consume(&stream, "audio_0");
    let at = |number: u64, pts: gst::ClockTime, size: usize| {
        let mut sound = buffer(number, size);
        sound.make_mut().set_pts(pts);
        sound.make_mut().set_duration(gst::ClockTime::NONE);
        sound
    };
    microphone.feed.push_buffer(at(0, gst::ClockTime::ZERO, 80));
    assert!(!is_blank(&consumer.pull().expect("a buffer")));
    microphone.mute(true);
    assert_eq!(next(&heard), ("mute".into(), true));
    // It gives nothing any more, either, and something stands in.
    let silence = (0..10).map(|_| consumer.pull().expect("a buffer"));
    assert!(silence.collect::<Vec<_>>().iter().all(is_blank));
    // What comes now is late, in part or all of it.
    microphone.feed.push_buffer(at(1, INTERVAL, 80));
    microphone.feed.push_buffer(at(2, INTERVAL, 160_000));
    settle_counts(&audio, &mut consumer);
    assert_eq!(count(&audio, "totalFrames"), 40);
    drop((consumer, stream, audio, microphone));
    gone.check();
}

#[test]
fn a_sound_that_is_muted_somewhere_else_or_before_it_is_mixed_does_not_make_the_source_so() {
    init();
    let bin = gst::Bin::new();
    let [near, far] = [add(&bin, "volume"), add(&bin, "volume")];
    let [mix, all] = [add(&bin, "funnel"), add(&bin, "volume")];
    let split = add(&bin, "tee");
    let [monitor, out] = [add(&bin, "volume"), add(&bin, "identity")];
    for [from, to] in [[&near, &mix], [&far, &mix], [&mix, &all], [&all, &split]] {
        from.link(to).expect("they link");
    }
    split.link(&monitor).expect("they link");
    split.link(&out).expect("they link");
    end_with(&bin, &out);
    for aside in [&near, &monitor] {
        aside.set_property("mute", true);
    }
    let stream = stream_of(&bin);
    let audio = track(&stream, Kind::Audio);
    let gone = Gone::of(&[&stream]).and(&[&audio]);
    let heard = hear_source(&audio);
    stream.set_state(gst::State::Ready).expect("READY");
    all.set_property("mute", true);
    assert_eq!(next(&heard), ("mute".into(), true));
    all.set_property("mute", false);
    assert_eq!(next(&heard), ("unmute".into(), false));
    stream.set_state(gst::State::Null).expect("NULL");
    drop((stream, audio, bin));
    gone.check();
}

#[test]
fn a_source_that_gets_its_microphone_late_is_muted_with_it_and_with_no_other() {
    init();
    let bin = gst::Bin::new();
    let [first, second] = [add(&bin, "volume"), add(&bin, "volume")];
    let out = gst::GhostPad::builder(gst::PadDirection::Src)
        .name("src")
        .build();
    bin.add_pad(&out).expect("a new pad");
    let stream = stream_of(&bin);
    let audio = track(&stream, Kind::Audio);
    let gone = Gone::of(&[&stream]).and(&[&audio]);
    let heard = hear_source(&audio);
    // As `autoaudiosrc`, which has found its device by now.
    stream.set_state(gst::State::Ready).expect("READY");
    out.set_target(first.static_pad("src").as_ref())
        .expect("it fits");
    first.set_property("mute", true);
    assert_eq!(next(&heard), ("mute".into(), true));
    out.set_target(second.static_pad("src").as_ref())
        .expect("it fits");
    assert_eq!(next(&heard), ("unmute".into(), false));
    second.set_property("mute", true);
    assert_eq!(next(&heard), ("mute".into(), true));
    stream.set_state(gst::State::Null).expect("NULL");
    drop((stream, audio, bin, first, second, out));
    gone.check();
}
