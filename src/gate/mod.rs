// SPDX-License-Identifier: MPL-2.0

//! What a consumer gets of media: themselves, or nothing that could be seen or heard (W3C `MediaStreamTrack.enabled`, and
//! "media flow and life-cycle": black frames, silence).
//!
//! [`Gate`] decides, [`format`] says what media are, and [`blank`] makes what goes out in their place.

mod black;
pub mod blank;
pub mod format;
mod samples;

use std::sync::atomic::{AtomicU8, Ordering};

/// What becomes of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Pass,
    /// It does not follow the one before, and is marked.
    Resume,
    /// Black or silence, and where there is none a gap, go in its place.
    Withhold,
    /// As [`Self::Withhold`], until the next key frame, which has to be asked for.
    AwaitKey,
}

/// One consumer's gate. Opened and closed by any thread; whoever pushes asks what becomes of each item.
#[derive(Debug, Default)]
pub struct Gate(AtomicU8);

const DISABLED: u8 = 1;
/// Something was withheld that later items cannot be decoded without.
const BROKEN: u8 = 2;
/// The consumer has still to be told that something is missing before the next item.
const OWES_MARK: u8 = 4;
/// Not all items are for this consumer: whoever pushes asks which.
const BOUNDED: u8 = 8;

impl Gate {
    /// A gate that is as open as this.
    pub fn new(enabled: bool) -> Self {
        let gate = Self::default();
        gate.set_enabled(enabled);
        gate
    }

    /// From now on media pass, or do not.
    pub fn set_enabled(&self, enabled: bool) {
        match enabled {
            true => self.0.fetch_and(!DISABLED, Ordering::AcqRel),
            false => self.0.fetch_or(DISABLED, Ordering::AcqRel),
        };
    }

    /// Whether media are meant for the consumer.
    pub fn is_enabled(&self) -> bool {
        self.0.load(Ordering::Acquire) & DISABLED == 0
    }

    /// Whether everything passes.
    pub fn is_open(&self) -> bool {
        self.0.load(Ordering::Acquire) == 0
    }

    /// Whether whoever pushes has to ask which items are for the consumer.
    pub fn set_bounded(&self, bounded: bool) {
        match bounded {
            true => self.0.fetch_or(BOUNDED, Ordering::AcqRel),
            false => self.0.fetch_and(!BOUNDED, Ordering::AcqRel),
        };
    }

    pub fn is_bounded(&self) -> bool {
        self.0.load(Ordering::Acquire) & BOUNDED != 0
    }

    /// Something is missing that later items cannot be decoded without.
    pub fn broken(&self) {
        self.0.fetch_or(BROKEN, Ordering::AcqRel);
    }

    /// An item that was to be marked was withheld.
    pub fn owes_mark(&self) {
        self.0.fetch_or(OWES_MARK, Ordering::AcqRel);
    }

    /// Decides about an item; `raw` if a consumer can start with any, `key` if it can start with this one.
    pub fn judge(&self, raw: bool, key: bool) -> Verdict {
        let state = self.0.load(Ordering::Acquire);
        if state & DISABLED != 0 {
            if !raw {
                self.broken();
            }
            return Verdict::Withhold;
        }
        if state & BROKEN != 0 && !key {
            return Verdict::AwaitKey;
        }
        if state & (BROKEN | OWES_MARK) == 0 {
            return Verdict::Pass;
        }
        self.0.fetch_and(!(BROKEN | OWES_MARK), Ordering::AcqRel);
        Verdict::Resume
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raw_media_pass_as_soon_as_the_gate_is_open() {
        let gate = Gate::new(true);
        assert_eq!(gate.judge(true, true), Verdict::Pass);
        gate.set_enabled(false);
        assert!(!gate.is_open());
        assert_eq!(gate.judge(true, true), Verdict::Withhold);
        gate.set_enabled(true);
        assert!(gate.is_open());
        assert_eq!(gate.judge(true, true), Verdict::Pass);
    }

    #[test]
    fn encoded_media_pass_from_the_next_key_frame_on() {
        let gate = Gate::new(false);
        assert_eq!(gate.judge(false, true), Verdict::Withhold);
        gate.set_enabled(true);
        assert!(gate.is_enabled() && !gate.is_open());
        assert_eq!(gate.judge(false, false), Verdict::AwaitKey);
        assert_eq!(gate.judge(false, false), Verdict::AwaitKey);
        assert_eq!(gate.judge(false, true), Verdict::Resume);
        assert!(gate.is_open());
        assert_eq!(gate.judge(false, false), Verdict::Pass);
    }

    #[test]
    fn encoded_media_that_were_not_withheld_pass_at_once() {
        let gate = Gate::new(true);
        gate.set_enabled(false);
        gate.set_enabled(true);
        assert_eq!(gate.judge(false, false), Verdict::Pass);
    }

    #[test]
    fn a_mark_that_was_withheld_is_made_up_for() {
        let gate = Gate::new(false);
        assert_eq!(gate.judge(true, true), Verdict::Withhold);
        gate.owes_mark();
        gate.set_enabled(true);
        assert_eq!(gate.judge(true, true), Verdict::Resume);
        assert_eq!(gate.judge(true, true), Verdict::Pass);
    }
}
