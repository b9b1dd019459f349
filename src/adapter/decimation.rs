// SPDX-License-Identifier: MPL-2.0

//! Which pictures are kept for a lower frame rate: those nearest to their time. What is kept stays as it is, its timestamps
//! included; `videorate` would move them to a grid, and hold each picture until the next one comes.

use super::plan::Rate;

/// Times are positions in nanoseconds.
#[derive(Debug)]
pub struct Decimation {
    interval: u64,
    /// When the next picture is due.
    due: Option<u64>,
    last: Option<u64>,
    /// From one picture of the source to the next.
    usual: u64,
}

impl Decimation {
    pub fn to(rate: Rate) -> Self {
        Self {
            interval: rate.interval(),
            due: None,
            last: None,
            usual: 0,
        }
    }

    /// Whether the picture of this time is kept. Those without a time are.
    pub fn keeps(&mut self, time: Option<u64>) -> bool {
        let Some(time) = time else { return true };
        match self.last.replace(time) {
            Some(last) if last < time => self.usual = time - last,
            // The source started anew.
            Some(_) => self.due = None,
            None => {}
        }
        let due = self.due.unwrap_or(time);
        // The next one would be further from the time that is meant.
        if time.saturating_add(self.usual / 2) < due {
            return false;
        }
        let missed = time > due.saturating_add(self.interval);
        let from = if missed { time } else { due };
        self.due = Some(from.saturating_add(self.interval));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(numerator: u32, denominator: u32) -> Rate {
        Rate {
            numerator,
            denominator,
        }
    }

    /// How many of `frames` pictures at `from` are kept for `to`, and the longest and the shortest time between two.
    fn kept(from: Rate, to: Rate, frames: u64) -> (u64, u64, u64) {
        let mut decimation = Decimation::to(to);
        let times = (0..frames)
            .map(|n| n * 1_000_000_000 * u64::from(from.denominator) / u64::from(from.numerator));
        let kept: Vec<_> = times.filter(|time| decimation.keeps(Some(*time))).collect();
        let steps = || kept.windows(2).map(|pair| pair[1] - pair[0]);
        (
            kept.len() as u64,
            steps().max().unwrap_or(0),
            steps().min().unwrap_or(0),
        )
    }

    #[test]
    fn in_the_long_run_as_many_are_kept_as_were_asked_for() {
        for from in [rate(30, 1), rate(60, 1), rate(30000, 1001), rate(25, 1)] {
            for to in [
                rate(1, 1),
                rate(5, 1),
                rate(7, 1),
                rate(15, 2),
                rate(15, 1),
                rate(20, 1),
                rate(24, 1),
            ] {
                let frames = 10_000;
                let (kept, longest, shortest) = kept(from, to, frames);
                let wanted = frames * from.interval() / to.interval();
                assert!(
                    kept.abs_diff(wanted) <= 2,
                    "{from:?} {to:?}: {kept} of {wanted}"
                );
                // None is further from its time than half an interval of the source.
                assert!(
                    longest <= to.interval() + from.interval() + 2,
                    "{from:?} {to:?} {longest}"
                );
                assert!(
                    shortest + from.interval() + 2 >= to.interval(),
                    "{from:?} {to:?} {shortest}"
                );
            }
        }
    }

    #[test]
    fn a_rate_that_divides_the_sources_keeps_every_nth() {
        let mut decimation = Decimation::to(rate(10, 1));
        let kept: Vec<_> = (0..12)
            .filter(|n| decimation.keeps(Some(n * 1_000_000_000 / 30)))
            .collect();
        assert_eq!(kept, [0, 3, 6, 9]);
    }

    #[test]
    fn a_source_as_slow_as_that_keeps_all() {
        for to in [rate(30, 1), rate(60, 1)] {
            assert_eq!(kept(rate(30, 1), to, 1_000).0, 1_000);
        }
    }

    #[test]
    fn after_a_gap_and_after_a_new_start_the_first_is_kept() {
        let mut decimation = Decimation::to(rate(1, 1));
        let second = 1_000_000_000;
        assert!(decimation.keeps(Some(0)));
        assert!(!decimation.keeps(Some(second / 10)));
        assert!(decimation.keeps(Some(10 * second)));
        assert!(!decimation.keeps(Some(10 * second + second / 10)));
        assert!(decimation.keeps(Some(0)));
        assert!(decimation.keeps(None));
    }
}
