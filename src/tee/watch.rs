// SPDX-License-Identifier: MPL-2.0

//! Notices that a consumer blocks for the first time, though no further item may ever come.
//!
//! One thread for the process, and one timer. While the consumers of some sweep are not known, or it takes long, it runs every
//! moment; arming and disarming a timer of the kernel wakes nobody, but costs as much as several deliveries. So where all consumers
//! have returned at once for long nobody looks, before some source has given nothing for a while.

use std::sync::{Mutex, Weak};
use std::time::{Duration, Instant};

use once_cell::sync::Lazy;

use super::Tee;
use super::timer::{self, Timer};
use crate::sync::lock;

/// Who is in a push this long is held up, or half as long where a look comes late. It is noticed after about twice this.
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

/// When all sweeps were looked at.
#[derive(Default)]
struct Looks {
    last: Option<Instant>,
}

impl Looks {
    /// Whether to look now. Soon after a look that came late, whoever was found in a push may have been there for no time at all.
    fn is_due(&self, now: Instant) -> bool {
        let is_soon = |last| now.duration_since(last) < MOMENT / 2;
        !self.last.is_some_and(is_soon)
    }

    /// All have been looked at.
    fn looked(&mut self, now: Instant) {
        self.last = Some(now);
    }
}

fn run() {
    // Waits until the initialisation that started this thread is over.
    let Some(watch) = &*WATCH else { return };
    let mut looks = Looks::default();
    while watch.timer.wait() {
        if looks.is_due(Instant::now()) {
            let tees: Vec<_> = lock(&watch.tees).iter().filter_map(Weak::upgrade).collect();
            tees.iter().for_each(|tee| tee.fanout.tick());
            looks.looked(Instant::now());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_looks_are_too_near_for_a_push_to_take_long_between_them() {
        let mut looks = Looks::default();
        let start = Instant::now();
        // From when to when somebody looks, in tenths of a moment: in time, late, in time after that, and for long.
        let times = [(10, 10), (19, 19), (20, 20), (24, 29), (30, 30), (40, 40)];
        let due = times.map(|(from, to)| {
            let due = looks.is_due(start + MOMENT * from / 10);
            if due {
                looks.looked(start + MOMENT * to / 10);
            }
            due
        });
        assert_eq!(due, [true, true, false, true, false, true]);
    }
}
