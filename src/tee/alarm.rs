// SPDX-License-Identifier: MPL-2.0

//! When to look at which source, for one that gives nothing does not say so, and at whose consumers.
//!
//! One thread for the process, and one timer. A source that gives puts its alarms off every now and then, which wakes nobody: a
//! thread that wakes costs more than several deliveries. So nobody gets up before some source has given nothing for a while.

use std::sync::{Mutex, Weak};
use std::time::Duration;

use once_cell::sync::Lazy;

use super::Tee;
use super::timer::{self, Timer};
use crate::clock::now;
use crate::sync::lock;

/// What of a tee is to be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whom {
    /// Whether it gives anything.
    Source,
    /// Whether somebody blocks.
    Consumers,
}

struct Alarm<T> {
    tee: Weak<T>,
    whom: Whom,
    /// On the sources' clock, in nanoseconds.
    at: u64,
}

/// At most one of each kind for each tee.
struct Alarms<T>(Vec<Alarm<T>>);

impl<T> Alarm<T> {
    fn is(&self, tee: &Weak<T>, whom: Whom) -> bool {
        self.whom == whom && self.tee.ptr_eq(tee)
    }
}

impl<T> Alarms<T> {
    fn earliest(&self) -> Option<u64> {
        self.0.iter().map(|alarm| alarm.at).min()
    }

    /// In the place of the one that the tee has, if it has one.
    fn set(&mut self, new: Alarm<T>) {
        match self.0.iter_mut().find(|old| old.is(&new.tee, new.whom)) {
            Some(old) => *old = new,
            None => self.0.push(new),
        }
    }

    fn unset(&mut self, tee: &Weak<T>, whom: Whom) {
        self.0.retain(|alarm| !alarm.is(tee, whom));
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

/// From now on they are to be looked at then, and not when it was before.
#[cold]
pub fn set(tee: &Weak<Tee>, whom: Whom, at: u64) {
    let tee = tee.clone();
    if let Some(clock) = &*CLOCK {
        clock.change(|alarms| alarms.set(Alarm { tee, whom, at }));
    }
}

/// Nobody need look at them any more.
pub fn unset(tee: &Weak<Tee>, whom: Whom) {
    // Without an alarm there need not be a clock.
    if let Some(Some(clock)) = Lazy::get(&CLOCK) {
        clock.change(|alarms| alarms.unset(tee, whom));
    }
}

/// When they are to be looked at.
#[cfg(test)]
pub fn of(tee: &Weak<Tee>, whom: Whom) -> Option<u64> {
    let alarms = lock(&CLOCK.as_ref()?.alarms);
    let alarm = alarms.0.iter().find(|alarm| alarm.is(tee, whom))?;
    Some(alarm.at)
}

fn run() {
    // Waits until the initialisation that started this thread is over.
    let Some(clock) = &*CLOCK else { return };
    while clock.timer.wait() {
        for alarm in clock.due() {
            let Some(tee) = alarm.tee.upgrade() else {
                continue;
            };
            match alarm.whom {
                Whom::Source => tee.look_at_source(),
                Whom::Consumers => tee.look_at_consumers(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::Whom::{Consumers, Source};
    use super::*;

    fn set(alarms: &mut Alarms<u8>, tee: &Arc<u8>, whom: Whom, at: u64) {
        let tee = Arc::downgrade(tee);
        alarms.set(Alarm { tee, whom, at });
    }

    fn due(alarms: &mut Alarms<u8>, now: u64) -> Vec<(u8, Whom)> {
        let due = alarms.due(now).into_iter();
        let tee = |alarm: Alarm<u8>| Some((*alarm.tee.upgrade()?, alarm.whom));
        due.filter_map(tee).collect()
    }

    #[test]
    fn each_tee_has_one_alarm_of_a_kind_which_goes_off_once() {
        let (one, other) = (Arc::new(1), Arc::new(2));
        let mut alarms = Alarms(Vec::new());
        assert_eq!(alarms.earliest(), None);
        set(&mut alarms, &one, Source, 10);
        set(&mut alarms, &other, Source, 20);
        set(&mut alarms, &one, Consumers, 30);
        assert_eq!(alarms.earliest(), Some(10));
        // Put off.
        set(&mut alarms, &one, Source, 40);
        assert_eq!(alarms.earliest(), Some(20));
        assert_eq!(due(&mut alarms, 19), []);
        assert_eq!(due(&mut alarms, 30), [(2, Source), (1, Consumers)]);
        assert_eq!(due(&mut alarms, u64::MAX), [(1, Source)]);
        assert_eq!(due(&mut alarms, u64::MAX), []);
    }

    #[test]
    fn a_tee_whose_alarm_was_unset_or_that_is_gone_has_none() {
        let (one, other) = (Arc::new(1), Arc::new(2));
        let mut alarms = Alarms(Vec::new());
        set(&mut alarms, &one, Source, 10);
        set(&mut alarms, &one, Consumers, 15);
        set(&mut alarms, &other, Source, 20);
        alarms.unset(&Arc::downgrade(&one), Source);
        assert_eq!(alarms.earliest(), Some(15));
        drop(other);
        assert_eq!(due(&mut alarms, 20), [(1, Consumers)]);
    }
}
