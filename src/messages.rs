// SPDX-License-Identifier: MPL-2.0

//! The element messages by which every language learns what happens to streams and tracks: each event that is signalled is also
//! posted, as a structure with the fields `stream-id`, `track-id` and `kind`.
//!
//! A Rust application reads them on its bus:
//!
//! ```
//! use gstmediastream::messages::{TrackEvent, TrackMessage};
//!
//! # fn on_message(message: &gst::Message) {
//! if let Some(message) = TrackMessage::parse(message)
//!     && message.event == TrackEvent::Ended
//! {
//!     println!("The {} track {} has ended", message.kind, message.track_id);
//! }
//! # }
//! ```

use gst::prelude::*;

use crate::kind::Kind;
use crate::stream::MediaStream;
use crate::track::MediaStreamTrack;

/// What happens without the application having asked for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TrackEvent {
    /// The track's source ended; never after `stop` (W3C `ended`).
    Ended,
    /// The track's source gives no media at the moment (W3C `mute`).
    Mute,
    /// It gives media again (W3C `unmute`).
    Unmute,
    /// The source gives media in another format than before (W3C mediacapture-extensions `configurationchange`).
    ConfigurationChange,
    /// The track came into the stream, and the application did not add it (W3C `addtrack`).
    AddTrack,
    /// The track left the stream, and the application did not remove it (W3C `removetrack`).
    RemoveTrack,
}

impl TrackEvent {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Ended,
        Self::Mute,
        Self::Unmute,
        Self::ConfigurationChange,
        Self::AddTrack,
        Self::RemoveTrack,
    ];

    /// The signal: of the track, and for the last two of the stream.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ended => "ended",
            Self::Mute => "mute",
            Self::Unmute => "unmute",
            Self::ConfigurationChange => "configurationchange",
            Self::AddTrack => "addtrack",
            Self::RemoveTrack => "removetrack",
        }
    }

    /// The name of the message.
    #[must_use]
    pub fn message_name(self) -> &'static str {
        match self {
            Self::Ended => "mediastream-track-ended",
            Self::Mute => "mediastream-track-mute",
            Self::Unmute => "mediastream-track-unmute",
            Self::ConfigurationChange => "mediastream-track-configurationchange",
            Self::AddTrack => "mediastream-addtrack",
            Self::RemoveTrack => "mediastream-removetrack",
        }
    }
}

const STREAM_ID: &str = "stream-id";
const TRACK_ID: &str = "track-id";
const KIND: &str = "kind";

/// What a message says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackMessage {
    /// What happened.
    pub event: TrackEvent,
    /// The stream that the track is in; `None` for one that stands alone.
    pub stream_id: Option<String>,
    /// The track.
    pub track_id: String,
    /// Audio or video.
    pub kind: Kind,
}

impl TrackMessage {
    /// What there is to say of a track, in this stream.
    #[must_use]
    pub fn new(event: TrackEvent, track: &MediaStreamTrack, stream: Option<&MediaStream>) -> Self {
        Self {
            event,
            stream_id: stream.map(MediaStream::id),
            track_id: track.id(),
            kind: track.kind(),
        }
    }

    /// Reads a message of this plugin's; `None` if it is another one.
    #[must_use]
    pub fn parse(message: &gst::MessageRef) -> Option<Self> {
        let structure = message.structure()?;
        if message.type_() != gst::MessageType::Element {
            return None;
        }
        let mut events = TrackEvent::ALL.into_iter();
        Some(Self {
            event: events.find(|event| structure.name() == event.message_name())?,
            stream_id: structure.get::<Option<String>>(STREAM_ID).ok()?,
            track_id: structure.get(TRACK_ID).ok()?,
            kind: structure.get(KIND).ok()?,
        })
    }

    /// The message, as `src` posts it.
    #[must_use]
    pub fn to_message(&self, src: &impl IsA<gst::Object>) -> gst::Message {
        let structure = gst::Structure::builder(self.event.message_name())
            .field(STREAM_ID, &self.stream_id)
            .field(TRACK_ID, &self.track_id)
            .field(KIND, self.kind)
            .build();
        gst::message::Element::builder(structure).src(src).build()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_is_read_as_it_was_written() {
        gst::init().expect("GStreamer starts");
        let src = gst::Bin::new();
        for event in TrackEvent::ALL {
            for stream_id in [None, Some("stream".to_owned())] {
                let said = TrackMessage {
                    event,
                    stream_id,
                    track_id: "track".into(),
                    kind: Kind::Audio,
                };
                assert_eq!(TrackMessage::parse(&said.to_message(&src)), Some(said));
            }
        }
    }

    #[test]
    fn other_messages_are_not_read() {
        gst::init().expect("GStreamer starts");
        let structure = gst::Structure::new_empty("mediastream-track-ended");
        for message in [
            gst::message::Element::builder(gst::Structure::new_empty("other")).build(),
            gst::message::Element::builder(structure.clone()).build(),
            gst::message::Application::builder(structure).build(),
            gst::message::Eos::new(),
        ] {
            assert_eq!(TrackMessage::parse(&message), None);
        }
    }
}
