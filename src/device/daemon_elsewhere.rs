// SPDX-License-Identifier: MPL-2.0

//! Where devices are not a daemon's affair.

/// What a provider talks to.
#[derive(Debug)]
pub struct Daemon;

impl Daemon {
    /// Always there.
    pub fn of(_provider: &str) -> Option<Self> {
        Some(Self)
    }

    /// What to talk on.
    pub fn fd(&self) -> Option<i32> {
        None
    }

    /// It never goes.
    pub fn wait_until_gone(&self) -> bool {
        false
    }

    /// Nobody knows.
    pub fn forgets_defaults(&self) -> bool {
        false
    }

    /// Nothing takes its place.
    pub fn has_been_replaced(&self) -> bool {
        false
    }
}
