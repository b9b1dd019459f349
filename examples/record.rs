// SPDX-License-Identifier: MPL-2.0

//! Starts and stops a recording of a running stream, while its preview goes on undisturbed.
//!
//! ```text
//! cargo run --example record
//! cargo run --example record -- --source "videotestsrc is-live=true" --headless --output clip.webm
//! ```
//!
//! The recording is a clone of the stream in a pipeline of its own. Stopping the clone's tracks sends EOS through that
//! pipeline only: the muxer writes its index, and the file is complete.

use std::error::Error;

use gio::prelude::*;
use gst::prelude::*;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const USAGE: &str = "usage: record [--source VIDEO] [--output FILE.webm] [--headless]";

/// The picture in a window; the sound nowhere, or it would howl.
const PREVIEW: &str = "videoconvert name=video ! autovideosink  fakesink name=audio";
const HEADLESS_PREVIEW: &str = "fakesink name=video sync=true  fakesink name=audio sync=true";

const RECORDING: &str = "videoconvert name=video ! vp8enc deadline=1 cpu-used=8 ! queue ! muxer. \
    audioconvert name=audio ! audioresample ! opusenc ! queue ! muxer. \
    webmmux name=muxer ! filesink";

fn main() -> Result<()> {
    let (mut source, mut output, mut headless) = (None, String::from("recording.webm"), false);
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--source" => source = Some(args.next().ok_or(USAGE)?),
            "--output" => output = args.next().ok_or(USAGE)?,
            "--headless" => headless = true,
            _ => return Err(USAGE.into()),
        }
    }
    gst::init()?;
    gstmediastream::plugin_register_static()?;

    // The stream: this machine's camera and microphone, or other pictures with a tone.
    let camera = gst::ElementFactory::make("mediastream").build()?;
    if let Some(source) = source {
        let pictures = gst::parse::bin_from_description(&source, true)?;
        let tone = gst::parse::bin_from_description("audiotestsrc is-live=true", true)?;
        camera.set_properties(&[("video-source", &pictures), ("audio-source", &tone)]);
    } else {
        camera.set_properties(&[("video", &true), ("audio", &true)]);
    }
    let preview = Player::start(&camera, if headless { HEADLESS_PREVIEW } else { PREVIEW })?;
    let seconds = gst::ClockTime::from_seconds(if headless { 1 } else { 3 });
    preview.goes_on_for(seconds)?;

    // The recording: a clone, made while the camera runs, in a pipeline of its own.
    println!("recording {output}");
    let before = frames(&camera, "deliveredFrames")?;
    let clone = camera.emit_by_name::<gst::Element>("clone", &[]);
    let recording = Player::start(&clone, &format!("{RECORDING} location=\"{output}\""))?;
    preview.goes_on_for(2 * seconds)?;

    // `stop` ends the clone, and nothing else. Once its EOS has come through, the file is complete.
    let tracks = clone.property::<gio::ListModel>("tracks");
    for track in tracks.iter::<gst::Element>() {
        track?.emit_by_name::<()>("stop", &[]);
    }
    if !recording.ends_within(gst::ClockTime::from_seconds(5))? {
        return Err("the recording did not end".into());
    }
    drop(recording);
    let during = frames(&camera, "deliveredFrames")? - before;
    let length = duration(&output)?;
    println!("recorded {length}; meanwhile the preview had {during} pictures");

    // The preview has not noticed.
    preview.goes_on_for(seconds)?;
    let lost = frames(&camera, "droppedFrames")?;
    if length.is_zero() || during == 0 || lost > 0 {
        return Err(format!("file: {length}; preview: {during} pictures, {lost} lost").into());
    }
    Ok(())
}

/// A pipeline that plays a stream. It goes to NULL when it is dropped, also because of an error.
struct Player(gst::Pipeline);

impl Player {
    /// Links a stream to the description's elements `video` and `audio`, and starts.
    fn start(stream: &gst::Element, description: &str) -> Result<Self> {
        let bin = gst::parse::bin_from_description(description, false)?;
        let player = Self(gst::Pipeline::new());
        player.0.add_many([stream, bin.upcast_ref()])?;
        for kind in ["video", "audio"] {
            let consumer = bin.by_name(kind).ok_or("no such consumer")?;
            stream.link_pads(Some(&format!("{kind}_0")), &consumer, None)?;
        }
        if let Err(error) = player.0.set_state(gst::State::Playing) {
            // The reason is on the bus.
            player.ends_within(gst::ClockTime::SECOND)?;
            return Err(error.into());
        }
        Ok(player)
    }

    fn goes_on_for(&self, time: gst::ClockTime) -> Result<()> {
        match self.ends_within(time)? {
            true => Err("the source ended by itself".into()),
            false => Ok(()),
        }
    }

    /// Whether EOS comes in this time. An error of one of the elements is ours too.
    fn ends_within(&self, time: gst::ClockTime) -> Result<bool> {
        let bus = self.0.bus().ok_or("the pipeline has no bus")?;
        let wanted = [gst::MessageType::Eos, gst::MessageType::Error];
        let message = bus.timed_pop_filtered(time, &wanted);
        match message.as_ref().map(|message| message.view()) {
            Some(gst::MessageView::Error(error)) => Err(error.error().to_string().into()),
            other => Ok(other.is_some()),
        }
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        let _ = self.0.set_state(gst::State::Null);
    }
}

/// A count from the statistics of the stream's video track.
fn frames(stream: &gst::Element, field: &str) -> Result<u64> {
    let tracks = stream.emit_by_name::<gio::ListModel>("get-video-tracks", &[]);
    let track = tracks.item(0).ok_or("no video track")?;
    Ok(track.property::<gst::Structure>("stats").get(field)?)
}

/// How long a file plays.
fn duration(file: &str) -> Result<gst::ClockTime> {
    let uri = gst::glib::filename_to_uri(std::path::absolute(file)?, None)?;
    let sinks = "video-sink=fakesink audio-sink=fakesink";
    let player = gst::parse::launch(&format!("playbin uri={uri} {sinks}"))?;
    player.set_state(gst::State::Paused)?;
    let (result, ..) = player.state(gst::ClockTime::from_seconds(5));
    let length = player.query_duration::<gst::ClockTime>();
    player.set_state(gst::State::Null)?;
    result?;
    length.ok_or("the file has no duration".into())
}
