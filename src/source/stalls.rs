// SPDX-License-Identifier: MPL-2.0

//! A live source that was paused, plays again, and gives nothing any more.
//!
//! Since 1.24, `GstBaseSrc` wakes its thread when it pauses. If it plays again before the thread has seen that it was paused,
//! the thread takes what woke it for its own end and pauses its task, after the state change has started that task: nobody
//! starts it again, and nobody is told. Whoever pauses and plays at once, or stops one track just before another one plays,
//! may get there. Pausing and playing once more helps.
//!
//! Against PipeWire's source before 1.0 nothing helps but to let it play while its consumers are paused: there a camera that does
//! not give anything yet counts as one that has stopped, which it is whenever it plays again.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, Weak};
use std::thread;

use gst::prelude::*;
use gst_base::prelude::*;

use super::machine::sources_in;
use super::{CAT, Source};
use crate::sync::lock;

/// Pads whose threads are waited for.
#[derive(Default)]
pub(super) struct Heeded(Mutex<HashSet<gst::Pad>>);

impl Source {
    /// The source has been paused: from now on it is seen if a thread of it stops. A thread holds its stream lock until then.
    pub(super) fn heed_stalls(self: &Arc<Self>) {
        for pad in self.machine.live_pads() {
            if !lock(&self.machine.heeded.0).insert(pad.clone()) {
                continue;
            }
            let (source, own) = (Arc::downgrade(self), pad.clone());
            let thread = thread::Builder::new().name("mediastream-stall".into());
            if let Err(error) = thread.spawn(move || wait(&own, &source)) {
                gst::error!(CAT, "No thread to see whether a source stalls: {error}");
                let heeded = lock(&self.machine.heeded.0).take(&pad);
                drop(heeded);
            }
        }
    }
}

/// Returns when the pad's thread has stopped, or the source has.
fn wait(pad: &gst::Pad, source: &Weak<Source>) {
    let stopped = pad.stream_lock();
    let Some(source) = source.upgrade() else {
        return;
    };
    // Before the thread can go on: what pauses it after that is waited for anew.
    let heeded = lock(&source.machine.heeded.0).take(pad);
    drop(stopped);
    drop(heeded);
    if has_stopped(pad) {
        source.redo();
    }
}

/// Whether its thread waits for somebody to start it, and it has not given all there was.
pub(super) fn has_stopped(pad: &gst::Pad) -> bool {
    let over = gst::PadFlags::EOS | gst::PadFlags::FLUSHING;
    pad.task_state() == gst::TaskState::Paused && !pad.pad_flags().intersects(over)
}

/// The pads of the live sources in a pipeline.
pub(super) fn live_pads(pipeline: &gst::Pipeline) -> Vec<gst::Pad> {
    let live = sources_in(pipeline).filter(|source| source.is_live());
    live.flat_map(|source| source.src_pads()).collect()
}

/// Whether there is a source that may not play again once it has been paused.
pub(super) fn cannot_resume(pipeline: &gst::Pipeline) -> bool {
    let mut factories = sources_in(pipeline).filter_map(|source| source.factory());
    factories.any(|factory| {
        let old = |plugin: gst::Plugin| plugin.version().starts_with("0.");
        factory.name() == "pipewiresrc" && factory.plugin().is_some_and(old)
    })
}
