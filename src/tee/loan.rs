// SPDX-License-Identifier: MPL-2.0

//! Memory that a source wants back: a camera has a few buffers, and stands still when all of them are somewhere else.
//!
//! What is lent is counted until the last header that refers to it is gone, wherever a consumer has put it: in a stock
//! `queue` of its own as much as in the ring. Where too little would be left, consumers get copies, as from `v4l2src`.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use gst::prelude::*;
use gst::{ffi, glib};
use once_cell::sync::Lazy;

use super::fanout::Limits;
use super::item::Media;
use super::sticky::Sticky;
use super::{CAT, PATIENCE, Tee};
use crate::sync::lock;

/// The name of the meta that lent buffers carry. It goes with their memory: to copies of the header, not to other media.
static META: Lazy<&str> = Lazy::new(|| {
    let name = "GstMediaStreamLoan";
    gst::meta::CustomMeta::register(name, &["memory-reference"]);
    name
});

/// One buffer that is out, counted as long as anybody has it.
#[derive(Debug)]
struct Receipt(Arc<AtomicUsize>);

impl Receipt {
    fn new(out: &Arc<AtomicUsize>) -> Self {
        out.fetch_add(1, Ordering::AcqRel);
        Self(out.clone())
    }
}

impl Drop for Receipt {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

#[derive(Clone, Debug, glib::Boxed)]
#[boxed_type(name = "GstMediaStreamReceipt")]
struct SharedReceipt(#[allow(dead_code, reason = "it counts by being there")] Arc<Receipt>);

/// The pool that a buffer goes back to.
fn pool_of(buffer: &gst::BufferRef) -> Option<gst::BufferPool> {
    // SAFETY: the bindings have no accessor. A buffer that is referenced is not given back, so that its pool neither changes nor
    // goes away before `from_glib_none` has taken a reference.
    unsafe {
        glib::translate::from_glib_none::<*mut ffi::GstBufferPool, _>((*buffer.as_ptr()).pool)
    }
}

/// How many buffers of a pool may be out at once; `None` if it makes as many as are asked for.
fn limit_of(pool: &gst::BufferPool) -> Option<usize> {
    // GStreamer's own pools allocate without end, unless they were given a maximum; what others do is not known.
    let own = [
        gst::BufferPool::static_type(),
        gst_video::VideoBufferPool::static_type(),
    ];
    match pool.config().params() {
        Some((_, _, _, max)) if max > 0 => Some(PATIENCE.min(max as usize / 2).max(1)),
        _ if own.contains(&pool.type_()) => None,
        _ => Some(PATIENCE),
    }
}

/// PipeWire's source wraps a buffer that it wants back in another one, without any pool. It loses a frame whenever the turn of a
/// buffer comes that is still out (measured: one of 16 buffers kept, one of 16 frames lost), so that it gets all back.
fn is_wrapped(buffer: &gst::BufferRef) -> bool {
    buffer.meta::<gst::ParentBufferMeta>().is_some()
}

/// Whether a copy costs what copies cost: a device's memory may be a hundred times slower.
fn is_cheap_to_read(buffer: &gst::BufferRef) -> bool {
    !buffer
        .iter_memories()
        .any(|memory| memory.is_type("dmabuf"))
}

/// A copy that keeps neither the buffer that this one is made of nor a receipt for it.
fn deep(buffer: &gst::BufferRef) -> Option<gst::Buffer> {
    let mut copy = buffer.copy_deep().ok()?;
    let header = copy.get_mut()?;
    while let Some(parent) = header.meta_mut::<gst::ParentBufferMeta>() {
        parent.remove().ok()?;
    }
    Some(copy)
}

/// A header of our own on the same memory, with a receipt.
fn lent(buffer: &gst::Buffer, out: &Arc<AtomicUsize>) -> Option<gst::Buffer> {
    let mut copy = buffer.copy();
    let header = copy.get_mut()?;
    // Before GStreamer 1.22.8 a pool throws away a buffer that comes back while its memory is in another one.
    if header.meta::<gst::ParentBufferMeta>().is_none() {
        gst::ParentBufferMeta::add(header, buffer);
    }
    let receipt = SharedReceipt(Arc::new(Receipt::new(out)));
    let mut meta = gst::meta::CustomMeta::add(header, &META).ok()?;
    meta.mut_structure().set("receipt", receipt);
    Some(copy)
}

/// What is left to do when media have been lent.
#[derive(Debug, PartialEq, Eq)]
pub enum Balance {
    Enough,
    /// The source runs out of memory that cannot be copied.
    Overdrawn,
}

/// Keeps count of one source's buffers. Used by the source's streaming thread.
#[derive(Default)]
pub struct Lender {
    out: Arc<AtomicUsize>,
    /// The pool of the last buffer, and its limit.
    pool: Mutex<Option<(gst::BufferPool, Option<usize>)>>,
    /// It has been said that the source wants all buffers back.
    said: AtomicBool,
}

impl Lender {
    /// The source has stopped: its pool is let go.
    pub fn forget(&self) {
        let pool = lock(&self.pool).take();
        drop(pool);
        self.said.store(false, Ordering::Relaxed);
    }

    /// Whether these media are of a source that wants nothing back, at a glance.
    fn wants_nothing_back(&self, media: &Media) -> bool {
        match media {
            Media::Buffer(buffer) => pool_of(buffer).is_none() && !is_wrapped(buffer),
            Media::List(_) => false,
            Media::Event(_) => true,
        }
    }

    /// Whether these are the first media of which consumers get copies and no others, for the source wants all of it back.
    fn begins_to_copy(&self, media: &Media, copies: bool) -> bool {
        let is_copied = |buffer: &gst::BufferRef| is_wrapped(buffer) && is_cheap_to_read(buffer);
        let begins = match media {
            _ if !copies || self.said.load(Ordering::Relaxed) => false,
            Media::Buffer(buffer) => is_copied(buffer),
            Media::List(list) => list.iter().any(is_copied),
            Media::Event(_) => false,
        };
        if begins {
            self.said.store(true, Ordering::Relaxed);
        }
        begins
    }

    /// Makes of a source's media what consumers may keep. `copies`: the caps promise nothing about the memory.
    fn lend(&self, media: Media, copies: bool) -> (Media, Balance) {
        let mut balance = Balance::Enough;
        let mut lend = |buffer: gst::Buffer| {
            let Some(limit) = self.limit(&buffer) else {
                return buffer;
            };
            let few = self.out.load(Ordering::Acquire) >= limit;
            let copy = (few && copies && is_cheap_to_read(&buffer)).then(|| deep(&buffer));
            let copy = copy.flatten();
            if few && copy.is_none() {
                balance = Balance::Overdrawn;
            }
            copy.or_else(|| lent(&buffer, &self.out)).unwrap_or(buffer)
        };
        let media = match media {
            Media::Buffer(buffer) => Media::Buffer(lend(buffer)),
            Media::List(list) if list.iter().any(|buffer| self.limit(buffer).is_some()) => {
                Media::List(list.iter_owned().map(lend).collect())
            }
            other => other,
        };
        (media, balance)
    }

    /// How many buffers like this one may be out at once; `None` if the source does not want it back.
    fn limit(&self, buffer: &gst::BufferRef) -> Option<usize> {
        if is_wrapped(buffer) {
            return Some(0);
        }
        let pool = pool_of(buffer)?;
        if let Some((known, limit)) = &*lock(&self.pool)
            && *known == pool
        {
            return *limit;
        }
        let limit = limit_of(&pool);
        let left = lock(&self.pool).replace((pool, limit));
        drop(left);
        limit
    }
}

impl Tee {
    /// Makes of a source's media what consumers may keep.
    pub(super) fn lend(&self, media: Media, sticky: &Sticky) -> (Media, Balance) {
        match self.lender.wants_nothing_back(&media) {
            true => (media, Balance::Enough),
            false => self.lend_what_is_wanted_back(media, sticky),
        }
    }

    #[inline(never)]
    fn lend_what_is_wanted_back(&self, media: Media, sticky: &Sticky) -> (Media, Balance) {
        let copies = sticky.format().is_in_system_memory();
        if self.lender.begins_to_copy(&media, copies)
            && let Some(owner) = self.owner.upgrade()
        {
            owner.is_copied();
        }
        self.lender.lend(media, copies)
    }

    /// Rather a gap for a consumer that lags than a source that stands still for all.
    #[cold]
    pub(super) fn take_back(&self) {
        gst::log!(CAT, "Taking back what a consumer that lags has not got yet");
        self.fanout.withdraw(Limits {
            items: PATIENCE as u64,
            time: 0,
        });
    }
}
