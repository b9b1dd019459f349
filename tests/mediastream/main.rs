// SPDX-License-Identifier: MPL-2.0

//! The plugin as an application has it: elements, properties, action signals, pads and messages.

mod adding;
mod clone_of;
mod constrained;
mod device;
mod enabled;
mod flow;
mod isolation;
mod joining;
mod lifetimes;
mod muted;
mod removing;
mod sources;
mod support;
mod time;
mod wpt;
