// SPDX-License-Identifier: MPL-2.0

//! The items that some lane has still to take, oldest first.
//!
//! Plain data under the lock of [`Fanout`](super::Fanout). An item leaves when the last lane that wanted it has taken it, so
//! a ring whose lanes keep up holds nothing, and the last taker gets the item itself instead of one more reference.

use std::collections::VecDeque;

/// What a ring can hold.
pub trait Item: Clone {
    /// What there is to know of it, found out once for all lanes.
    fn facts(&self) -> Facts;
}

/// What there is to know of an [`Item`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Frames in it: what the counters count (0 for an event).
    pub frames: u64,
    /// When it was taken, in nanoseconds on any one clock; `None` if unknown.
    pub time: Option<u64>,
    /// The last moment that is in it.
    pub last_time: Option<u64>,
    /// Whether a consumer can start with it.
    pub is_key: bool,
    /// Whether this is media. Else it may come at any time, and cannot say that something is missing before it.
    pub is_media: bool,
}

struct Slot<T> {
    /// Gone once `wanted` is 0.
    item: Option<T>,
    /// Lanes that have neither taken nor skipped this item.
    wanted: usize,
    /// Frames that were published before this item.
    frames_before: u64,
    frames: u64,
    time: Option<u64>,
    /// Media that a consumer cannot start with.
    is_delta: bool,
    is_media: bool,
}

/// An item on its way to one lane.
#[derive(Debug, PartialEq, Eq)]
pub struct Taken<T> {
    pub item: T,
    pub frames: u64,
    /// Frames published up to and with this item.
    pub frames_seen: u64,
}

/// Items numbered from 0 in the order of publishing; `base..head` are here.
pub struct Ring<T> {
    slots: VecDeque<Slot<T>>,
    base: u64,
    frames: u64,
    newest: Option<u64>,
}

impl<T: Item> Ring<T> {
    pub fn new() -> Self {
        Self {
            slots: VecDeque::new(),
            base: 0,
            frames: 0,
            newest: None,
        }
    }

    /// The number that the next item gets.
    pub fn head(&self) -> u64 {
        self.base + self.slots.len() as u64
    }

    /// The number of the oldest item that is here.
    pub fn base(&self) -> u64 {
        self.base
    }

    /// Whether no lane has anything left to take.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// Frames published so far.
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// The last moment in the last item that had a time.
    pub fn newest(&self) -> Option<u64> {
        self.newest
    }

    /// What was published is on another time line than what comes.
    pub fn forget_time(&mut self) {
        self.newest = None;
    }

    /// Adds an item that `wanted` lanes will take or skip; gives it back if nobody wants it.
    #[inline(always)]
    pub fn push(&mut self, item: T, facts: &Facts, wanted: usize) -> Option<T> {
        let frames_before = self.frames;
        self.frames += facts.frames;
        self.newest = facts.last_time.or(self.newest);
        if wanted == 0 && self.slots.is_empty() {
            self.base += 1;
            return Some(item);
        }
        let (item, unwanted) = if wanted == 0 {
            (None, Some(item))
        } else {
            (Some(item), None)
        };
        self.slots.push_back(Slot {
            item,
            wanted,
            frames_before,
            frames: facts.frames,
            time: facts.time,
            is_delta: facts.is_media && !facts.is_key,
            is_media: facts.is_media,
        });
        unwanted
    }

    /// Whether nothing exceeds these limits when an item of this time is added.
    pub fn has_room(&self, time: Option<u64>, limits: Limits) -> bool {
        let oldest = self.slots.front().and_then(|slot| slot.time);
        let age = || Some(time?.saturating_sub(oldest?));
        (limits.items == 0 || (self.slots.len() as u64) < limits.items)
            && (limits.time == 0 || age().is_none_or(|age| age <= limits.time))
    }

    fn slot(&self, number: u64) -> Option<&Slot<T>> {
        let index = number.checked_sub(self.base)?;
        self.slots.get(usize::try_from(index).ok()?)
    }

    fn slot_mut(&mut self, number: u64) -> Option<&mut Slot<T>> {
        let index = number.checked_sub(self.base)?;
        self.slots.get_mut(usize::try_from(index).ok()?)
    }

    /// Whether this is media that a consumer could not start with.
    pub fn is_delta(&self, number: u64) -> bool {
        self.slot(number).is_some_and(|slot| slot.is_delta)
    }

    /// Whether this is media; `false` if it is not here.
    pub fn is_media(&self, number: u64) -> bool {
        self.slot(number).is_some_and(|slot| slot.is_media)
    }

    /// Frames published before this item, or before the head.
    pub fn frames_before(&self, number: u64) -> u64 {
        self.slot(number)
            .map_or(self.frames, |slot| slot.frames_before)
    }

    /// How much older this item is than the newest, in nanoseconds; `None` where either has no time.
    pub fn age(&self, number: u64) -> Option<u64> {
        let newest = self.slots.back()?.time?;
        Some(newest.saturating_sub(self.slot(number)?.time?))
    }

    /// Takes one item for one lane.
    #[inline(always)]
    pub fn take(&mut self, number: u64) -> Option<Taken<T>> {
        let slot = self.slot_mut(number)?;
        slot.wanted = slot.wanted.saturating_sub(1);
        let item = if slot.wanted == 0 {
            slot.item.take()
        } else {
            slot.item.clone()
        }?;
        let taken = Taken {
            item,
            frames: slot.frames,
            frames_seen: slot.frames_before + slot.frames,
        };
        self.shed();
        Some(taken)
    }

    /// One lane will not take `from..to`; what nobody wants any more goes to `garbage`, to be dropped without the lock.
    pub fn skip(&mut self, from: u64, to: u64, garbage: &mut Vec<T>) {
        for number in from.max(self.base)..to.min(self.head()) {
            let Some(slot) = self.slot_mut(number) else {
                break;
            };
            slot.wanted = slot.wanted.saturating_sub(1);
            if slot.wanted == 0 {
                garbage.extend(slot.item.take());
            }
        }
        self.shed();
    }

    /// Throws out the oldest items until the ring holds no more than the limits allow, wanted or not.
    pub fn trim(&mut self, limits: Limits, garbage: &mut Vec<T>) {
        while !self.slots.is_empty() && limits.exceeded(self, self.base) {
            if let Some(slot) = self.slots.pop_front() {
                self.base += 1;
                garbage.extend(slot.item);
            }
        }
        self.shed();
    }

    /// Forgets the oldest items that nobody wants.
    fn shed(&mut self) {
        while self.slots.front().is_some_and(|slot| slot.wanted == 0) {
            self.slots.pop_front();
            self.base += 1;
        }
    }
}

/// How far a lane may lag; 0 is no limit, as in `queue`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// In items.
    pub items: u64,
    /// In nanoseconds between the oldest and the newest item.
    pub time: u64,
}

impl Limits {
    /// Nothing may lag.
    pub const NONE: Self = Self { items: 1, time: 1 };

    /// The limits that allow what either allows.
    pub fn widest(self, other: Self) -> Self {
        let widest = |a: u64, b: u64| if a == 0 || b == 0 { 0 } else { a.max(b) };
        Self {
            items: widest(self.items, other.items),
            time: widest(self.time, other.time),
        }
    }

    /// Whether a lane that has still to take item `number` lags more than this.
    pub fn exceeded<T: Item>(self, ring: &Ring<T>, number: u64) -> bool {
        (self.items > 0 && ring.head().saturating_sub(number) > self.items)
            || (self.time > 0 && ring.age(number).is_some_and(|age| age > self.time))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Of one time; each tenth is a key.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub(in super::super) struct Frame(pub(in super::super) u64);

    impl Item for Frame {
        fn facts(&self) -> Facts {
            Facts {
                frames: 1,
                time: Some(self.0),
                last_time: Some(self.0),
                is_key: self.0.is_multiple_of(10),
                is_media: true,
            }
        }
    }

    pub(in super::super) fn push(
        ring: &mut Ring<Frame>,
        frame: u64,
        wanted: usize,
    ) -> Option<Frame> {
        let frame = Frame(frame);
        let facts = frame.facts();
        ring.push(frame, &facts, wanted)
    }

    fn ring(frames: impl IntoIterator<Item = u64>, wanted: usize) -> Ring<Frame> {
        let mut ring = Ring::new();
        for frame in frames {
            push(&mut ring, frame, wanted);
        }
        ring
    }

    #[test]
    fn an_item_that_nobody_wants_is_given_back_and_counted() {
        let mut ring = ring([], 0);
        assert_eq!(push(&mut ring, 7, 0), Some(Frame(7)));
        assert_eq!((ring.base(), ring.head(), ring.frames()), (1, 1, 1));
    }

    #[test]
    fn an_item_leaves_with_its_last_taker() {
        let mut ring = ring([1, 2], 2);
        assert_eq!(ring.take(0).map(|t| t.item), Some(Frame(1)));
        assert_eq!(ring.base(), 0);
        assert_eq!(ring.take(0).map(|t| t.item), Some(Frame(1)));
        assert_eq!((ring.base(), ring.head()), (1, 2));
        assert_eq!(ring.take(0), None);
    }

    #[test]
    fn items_stay_in_order_while_the_oldest_is_wanted() {
        let mut ring = ring([1, 2, 3], 2);
        for number in 0..3 {
            assert_eq!(ring.take(number).map(|t| t.frames_seen), Some(number + 1));
        }
        assert_eq!(ring.base(), 0);
        let mut garbage = vec![];
        ring.skip(0, 3, &mut garbage);
        assert_eq!(garbage, [Frame(1), Frame(2), Frame(3)]);
        assert_eq!((ring.base(), ring.head()), (3, 3));
    }

    #[test]
    fn trimming_throws_out_the_oldest_beyond_either_limit() {
        for (limits, left) in [
            (Limits { items: 3, time: 0 }, 3),
            (Limits { items: 0, time: 4 }, 5),
            (Limits { items: 2, time: 4 }, 2),
            (Limits { items: 0, time: 0 }, 10),
        ] {
            let mut ring = ring(0..10, 1);
            let mut garbage = vec![];
            ring.trim(limits, &mut garbage);
            assert_eq!(ring.head() - ring.base(), left, "{limits:?}");
            assert_eq!(garbage.len() as u64, 10 - left, "{limits:?}");
        }
    }

    #[test]
    fn there_is_room_for_what_would_not_be_trimmed() {
        for items in 0..4 {
            for time in 0..4 {
                let limits = Limits { items, time };
                for held in 0..5 {
                    let mut ring = ring(0..held, 1);
                    let new = 2 * held;
                    let has_room = ring.has_room(Some(new), limits);
                    push(&mut ring, new, 1);
                    let exceeded = limits.exceeded(&ring, ring.base());
                    assert_eq!(has_room, !exceeded, "{limits:?} {held}");
                }
            }
        }
    }

    #[test]
    fn the_widest_limits_are_unlimited_where_either_is() {
        let limits = |items, time| Limits { items, time };
        assert_eq!(limits(3, 0).widest(limits(5, 9)), limits(5, 0));
        assert_eq!(limits(0, 2).widest(limits(5, 9)), limits(0, 9));
    }
}
