// SPDX-License-Identifier: MPL-2.0

//! Whose stream it is: what a branch says of itself before anything else.

use std::sync::{Arc, Mutex};

use super::collection::Collection;
use crate::kind::Kind;
use crate::sync::lock;
use crate::track::hint::ContentHint;

/// Who a view of a track is, to GStreamer.
#[derive(Debug)]
pub struct Identity {
    track_id: String,
    kind: Kind,
    hint: Arc<ContentHint>,
    membership: Mutex<Membership>,
}

/// The stream that a view of a track belongs to.
#[derive(Clone, Debug)]
pub struct Membership {
    /// One for all tracks of a stream.
    pub group: gst::GroupId,
    /// All tracks of the stream; none for a track that stands alone.
    pub collection: Option<Arc<Collection>>,
}

impl Membership {
    /// Of a track that is in no stream.
    pub fn alone() -> Self {
        Self {
            group: gst::GroupId::next(),
            collection: None,
        }
    }
}

impl Identity {
    pub fn new(track_id: &str, kind: Kind, hint: &Arc<ContentHint>) -> Self {
        Self {
            track_id: track_id.to_owned(),
            kind,
            hint: hint.clone(),
            membership: Mutex::new(Membership::alone()),
        }
    }

    /// The track's id, which is its stream-id.
    pub fn track_id(&self) -> &str {
        &self.track_id
    }

    /// The track as GStreamer knows it now.
    pub fn to_stream(&self, label: &str, caps: Option<&gst::Caps>) -> gst::Stream {
        stream(&self.track_id, self.kind, label, caps)
    }

    /// What the track's media are of; empty if nobody said.
    pub fn hint(&self) -> String {
        self.hint.get()
    }

    /// Another stream, or other tracks in it; branches have to be told of it.
    pub fn set_membership(&self, membership: Membership) {
        let old = std::mem::replace(&mut *lock(&self.membership), membership);
        drop(old);
    }

    pub fn membership(&self) -> Membership {
        lock(&self.membership).clone()
    }
}

/// A track as GStreamer knows it. A new object each time: a collection listens to the streams in it, and is not safe against
/// one that changes while another thread drops the collection.
pub fn stream(id: &str, kind: Kind, label: &str, caps: Option<&gst::Caps>) -> gst::Stream {
    let stream = gst::Stream::new(
        Some(id),
        caps,
        kind.stream_type(),
        gst::StreamFlags::empty(),
    );
    if !label.is_empty() {
        let mut tags = gst::TagList::new();
        tags.make_mut()
            .add::<gst::tags::Title>(&label, gst::TagMergeMode::Replace);
        stream.set_tags(Some(&tags));
    }
    stream
}
