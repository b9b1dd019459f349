// SPDX-License-Identifier: MPL-2.0

//! How far an adapter has come, for a track that goes on with something else where the adapter stopped.

use std::sync::{Condvar, PoisonError};
use std::time::Duration;

use crate::sync::{Mutex, lock};

/// A source gives something in this time, or nothing is missed by going on.
const PATIENCE: Duration = Duration::from_secs(1);

/// Positions are in nanoseconds.
#[derive(Default)]
pub struct Progress {
    reached: Mutex<u64>,
    changed: Condvar,
}

impl Progress {
    /// All from before this position has gone through.
    pub fn reached(&self, position: u64) {
        {
            let mut reached = lock(&self.reached);
            // What still comes after the end changes nothing.
            if *reached != u64::MAX {
                *reached = position;
            }
        }
        self.changed.notify_all();
    }

    /// Nothing more comes.
    pub fn ended(&self) {
        self.reached(u64::MAX);
    }

    /// Waits until all from before this position has gone through, but not for ever.
    pub fn wait_for(&self, position: u64) {
        let _ = self
            .changed
            .wait_timeout_while(lock(&self.reached), PATIENCE, |reached| *reached < position)
            .unwrap_or_else(PoisonError::into_inner);
    }
}
