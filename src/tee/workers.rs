// SPDX-License-Identifier: MPL-2.0

//! The threads that carry items to the branches, and the hooks by which the scheduler asks for them.

use std::cell::Cell;
use std::sync::Weak;
use std::thread;

use gst::glib;

use super::fanout::{Consumer, Hooks, LaneId, Report, Work, Worker};
use super::{CAT, Tee, watch};

/// A consumer that takes longer than this to return, in µs, is one that may hold others up.
const HELD_UP: i64 = 500;

/// Hires workers for one tee.
pub struct Crew(pub(super) Weak<Tee>);

impl Hooks for Crew {
    // Half a second of pictures.
    const TRUSTED_AFTER: u8 = 32;

    #[cold]
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

    #[inline(never)]
    fn watch(&self, on: bool) {
        watch::watch(on);
    }
}

/// Where a thread is: in which lane of which tee, if it is a worker.
struct Place {
    tee: Cell<*const Tee>,
    lane: Cell<Option<LaneId>>,
}

thread_local! {
    static PLACE: Place = const {
        Place {
            tee: Cell::new(std::ptr::null()),
            lane: Cell::new(None),
        }
    };
}

/// Whether the calling thread pushes for a tee, so that it must not wait for one that does.
pub fn is_worker() -> bool {
    PLACE.with(|place| !place.tee.get().is_null())
}

/// Whether the calling thread is in a push in this lane.
pub fn is_in(tee: &Tee, lane: LaneId) -> bool {
    PLACE.with(|place| std::ptr::eq(place.tee.get(), tee) && place.lane.get() == Some(lane))
}

fn work(tee: &Tee) {
    PLACE.with(|place| carry(tee, place));
}

/// All that a worker does, most of it inlined here as [`Tee::publish`] has it.
fn carry(tee: &Tee, place: &Place) {
    place.tee.set(tee);
    let mut worker = Worker::default();
    let mut report = None;
    let mut last = glib::monotonic_time();
    while let Some(job) = tee.fanout.work(&mut worker, report.take()) {
        if worker.has_rested() {
            last = glib::monotonic_time();
            // Whoever sweeps finds the next consumer fetched already.
            job.consumer.comes_next_but_one();
            job.consumer.comes_next();
        }
        let ended = matches!(job.work, Work::End);
        place.lane.set(Some(job.lane));
        let outcome = job.consumer.push(job.work, last);
        let now = glib::monotonic_time();
        report = Some(Report {
            lane: job.lane,
            outcome,
            slow: now - last > HELD_UP,
            ended,
        });
        last = now;
    }
}
