// SPDX-License-Identifier: MPL-2.0

//! The threads that carry items to the branches, and the hooks by which the scheduler asks for them.

use std::cell::Cell;
use std::sync::{Arc, Weak};
use std::thread;
use std::time::{Duration, Instant};

use super::fanout::{Hooks, Job, Report, Seat, Work};
use super::{CAT, Tee, watch};

/// A consumer that takes longer than this to return is one that may hold others up.
const HELD_UP: Duration = Duration::from_micros(500);

/// Hires workers for one tee.
pub struct Crew(pub(super) Weak<Tee>);

impl Hooks for Crew {
    fn hire(&self) -> bool {
        let Some(tee) = self.0.upgrade() else {
            return false;
        };
        let worker = thread::Builder::new().name("mediastream".into());
        match worker.spawn(move || work(&tee)) {
            Ok(_) => true,
            Err(error) => {
                gst::error!(CAT, "No thread for one more consumer: {error}");
                false
            }
        }
    }

    fn watch(&self, on: bool) {
        watch::watch(on);
    }
}

thread_local! {
    static IS_WORKER: Cell<bool> = const { Cell::new(false) };
}

/// Whether the calling thread pushes for a tee, so that it must not wait for one that does.
pub fn is_worker() -> bool {
    IS_WORKER.get()
}

fn work(tee: &Tee) {
    IS_WORKER.set(true);
    let seat = Arc::new(Seat::default());
    let mut report = None;
    let mut last = Instant::now();
    while let Some(job) = tee.fanout.work(&seat, report.take()) {
        let Job {
            lane,
            consumer,
            work,
            rested,
        } = job;
        let ended = matches!(work, Work::End);
        if rested {
            last = Instant::now();
        }
        let outcome = consumer.push(work);
        let now = Instant::now();
        report = Some(Report {
            lane,
            outcome,
            slow: now.duration_since(last) > HELD_UP,
            ended,
        });
        last = now;
    }
}
