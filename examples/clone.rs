// SPDX-License-Identifier: MPL-2.0

//! Two views of one camera: a stream and its clone, each in a pipeline of its own.
//!
//! ```text
//! cargo run --example clone
//! cargo run --example clone -- --source "videotestsrc is-live=true pattern=ball"
//! cargo run --example clone -- --source "videotestsrc is-live=true" --headless
//! ```
//!
//! After a few seconds the original is stopped. The clone goes on: the camera is released with the last live track.

use std::error::Error;

use gio::prelude::*;
use gst::prelude::*;

const USAGE: &str = "usage: clone [--source DESCRIPTION] [--headless]";

fn main() -> Result<(), Box<dyn Error>> {
    let (mut source, mut headless) = (None, false);
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--source" => source = Some(args.next().ok_or(USAGE)?),
            "--headless" => headless = true,
            _ => return Err(USAGE.into()),
        }
    }
    gst::init()?;
    // Because the plugin is linked into this program; otherwise GStreamer finds it in its plugin path.
    gstmediastream::plugin_register_static()?;

    // The stream: this machine's camera, or anything else that gives pictures.
    let camera = gst::ElementFactory::make("mediastream").build()?;
    if let Some(description) = source {
        let bin = gst::parse::bin_from_description(&description, true)?;
        camera.set_property("video-source", &bin);
    } else {
        camera.set_property("video", true);
    }
    // Its clone: a mediastream too, in no bin yet. It can be made at any time, also while the camera runs.
    let clone = camera.emit_by_name::<gst::Element>("clone", &[]);

    // Two pipelines that know nothing of each other.
    let sink = if headless {
        "fakesink sync=true"
    } else {
        "videoconvert ! autovideosink"
    };
    let first = View::open(&camera, sink)?;
    let second = View::open(&clone, sink)?;
    let seconds = gst::ClockTime::from_seconds(if headless { 2 } else { 5 });
    if first.ends_within(seconds)? {
        return Err("the source ended by itself".into());
    }
    report("both run", &camera, &clone);

    // The original stops: EOS goes through its pipeline, which is not needed any more.
    for track in tracks(&camera) {
        track.emit_by_name::<()>("stop", &[]);
    }
    if !first.ends_within(gst::ClockTime::from_seconds(2))? {
        return Err("the stopped stream did not get EOS".into());
    }
    drop(first);
    report("original stopped", &camera, &clone);

    // The clone has not noticed.
    let before = frames(&clone);
    if second.ends_within(seconds)? {
        return Err("the clone ended with the original".into());
    }
    report("clone alone", &camera, &clone);
    if frames(&camera) == 0 || frames(&clone) <= before {
        return Err("there were no pictures".into());
    }
    Ok(())
}

/// A pipeline that shows a stream. It goes to NULL when it is dropped, also because of an error.
struct View(gst::Pipeline);

impl View {
    fn open(stream: &gst::Element, sink: &str) -> Result<Self, Box<dyn Error>> {
        let view = Self(gst::Pipeline::new());
        let sink = gst::parse::bin_from_description(sink, true)?;
        view.0.add(stream)?;
        view.0.add(&sink)?;
        // The pad is there as soon as the stream knows that it has video.
        stream.link_pads(Some("video_0"), &sink, None)?;
        if let Err(error) = view.0.set_state(gst::State::Playing) {
            // The reason is on the bus.
            view.ends_within(gst::ClockTime::SECOND)?;
            return Err(error.into());
        }
        Ok(view)
    }

    /// Whether EOS comes in this time. An error of one of the elements is ours too.
    fn ends_within(&self, time: gst::ClockTime) -> Result<bool, Box<dyn Error>> {
        let bus = self.0.bus().ok_or("the pipeline has no bus")?;
        let wanted = [gst::MessageType::Eos, gst::MessageType::Error];
        let message = bus.timed_pop_filtered(time, &wanted);
        match message.as_ref().map(|message| message.view()) {
            Some(gst::MessageView::Error(error)) => Err(error.error().to_string().into()),
            other => Ok(other.is_some()),
        }
    }
}

impl Drop for View {
    fn drop(&mut self) {
        let _ = self.0.set_state(gst::State::Null);
    }
}

/// The elements of a stream's tracks.
fn tracks(stream: &gst::Element) -> Vec<gst::Element> {
    let list = stream.property::<gio::ListModel>("tracks");
    list.iter::<gst::Element>().flatten().collect()
}

/// How many frames have gone to the stream's consumer.
fn frames(stream: &gst::Element) -> u64 {
    let delivered = |track: &gst::Element| {
        let stats = track.property::<gst::Structure>("stats");
        stats.get::<u64>("deliveredFrames").unwrap_or_default()
    };
    tracks(stream).iter().map(delivered).sum()
}

fn report(moment: &str, camera: &gst::Element, clone: &gst::Element) {
    let (original, clone) = (frames(camera), frames(clone));
    println!("{moment:>16}: original {original:4} frames, clone {clone:4} frames");
}
