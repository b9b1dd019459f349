// SPDX-License-Identifier: MPL-2.0

//! The stream itself: opened from the machine's camera and microphone where there are such, and watched.

use gst::prelude::*;

use crate::options::Options;
use crate::pipeline::Pipeline;
use crate::sheet::{self, Picture};
use crate::{Result, tracks};

/// Has the latest picture at hand, whatever the source gives, encoded or not.
const CONSUMERS: &str = "decodebin name=video ! videorate drop-only=true max-rate=15 ! \
    videoconvert ! videoscale ! appsink name=pictures sync=false drop=true max-buffers=1 \
    fakesink name=audio sync=false";

const TEST_VIDEO: &str = "videotestsrc is-live=true pattern=ball \
    background-color=0xff2b4a6f foreground-color=0xffffc800 ! \
    video/x-raw,format=I420,width=640,height=480,framerate=30/1 ! \
    clockoverlay font-desc=\"Sans 28\" ! timeoverlay font-desc=\"Sans 28\" halignment=right";
const TEST_AUDIO: &str = "audiotestsrc is-live=true freq=440 volume=0.2 ! \
    capsfilter caps=audio/x-raw,format=S16LE,rate=48000,channels=1";

/// Where one kind of media comes from.
enum Choice {
    Given(String),
    Device,
    /// A replacement: what people call it, and what it is.
    Test(&'static str, &'static str),
}

impl Choice {
    fn of(given: Option<&String>) -> Self {
        given.map_or(Self::Device, |given| Self::Given(given.clone()))
    }

    fn apply(&self, stream: &gst::Element, kind: &str) -> Result<()> {
        let (label, description) = match self {
            Self::Device => {
                stream.set_property(kind, true);
                return Ok(());
            }
            // Its first element tells what it is.
            Self::Given(given) => (given.split('!').next().unwrap_or(given), given.as_str()),
            Self::Test(label, description) => (*label, *description),
        };
        let bin = gst::parse::bin_from_description(description, true)
            .map_err(|error| format!("--{kind}-source: {}", error.message()))?;
        // A track's label is the name of its source.
        bin.set_property("name", label.trim());
        stream.set_property(&format!("{kind}-source"), &bin);
        Ok(())
    }
}

/// The stream in a pipeline of its own.
pub struct Watched {
    pub stream: gst::Element,
    pub pipeline: Pipeline,
    pictures: gst_app::AppSink,
}

impl Watched {
    /// Opens what was asked for. A device that is not there, or cannot be opened, is replaced unless there must be devices.
    pub fn open(options: &Options) -> Result<Self> {
        let mut video = Choice::of(options.video_source.as_ref());
        let mut audio = Choice::of(options.audio_source.as_ref());
        loop {
            let watched = Self::new(&video, &audio)?;
            let Err((element, why)) = watched.pipeline.start() else {
                return Ok(watched);
            };
            let (choice, label, test) = match element.as_str() {
                "audio_0" => (&mut audio, "a tone", TEST_AUDIO),
                _ => (&mut video, "a moving test picture", TEST_VIDEO),
            };
            if options.devices || !matches!(choice, Choice::Device) {
                return Err(why.into());
            }
            println!("{why}.\nTaking {label} instead.");
            *choice = Choice::Test(label, test);
        }
    }

    fn new(video: &Choice, audio: &Choice) -> Result<Self> {
        let stream = gst::ElementFactory::make("mediastream").build()?;
        video.apply(&stream, "video")?;
        audio.apply(&stream, "audio")?;
        let pipeline = Pipeline::of_stream(&stream, CONSUMERS)?;
        let pictures = pipeline.get_as::<gst_app::AppSink>("pictures")?;
        pictures.set_caps(Some(&sheet::tile_caps()));
        Ok(Self {
            stream,
            pipeline,
            pictures,
        })
    }

    /// What the devices call themselves.
    pub fn labels(&self) -> String {
        let label = |track: &gst::Element| track.property::<String>("label");
        let labels: Vec<_> = tracks(&self.stream).iter().map(label).collect();
        labels.join(" and ")
    }

    /// The latest picture, unless it has been taken already.
    pub fn picture(&self) -> Option<Picture> {
        let sample = self.pictures.try_pull_sample(gst::ClockTime::ZERO)?;
        Picture::of(&sample, self.pipeline.base_time()?)
    }
}
