// SPDX-License-Identifier: MPL-2.0

//! Audio or video.

use gst::glib;

/// What a track carries (W3C `MediaStreamTrack.kind`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, glib::Enum)]
#[enum_type(name = "GstMediaStreamKind")]
#[repr(C)]
pub enum Kind {
    /// A track that was made by name (`gst_element_factory_make`), and has no source.
    #[default]
    #[enum_value(name = "Not a track of any source", nick = "none")]
    None = 0,
    /// Sound.
    #[enum_value(name = "Audio", nick = "audio")]
    Audio = 1,
    /// Pictures.
    #[enum_value(name = "Video", nick = "video")]
    Video = 2,
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Kind {
    /// The two kinds that media have.
    pub const ALL: [Self; 2] = [Self::Audio, Self::Video];

    /// As the W3C writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Audio => "audio",
            Self::Video => "video",
        }
    }

    /// As GStreamer says it.
    pub fn stream_type(self) -> gst::StreamType {
        match self {
            Self::None => gst::StreamType::UNKNOWN,
            Self::Audio => gst::StreamType::AUDIO,
            Self::Video => gst::StreamType::VIDEO,
        }
    }

    /// Whether some of these caps are of this kind; ANY may be of any.
    pub fn is_in(self, caps: &gst::CapsRef) -> bool {
        caps.is_any() || caps.iter().any(|structure| self.is(structure))
    }

    /// Whether a format is of this kind, raw or encoded, in RTP packets or not.
    pub fn is(self, structure: &gst::StructureRef) -> bool {
        let name = structure.name().as_str();
        let rtp = || name == "application/x-rtp" && structure.get("media") == Ok(self.as_str());
        match self {
            Self::None => false,
            Self::Audio => name.starts_with("audio/") || rtp(),
            Self::Video => name.starts_with("video/") || name.starts_with("image/") || rtp(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raw_encoded_and_packetised_media_are_of_their_kind() {
        gst::init().expect("GStreamer starts");
        for (caps, kind) in [
            ("video/x-raw, format=NV12", Kind::Video),
            ("video/x-raw(memory:DMABuf), format=NV12", Kind::Video),
            ("video/x-h264", Kind::Video),
            ("image/jpeg", Kind::Video),
            ("application/x-rtp, media=video", Kind::Video),
            ("audio/x-raw, rate=48000", Kind::Audio),
            ("audio/x-opus", Kind::Audio),
            ("application/x-rtp, media=audio", Kind::Audio),
        ] {
            let caps: gst::Caps = caps.parse().expect("caps");
            for other in Kind::ALL {
                assert_eq!(other.is_in(&caps), other == kind, "{caps} {other}");
            }
        }
    }

    #[test]
    fn text_is_of_no_kind_and_any_of_each() {
        gst::init().expect("GStreamer starts");
        let text: gst::Caps = "text/x-raw".parse().expect("caps");
        for kind in Kind::ALL {
            assert!(!kind.is_in(&text));
            assert!(!kind.is_in(&gst::Caps::new_empty()));
            assert!(kind.is_in(&gst::Caps::new_any()));
        }
    }
}
