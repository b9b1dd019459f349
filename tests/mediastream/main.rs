// SPDX-License-Identifier: MPL-2.0

//! The plugin as an application has it: elements, properties, action signals, pads and messages.

mod flow;
mod isolation;
mod support;
