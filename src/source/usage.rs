// SPDX-License-Identifier: MPL-2.0

//! Which source has which hardware: what is asked for twice in a process is opened once.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, Weak};

use once_cell::sync::Lazy;

use super::Source;
use crate::device::Identity;
use crate::sync::lock;

static USED: Lazy<Mutex<Vec<Use>>> = Lazy::new(Mutex::default);

struct Use {
    identity: Identity,
    source: Weak<Source>,
}

/// Takes hardware for a source, as long as the source lives; the other one if another one has opened it. Waits for one that is
/// about to.
pub fn claim(source: &Arc<Source>, identity: &Identity) -> Option<Arc<Source>> {
    if identity.is_unknown() {
        return None;
    }
    loop {
        let other = try_to_claim(source, identity)?;
        if other.opened.load(Ordering::Acquire) {
            return Some(other);
        }
        // It holds nothing that this one waits for while it waits itself.
        other.wait_until_settled();
        if !other.opened.load(Ordering::Acquire) {
            release(&other);
        }
    }
}

/// The one that has it, if it is another one.
fn try_to_claim(source: &Arc<Source>, identity: &Identity) -> Option<Arc<Source>> {
    // None is dropped under the lock: it may be the last reference.
    let mut others = Vec::new();
    let mut used = lock(&USED);
    used.retain(|other| other.source.strong_count() > 0);
    for other in used.iter().filter(|other| other.identity.is_same(identity)) {
        others.extend(other.source.upgrade());
    }
    let other = others
        .iter()
        .find(|other| other.kind() == source.kind() && other.is_usable());
    match other {
        Some(other) if Arc::ptr_eq(other, source) => None,
        Some(other) => Some(other.clone()),
        None => {
            used.push(Use {
                identity: identity.clone(),
                source: Arc::downgrade(source),
            });
            None
        }
    }
}

/// The source has not got it.
pub fn release(source: &Source) {
    lock(&USED).retain(|used| !std::ptr::eq(used.source.as_ptr(), source));
}
