// SPDX-License-Identifier: MPL-2.0

//! The element messages by which every language learns what happens to a track: each has the fields `stream-id`, `track-id`
//! and `kind`.

use crate::kind::Kind;
use crate::stream::MediaStream;
use crate::track::MediaStreamTrack;

/// The name of the message that a track posts when its source ended (W3C `ended`); never after `stop`.
pub const TRACK_ENDED: &str = "mediastream-track-ended";

const STREAM_ID: &str = "stream-id";
const TRACK_ID: &str = "track-id";
const KIND: &str = "kind";

/// What a message of a track says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackMessage {
    /// The stream that the track is in; `None` for one that stands alone.
    pub stream_id: Option<String>,
    /// The track.
    pub track_id: String,
    /// Audio or video.
    pub kind: Kind,
}

impl TrackMessage {
    /// Reads a [`TRACK_ENDED`] message; `None` if it is another one.
    pub fn parse_ended(message: &gst::MessageRef) -> Option<Self> {
        let structure = message.structure()?;
        if message.type_() != gst::MessageType::Element || structure.name() != TRACK_ENDED {
            return None;
        }
        Some(Self {
            stream_id: structure.get::<Option<String>>(STREAM_ID).ok()?,
            track_id: structure.get(TRACK_ID).ok()?,
            kind: structure.get(KIND).ok()?,
        })
    }
}

pub(crate) fn track_ended(track: &MediaStreamTrack, stream: Option<&MediaStream>) -> gst::Message {
    let structure = gst::Structure::builder(TRACK_ENDED)
        .field(STREAM_ID, stream.map(|stream| stream.id()))
        .field(TRACK_ID, track.id())
        .field(KIND, track.kind())
        .build();
    gst::message::Element::builder(structure).src(track).build()
}
