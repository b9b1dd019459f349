// SPDX-License-Identifier: MPL-2.0

//! Adding and removing tracks: pads, elements, shared views, and what is said about it.

mod children;
mod collection;
mod pads;
mod sharing;
mod threads;
