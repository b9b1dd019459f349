// SPDX-License-Identifier: MPL-2.0

//! Items that nothing follows for a while, whatever they are and whosever: the next one would show that a trusted consumer blocks
//! with the last.

use std::sync::atomic::{AtomicU64, Ordering};

use super::Tee;
use super::alarm::{self, Whom};
use super::item::Item;
use crate::clock::now;

/// After an item it takes no longer than this until somebody looks who blocks, in nanoseconds, and half of it at the least.
const WHILE: u64 = 1_000_000_000;

/// When somebody looks if nothing comes before; 0 if nobody does.
#[derive(Default)]
pub struct Silence(AtomicU64);

impl Silence {
    /// An item has been given; until when nobody need look now, if that has to be put off.
    fn put_off(&self, now: u64) -> Option<u64> {
        let soon = self.0.load(Ordering::Acquire) < now.saturating_add(WHILE / 2);
        soon.then(|| {
            let then = now.saturating_add(WHILE);
            self.0.store(then, Ordering::Release);
            then
        })
    }

    /// It is looked now.
    fn is_over(&self) {
        self.0.store(0, Ordering::Release);
    }
}

impl Tee {
    /// Gives an item to all branches, unless it is not due any more when its turn has come. Whether it was.
    pub(super) fn give(&self, item: Item, is_due: impl FnOnce() -> bool) -> bool {
        let given = self.fanout.publish(item, is_due);
        // Afterwards: an item is not given before it is due that somebody looks.
        if let Some(then) = self.silence.put_off(now()) {
            alarm::set(&self.this, Whom::Consumers, then);
        }
        given
    }

    /// Nothing has been given for a while.
    pub(super) fn is_silent(&self) {
        // First, so that what is given now puts off the next look.
        self.silence.is_over();
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
            if let Some(later) = silence.put_off(now) {
                then = later;
                put_off += 1;
            }
            assert!((now + WHILE / 2..=now + WHILE).contains(&then));
        }
        assert_eq!(put_off, 20);
    }

    #[test]
    fn the_first_item_after_somebody_has_looked_is_looked_at_again() {
        let silence = Silence::default();
        assert_eq!(silence.put_off(START), Some(START + WHILE));
        silence.is_over();
        assert_eq!(silence.put_off(START + 1), Some(START + 1 + WHILE));
        assert_eq!(silence.put_off(START + 2), None);
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
    fn what_is_given_after_its_source_was_paused_is_looked_at_too() {
        let tee = tee();
        tee.attend();
        tee.neglect();
        check(&tee, picture());
        tee.neglect();
        assert!(alarm::of(&tee.this, Whom::Consumers).is_some());
    }
}
