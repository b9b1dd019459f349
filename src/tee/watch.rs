// SPDX-License-Identifier: MPL-2.0

//! Notices that a consumer blocks for the first time, though no further item may ever come.
//!
//! One thread for the process, and one timer. While the consumers of some sweep are not known it runs every moment; arming and
//! disarming a timer of the kernel wakes nobody, but costs as much as several deliveries. So where all consumers have returned
//! at once for long the timer is left as it is, and goes off a few times in a second.

use std::sync::{Mutex, Weak};
use std::thread;
use std::time::Duration;

use once_cell::sync::Lazy;

use super::fanout::Guard;
use super::{CAT, Tee};
use crate::sync::lock;

/// Who is in a push this long is held up; it is noticed after at most twice this.
const MOMENT: Duration = Duration::from_millis(1);

/// The same for consumers that are trusted, if no further item comes.
const WHILE: Duration = Duration::from_millis(100);

struct Watch {
    sweeps: Mutex<Sweeps>,
    tees: Mutex<Vec<Weak<Tee>>>,
    timer: timer::Timer,
}

/// Sweeps to look at. Below 0 for an instant when an end overtakes its beginning.
#[derive(Default)]
struct Sweeps {
    close: i32,
    loose: i32,
}

impl Sweeps {
    fn count(&mut self, guard: Guard, by: i32) {
        match guard {
            Guard::None => {}
            Guard::Loose => self.loose += by,
            Guard::Close => self.close += by,
        }
    }

    fn period(&self) -> Option<Duration> {
        match (self.close > 0, self.loose > 0) {
            (true, _) => Some(MOMENT),
            (false, true) => Some(WHILE),
            (false, false) => None,
        }
    }
}

static WATCH: Lazy<Option<Watch>> = Lazy::new(|| {
    let timer = timer::Timer::new()
        .inspect_err(|error| gst::error!(CAT, "No timer: {error}"))
        .ok()?;
    let thread = thread::Builder::new().name("mediastream-watch".into());
    thread
        .spawn(run)
        .inspect_err(|error| gst::error!(CAT, "No thread for the watch: {error}"))
        .ok()?;
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

/// The sweeps of one tee were looked at like this, and are from now on like that.
pub fn watch(before: Guard, now: Guard) {
    let Some(watch) = &*WATCH else { return };
    let mut sweeps = lock(&watch.sweeps);
    let period = sweeps.period();
    sweeps.count(before, -1);
    sweeps.count(now, 1);
    if sweeps.period() != period {
        watch.timer.set(sweeps.period());
    }
}

fn run() {
    // Waits until the initialisation that started this thread is over.
    let Some(watch) = &*WATCH else { return };
    while watch.timer.wait() {
        let tees: Vec<_> = lock(&watch.tees).iter().filter_map(Weak::upgrade).collect();
        for tee in tees {
            tee.fanout.tick();
        }
    }
}

#[cfg(target_os = "linux")]
mod timer {
    use std::fs::File;
    use std::io::{self, Read};
    use std::time::Duration;

    use rustix::time::{
        Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
        timerfd_settime,
    };

    /// A timer of the kernel.
    pub struct Timer(File);

    impl Timer {
        pub fn new() -> io::Result<Self> {
            let timer = timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::CLOEXEC)?;
            Ok(Self(timer.into()))
        }

        /// Goes off every `period` from now on, or no more.
        pub fn set(&self, period: Option<Duration>) {
            let period = period.unwrap_or_default();
            let period = Timespec {
                tv_sec: period.as_secs() as _,
                tv_nsec: period.subsec_nanos() as _,
            };
            let setting = Itimerspec {
                it_interval: period,
                it_value: period,
            };
            // Fails for a bad period only, and this one is a constant.
            let _ = timerfd_settime(&self.0, TimerfdTimerFlags::empty(), &setting);
        }

        /// Waits until it goes off; `false` if it never will.
        pub fn wait(&self) -> bool {
            let mut expirations = [0; 8];
            loop {
                match (&self.0).read(&mut expirations) {
                    Ok(_) => return true,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(_) => return false,
                }
            }
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod timer {
    use std::io;
    use std::sync::{Condvar, Mutex, PoisonError};
    use std::time::Duration;

    use crate::sync::lock;

    /// A timer that has to wake its thread whenever it is armed.
    pub struct Timer {
        period: Mutex<Option<Duration>>,
        changed: Condvar,
    }

    impl Timer {
        pub fn new() -> io::Result<Self> {
            Ok(Self {
                period: Mutex::new(None),
                changed: Condvar::new(),
            })
        }

        /// Goes off every `period` from now on, or no more.
        pub fn set(&self, period: Option<Duration>) {
            *lock(&self.period) = period;
            self.changed.notify_one();
        }

        /// Waits until it goes off; `false` if it never will.
        pub fn wait(&self) -> bool {
            let mut period = lock(&self.period);
            loop {
                let (guard, timed_out) = match *period {
                    None => (self.changed.wait(period), false),
                    Some(time) => {
                        let (guard, timeout) = self
                            .changed
                            .wait_timeout(period, time)
                            .unwrap_or_else(PoisonError::into_inner);
                        (Ok(guard), timeout.timed_out())
                    }
                };
                period = guard.unwrap_or_else(PoisonError::into_inner);
                if timed_out && period.is_some() {
                    return true;
                }
            }
        }
    }
}
