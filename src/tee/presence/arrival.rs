// SPDX-License-Identifier: MPL-2.0

//! What becomes of media that come after something else has been put in their place.

use super::Presence;

/// What becomes of media that came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    Pass,
    /// Consumers have something else for this time.
    Late,
    /// They have up to this position.
    LateUpTo(u64),
    /// The source goes on where it stopped: its times do not follow the clock.
    Behind,
}

/// Media came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Came {
    /// A hole before them.
    pub fill: Option<(u64, u64)>,
    pub arrival: Arrival,
    /// Something that came before them was left out.
    pub discont: bool,
}

impl Came {
    /// Of a source that nobody missed.
    pub const AS_EXPECTED: Self = Self {
        fill: None,
        arrival: Arrival::Pass,
        discont: false,
    };
}

impl Presence {
    /// Media came of a source that had been missed, whose consumers have something up to `covered`. For what is newer than that it
    /// is waited `until` then.
    #[cold]
    pub(super) fn came_back(
        &mut self,
        now: u64,
        (start, end): (u64, u64),
        covered: u64,
        until: u64,
        pass: Came,
    ) -> Came {
        let span = Some((start, end));
        let (interval, patience) = (self.interval.unwrap_or(0), self.patience().unwrap_or(0));
        let (silent_for, position) = self.last(now);
        let overlap = covered.saturating_sub(start);
        // Not after what stands in for it.
        let too_much = !self.exact && overlap >= interval;
        let marked = |arrival| Came {
            arrival,
            discont: true,
            ..pass
        };
        match start.checked_sub(covered) {
            // The source has left more out than time has gone by: that is its own affair.
            Some(_) if start.saturating_sub(position) > silent_for.saturating_add(patience) => {
                self.goes_on(now, span, pass)
            }
            Some(_) => {
                let fill = Some((covered, start));
                self.goes_on(now, span, Came { fill, ..pass })
            }
            None if now > until => {
                self.filled_to(start);
                self.goes_on(now, span, marked(Arrival::Behind))
            }
            None if end <= covered || too_much => {
                self.lost = true;
                Came {
                    arrival: Arrival::Late,
                    ..pass
                }
            }
            None if self.exact => self.goes_on(now, span, marked(Arrival::LateUpTo(covered))),
            None => {
                self.filled_to(start);
                self.goes_on(now, span, pass)
            }
        }
    }
}
