// SPDX-License-Identifier: MPL-2.0

//! Tracks on one source against the W3C's rules as a plain model: whatever is done in whatever order, both say the same.

use std::sync::mpsc::Receiver;

use gst::prelude::*;
use proptest::prelude::*;

use crate::support::*;

#[derive(Clone, Debug)]
enum Act {
    Clone(usize),
    Stop(usize),
    Enable(usize, bool),
    Hint(usize, &'static str),
    Add(usize),
    Remove(usize),
    MuteSource(bool),
    EndSource,
}

fn act() -> impl Strategy<Value = Act> {
    let which = 0..8_usize;
    let hints =
        prop::sample::select(&["", "speech", "speech-recognition", "music", "text", "bogus"][..]);
    prop_oneof![
        4 => which.clone().prop_map(Act::Clone),
        3 => which.clone().prop_map(Act::Stop),
        2 => (which.clone(), any::<bool>()).prop_map(|(which, enabled)| Act::Enable(which, enabled)),
        2 => (which.clone(), hints).prop_map(|(which, hint)| Act::Hint(which, hint)),
        2 => which.clone().prop_map(Act::Add),
        1 => which.prop_map(Act::Remove),
        2 => any::<bool>().prop_map(Act::MuteSource),
        1 => Just(Act::EndSource),
    ]
}

/// A track as the W3C describes it.
#[derive(Clone, Debug, PartialEq)]
struct Model {
    live: bool,
    enabled: bool,
    muted: bool,
    hint: String,
    in_stream: bool,
}

/// A track as it is, and what it has signalled.
struct Real {
    track: MediaStreamTrack,
    heard: Receiver<(String, bool)>,
}

struct World {
    feed: Feed,
    switch: gst::Element,
    stream: MediaStream,
    source_muted: bool,
    source_ended: bool,
    tracks: Vec<(Model, Real)>,
}

impl World {
    fn new() -> Self {
        let feed = Feed::audio();
        let switch = gst::ElementFactory::make("volume")
            .build()
            .expect("volume is there");
        let bin = gst::Bin::new();
        bin.add_many([&feed.element(), &switch]).expect("they fit");
        feed.element().link(&switch).expect("they link");
        let pad = switch.static_pad("src").expect("a pad");
        bin.add_pad(&gst::GhostPad::with_target(&pad).expect("a ghost"))
            .expect("a new pad");
        let stream = empty_stream();
        stream.set_property("audio-source", &bin);
        let mut world = Self {
            feed,
            switch,
            source_muted: false,
            source_ended: false,
            tracks: vec![],
            stream,
        };
        let first = Model {
            live: true,
            enabled: true,
            muted: false,
            hint: String::new(),
            in_stream: true,
        };
        world.admit(first, track(&world.stream, Kind::Audio));
        world
            .stream
            .set_state(gst::State::Playing)
            .expect("it runs");
        world
    }

    fn admit(&mut self, model: Model, track: MediaStreamTrack) {
        let heard = hear_source(&track);
        self.tracks.push((model, Real { track, heard }));
    }

    /// The source runs as long as a live track is in a running element.
    fn source_runs(&self) -> bool {
        self.tracks
            .iter()
            .any(|(model, _)| model.live && model.in_stream)
    }

    fn expect(&self, event: &str) {
        for (model, real) in &self.tracks {
            if model.live {
                assert_eq!(next(&real.heard), (event.to_owned(), model.muted));
            }
        }
    }

    fn act(&mut self, act: &Act) {
        let count = self.tracks.len();
        match *act {
            Act::Clone(which) => {
                let (model, real) = &self.tracks[which % count];
                let model = Model {
                    muted: self.source_muted,
                    in_stream: false,
                    ..model.clone()
                };
                let track = clone(&real.track);
                self.admit(model, track);
            }
            Act::Stop(which) => {
                let (model, real) = &mut self.tracks[which % count];
                model.live = false;
                stop(&real.track);
            }
            Act::Enable(which, enabled) => {
                let (model, real) = &mut self.tracks[which % count];
                model.enabled = enabled;
                enable(&real.track, enabled);
            }
            Act::Hint(which, hint) => {
                let (model, real) = &mut self.tracks[which % count];
                if ["", "speech", "speech-recognition", "music"].contains(&hint) {
                    model.hint = hint.into();
                }
                real.track.set_property("content-hint", hint);
            }
            Act::Add(which) => {
                let (model, real) = &mut self.tracks[which % count];
                model.in_stream = true;
                add(&self.stream, &real.track);
            }
            Act::Remove(which) => {
                let (model, real) = &mut self.tracks[which % count];
                model.in_stream = false;
                remove(&self.stream, &real.track);
            }
            Act::MuteSource(muted) => {
                if muted == self.source_muted || !self.source_runs() {
                    return;
                }
                self.source_muted = muted;
                for (model, _) in self.tracks.iter_mut().filter(|(model, _)| model.live) {
                    model.muted = muted;
                }
                self.switch.set_property("mute", muted);
                self.expect(if muted { "mute" } else { "unmute" });
            }
            Act::EndSource => {
                if self.source_ended || !self.source_runs() {
                    return;
                }
                self.source_ended = true;
                self.feed.end();
                self.expect("ended");
                for (model, _) in &mut self.tracks {
                    model.live = false;
                }
            }
        }
    }

    fn check(&self) {
        for (model, Real { track, .. }) in &self.tracks {
            let is = Model {
                live: track.ready_state() == ReadyState::Live,
                enabled: track.property("enabled"),
                muted: track.property("muted"),
                hint: track.property("content-hint"),
                in_stream: self.stream.track_by_id(&track.id()).is_some(),
            };
            assert_eq!(is, *model);
        }
        let active = self
            .tracks
            .iter()
            .any(|(model, _)| model.live && model.in_stream);
        assert_eq!(self.stream.active(), active);
        let mut ids: Vec<_> = self
            .tracks
            .iter()
            .map(|(_, real)| real.track.id())
            .collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), self.tracks.len());
    }

    /// Nothing is left, and nothing was signalled that was not expected.
    fn close(self) {
        self.stream.set_state(gst::State::Null).expect("NULL");
        let mut gone = Gone::of(&[&self.stream]);
        let mut heard = vec![];
        for (_, real) in self.tracks {
            gone = gone.and(&[&real.track]);
            heard.push(real.heard);
        }
        drop((self.stream, self.feed, self.switch));
        gone.check();
        for heard in heard {
            assert_eq!(heard.iter().collect::<Vec<_>>(), []);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn tracks_are_as_the_w3c_says_whatever_is_done(acts in prop::collection::vec(act(), 1..30)) {
        let mut world = World::new();
        world.check();
        for act in &acts {
            world.act(act);
            world.check();
        }
        world.close();
    }
}
