// SPDX-License-Identifier: MPL-2.0

//! A timer that one thread waits for, and that others set without waking it.

use std::thread;

use super::CAT;
pub use system::Timer;

/// A timer, and a thread of this name that is to wait for it.
pub fn start(name: &str, run: fn()) -> Option<Timer> {
    let timer = Timer::new()
        .inspect_err(|error| gst::error!(CAT, "No timer for {name}: {error}"))
        .ok()?;
    let thread = thread::Builder::new().name(name.into());
    thread
        .spawn(run)
        .inspect_err(|error| gst::error!(CAT, "No thread for {name}: {error}"))
        .ok()?;
    Some(timer)
}

#[cfg(target_os = "linux")]
mod system {
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

        /// Goes off first after this time and then every `period`, if that is not nothing; or no more.
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
            // Fails for what is no time only.
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
mod system {
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

        /// Goes off first after this time and then every `period`, if that is not nothing; or no more.
        pub fn set(&self, setting: Option<(Duration, Duration)>) {
            let now = Instant::now();
            *lock(&self.next) = setting.and_then(|(first, period)| {
                // What is beyond all time never comes.
                Some((now.checked_add(first)?, period))
            });
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
                        *next = (!period.is_zero()).then(|| (now + period, period));
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
