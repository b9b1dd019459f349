// SPDX-License-Identifier: MPL-2.0

//! Memory that a push will want, fetched while the push before it runs. Addresses are hints: nothing is read from them, so that
//! it does no harm if what was there is gone.

use std::mem::offset_of;
use std::sync::atomic::{AtomicPtr, Ordering};

use gst::ffi::GstPad;
use gst::glib::ffi::GRecMutex;
use gst::prelude::*;

/// Has the processor fetch what stands there while it does something else; a hint, on x86-64 only.
pub fn prefetch<T>(place: *const T) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: the instruction reads nothing and never faults, whatever the address.
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(place.cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = place;
}

/// Memory comes in pieces of so many bytes.
const LINE: usize = 64;

/// The same of so many bytes from there on.
pub fn prefetch_all<T>(place: *const T, bytes: usize) {
    for line in (0..bytes).step_by(LINE) {
        prefetch(place.wrapping_byte_add(line));
    }
}

/// The same of all that a push looks at in a pad: what it keeps in front of the object, and the lines with these fields.
pub fn prefetch_pad(pad: *const GstPad) {
    const FIELDS: [usize; 6] = [
        offset_of!(GstPad, object),
        offset_of!(GstPad, direction),
        offset_of!(GstPad, mode),
        offset_of!(GstPad, peer),
        offset_of!(GstPad, chainfunc),
        offset_of!(GstPad, num_probes),
    ];
    prefetch(pad.wrapping_byte_sub(LINE));
    for field in FIELDS {
        prefetch(pad.wrapping_byte_add(field));
    }
}

/// What a push comes to on the other side: the pad, its stream lock, and its element.
#[derive(Default)]
pub struct Beyond {
    pad: AtomicPtr<GstPad>,
    lock: AtomicPtr<()>,
    element: AtomicPtr<gst::ffi::GstObject>,
}

impl Beyond {
    /// Notes what is linked to this pad now.
    pub fn learn(&self, pad: &gst::Pad) {
        let Some(peer) = pad.peer() else { return };
        self.pad.store(peer.as_ptr(), Ordering::Relaxed);
        let lock = stream_lock(&peer).load(Ordering::Relaxed);
        self.lock.store(lock, Ordering::Relaxed);
        if let Some(element) = peer.parent() {
            self.element.store(element.as_ptr(), Ordering::Relaxed);
        }
    }

    /// A push is about to come.
    pub fn prefetch(&self) {
        prefetch(self.lock.load(Ordering::Relaxed));
        prefetch(self.element.load(Ordering::Relaxed));
        prefetch_pad(self.pad.load(Ordering::Relaxed));
    }
}

/// Where the stream lock of a pad has what GLib allocates for it.
fn stream_lock(pad: &gst::Pad) -> &AtomicPtr<()> {
    const _: () = assert!(offset_of!(GRecMutex, p) == 0);
    // SAFETY: the bindings have no accessor. The pad lives as long as the borrow, the field is an aligned pointer, and GLib sets it
    // atomically, when the lock is first taken.
    unsafe { AtomicPtr::from_ptr((&raw mut (*pad.as_ptr()).stream_rec_lock).cast()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_fetched_is_of_the_consumer_that_is_linked_now() {
        gst::init().expect("GStreamer starts");
        let pad = gst::Pad::new(gst::PadDirection::Src);
        let beyond = Beyond::default();
        beyond.learn(&pad);
        beyond.prefetch();
        for _ in 0..2 {
            let element = gst::Bin::new();
            let peer = gst::Pad::new(gst::PadDirection::Sink);
            element.add_pad(&peer).expect("a new pad");
            pad.link(&peer).expect("a link");
            drop(peer.stream_lock());
            beyond.learn(&pad);
            assert_eq!(beyond.pad.load(Ordering::Relaxed), peer.as_ptr());
            assert_eq!(
                beyond.element.load(Ordering::Relaxed),
                element.upcast_ref::<gst::Object>().as_ptr()
            );
            assert!(!beyond.lock.load(Ordering::Relaxed).is_null());
            pad.unlink(&peer).expect("no link");
            element.remove_pad(&peer).expect("no pad");
            drop((peer, element));
            // Of what is gone.
            beyond.prefetch();
        }
    }
}
