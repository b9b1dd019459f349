// SPDX-License-Identifier: MPL-2.0

//! When to look at which source, for one that gives nothing does not say so.
//!
//! One thread for the process, and one timer. A source that gives puts its alarm off every now and then, which wakes nobody: a
//! thread that wakes costs more than several deliveries. So nobody gets up before some source has given nothing for a while.

use std::sync::{Mutex, Weak};
use std::time::Duration;

use once_cell::sync::Lazy;

use super::Tee;
use super::timer::{self, Timer};
use crate::clock::now;
use crate::sync::lock;

/// An alarm of a tee, of the turn in which it was set.
struct Alarm<T> {
    tee: Weak<T>,
    turn: u64,
    /// On the sources' clock, in nanoseconds.
    at: u64,
}

/// At most one alarm for each tee.
struct Alarms<T>(Vec<Alarm<T>>);

impl<T> Alarms<T> {
    fn earliest(&self) -> Option<u64> {
        self.0.iter().map(|alarm| alarm.at).min()
    }

    /// In the place of the one that the tee has, if it has one.
    fn set(&mut self, new: Alarm<T>) {
        match self.0.iter_mut().find(|old| old.tee.ptr_eq(&new.tee)) {
            Some(old) => *old = new,
            None => self.0.push(new),
        }
    }

    fn unset(&mut self, tee: &Weak<T>) {
        self.0.retain(|alarm| !alarm.tee.ptr_eq(tee));
    }

    /// Those that go off now; each goes off once.
    fn due(&mut self, now: u64) -> Vec<Alarm<T>> {
        self.0.extract_if(.., |alarm| alarm.at <= now).collect()
    }
}

struct Clock {
    /// The innermost of all locks.
    alarms: Mutex<Alarms<Tee>>,
    timer: Timer,
}

impl Clock {
    fn change(&self, change: impl FnOnce(&mut Alarms<Tee>)) {
        let mut alarms = lock(&self.alarms);
        let before = alarms.earliest();
        change(&mut alarms);
        if alarms.earliest() != before {
            self.wind(&alarms);
        }
    }

    /// The timer has gone off.
    fn due(&self) -> Vec<Alarm<Tee>> {
        let mut alarms = lock(&self.alarms);
        let due = alarms.due(now());
        self.wind(&alarms);
        due
    }

    fn wind(&self, alarms: &Alarms<Tee>) {
        let wait = |at: u64| Duration::from_nanos(at.saturating_sub(now()));
        let first = alarms.earliest().map(wait);
        self.timer.set(first.map(|first| (first, Duration::ZERO)));
    }
}

static CLOCK: Lazy<Option<Clock>> = Lazy::new(|| {
    let timer = timer::start("mediastream-alarm", run)?;
    Some(Clock {
        alarms: Mutex::new(Alarms(Vec::new())),
        timer,
    })
});

/// From now on this tee is to be looked at then, with this turn, and not when it was before.
pub fn set(tee: &Weak<Tee>, turn: u64, at: u64) {
    let tee = tee.clone();
    if let Some(clock) = &*CLOCK {
        clock.change(|alarms| alarms.set(Alarm { tee, turn, at }));
    }
}

/// Nobody need look at this tee any more.
pub fn unset(tee: &Weak<Tee>) {
    // Without an alarm there need not be a clock.
    if let Some(Some(clock)) = Lazy::get(&CLOCK) {
        clock.change(|alarms| alarms.unset(tee));
    }
}

/// When this tee is to be looked at.
#[cfg(test)]
pub fn of(tee: &Weak<Tee>) -> Option<u64> {
    let alarms = lock(&CLOCK.as_ref()?.alarms);
    let alarm = alarms.0.iter().find(|alarm| alarm.tee.ptr_eq(tee))?;
    Some(alarm.at)
}

fn run() {
    // Waits until the initialisation that started this thread is over.
    let Some(clock) = &*CLOCK else { return };
    while clock.timer.wait() {
        for alarm in clock.due() {
            if let Some(tee) = alarm.tee.upgrade() {
                tee.look(alarm.turn);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn set(alarms: &mut Alarms<u8>, tee: &Arc<u8>, turn: u64, at: u64) {
        let tee = Arc::downgrade(tee);
        alarms.set(Alarm { tee, turn, at });
    }

    fn due(alarms: &mut Alarms<u8>, now: u64) -> Vec<(u8, u64)> {
        let due = alarms.due(now).into_iter();
        let tee = |alarm: Alarm<u8>| Some((*alarm.tee.upgrade()?, alarm.turn));
        due.filter_map(tee).collect()
    }

    #[test]
    fn each_tee_has_one_alarm_which_goes_off_once() {
        let (one, other) = (Arc::new(1), Arc::new(2));
        let mut alarms = Alarms(Vec::new());
        assert_eq!(alarms.earliest(), None);
        set(&mut alarms, &one, 1, 10);
        set(&mut alarms, &other, 1, 20);
        assert_eq!(alarms.earliest(), Some(10));
        // Put off, and in another turn.
        set(&mut alarms, &one, 2, 30);
        assert_eq!(alarms.earliest(), Some(20));
        assert_eq!(due(&mut alarms, 19), []);
        assert_eq!(due(&mut alarms, 30), [(1, 2), (2, 1)]);
        assert_eq!(due(&mut alarms, u64::MAX), []);
    }

    #[test]
    fn a_tee_that_stops_has_none() {
        let (one, other) = (Arc::new(1), Arc::new(2));
        let mut alarms = Alarms(Vec::new());
        set(&mut alarms, &one, 1, 10);
        set(&mut alarms, &other, 1, 20);
        alarms.unset(&Arc::downgrade(&one));
        assert_eq!(alarms.earliest(), Some(20));
        drop(other);
        assert_eq!(due(&mut alarms, 20), [], "nor has one that is gone");
    }
}
