// SPDX-License-Identifier: MPL-2.0

//! Items that nothing follows for a while, whatever they are and whosever: the next one would show that a trusted consumer blocks
//! with the last. So each item puts off that somebody looks.

use std::sync::atomic::{AtomicU64, Ordering};

use super::Tee;
use super::alarm::{self, Whom};
use super::item::Item;
use crate::clock::now;
use crate::sync::lock;

/// After an item it takes no longer than this until somebody looks who blocks, in nanoseconds, and half of it at the least.
const WHILE: u64 = 1_000_000_000;

/// When the next item puts off the alarms of a fan-out, which not every one has to.
#[derive(Default)]
pub struct Silence(AtomicU64);

impl Silence {
    /// Also because another alarm is due. Or somebody looks now.
    pub fn is_put_off_with_the_next(&self) {
        self.0.store(0, Ordering::Release);
    }

    fn is_put_off(&self, now: u64) -> bool {
        self.0.load(Ordering::Acquire) <= now
    }

    /// Until when nobody need look, now that an item has been given.
    fn put_off(&self, now: u64) -> u64 {
        self.0
            .store(now.saturating_add(WHILE / 2), Ordering::Release);
        now.saturating_add(WHILE)
    }
}

impl Tee {
    /// Gives an item to all branches, unless it is not due any more when its turn has come. Whether it was.
    pub(super) fn give(&self, item: Item, is_due: impl FnOnce() -> bool) -> bool {
        let given = self.fanout.publish(item, is_due);
        // Afterwards: to set an alarm takes as long as a good part of a delivery, and an item must not come after its alarm.
        let now = now();
        if self.silence.is_put_off(now) {
            self.put_off(now);
        }
        given
    }

    #[cold]
    fn put_off(&self, now: u64) {
        // First, so that media which come meanwhile put the source's alarm off once more.
        let then = self.silence.put_off(now);
        alarm::set(&self.this, Whom::Consumers, then);
        let mut presence = lock(&self.presence);
        let next = presence.look_anew(now);
        self.look_at(next);
    }

    /// Nothing has been given for a while.
    pub(super) fn is_silent(&self) {
        // First, so that what is given now puts off the next look.
        self.silence.is_put_off_with_the_next();
        self.fanout.nothing_follows();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Weak};

    use super::super::item::Media;
    use super::*;
    use crate::kind::Kind;
    use crate::source::Source;

    const START: u64 = 1 << 40;

    #[test]
    fn items_put_off_that_somebody_looks_as_seldom_as_they_may() {
        let silence = Silence::default();
        let (mut then, mut put_off) = (0, 0);
        for now in (START..START + 10 * WHILE).step_by(10_000_000) {
            if silence.is_put_off(now) {
                then = silence.put_off(now);
                put_off += 1;
            }
            assert!((now + WHILE / 2..=now + WHILE).contains(&then));
        }
        assert_eq!(put_off, 20);
        silence.is_put_off_with_the_next();
        assert!(silence.is_put_off(START));
    }

    fn tee() -> Arc<Tee> {
        gst::init().expect("GStreamer starts");
        started(Tee::new(Kind::Video, Weak::<Source>::new()))
    }

    /// Of a source of which nobody knows when its media are due.
    fn started(tee: Arc<Tee>) -> Arc<Tee> {
        let caps = gst::Caps::builder("video/x-raw")
            .field("format", "GRAY8")
            .field("width", 4)
            .field("height", 2)
            .field("framerate", gst::Fraction::new(0, 1));
        tee.note(gst::event::Caps::new(&caps.build()));
        let segment = gst::FormattedSegment::<gst::ClockTime>::new();
        tee.note(gst::event::Segment::new(&segment));
        tee
    }

    /// Which lasts long.
    fn picture() -> Media {
        let mut buffer = gst::Buffer::with_size(8).expect("memory");
        let header = buffer.get_mut().expect("a new buffer");
        header.set_pts(gst::ClockTime::ZERO);
        header.set_duration(gst::ClockTime::from_seconds(10));
        Media::Buffer(buffer)
    }

    #[track_caller]
    fn check(tee: &Tee, media: Media) {
        assert_eq!(alarm::of(&tee.this, Whom::Consumers), None);
        tee.publish(media);
        let then = alarm::of(&tee.this, Whom::Consumers);
        assert!(then.is_some_and(|then| then <= now() + WHILE), "{then:?}");
    }

    #[test]
    fn whatever_is_given_is_looked_at_if_nothing_follows() {
        let first = tee();
        first.attend();
        check(&first, picture());
        let second = tee();
        second.attend();
        let gap = gst::event::Gap::builder(gst::ClockTime::ZERO).build();
        check(&second, Media::Event(gap));
        let adapter = Tee::behind(&first, Arc::default(), Weak::<Source>::new());
        check(&started(adapter), picture());
    }

    #[test]
    fn the_first_item_after_somebody_has_looked_is_looked_at_again() {
        let tee = tee();
        tee.publish(picture());
        alarm::unset(&tee.this, Whom::Consumers);
        tee.publish(picture());
        assert_eq!(alarm::of(&tee.this, Whom::Consumers), None);
        tee.is_silent();
        check(&tee, picture());
    }

    #[test]
    fn media_put_off_the_alarm_of_a_source_that_is_faster_than_was_expected() {
        let tee = tee();
        tee.attend();
        tee.publish(picture());
        assert_eq!(alarm::of(&tee.this, Whom::Source), None);
        lock(&tee.presence).expect(Some(10_000_000));
        tee.publish(picture());
        assert!(alarm::of(&tee.this, Whom::Source).is_some());
    }

    #[test]
    fn what_is_given_after_its_source_was_paused_is_looked_at_too() {
        let tee = tee();
        tee.attend();
        tee.neglect();
        check(&tee, picture());
        tee.neglect();
        assert!(alarm::of(&tee.this, Whom::Consumers).is_some());
    }
}
