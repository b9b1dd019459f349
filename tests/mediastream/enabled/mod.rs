// SPDX-License-Identifier: MPL-2.0

//! `enabled`: black and silence in place of media, and nothing else that changes (w3c.md FL-01 to FL-05, TR-04).

mod encoded;
mod formats;
mod frozen;
mod metas;
mod switching;

/// The memory that a buffer starts with.
fn memory(buffer: &gst::Buffer) -> *mut gst::ffi::GstMemory {
    buffer.peek_memory(0).as_mut_ptr()
}

/// The bytes of a buffer.
fn bytes(buffer: &gst::Buffer) -> Vec<u8> {
    buffer.map_readable().expect("memory").to_vec()
}

/// Next buffers, whole.
#[track_caller]
fn buffers(harness: &mut gst_check::Harness, count: usize) -> Vec<gst::Buffer> {
    (0..count)
        .map(|_| harness.pull().expect("a buffer"))
        .collect()
}
