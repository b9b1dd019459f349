// SPDX-License-Identifier: MPL-2.0

//! Notices that a consumer blocks for the first time, though no further item may ever come.
//!
//! One thread for the process, and one timer. While the consumers of some sweep are not known it runs every moment; arming and
//! disarming a timer of the kernel wakes nobody, but costs as much as several deliveries. So where all consumers have returned
//! at once for long the timer is left as it is, and goes off twice a second: a thread that wakes costs as much as ten deliveries.

use std::sync::{Mutex, Weak};
use std::thread;
use std::time::{Duration, Instant};

use once_cell::sync::Lazy;

use super::fanout::Guard;
use super::{CAT, Tee};
use crate::sync::lock;

/// Who is in a push this long is held up; it is noticed after at most twice this.
const MOMENT: Duration = Duration::from_millis(1);

/// The same for consumers that are trusted, if no further item comes; where one does, it shows that the sweep before is not over.
const WHILE: Duration = Duration::from_millis(500);

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
    /// When those that are looked at from time to time are next looked at, however often the timer is set for the others.
    due: Option<Instant>,
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

    /// When the timer goes off first, and how often from then on.
    fn setting(&mut self, now: Instant) -> Option<(Duration, Duration)> {
        let period = self.period()?;
        let due = *self.due.get_or_insert(now + WHILE);
        Some((period.min(due.saturating_duration_since(now)), period))
    }

    /// All are looked at now.
    fn looked(&mut self, now: Instant) {
        self.due = (self.loose > 0).then(|| now + WHILE);
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
        let setting = sweeps.setting(Instant::now());
        watch.timer.set(setting);
    }
}

fn run() {
    // Waits until the initialisation that started this thread is over.
    let Some(watch) = &*WATCH else { return };
    while watch.timer.wait() {
        lock(&watch.sweeps).looked(Instant::now());
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

        /// Goes off first after this time and then every `period`, or no more.
        pub fn set(&self, setting: Option<(Duration, Duration)>) {
            let spec = |time: Duration| Timespec {
                tv_sec: time.as_secs() as _,
                tv_nsec: time.subsec_nanos() as _,
            };
            let (first, period) = match setting {
                // At once is not never.
                Some((first, period)) => (first.max(Duration::from_nanos(1)), period),
                None => Default::default(),
            };
            let setting = Itimerspec {
                it_interval: spec(period),
                it_value: spec(first),
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
    use std::time::{Duration, Instant};

    use crate::sync::lock;

    /// A timer that has to wake its thread whenever it is armed.
    pub struct Timer {
        /// When it goes off next, and how long after that again.
        next: Mutex<Option<(Instant, Duration)>>,
        changed: Condvar,
    }

    impl Timer {
        pub fn new() -> io::Result<Self> {
            Ok(Self {
                next: Mutex::new(None),
                changed: Condvar::new(),
            })
        }

        /// Goes off first after this time and then every `period`, or no more.
        pub fn set(&self, setting: Option<(Duration, Duration)>) {
            let now = Instant::now();
            *lock(&self.next) = setting.map(|(first, period)| (now + first, period));
            self.changed.notify_one();
        }

        /// Waits until it goes off; `false` if it never will.
        pub fn wait(&self) -> bool {
            let mut next = lock(&self.next);
            loop {
                let now = Instant::now();
                let waited = match *next {
                    None => self.changed.wait(next),
                    Some((at, period)) if at <= now => {
                        *next = Some((now + period, period));
                        return true;
                    }
                    Some((at, _)) => {
                        let waited = self.changed.wait_timeout(next, at - now);
                        Ok(waited.unwrap_or_else(PoisonError::into_inner).0)
                    }
                };
                next = waited.unwrap_or_else(PoisonError::into_inner);
            }
        }
    }
}
