// SPDX-License-Identifier: MPL-2.0

//! A pipeline that looks at and listens to all tracks of a stream.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Instant;

use gst::glib;
use gst::prelude::*;
use gstmediastream::MediaStream;
use gstmediastream::messages::{TrackEvent, TrackMessage};

use super::{Picture, SOON, Sound, next};

/// What comes out of a track.
#[derive(Clone, Debug)]
pub enum Item {
    Picture(Picture),
    Sound(Sound),
    End,
}

/// A pipeline with the stream in it and a sink behind each of its pads. In NULL when it is dropped.
pub struct Consumer {
    pipeline: gst::Pipeline,
    items: Receiver<(Instant, Item)>,
    messages: Receiver<gst::Message>,
}

impl Consumer {
    /// In NULL.
    pub fn of(stream: &MediaStream) -> Self {
        let pipeline = gst::Pipeline::new();
        let (sender, items) = channel();
        pipeline.add(stream).expect("it is in no bin");
        for pad in stream.src_pads() {
            let sink = sink(sender.clone());
            pipeline.add(&sink).expect("a new element");
            let target = sink.static_pad("sink").expect("a pad");
            pad.link(&target).expect("it takes everything");
        }
        let (sender, messages) = channel();
        let bus = pipeline.bus().expect("a pipeline has one");
        bus.set_sync_handler(move |_, message| {
            let _ = sender.send(message.clone());
            gst::BusSyncReply::Drop
        });
        Self {
            pipeline,
            items,
            messages,
        }
    }

    /// Plays, which must succeed.
    #[track_caller]
    pub fn playing(stream: &MediaStream) -> Self {
        let consumer = Self::of(stream);
        if let Err(error) = consumer.play() {
            panic!("it does not play: {error}");
        }
        consumer
    }

    /// Plays as soon as there is such a device, of which the process may only just hear.
    #[track_caller]
    pub fn playing_soon(make: impl Fn() -> MediaStream) -> (MediaStream, Self) {
        let limit = Instant::now() + SOON;
        loop {
            let stream = make();
            let consumer = Self::of(&stream);
            match consumer.play() {
                Ok(()) => return (stream, consumer),
                Err(error) => assert!(Instant::now() < limit, "it does not play: {error}"),
            }
        }
    }

    /// Tries to play; returns the error that the pipeline posted if it cannot.
    #[track_caller]
    pub fn play(&self) -> Result<(), glib::Error> {
        match self.pipeline.set_state(gst::State::Playing) {
            Ok(_) => Ok(()),
            Err(_) => Err(self.wait_for("an error", |message| match message.view() {
                gst::MessageView::Error(error) => Some(error.error()),
                _ => None,
            })),
        }
    }

    #[track_caller]
    pub fn pause(&self) {
        self.pipeline.set_state(gst::State::Paused).expect("PAUSED");
    }

    #[track_caller]
    pub fn stop(&self) {
        self.pipeline.set_state(gst::State::Null).expect("NULL");
    }

    /// The next thing that comes out of a track, and when it came.
    #[track_caller]
    pub fn next(&self) -> (Instant, Item) {
        next(&self.items)
    }

    /// Waits for the first of the items of which this makes something; those before it are dropped.
    #[track_caller]
    pub fn find<T>(&self, what: &str, make: impl Fn(&Item) -> Option<T>) -> T {
        let end = Instant::now() + SOON;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            match self.items.recv_timeout(left) {
                Ok((_, item)) => {
                    if let Some(made) = make(&item) {
                        return made;
                    }
                }
                Err(error) => panic!("waited for {what}: {error}"),
            }
        }
    }

    /// Waits for a picture of this camera; its number.
    #[track_caller]
    pub fn picture_of(&self, name: &str) -> u32 {
        let tag = Picture::tag(name);
        self.find(&format!("a picture of {name}"), |item| match item {
            Item::Picture(Picture::Of { camera, number }) => {
                assert_eq!(*camera, tag, "another camera than {name}");
                Some(*number)
            }
            _ => None,
        })
    }

    /// Waits for sound; it must have this tone.
    #[track_caller]
    pub fn sound_of(&self, frequency: f32) {
        let heard = self.find("sound", |item| match item {
            Item::Sound(sound) if !sound.is_silent() => Some(sound.clone()),
            _ => None,
        });
        assert!(heard.has(frequency), "{frequency} Hz is not heard");
    }

    /// Waits for the end of one track; what comes before it, and when the end comes.
    #[track_caller]
    pub fn until_end(&self) -> (Vec<Item>, Instant) {
        let mut before = Vec::new();
        let limit = Instant::now() + SOON;
        loop {
            match self.next() {
                (at, Item::End) => return (before, at),
                (at, item) => {
                    assert!(at < limit, "it does not end: now comes {item:?}");
                    before.push(item);
                }
            }
        }
    }

    /// What has come and was not waited for.
    pub fn so_far(&self) -> Vec<Item> {
        self.items.try_iter().map(|(_, item)| item).collect()
    }

    /// Waits until a track says this on the bus.
    #[track_caller]
    pub fn hear(&self, event: TrackEvent) {
        self.wait_for(event.message_name(), |message| {
            TrackMessage::parse(message).filter(|parsed| parsed.event == event)
        });
    }

    /// Waits for a message of which this makes something; those before it are dropped.
    #[track_caller]
    pub fn wait_for<T>(&self, what: &str, make: impl Fn(&gst::Message) -> Option<T>) -> T {
        let end = Instant::now() + SOON;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            match self.messages.recv_timeout(left) {
                Ok(message) => {
                    if let Some(made) = make(&message) {
                        return made;
                    }
                }
                Err(error) => panic!("waited for {what}: {error}"),
            }
        }
    }
}

impl Drop for Consumer {
    fn drop(&mut self) {
        let _ = self.pipeline.set_state(gst::State::Null);
    }
}

fn sink(sender: Sender<(Instant, Item)>) -> gst::Element {
    let sink = gst_app::AppSink::builder()
        .sync(false)
        .async_(false)
        .build();
    let ends = sender.clone();
    sink.set_callbacks(
        gst_app::AppSinkCallbacks::builder()
            .new_sample(move |sink| {
                let sample = sink.pull_sample().map_err(|_| gst::FlowError::Eos)?;
                let _ = sender.send((Instant::now(), read(&sample)));
                Ok(gst::FlowSuccess::Ok)
            })
            .eos(move |_| {
                let _ = ends.send((Instant::now(), Item::End));
            })
            .build(),
    );
    sink.upcast()
}

fn read(sample: &gst::Sample) -> Item {
    let (buffer, caps) = (sample.buffer(), sample.caps());
    let (buffer, caps) = (buffer.expect("a buffer"), caps.expect("caps"));
    if let Ok(info) = gst_video::VideoInfo::from_caps(caps) {
        Item::Picture(Picture::read(buffer, &info))
    } else {
        let info = gst_audio::AudioInfo::from_caps(caps).expect("raw sound");
        Item::Sound(Sound::read(buffer, &info))
    }
}
