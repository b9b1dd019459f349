// SPDX-License-Identifier: MPL-2.0

//! How often media come, and how late: as the caps say, unless the media prove them wrong.

use super::{LONGEST, Presence, SHORTEST};

/// Nothing lasts longer, whatever it says.
pub(super) fn bounded((start, end): (u64, u64)) -> (u64, u64) {
    (start, end.min(start.saturating_add(LONGEST)))
}

impl Presence {
    /// Up to where a source has given media when it is at this position: what it gives lasts an interval, and comes so late; as late
    /// as it lasts, if nobody knows. `None` as long as nothing can have come.
    pub fn given(&self, here: u64, latency: Option<u64>) -> Option<u64> {
        let interval = self.interval.unwrap_or(0);
        let latency = latency.unwrap_or(interval);
        here.saturating_add(interval).checked_sub(latency)
    }

    /// From the beginning of what came last to the beginning of what comes now, and the same of those before.
    fn step(&mut self, start: u64) -> Option<(u64, Option<u64>)> {
        let last = self.last_start.replace(start)?;
        let step = start.checked_sub(last).filter(|step| *step > 0)?;
        let step = step.clamp(SHORTEST, LONGEST);
        Some((step, self.last_step.replace(step)))
    }

    /// Learns from media that they come less often than the caps say. One hole does not make a source slow.
    pub(super) fn doubt(&mut self, span: Option<(u64, u64)>) {
        let step = span.and_then(|(start, _)| self.step(start));
        let (Some((step, Some(before))), Some(said)) = (step, self.said) else {
            return;
        };
        let (step, known) = (step.min(before), self.interval.unwrap_or(said));
        let slowly = known - known.saturating_sub(step) / 8;
        self.interval = Some(slowly.max(step).max(said));
    }

    /// Learns from media how often they come. One short buffer does not make a source fast.
    pub(super) fn learn(&mut self, span: Option<(u64, u64)>) {
        let Some((start, end)) = span else { return };
        let step = self.step(start);
        let step = step.map(|(step, before)| before.map_or(step, |before| before.min(step)));
        let length = Some(end - start).filter(|length| *length > 0);
        let Some(length) = length.or(step) else {
            return;
        };
        let length = length.clamp(SHORTEST, LONGEST);
        self.interval = Some(match self.interval.filter(|_| self.came) {
            Some(known) if known > length => known - (known - length) / 8,
            _ => length,
        });
    }
}
