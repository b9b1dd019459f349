// SPDX-License-Identifier: MPL-2.0

//! Which settings a track gets: what the W3C calls constrainable properties, to the letter, and nothing of GStreamer in it.
//!
//! Who knows a source describes it as [`Space`]s, and asks [`select`] for the settings that suit [`Constraints`] best, or
//! for the reason why there are none. [`fitness`] has the W3C's measure of that, [`capabilities`] what the source says it can.
//!
//! Rules are cited by their number: CP are about properties, CX about constraints, SS about the choice, AC about its outcome.
//!
//! # How a choice is made
//!
//! The W3C goes through all settings that a source can have. Here they stay together as [`region`]s, a range for each
//! property, which constraints cut down. In a region each property is chosen by itself ([`wish`]), but for width and
//! height, which the aspect ratio holds together: [`picture`] knows which pairs there are, and [`framing`] finds the best.

mod constraint;
mod cost;
mod fitness;
mod fraction;
mod framing;
mod number;
mod overconstrained;
mod picture;
mod property;
mod region;
mod select;
mod set;
mod setting;
mod space;
mod wish;

#[cfg(test)]
mod tests;

pub use constraint::Constraint;
pub use overconstrained::Overconstrained;
pub use property::{Media, Property, Type};
pub use select::select;
pub use set::{ConstraintSet, Constraints};
pub use setting::{Setting, Settings};
pub use space::{Capabilities, LOWEST_FRAME_RATE, Space, Span, capabilities};
