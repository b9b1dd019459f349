// SPDX-License-Identifier: MPL-2.0

//! Key frames that consumers ask for, merged: a thousand clones that join an encoded source cost it one key frame.

use std::time::{Duration, Instant};

/// After this long without a key frame, a request counts as lost and may be made again.
const LOST_AFTER: Duration = Duration::from_millis(500);

#[derive(Debug, Default)]
pub struct KeyUnits {
    asked: Option<Asked>,
}

#[derive(Debug)]
struct Asked {
    at: Instant,
    all_headers: bool,
}

impl KeyUnits {
    /// Somebody wants a key frame; whether the source has to be asked for it.
    pub fn ask(&mut self, all_headers: bool, now: Instant) -> bool {
        let covered = self.asked.as_ref().is_some_and(|asked| {
            now.duration_since(asked.at) < LOST_AFTER && (asked.all_headers || !all_headers)
        });
        if !covered {
            self.asked = Some(Asked {
                at: now,
                all_headers,
            });
        }
        !covered
    }

    /// The source gave a key frame.
    pub fn came(&mut self) {
        self.asked = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_covers_those_that_follow_until_the_key_frame_comes() {
        let (mut keys, now) = (KeyUnits::default(), Instant::now());
        assert!(keys.ask(false, now));
        assert!(!keys.ask(false, now));
        keys.came();
        assert!(keys.ask(false, now));
    }

    #[test]
    fn a_request_for_all_headers_is_not_covered_by_one_without() {
        let (mut keys, now) = (KeyUnits::default(), Instant::now());
        assert!(keys.ask(false, now));
        assert!(keys.ask(true, now));
        assert!(!keys.ask(true, now));
        assert!(!keys.ask(false, now));
    }

    #[test]
    fn a_request_that_is_not_answered_is_made_again() {
        let (mut keys, now) = (KeyUnits::default(), Instant::now());
        assert!(keys.ask(false, now));
        assert!(!keys.ask(false, now + LOST_AFTER - Duration::from_millis(1)));
        assert!(keys.ask(false, now + LOST_AFTER));
    }
}
