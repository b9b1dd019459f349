// SPDX-License-Identifier: MPL-2.0

//! The pad that a branch's media leave through.
//!
//! A track in a stream feeds a ghost pad: three pads, and two pushes where one would do, which is more than half of what a delivery
//! costs. The ghost pad does nothing but push on, so that a branch pushes on it directly. Events take the long way, which
//! leaves them on every pad; so do media while somebody has a probe on the track's own pad.

use std::sync::atomic::{AtomicI32, Ordering};

use gst::prelude::*;

use super::prefetch::{Beyond, prefetch, prefetch_pad};

pub struct Exit {
    pad: gst::Pad,
    ghost: Option<gst::Pad>,
    beyond: Beyond,
}

impl Exit {
    /// The way out of `pad`, which feeds `ghost`.
    pub fn new(pad: &gst::Pad, ghost: Option<gst::Pad>) -> Self {
        let exit = Self {
            pad: pad.clone(),
            ghost,
            beyond: Beyond::default(),
        };
        exit.relinked();
        exit
    }

    /// Another consumer may have come.
    pub fn relinked(&self) {
        self.beyond.learn(self.last());
    }

    fn last(&self) -> &gst::Pad {
        self.ghost.as_ref().unwrap_or(&self.pad)
    }

    /// The track's own pad, for events.
    pub fn own(&self) -> &gst::Pad {
        &self.pad
    }

    /// A push is about to come.
    pub fn prefetch(&self) {
        prefetch(probes(&self.pad));
        self.beyond.prefetch();
        prefetch_pad(self.last().as_ptr());
    }

    /// The pad to push media on.
    pub fn for_media(&self) -> &gst::Pad {
        match &self.ghost {
            Some(ghost) if !has_probes(&self.pad) => ghost,
            _ => &self.pad,
        }
    }
}

/// Whether somebody looks at what goes through a pad.
fn has_probes(pad: &gst::Pad) -> bool {
    // SAFETY: the bindings have no accessor. The pad is alive, the field is aligned, and GStreamer writes it under a lock only; a probe
    // that comes at this moment sees the next buffer first, as with GStreamer's own look at it in `gst_pad_push()`.
    let probes = unsafe { AtomicI32::from_ptr(probes(pad)) };
    probes.load(Ordering::Acquire) != 0
}

/// Where a pad counts its probes.
fn probes(pad: &gst::Pad) -> *mut i32 {
    // SAFETY: the pad is alive, and its field is only pointed at.
    unsafe { &raw mut (*pad.as_ptr()).num_probes }
}
