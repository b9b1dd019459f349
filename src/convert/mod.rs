// SPDX-License-Identifier: MPL-2.0

//! Structures and caps to constraints and settings, and back: the only code that knows both worlds.

mod caps;
mod combining;
mod number;
mod range;
mod structure;
mod values;
mod wanted;

pub use caps::{Modes, plan};
pub use structure::parse;
pub use values::{capabilities, settings};
pub use wanted::with_numbers;
