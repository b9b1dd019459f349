// SPDX-License-Identifier: MPL-2.0

//! Items that nothing follows for a while, whatever they are and whosever: the next one would show that a trusted consumer blocks
//! with the last. So each item puts off that somebody looks.

use std::sync::atomic::{AtomicU64, Ordering};

use super::Tee;
use super::alarm::{self, Whom};
use super::item::Item;
use crate::clock::now;

/// After an item it takes no longer than this until somebody looks who blocks, in nanoseconds, and half of it at the least.
const WHILE: u64 = 1_000_000_000;

/// From when on the next item puts off the alarms of a fan-out, which not every one has to.
#[derive(Default)]
pub struct Silence(AtomicU64);

impl Silence {
    /// The next item puts them off.
    pub fn hasten(&self) {
        self.0.store(0, Ordering::Release);
    }

    fn is_due(&self, now: u64) -> bool {
        self.0.load(Ordering::Acquire) <= now
    }

    /// Until when nobody need look at consumers, now that an item has been given.
    fn put_off(&self, now: u64) -> u64 {
        let next = now.saturating_add(WHILE / 2);
        self.0.store(next, Ordering::Release);
        now.saturating_add(WHILE)
    }
}

impl Tee {
    /// Gives an item to all branches, unless it is not due any more when its turn has come. Whether it was.
    pub(super) fn give(&self, item: Item, is_due: impl FnOnce() -> bool) -> bool {
        let given = self.fanout.publish(item, is_due);
        // Afterwards: to set an alarm takes as long as a good part of a delivery, and an item must not come after its alarm.
        let now = now();
        if given && self.silence.is_due(now) {
            self.put_off(now);
        }
        given
    }

    #[cold]
    fn put_off(&self, now: u64) {
        // First, so that media which come meanwhile put the source's alarm off once more.
        let then = self.silence.put_off(now);
        alarm::set(&self.this, Whom::Consumers, then);
        self.put_off_source();
    }

    /// Nothing has been given for a while.
    pub(super) fn look_at_consumers(&self) {
        // First, so that what is given now puts off the next look.
        self.silence.hasten();
        self.fanout.nothing_follows();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Weak};

    use super::super::item::{Mark, Media};
    use super::*;
    use crate::kind::Kind;
    use crate::source::Source;
    use crate::sync::lock;

    const START: u64 = 1 << 40;

    #[test]
    fn items_put_off_that_somebody_looks_as_seldom_as_they_may() {
        let silence = Silence::default();
        let (mut then, mut put_off) = (0, 0);
        for now in (START..START + 10 * WHILE).step_by(10_000_000) {
            if silence.is_due(now) {
                then = silence.put_off(now);
                put_off += 1;
            }
            assert!((now + WHILE / 2..=now + WHILE).contains(&then));
        }
        assert_eq!(put_off, 20);
        silence.hasten();
        assert!(silence.is_due(START));
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
        check(&tee, picture());
        alarm::unset(&tee.this, Whom::Consumers);
        tee.look_at_consumers();
        check(&tee, picture());
    }

    #[test]
    fn an_item_that_was_not_due_any_more_puts_nothing_off() {
        let tee = tee();
        let item = Item {
            media: picture(),
            sticky: tee.sticky(),
            mark: Mark::STANDS_IN,
        };
        assert!(!tee.give(item, || false));
        assert_eq!(alarm::of(&tee.this, Whom::Consumers), None);
    }

    #[test]
    fn media_that_nobody_gets_put_off_the_alarm_of_their_source_only() {
        let tee = tee();
        tee.attend();
        tee.hush(true);
        lock(&tee.presence).expect(Some(10_000_000));
        // What has neither a length nor a time cannot be withheld.
        let caps = gst::Caps::new_empty_simple("video/x-vp8");
        tee.note(gst::event::Caps::new(&caps));
        tee.publish(Media::Buffer(gst::Buffer::new()));
        assert_eq!(alarm::of(&tee.this, Whom::Consumers), None);
        assert!(alarm::of(&tee.this, Whom::Source).is_some());
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
