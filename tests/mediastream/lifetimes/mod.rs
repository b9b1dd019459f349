// SPDX-License-Identifier: MPL-2.0

//! How tracks begin and end, and when their source is open.

mod cloning;
mod ending;
mod model;
mod reentrance;
mod reopening;
mod stopping;

/// The states of an element, from the lowest to the highest.
const STATES: [gst::State; 4] = [
    gst::State::Null,
    gst::State::Ready,
    gst::State::Paused,
    gst::State::Playing,
];
