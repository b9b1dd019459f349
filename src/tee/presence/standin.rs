// SPDX-License-Identifier: MPL-2.0

//! What consumers get of a muted source: black, silence or gaps at the source's own rate, so that no mixer, muxer or sink starves.
//!
//! The source's streaming thread says what comes; the [`alarm`] says when to look, on its own thread. Either asks
//! [`Presence`](super::Presence) under its lock and acts without it. They cannot overtake each other: an interval is filled under the lock of the
//! fan-out, only if the source has not returned.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::{Arrival, Came, Change, LONGEST, SHORTEST};
use crate::clock::{nanoseconds, now};
use crate::gate::format::Pace;
use crate::kind::Kind;
use crate::sync::lock;
use crate::tee::alarm::{self, Whom};
use crate::tee::item::{Item, Mark, Media};
use crate::tee::sticky::Sticky;
use crate::tee::{CAT, Tee};

/// Before the caps say more.
const INTERVAL_OF_PICTURES: gst::ClockTime = gst::ClockTime::from_nseconds(33_333_333);
/// Before the first buffer says more.
const INTERVAL_OF_SOUND: gst::ClockTime = gst::ClockTime::from_mseconds(20);
/// So many intervals are filled before others may use the alarm's thread.
const AT_ONCE: usize = 32;

impl Tee {
    /// The source is PLAYING.
    pub(in crate::tee) fn attend(&self) {
        if self.upstream.is_some() {
            return;
        }
        let interval = match self.kind {
            Kind::Audio => INTERVAL_OF_SOUND,
            Kind::Video | Kind::None => INTERVAL_OF_PICTURES,
        };
        let interval = match self.sticky().format().pace() {
            Pace::Every(interval) => Some(interval),
            Pace::Variable => None,
            Pace::Unsaid => Some(interval),
        };
        let now = now();
        let mut presence = lock(&self.presence);
        presence.start(now, interval.map(sensible));
        let next = presence.look(now, None);
        self.set_alarm(next);
    }

    /// The source is not PLAYING any more, or has ended.
    pub(in crate::tee) fn neglect(&self) {
        let mut presence = lock(&self.presence);
        presence.stop();
        alarm::unset(&self.this, Whom::Source);
    }

    /// The caps may say how often media come.
    pub(in crate::tee) fn expect_pace(&self) {
        if self.upstream.is_some() {
            return;
        }
        let interval = match self.sticky().format().pace() {
            Pace::Every(interval) => Some(sensible(interval)),
            Pace::Variable => None,
            Pace::Unsaid => return,
        };
        lock(&self.presence).expect(interval);
        self.put_off_source();
    }

    /// The source is looked at later than was said, or earlier if it is faster now.
    pub(in crate::tee) fn put_off_source(&self) {
        let mut presence = lock(&self.presence);
        let next = presence.look_anew(now());
        self.set_alarm(next);
    }

    /// The source says whether it is muted.
    pub fn hush(&self, hushed: bool) {
        self.gate.set_enabled(!hushed);
        let news = {
            let mut presence = lock(&self.presence);
            presence.hush(hushed);
            presence.news()
        };
        self.tell(news);
    }

    /// Media came. Fills a hole that is before them; what is left of them, if consumers have not got something else.
    pub(in crate::tee) fn arrived(
        &self,
        media: Media,
        span: Option<(u64, u64)>,
        sticky: &Arc<Sticky>,
    ) -> Option<Media> {
        if self.upstream.is_some() {
            // What an adapter gives first is missing nothing: whoever starts with it is told so by its own branch.
            let first = self.items.load(Ordering::Acquire) == 0;
            return Some(if first { media.unmarked() } else { media });
        }
        if let Media::Event(_) = media {
            let goes_on = !media.is_gap() || lock(&self.presence).gap(now(), span);
            return goes_on.then_some(media);
        }
        let learn = sticky.format().pace() == Pace::Unsaid;
        let (came, news) = {
            let mut presence = lock(&self.presence);
            let now = now();
            let came = presence.came(now, span, learn);
            if presence.late_anew(now).is_some() {
                self.silence.hasten();
            }
            (came, presence.news())
        };
        self.tell(news);
        match came {
            Came::AS_EXPECTED => Some(media),
            came => self.came_back(media, came, span, sticky),
        }
    }

    /// Media came of a source that had been missed: what is left of them.
    #[cold]
    fn came_back(
        &self,
        media: Media,
        came: Came,
        span: Option<(u64, u64)>,
        sticky: &Arc<Sticky>,
    ) -> Option<Media> {
        let format = sticky.format();
        if let Some(hole) = came.fill {
            self.fill(hole, sticky);
        }
        let media = match came.arrival {
            Arrival::Pass => media,
            Arrival::Late => {
                gst::log!(CAT, "Late: {span:?}");
                self.came_late(media.frames(format));
                if !format.is_raw() {
                    self.gate.broken();
                }
                return None;
            }
            Arrival::LateUpTo(position) => {
                let frames = media.frames(format);
                let rest = media.part((position, u64::MAX), format);
                let left = rest.as_ref().map_or(0, |rest| rest.frames(format));
                self.came_late(frames.saturating_sub(left));
                rest?
            }
            Arrival::Behind => {
                gst::warning!(
                    CAT,
                    "The source goes on where it stopped: its timestamps do not follow the clock, and go back now"
                );
                media
            }
        };
        Some(match came.discont {
            true => media.marked(),
            false => media,
        })
    }

    /// Fills a hole before media that came, on the source's streaming thread.
    fn fill(&self, hole: (u64, u64), sticky: &Arc<Sticky>) {
        let slots = lock(&self.presence).slots(hole);
        for slot in slots {
            if let Some(item) = self.stand_in(slot, sticky) {
                self.give(item, || self.counts());
            }
        }
    }

    /// It is time to look whether the source gives anything, if it has not stopped meanwhile.
    pub(in crate::tee) fn look_at_source(&self) {
        let now = now();
        let sticky = self.sticky();
        let here = sticky.position(gst::ClockTime::from_nseconds(now));
        let news = {
            let mut presence = lock(&self.presence);
            let given = here.and_then(|here| presence.given(here.nseconds(), self.known_latency()));
            presence.look(now, given);
            presence.news()
        };
        self.tell(news);
        for _ in 0..AT_ONCE {
            let slot = lock(&self.presence).missing(now);
            let Some(slot) = slot else { break };
            let item = self.stand_in(slot, &sticky);
            let is_due = || lock(&self.presence).fill(slot);
            let filled = match item {
                Some(item) => self.give(item, || is_due() && self.counts()),
                None => is_due(),
            };
            if !filled {
                break;
            }
        }
        let mut presence = lock(&self.presence);
        let next = presence.look(now, None);
        self.set_alarm(next);
    }

    fn counts(&self) -> bool {
        self.items.fetch_add(1, Ordering::AcqRel);
        true
    }

    fn stand_in(&self, (from, to): (u64, u64), sticky: &Arc<Sticky>) -> Option<Item> {
        let (from, to) = (nanoseconds(from), nanoseconds(to));
        // Consumers that have no caps cannot take anything.
        sticky.caps()?;
        let media = match sticky.format().blank() {
            Some(blank) => Media::Buffer(blank.between(from, to)?),
            None => Media::Event(
                gst::event::Gap::builder(from)
                    .duration(to.saturating_sub(from))
                    .build(),
            ),
        };
        Some(Item {
            media,
            sticky: sticky.clone(),
            mark: Mark::STANDS_IN,
        })
    }

    /// Called under the lock of who decides it, so that the last decision is the one that holds.
    fn set_alarm(&self, at: Option<u64>) {
        if let Some(at) = at {
            alarm::set(&self.this, Whom::Source, at);
        }
    }

    fn tell(&self, news: Option<Change>) {
        if let Some(news) = news {
            self.tell_owner(news);
        }
    }

    #[cold]
    fn tell_owner(&self, news: Change) {
        if let Some(owner) = self.owner.upgrade() {
            gst::info!(CAT, "The {} source is muted: {}", self.kind, news.muted);
            owner.muted(news);
        }
    }
}

fn sensible(interval: gst::ClockTime) -> u64 {
    interval.nseconds().clamp(SHORTEST, LONGEST)
}

#[cfg(test)]
mod tests {
    use std::sync::Weak;

    use super::*;
    use crate::source::Source;

    #[test]
    fn a_source_that_has_stopped_is_not_looked_at() {
        gst::init().expect("GStreamer starts");
        let tee = Tee::new(Kind::Video, Weak::<Source>::new());
        let alarm = || alarm::of(&tee.this, Whom::Source);
        assert_eq!(alarm(), None);
        tee.attend();
        assert!(alarm().is_some());
        tee.neglect();
        assert_eq!(alarm(), None);
        // Nor again by whoever is just looking.
        tee.look_at_source();
        assert_eq!(alarm(), None);
    }
}
