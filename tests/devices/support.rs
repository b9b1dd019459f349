// SPDX-License-Identifier: MPL-2.0

//! A stream from a camera, and what is to be seen and heard of it.

use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use gio::prelude::*;
use gst::prelude::*;
use gstmediastream::{MediaStream, MediaStreamTrack};

/// How long anything may take that is about to happen.
pub const SOON: Duration = Duration::from_secs(10);

/// A stream in a pipeline of its own.
pub struct Watched {
    pub stream: MediaStream,
    pub track: MediaStreamTrack,
    pipeline: gst::Pipeline,
    /// Times of pictures; EOS is `None`.
    pub seen: Receiver<Option<gst::ClockTime>>,
    ended: Receiver<()>,
}

impl Watched {
    /// A stream from the camera of this name, or any.
    pub fn new(name: Option<&str>) -> Self {
        let stream = gst::ElementFactory::make("mediastream").property("video", true);
        let stream = stream.property("video-device", name).build();
        Self::of(stream.expect("the plugin is there"))
    }

    pub fn of(stream: gst::Element) -> Self {
        let pipeline = gst::Pipeline::new();
        let sink = gst::ElementFactory::make("fakesink").property("sync", false);
        let sink = sink.property("async", false).build().expect("fakesink");
        pipeline.add_many([&stream, &sink]).expect("new elements");
        stream
            .link_pads(Some("video_0"), &sink, None)
            .expect("they fit");
        let (sender, seen) = channel();
        let pad = sink.static_pad("sink").expect("a pad");
        let types = gst::PadProbeType::BUFFER | gst::PadProbeType::EVENT_DOWNSTREAM;
        pad.add_probe(types, move |_, info| {
            match &info.data {
                Some(gst::PadProbeData::Buffer(buffer)) => {
                    let _ = sender.send(buffer.pts());
                }
                Some(gst::PadProbeData::Event(event)) if event.type_() == gst::EventType::Eos => {
                    let _ = sender.send(None);
                }
                _ => {}
            }
            gst::PadProbeReturn::Ok
        });
        let stream: MediaStream = stream.downcast().expect("a stream");
        let track = stream
            .emit_by_name::<gio::ListModel>("get-tracks", &[])
            .item(0);
        let track: MediaStreamTrack = track.expect("a track").downcast().expect("a track");
        let (sender, ended) = channel();
        track.connect("ended", false, move |_| {
            let _ = sender.send(());
            None
        });
        Self {
            stream,
            track,
            pipeline,
            seen,
            ended,
        }
    }

    /// Plays until the first picture has come.
    #[track_caller]
    pub fn play(self) -> Self {
        self.start().expect("it starts");
        self.see();
        self
    }

    pub fn start(&self) -> Result<gst::StateChangeSuccess, gst::StateChangeError> {
        self.starter()()
    }

    /// The same, for another thread.
    pub fn starter(
        &self,
    ) -> impl FnOnce() -> Result<gst::StateChangeSuccess, gst::StateChangeError> + Send + use<>
    {
        let pipeline = self.pipeline.clone();
        move || pipeline.set_state(gst::State::Playing)
    }

    pub fn stop(&self) {
        self.pipeline.set_state(gst::State::Null).expect("NULL");
    }

    #[track_caller]
    pub fn see(&self) {
        let seen = self.seen.recv_timeout(SOON).expect("something comes");
        assert!(seen.is_some(), "a picture, and no EOS");
    }

    /// Waits for EOS; nothing comes after it.
    #[track_caller]
    pub fn see_the_end(&self) {
        while self
            .seen
            .recv_timeout(SOON)
            .expect("something comes")
            .is_some()
        {}
        assert_eq!(self.seen.try_recv().ok(), None);
    }

    /// Waits for `ended`.
    #[track_caller]
    pub fn hear_the_end(&self) {
        self.ended.recv_timeout(SOON).expect("it ends");
    }

    /// Whether `ended` has been signalled, or once more.
    pub fn has_ended(&self) -> bool {
        self.ended.try_recv().is_ok()
    }

    /// The next message of this type, in words.
    #[track_caller]
    pub fn hear(&self, of_type: gst::MessageType) -> (glib::Error, String) {
        let bus = self.pipeline.bus().expect("a bus");
        let limit = gst::ClockTime::try_from(SOON).expect("a time");
        let message = bus
            .timed_pop_filtered(limit, &[of_type])
            .expect("a message");
        let error = match message.view() {
            gst::MessageView::Error(error) => error.error(),
            gst::MessageView::Warning(warning) => warning.error(),
            other => unreachable!("{other:?}"),
        };
        let words = error.message().to_owned();
        (error, words)
    }

    pub fn label(&self) -> String {
        self.track.property("label")
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        let _ = self.pipeline.set_state(gst::State::Null);
    }
}
