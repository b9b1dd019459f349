// SPDX-License-Identifier: MPL-2.0

//! A recording: a clone of the stream in a pipeline of its own.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use gst::prelude::*;

use crate::pipeline::Pipeline;
use crate::{Result, tracks};

/// Encoders for pictures and sound; the first of which this machine has all elements are taken.
const ENCODERS: [(&[&str], &str); 2] = [
    (
        &["x264enc", "avenc_aac"],
        "decodebin name=video ! videoconvert ! video/x-raw,format=I420 ! queue ! \
         x264enc tune=zerolatency speed-preset=ultrafast key-int-max=30 ! h264parse ! queue ! muxer. \
         decodebin name=audio ! audioconvert ! audioresample ! avenc_aac ! aacparse ! queue ! muxer.",
    ),
    (
        &["vp8enc", "opusenc"],
        "decodebin name=video ! videoconvert ! video/x-raw,format=I420 ! queue ! \
         vp8enc deadline=1 cpu-used=8 keyframe-max-dist=30 ! queue ! muxer. \
         decodebin name=audio ! audioconvert ! audioresample ! opusenc ! queue ! muxer.",
    ),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Recording,
    Stopping,
    Complete,
}

pub struct Recorder {
    pub stream: gst::Element,
    pub pipeline: Pipeline,
    pub path: PathBuf,
    pub state: State,
    /// When the file's time began, on the clock that all pipelines have.
    pub base_time: gst::ClockTime,
}

impl Recorder {
    /// Clones a running stream, and records the clone.
    pub fn start(original: &gst::Element, path: PathBuf) -> Result<Self> {
        let has = |name: &&str| gst::ElementFactory::find(name).is_some();
        let (_, encoders) = ENCODERS
            .iter()
            .find(|(elements, _)| elements.iter().all(has))
            .ok_or("no encoders on this machine: run scripts/install-deps run")?;
        let stream = original.emit_by_name::<gst::Element>("clone", &[]);
        let description = format!("{encoders} matroskamux name=muxer ! filesink name=file");
        let pipeline = Pipeline::of_stream(&stream, &description)?;
        pipeline.get("file")?.set_property("location", &path);
        pipeline.start().map_err(|(_, why)| why)?;
        let base_time = pipeline.base_time().ok_or("no base time")?;
        Ok(Self {
            stream,
            pipeline,
            path,
            state: State::Recording,
            base_time,
        })
    }

    /// Ends the clone; the original and other clones do not notice. EOS follows on the bus.
    pub fn stop(&mut self) {
        if self.state == State::Recording {
            self.state = State::Stopping;
            for track in tracks(&self.stream) {
                track.emit_by_name::<()>("stop", &[]);
            }
        }
    }

    /// EOS has come through: the muxer has written its index, the file is complete.
    pub fn complete(&mut self) {
        self.state = State::Complete;
        let _ = self.pipeline.set_state(gst::State::Null);
    }

    /// The file's name without its folder.
    pub fn name(&self) -> String {
        let name = self.path.file_name().unwrap_or_default();
        name.to_string_lossy().into_owned()
    }
}

/// What came out of a file that was played from start to end.
pub struct Played {
    pub frames: u64,
    pub video_end: gst::ClockTime,
    pub audio_end: gst::ClockTime,
}

/// Decodes a whole file, as fast as it goes.
pub fn play(path: &Path) -> Result<Played> {
    let player = Pipeline::parse("filesrc name=file ! decodebin name=decoder")?;
    player.get("file")?.set_property("location", path);
    // A sink for each kind that the file has, named after it.
    let pipeline = player.downgrade();
    let frames = Arc::new(AtomicU64::new(0));
    let counter = frames.clone();
    player.get("decoder")?.connect_pad_added(move |_, pad| {
        let linked = pipeline
            .upgrade()
            .and_then(|pipeline| link_sink(&pipeline, pad, &counter));
        if linked.is_none() {
            eprintln!("demo: cannot play {}", pad.name());
        }
    });
    player.start().map_err(|(_, why)| why)?;
    player.wait_for_end()?;
    let end_of = |kind| player.get(kind).map(|sink| end(&sink)).unwrap_or_default();
    Ok(Played {
        frames: frames.load(Ordering::Relaxed),
        video_end: end_of("video"),
        audio_end: end_of("audio"),
    })
}

fn link_sink(pipeline: &gst::Pipeline, pad: &gst::Pad, frames: &Arc<AtomicU64>) -> Option<()> {
    let caps = pad.current_caps()?;
    let (kind, _) = caps.structure(0)?.name().split_once('/')?;
    let sink = gst::ElementFactory::make("fakesink")
        .name(kind)
        .property("sync", false)
        .build()
        .ok()?;
    if kind == "video" {
        let frames = frames.clone();
        // The sink's own count begins anew when the demuxer finds that the other kind begins earlier, and says so.
        pad.add_probe(gst::PadProbeType::BUFFER, move |_, _| {
            frames.fetch_add(1, Ordering::Relaxed);
            gst::PadProbeReturn::Ok
        });
    }
    pipeline.add(&sink).ok()?;
    sink.sync_state_with_parent().ok()?;
    pad.link(&sink.static_pad("sink")?).ok()?;
    Some(())
}

/// Where the last buffer of a sink ends.
fn end(sink: &gst::Element) -> gst::ClockTime {
    let sample = sink.property::<Option<gst::Sample>>("last-sample");
    let buffer = sample.as_ref().and_then(|sample| sample.buffer());
    buffer
        .and_then(|buffer| Some(buffer.pts()? + buffer.duration().unwrap_or_default()))
        .unwrap_or_default()
}
