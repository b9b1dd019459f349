// SPDX-License-Identifier: MPL-2.0

//! W3C `getUserMedia()` with constraints, of a camera or a microphone that can do several things.

use gst::prelude::*;

use super::Page;
use crate::constrained::constraints;
use crate::support::*;

/// What the camera can do.
const CAMERA: &str = "videotestsrc is-live=true pattern=black ! capsfilter caps=\"\
    video/x-raw, format=I420, width=640, height=480, framerate=30/1; \
    video/x-raw, format=I420, width=1280, height=720, framerate={ 15/1, 30/1 }; \
    video/x-raw, format=I420, width=320, height=240, framerate=60/1\"";
/// What the microphone can do.
const MICROPHONE: &str = "audiotestsrc is-live=true wave=silence ! capsfilter caps=\"\
    audio/x-raw, format={ S16LE, S32LE }, rate={ 16000, 48000 }, channels={ 1, 2 }, layout=interleaved\"";

/// What a page got that asked for media of one kind.
pub struct Media {
    pub stream: MediaStream,
    pub track: MediaStreamTrack,
    /// Has got the first of the media.
    pub sink: gst_check::Harness,
}

impl Page {
    /// Media of one kind, that are to be like this; or the name in the OverconstrainedError.
    #[track_caller]
    pub fn ask(&self, kind: Kind, written: &str) -> Result<Media, String> {
        let description = match kind {
            Kind::Audio => MICROPHONE,
            _ => CAMERA,
        };
        self.ask_of(kind, description, written)
    }

    /// The same, of this source.
    #[track_caller]
    pub fn ask_of(&self, kind: Kind, description: &str, written: &str) -> Result<Media, String> {
        let stream = self.keep(empty_stream());
        let source = gst::parse::bin_from_description(description, true).expect("a source");
        stream.set_property(&format!("{kind}-source"), source);
        if !written.is_empty() {
            stream.set_property(&format!("{kind}-constraints"), constraints(written));
        }
        let track = self.keep(track(&stream, kind));
        let errors = hear_messages(&stream, |message| match message.view() {
            gst::MessageView::Error(error) => Some(error.error().message().to_owned()),
            _ => None,
        });
        if stream.set_state(gst::State::Playing).is_err() {
            let error = next(&errors);
            let (name, _) = error.split_once(": ").expect(&error);
            let name = name.strip_prefix("OverconstrainedError").expect(&error);
            // Empty if it is not a single one.
            let name = name.trim_start_matches(" (").trim_end_matches(')');
            return Err(name.to_owned());
        }
        let mut sink = consume(&stream, &format!("{kind}_0"));
        sink.pull().expect("media");
        Ok(Media {
            stream,
            track,
            sink,
        })
    }
}
