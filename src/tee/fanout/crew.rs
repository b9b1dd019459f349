// SPDX-License-Identifier: MPL-2.0

//! Who works: how many workers there are, who sleeps, and where the sweep stands. Plain data under the lock of
//! [`Fanout`](super::Fanout).

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use crate::sync::{Arc, Condvar};

/// Where one worker sleeps.
#[derive(Default)]
pub struct Seat {
    pub(super) bell: Condvar,
    /// Among the idle; changed and read under the lock only.
    taken: AtomicBool,
}

pub(super) struct Crew {
    /// All workers but those that are lost in a lane that was removed under them.
    pub(super) workers: usize,
    /// Sleeping workers; the last to lie down is the first to be woken, so that the others may leave. The first of all, who is mostly
    /// the only one, is found without a detour.
    first: Option<Arc<Seat>>,
    others: Vec<Arc<Seat>>,
}

impl Crew {
    pub(super) fn new() -> Self {
        Self {
            workers: 0,
            first: None,
            others: Vec::new(),
        }
    }

    /// Workers that look for work or are in a push that should return at once; all but the sleeping and those held up.
    pub(super) fn awake(&self, held_up: usize) -> usize {
        let idle = usize::from(self.has_idle()) + self.others.len();
        self.workers.saturating_sub(idle + held_up)
    }

    pub(super) fn has_idle(&self) -> bool {
        self.first.is_some()
    }

    pub(super) fn sit(&mut self, seat: &Arc<Seat>) {
        seat.taken.store(true, Relaxed);
        match &self.first {
            None => self.first = Some(seat.clone()),
            Some(_) => self.others.push(seat.clone()),
        }
    }

    /// Whether this worker has been left to sleep.
    pub(super) fn sits(&self, seat: &Arc<Seat>) -> bool {
        seat.taken.load(Relaxed)
    }

    /// Whether this worker stays longest: all that sleep beside it are woken before it is.
    pub(super) fn sits_first(&self, seat: &Arc<Seat>) -> bool {
        self.first
            .as_ref()
            .is_some_and(|first| Arc::ptr_eq(first, seat))
    }

    pub(super) fn first(&self) -> Option<Arc<Seat>> {
        self.first.clone()
    }

    pub(super) fn stand(&mut self, seat: &Arc<Seat>) {
        seat.taken.store(false, Relaxed);
        if self.sits_first(seat) {
            let next = !self.others.is_empty();
            self.first = next.then(|| self.others.remove(0));
        } else {
            self.others.retain(|other| !Arc::ptr_eq(other, seat));
        }
    }

    pub(super) fn call(&mut self) -> Option<Arc<Seat>> {
        let seat = self.others.pop().or_else(|| self.first.take())?;
        seat.taken.store(false, Relaxed);
        Some(seat)
    }
}

/// The sweep: which lanes have not been looked at since the last item was published.
pub(super) struct Sweep {
    /// The next place to look at.
    next: usize,
    /// Places to look at before all have been seen.
    left: usize,
    /// It was not over when the next item came, or when the watch looked.
    overdue: bool,
    /// How often the watch found somebody held up in it.
    stalls: u8,
    /// Whether the watch looks every moment.
    pub(super) watched: bool,
}

impl Sweep {
    pub(super) fn new() -> Self {
        Self {
            next: 0,
            left: 0,
            overdue: false,
            stalls: 0,
            watched: false,
        }
    }

    /// There is an item for the lanes in so many places; `lingers` if somebody is still in a push of the sweep before, who should
    /// have returned at once.
    pub(super) fn start(&mut self, places: usize, lingers: bool) {
        self.overdue = self.left > 0 || lingers;
        self.stalls = 0;
        self.left = places;
    }

    /// The watch finds it going on.
    pub(super) fn takes_long(&mut self) {
        self.overdue = true;
    }

    /// Whether it takes longer than it should.
    pub(super) fn is_overdue(&self) -> bool {
        self.overdue
    }

    /// Places to look at before all have been seen.
    pub(super) fn left(&self) -> usize {
        self.left
    }

    /// The watch found somebody held up.
    pub(super) fn stalls(&mut self) {
        self.stalls = self.stalls.saturating_add(1);
    }

    /// Whether several consumers have blocked for the first time: then the next ones are likely to, and a thousand of them cannot
    /// each wait for the watch.
    pub(super) fn is_suspicious(&self) -> bool {
        self.stalls > 4
    }

    /// A place was added behind the last one: whoever sweeps will pass it too.
    pub(super) fn grow(&mut self) {
        if self.left > 0 {
            self.left += 1;
        }
    }

    /// The place that [`Self::step`] goes to.
    pub(super) fn peek(&self, places: usize) -> Option<usize> {
        (self.left > 0 && self.next < places).then_some(self.next)
    }

    pub(super) fn is_over(&self) -> bool {
        self.left == 0
    }

    /// The next place to look at, out of `places`.
    pub(super) fn step(&mut self, places: usize) -> Option<usize> {
        if places == 0 {
            self.left = 0;
        }
        self.left = self.left.checked_sub(1)?;
        let index = self.next % places;
        self.next = (index + 1) % places;
        Some(index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_to_lie_down_is_the_first_to_be_called() {
        crate::sync::model(|| {
            let seats: [Arc<Seat>; 4] = std::array::from_fn(|_| Arc::default());
            let mut crew = Crew::new();
            crew.workers = 5;
            for seat in &seats {
                crew.sit(seat);
            }
            assert_eq!(crew.awake(0), 1);
            assert!(crew.sits_first(&seats[0]));
            // Who stays longest may leave before the others all the same.
            crew.stand(&seats[0]);
            assert!(!crew.sits(&seats[0]) && crew.sits_first(&seats[1]));
            crew.stand(&seats[2]);
            assert_eq!(crew.awake(0), 3);
            for seat in [&seats[3], &seats[1]] {
                assert!(crew.has_idle() && crew.sits(seat));
                let called = crew.call().expect("somebody sleeps");
                assert!(Arc::ptr_eq(&called, seat) && !crew.sits(seat));
            }
            assert!(!crew.has_idle() && crew.call().is_none());
            assert_eq!(crew.awake(1), 4);
        });
    }
}
