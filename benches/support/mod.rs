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
    drop_messages(&pipeline);
    pipeline
}

/// Nobody fetches messages here. One that is kept keeps its element; and a thousand threads that put one into a bus at once, on few
/// processors, spin for minutes, for each waits for the one before it.
fn drop_messages(pipeline: &gst::Pipeline) {
    let bus = pipeline.bus().expect("a pipeline has a bus");
    bus.set_sync_handler(|_, message| {
        if let gst::MessageView::Error(error) = message.view() {
            eprintln!("{}", error.error());
            std::process::exit(1);
        }
        gst::BusSyncReply::Drop
    });
}

/// Adds elements and links them in a row.
pub fn chain(pipeline: &gst::Pipeline, elements: &[&gst::Element]) {
    pipeline
        .add_many(elements)
        .expect("elements of no other pipeline");
    gst::Element::link_many(elements).expect("elements that fit");
}
