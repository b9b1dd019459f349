// SPDX-License-Identifier: MPL-2.0

//! Structures and caps to constraints and settings, and back: the only code that knows both worlds.

mod caps;
mod number;
mod structure;
mod values;

pub use caps::{Modes, plan, with_numbers};
pub use structure::parse;
pub use values::{capabilities, settings};
