// SPDX-License-Identifier: MPL-2.0

//! Memory that a source wants back: a camera has a few buffers, and stands still when all of them are somewhere else.

use gst::prelude::*;
use gst::{ffi, glib};

use super::item::{Item, Media};

/// The pool that a buffer goes back to.
fn pool_of(buffer: &gst::BufferRef) -> Option<gst::BufferPool> {
    // SAFETY: the bindings have no accessor. A buffer that is referenced is not given back, so that its pool neither changes nor
    // goes away before `from_glib_none` has taken a reference.
    unsafe {
        glib::translate::from_glib_none::<*mut ffi::GstBufferPool, _>((*buffer.as_ptr()).pool)
    }
}

/// Whether the source may run out of buffers while this one is kept.
fn is_scarce(buffer: &gst::BufferRef) -> bool {
    // PipeWire's source wraps a buffer that it wants back in another one, without any pool.
    if buffer.meta::<gst::ParentBufferMeta>().is_some() {
        return true;
    }
    let Some(pool) = pool_of(buffer) else {
        return false;
    };
    // GStreamer's own pools allocate as many as are asked for, unless they were given a maximum; what others do is not known.
    let type_ = pool.type_();
    let own = [
        gst::BufferPool::static_type(),
        gst_video::VideoBufferPool::static_type(),
    ];
    let limited = || pool.config().params().is_none_or(|(_, _, _, max)| max > 0);
    !own.contains(&type_) || limited()
}

/// A copy that does not keep the buffer that this one is made of.
fn deep(buffer: &gst::BufferRef) -> Option<gst::Buffer> {
    let mut copy = buffer.copy_deep().ok()?;
    let header = copy.get_mut()?;
    while let Some(parent) = header.meta_mut::<gst::ParentBufferMeta>() {
        parent.remove().ok()?;
    }
    Some(copy)
}

impl Item {
    /// Whether the source may want this item's memory back.
    pub fn is_dear(&self) -> bool {
        match &self.media {
            Media::Buffer(buffer) => is_scarce(buffer),
            Media::List(list) => list.iter().any(is_scarce),
            Media::Event(_) => false,
        }
    }

    /// A copy in memory of our own; `None` where that is not what the caps promise, as for memory of a GPU.
    pub fn spare(&self) -> Option<Self> {
        let media = match &self.media {
            _ if !self.sticky.is_in_system_memory() => return None,
            Media::Buffer(buffer) => Media::Buffer(deep(buffer)?),
            Media::List(list) => Media::List(list.iter().map(deep).collect::<Option<_>>()?),
            Media::Event(_) => return None,
        };
        Some(Self {
            media,
            sticky: self.sticky.clone(),
        })
    }
}
