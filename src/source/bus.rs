// SPDX-License-Identifier: MPL-2.0

//! What the elements of a source say. The private pipeline has a bus of its own that nobody reads: each message is looked
//! at on the thread that posts it, and what has to happen happens elsewhere.

use std::sync::{Arc, Weak};
use std::thread;

use gst::prelude::*;

use super::Source;
use crate::error::Failure;
use crate::sync::lock;

/// Listens on the pipeline's bus.
pub fn intercept(pipeline: &gst::Pipeline, source: Weak<Source>) {
    let Some(bus) = pipeline.bus() else { return };
    let pipeline = pipeline.downgrade();
    bus.set_sync_handler(move |_, message| {
        if let (Some(source), Some(pipeline)) = (source.upgrade(), pipeline.upgrade()) {
            take(&source, &pipeline, message);
        }
        gst::BusSyncReply::Drop
    });
}

fn take(source: &Arc<Source>, pipeline: &gst::Pipeline, message: &gst::Message) {
    use gst::MessageView::*;
    match message.view() {
        Error(error) => source.fail(Failure::of_message(error)),
        Eos(_) => source.end(),
        // The answer is looked for as soon as the message has been posted.
        NeedContext(_) => source.tell_now(message),
        HaveContext(_) | Warning(_) | Info(_) | Element(_) | PropertyNotify(_) => {
            source.tell(message.clone());
        }
        Latency(_) => source.latency_changed(),
        StreamStatus(status) => note_thread(source, status.get().0),
        ClockLost(_) => {
            // The pipeline keeps the clock it was given.
            gst::debug!(super::CAT, obj = pipeline, "Clock lost");
        }
        _ => {}
    }
}

/// Keeps account of the threads that must not wait for the source: it would wait for them.
fn note_thread(source: &Source, status: gst::StreamStatusType) {
    let thread = thread::current().id();
    let mut threads = lock(&source.threads);
    match status {
        gst::StreamStatusType::Enter => {
            threads.insert(thread);
        }
        gst::StreamStatusType::Leave => {
            threads.remove(&thread);
        }
        _ => {}
    }
}
