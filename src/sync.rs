// SPDX-License-Identifier: MPL-2.0

//! The locks of the crate. `tests/loom.rs` has loom's in this place.

pub use std::sync::{Arc, Condvar, Mutex, MutexGuard};

/// Locks, also when a thread died with the lock: what a lock guards here is whole between any two statements.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Runs a test that makes locks; loom's exist in its own runs only.
#[cfg(test)]
pub fn model(test: impl Fn()) {
    test();
}
