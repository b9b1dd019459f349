// SPDX-License-Identifier: MPL-2.0

//! Notices that a consumer blocks for the first time, though no further item may ever come.
//!
//! One thread for the process, and one timer. While the consumers of some sweep are not known, or it takes long, it runs every
//! moment; arming and disarming a timer of the kernel wakes nobody, but costs as much as several deliveries. So where all consumers
//! have returned at once for long nobody looks, before some source has given nothing for a while or stops.

use std::sync::{Mutex, Weak};
use std::time::Duration;

use once_cell::sync::Lazy;

use super::Tee;
use super::timer::{self, Timer};
use crate::sync::lock;

/// Who is in a push this long is held up; it is noticed after at most twice this.
const MOMENT: Duration = Duration::from_millis(1);

struct Watch {
    /// Sweeps to look at. Below 0 for an instant when an end overtakes its beginning.
    sweeps: Mutex<i32>,
    tees: Mutex<Vec<Weak<Tee>>>,
    timer: Timer,
}

static WATCH: Lazy<Option<Watch>> = Lazy::new(|| {
    let timer = timer::start("mediastream-watch", run)?;
    Some(Watch {
        sweeps: Mutex::default(),
        tees: Mutex::default(),
        timer,
    })
});

/// From now on this tee is watched whenever it sweeps.
pub fn register(tee: Weak<Tee>) {
    if let Some(watch) = &*WATCH {
        let mut tees = lock(&watch.tees);
        tees.retain(|tee| tee.strong_count() > 0);
        tees.push(tee);
    }
}

/// From now on one sweep more is looked at, or one less.
pub fn watch(on: bool) {
    let Some(watch) = &*WATCH else { return };
    let mut sweeps = lock(&watch.sweeps);
    let ran = *sweeps > 0;
    *sweeps += if on { 1 } else { -1 };
    let runs = *sweeps > 0;
    if runs != ran {
        watch.timer.set(runs.then_some((MOMENT, MOMENT)));
    }
}

/// Looks at all sweeps.
pub fn look() {
    let Some(watch) = &*WATCH else { return };
    let tees: Vec<_> = lock(&watch.tees).iter().filter_map(Weak::upgrade).collect();
    for tee in tees {
        tee.fanout.tick();
    }
}

fn run() {
    // Waits until the initialisation that started this thread is over.
    let Some(watch) = &*WATCH else { return };
    while watch.timer.wait() {
        look();
    }
}
