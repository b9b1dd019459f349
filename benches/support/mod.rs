// SPDX-License-Identifier: MPL-2.0

//! What the benchmarks are made of: their frame, one source and one sink that every contender is measured with, and what the system
//! says about the process. A process measures one case, so that what is counted is static.

pub mod bench;
pub mod child;
pub mod figures;
pub mod goals;
pub mod meter;
pub mod options;
pub mod process;
pub mod sink;
pub mod source;

use gst::prelude::*;

/// Starts GStreamer with the plugin and the elements of the benchmarks.
pub fn init() {
    gst::init().expect("GStreamer starts");
    gstmediastream::plugin_register_static().expect("the plugin registers");
}

/// An element that GStreamer must have.
pub fn make(factory: &str) -> gst::Element {
    gst::ElementFactory::make(factory)
        .build()
        .unwrap_or_else(|_| panic!("There is no {factory}: scripts/install-deps check"))
}

/// A pipeline on the system clock whose running time is that of all others.
pub fn pipeline() -> gst::Pipeline {
    let pipeline = gst::Pipeline::new();
    pipeline.use_clock(Some(&gst::SystemClock::obtain()));
    pipeline.set_start_time(None);
    pipeline.set_base_time(gst::ClockTime::ZERO);
    pipeline
}

/// Adds elements and links them in a row.
pub fn chain(pipeline: &gst::Pipeline, elements: &[&gst::Element]) {
    pipeline
        .add_many(elements)
        .expect("elements of no other pipeline");
    gst::Element::link_many(elements).expect("elements that fit");
}
