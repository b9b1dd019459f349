// SPDX-License-Identifier: MPL-2.0

//! A stream's pictures in a file, and what is in the file afterwards.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};
use std::time::Instant;

use gst::prelude::*;
use gstmediastream::MediaStream;

use super::{Picture, SOON, next};

/// Records until the stream ends. In NULL when it is dropped.
pub struct Recording {
    pipeline: gst::Pipeline,
    file: tempfile::TempPath,
    /// One for each picture that the encoder gets.
    pictures: Receiver<()>,
    /// When the end comes out of the stream.
    ends: Receiver<Instant>,
}

impl Recording {
    /// Of the stream's only track, which is video.
    #[track_caller]
    pub fn start(stream: &MediaStream) -> Self {
        let file = tempfile::Builder::new().suffix(".mkv").tempfile();
        let file = file.expect("a file").into_temp_path();
        let line = format!(
            "videoconvert name=in ! x264enc tune=zerolatency speed-preset=ultrafast ! h264parse ! matroskamux \
             ! filesink async=false location={}",
            file.display()
        );
        let pipeline = gst::parse::launch(&line).expect("elements");
        let pipeline: gst::Pipeline = pipeline.downcast().expect("a pipeline");
        pipeline.add(stream).expect("it is in no bin");
        stream
            .link_pads(Some("video_0"), &pipeline.by_name("in").expect("it"), None)
            .expect("a converter takes everything");
        let pad = stream.static_pad("video_0").expect("a video track");
        let (sender, pictures) = channel();
        pad.add_probe(gst::PadProbeType::BUFFER, move |_, _| {
            let _ = sender.send(());
            gst::PadProbeReturn::Ok
        });
        let (sender, ends) = channel();
        pad.add_probe(gst::PadProbeType::EVENT_DOWNSTREAM, move |_, info| {
            if info
                .event()
                .is_some_and(|event| event.type_() == gst::EventType::Eos)
            {
                let _ = sender.send(Instant::now());
            }
            gst::PadProbeReturn::Ok
        });
        pipeline.set_state(gst::State::Playing).expect("PLAYING");
        Self {
            pipeline,
            file,
            pictures,
            ends,
        }
    }

    /// Waits until it has got so many pictures from now on.
    #[track_caller]
    pub fn wait_for_pictures(&self, count: usize) {
        for _ in self.pictures.try_iter() {}
        for _ in 0..count {
            next(&self.pictures);
        }
    }

    /// Waits until the stream ends; when that is.
    #[track_caller]
    pub fn wait_until_ended(&self) -> Instant {
        next(&self.ends)
    }

    /// Waits until the file is finished, and plays it: all of its pictures must be of this camera, in their order. How many
    /// they are.
    #[track_caller]
    pub fn check(self, camera: &str) -> usize {
        wait_for_eos(&self.pipeline);
        self.pipeline.set_state(gst::State::Null).expect("NULL");
        let pictures = play(self.file.to_path_buf());
        let mut last = 0;
        for picture in &pictures {
            match *picture {
                Picture::Of {
                    camera: tag,
                    number,
                } if tag == Picture::tag(camera) => {
                    assert!(number > last, "{number} after {last}");
                    last = number;
                }
                other => panic!("{other:?} in a recording of {camera}: {pictures:?}"),
            }
        }
        pictures.len()
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        let _ = self.pipeline.set_state(gst::State::Null);
    }
}

#[track_caller]
fn wait_for_eos(pipeline: &gst::Pipeline) {
    let wanted = [gst::MessageType::Eos, gst::MessageType::Error];
    let limit = gst::ClockTime::try_from(SOON).expect("a time");
    let bus = pipeline.bus().expect("a pipeline has one");
    let message = bus.timed_pop_filtered(limit, &wanted);
    let message = message.expect("it ends soon");
    assert_eq!(message.type_(), gst::MessageType::Eos, "{message:?}");
}

/// What a file shows, from its beginning to its end.
#[track_caller]
fn play(file: PathBuf) -> Vec<Picture> {
    let line = format!(
        "filesrc location={} ! matroskademux ! avdec_h264 ! appsink name=out sync=false",
        file.display()
    );
    let pipeline = gst::parse::launch(&line).expect("elements");
    let pipeline: gst::Pipeline = pipeline.downcast().expect("a pipeline");
    let sink = pipeline.by_name("out").expect("it");
    let sink: gst_app::AppSink = sink.downcast().expect("an appsink");
    pipeline.set_state(gst::State::Playing).expect("PLAYING");
    let samples = std::iter::from_fn(|| sink.pull_sample().ok());
    let pictures = samples.map(|sample| {
        let info = gst_video::VideoInfo::from_caps(sample.caps().expect("caps"));
        Picture::read(sample.buffer().expect("a buffer"), &info.expect("raw"))
    });
    let pictures = pictures.collect();
    wait_for_eos(&pipeline);
    pipeline.set_state(gst::State::Null).expect("NULL");
    pictures
}
