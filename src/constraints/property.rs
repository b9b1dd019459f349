// SPDX-License-Identifier: MPL-2.0

//! The properties that can be constrained, by their W3C names.

/// What a source gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    Audio,
    Video,
}

/// What the values of a property are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// A whole number from 0 to `u32::MAX`.
    ULong,
    Double,
    Text,
    Flag,
}

/// A constrainable property (CP-01 to CP-12).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Property {
    DeviceId,
    GroupId,
    Width,
    Height,
    AspectRatio,
    FrameRate,
    FacingMode,
    ResizeMode,
    SampleRate,
    SampleSize,
    ChannelCount,
    Latency,
    /// A flag, or one of the texts "all" and "remote-only" (CP-10).
    EchoCancellation,
    AutoGainControl,
    NoiseSuppression,
}

impl Property {
    /// Each, in the order of their names in the W3C's tables.
    pub const ALL: [Self; 15] = [
        Self::DeviceId,
        Self::GroupId,
        Self::Width,
        Self::Height,
        Self::AspectRatio,
        Self::FrameRate,
        Self::FacingMode,
        Self::ResizeMode,
        Self::SampleRate,
        Self::SampleSize,
        Self::ChannelCount,
        Self::Latency,
        Self::EchoCancellation,
        Self::AutoGainControl,
        Self::NoiseSuppression,
    ];

    /// As the W3C writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::DeviceId => "deviceId",
            Self::GroupId => "groupId",
            Self::Width => "width",
            Self::Height => "height",
            Self::AspectRatio => "aspectRatio",
            Self::FrameRate => "frameRate",
            Self::FacingMode => "facingMode",
            Self::ResizeMode => "resizeMode",
            Self::SampleRate => "sampleRate",
            Self::SampleSize => "sampleSize",
            Self::ChannelCount => "channelCount",
            Self::Latency => "latency",
            Self::EchoCancellation => "echoCancellation",
            Self::AutoGainControl => "autoGainControl",
            Self::NoiseSuppression => "noiseSuppression",
        }
    }

    /// The property of this name. Names that are not known are not an error anywhere: they are ignored (CP-14).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|property| property.name() == name)
    }

    /// Whether sources of this kind may have it.
    pub fn is_for(self, media: Media) -> bool {
        match self {
            Self::DeviceId | Self::GroupId => true,
            Self::Width
            | Self::Height
            | Self::AspectRatio
            | Self::FrameRate
            | Self::FacingMode
            | Self::ResizeMode => media == Media::Video,
            Self::SampleRate
            | Self::SampleSize
            | Self::ChannelCount
            | Self::Latency
            | Self::EchoCancellation
            | Self::AutoGainControl
            | Self::NoiseSuppression => media == Media::Audio,
        }
    }

    /// What its values are.
    pub fn type_(self) -> Type {
        match self {
            Self::Width
            | Self::Height
            | Self::SampleRate
            | Self::SampleSize
            | Self::ChannelCount => Type::ULong,
            Self::AspectRatio | Self::FrameRate | Self::Latency => Type::Double,
            Self::DeviceId | Self::GroupId | Self::FacingMode | Self::ResizeMode => Type::Text,
            Self::EchoCancellation | Self::AutoGainControl | Self::NoiseSuppression => Type::Flag,
        }
    }
}
