// SPDX-License-Identifier: MPL-2.0

//! A source with a `GstStreamVolume` says itself that it is muted.

use gst::prelude::*;

use super::{is_blank, sound};
use crate::support::*;

/// A microphone with a switch.
struct Microphone {
    feed: Feed,
    switch: gst::Element,
    bin: gst::Bin,
}

impl Microphone {
    fn new() -> Self {
        let feed = Feed::timed(AUDIO);
        let bin = gst::Bin::new();
        // `volume` would be silent by itself; this one only says so.
        let switch = gst::ElementFactory::make("volume")
            .build()
            .expect("volume is there");
        let keep = gst::ElementFactory::make("identity")
            .build()
            .expect("identity is there");
        bin.add_many([&feed.element(), &keep, &switch])
            .expect("they fit");
        feed.element().link(&keep).expect("they link");
        let pad = keep.static_pad("src").expect("a pad");
        bin.add_pad(&gst::GhostPad::with_target(&pad).expect("a ghost"))
            .expect("a new pad");
        Self { feed, switch, bin }
    }

    fn mute(&self, muted: bool) {
        self.switch.set_property("mute", muted);
    }

    fn stream(&self) -> MediaStream {
        let stream = empty_stream();
        stream.set_property("audio-source", &self.bin);
        stream
    }
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
