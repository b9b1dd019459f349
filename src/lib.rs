// SPDX-License-Identifier: MPL-2.0

//! MediaStream for GStreamer: cameras, microphones and any other source, cloned as browsers do.
//!
//! * [`MediaStream`], the element `mediastream`: a bin of tracks.
//! * [`MediaStreamTrack`], the element `mediastreamtrack`: one track, with one src pad.
//! * [`messages`]: what they say on the bus.
//!
//! Applications use them as elements, through properties and action signals, from any language. A Rust application may also
//! link this crate, call [`plugin_register_static`] once, and use the types.
//!
//! # Where things are
//!
//! `stream` has the bin, `track` the track's element with its identity and life, `source` the private pipeline that the media
//! come from, `device` the machine's cameras and microphones, `tee` the fan-out from one to the other, `gate` what a consumer gets in place of media that are not for it;
//! `adapter` makes of a source's media what it does not give itself, `constraints` chooses what a track is set to, and
//! `convert` says both in caps and structures; `clock` moves running time between pipelines, `id` makes ids.
//!
//! # Locks
//!
//! Lock, decide, copy out, unlock, act: nothing of GStreamer's that could call back is called under a lock of this crate.
//! A worker holds none while it pushes, the pad's stream lock included. Where two are held, the outer comes first here:
//!
//! 1. `Source::control`, `Source::tracks`, `Source::adapters`, `MediaStream::set`, a track's `run`, `limits` and `constrained`:
//!    none of them with another, but for a source that moves, which holds its own `control` while it enters another one's, and
//!    the list of who uses which hardware, which looks at `Source::opening`, which looks at the machine's; a stream that becomes a
//!    clone enters its tracks in its `set` under its `clone_of`;
//! 2. the lock of a `Fanout`;
//! 3. the `books` of a view's counters;
//! 4. a branch's `pushed`, `bounds` and `membership`, the tee's `sticky`, `keys` and `presence`, an adapter's
//!    `progress`, `Source::offers` (which looks at `Source::opening`), the pads that a source waits for (`source::stalls`), the list of devices: the innermost,
//!    but for the alarms of all tees, of which a source's is set under its `presence`.

#![allow(unused_doc_comments)]

mod adapter;
mod clock;
mod constraints;
mod convert;
mod device;
mod error;
mod gate;
mod id;
mod kind;
pub mod messages;
mod plugin;
mod source;
mod stream;
mod sync;
mod tee;
mod track;

pub use kind::Kind;
pub use plugin::plugin_register_static;
pub use stream::MediaStream;
pub use track::{MediaStreamTrack, ReadyState};
