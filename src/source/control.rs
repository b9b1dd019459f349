// SPDX-License-Identifier: MPL-2.0

//! The state that a source should have: the highest that any element of its tracks has. Plain data and one rule, without
//! threads or GStreamer objects: who changes states and who waits is in [`following`](super::following).

use std::collections::HashMap;

/// Names an element that uses a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct User(pub u64);

/// Who wants which state, and how far the source is. `S` is a state, `F` a failure.
#[derive(Debug)]
pub struct Control<S, F> {
    users: HashMap<User, S>,
    /// The state of a source that nobody uses.
    lowest: S,
    current: S,
    /// Where a state change that is under way leads to.
    target: Option<S>,
    /// Somebody has to see to it that the source does what it should in its state.
    again: bool,
    failures: HashMap<User, F>,
}

/// How a user's wish stands.
#[derive(Debug, PartialEq, Eq)]
pub enum Wish<F> {
    Granted,
    Pending,
    Failed(F),
}

impl<S: Copy + Ord, F: Clone> Control<S, F> {
    pub fn new(lowest: S) -> Self {
        Self {
            users: HashMap::new(),
            lowest,
            current: lowest,
            target: None,
            again: false,
            failures: HashMap::new(),
        }
    }

    /// A user wants the source in this state, or higher.
    pub fn want(&mut self, user: User, state: S) {
        self.failures.remove(&user);
        if state == self.lowest {
            self.users.remove(&user);
        } else {
            self.users.insert(user, state);
        }
    }

    fn wanted(&self) -> S {
        self.users.values().copied().max().unwrap_or(self.lowest)
    }

    /// A user that wanted more wants no more than this, and whether it did; one that wants nothing any more is not brought back.
    pub fn want_no_more_than(&mut self, user: User, state: S) -> bool {
        let wanted_more = (self.users.get(&user)).is_some_and(|wanted| *wanted > state);
        if wanted_more {
            self.want(user, state);
        }
        wanted_more
    }

    /// All users leave, with what each wanted.
    pub fn leave(&mut self) -> Vec<(User, S)> {
        self.users.drain().collect()
    }

    /// Users that want the source in any state but the lowest.
    pub fn users(&self) -> impl Iterator<Item = User> {
        self.users.keys().copied()
    }

    /// The source may not do what it should: if it stays in its state, the next change is from there to the same one.
    pub fn redo(&mut self) {
        self.again = true;
    }

    /// Whether somebody has to begin to change the source's state.
    pub fn begin(&mut self) -> bool {
        let begin = self.target.is_none() && (self.again || self.wanted() != self.current);
        if begin {
            self.target = Some(self.current);
        }
        begin
    }

    /// The next change, from and to; `None` ends the work that [`Self::begin`] began.
    pub fn next(&mut self) -> Option<(S, S)> {
        let wanted = self.wanted();
        let again = std::mem::take(&mut self.again);
        self.target = (again || wanted != self.current).then_some(wanted);
        self.target.map(|target| (self.current, target))
    }

    /// The change succeeded.
    pub fn reached(&mut self, state: S) {
        self.current = state;
    }

    /// The change failed and the source fell back: whoever wanted more is told, and wants nothing any more.
    pub fn failed(&mut self, back: S, failure: F) {
        self.current = back;
        let failed: Vec<_> = self
            .users
            .iter()
            .filter(|(_, state)| **state > back)
            .map(|(user, _)| *user)
            .collect();
        for user in failed {
            self.users.remove(&user);
            self.failures.insert(user, failure.clone());
        }
    }

    /// Whether this user has what it wants.
    pub fn wish(&mut self, user: User) -> Wish<F> {
        if let Some(failure) = self.failures.remove(&user) {
            return Wish::Failed(failure);
        }
        match self.is_awaited_by(user) {
            true => Wish::Pending,
            false => Wish::Granted,
        }
    }

    /// Whether this user wants a state that it has not got yet.
    pub fn is_awaited_by(&self, user: User) -> bool {
        self.users.get(&user).is_some_and(|state| {
            let stays = self.target.is_none_or(|target| target >= *state);
            self.current < *state || !stays
        })
    }

    /// Whether it is in this state or a higher one, and nobody has it leave that.
    pub fn stays_in(&self, state: S) -> bool {
        self.current.min(self.wanted()) >= state
    }

    /// It is on its way to the lowest state, for all that anybody wants.
    pub fn is_leaving(&self) -> bool {
        self.target.is_some() && self.wanted() == self.lowest
    }

    /// Nothing is changing.
    pub fn is_settled(&self) -> bool {
        self.target.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Plan = Control<u8, &'static str>;
    const A: User = User(1);
    const B: User = User(2);

    /// Carries out what is wanted; returns the changes.
    fn work(plan: &mut Plan) -> Vec<(u8, u8)> {
        let mut changes = vec![];
        if plan.begin() {
            while let Some(change) = plan.next() {
                changes.push(change);
                plan.reached(change.1);
            }
        }
        changes
    }

    #[test]
    fn the_source_has_the_highest_state_that_anybody_wants() {
        for a in 0..4 {
            for b in 0..4 {
                let mut plan = Plan::new(0);
                plan.want(A, a);
                plan.want(B, b);
                work(&mut plan);
                assert_eq!(plan.current, a.max(b));
                plan.want(A, 0);
                work(&mut plan);
                assert_eq!(plan.current, b);
            }
        }
    }

    #[test]
    fn a_user_that_has_gone_is_not_brought_back_on_its_way_down() {
        let mut plan = Plan::new(0);
        plan.want(A, 3);
        work(&mut plan);
        plan.want(A, 0);
        assert!(!plan.want_no_more_than(A, 2));
        assert_eq!(work(&mut plan), [(3, 0)]);
        assert!(!plan.want_no_more_than(B, 1));
        assert_eq!(work(&mut plan), []);
        plan.want(A, 3);
        assert!(plan.want_no_more_than(A, 2));
        assert!(!plan.want_no_more_than(A, 2));
        assert_eq!(work(&mut plan), [(0, 2)]);
    }

    #[test]
    fn only_one_works_at_a_time_and_sees_what_is_wanted_meanwhile() {
        let mut plan = Plan::new(0);
        plan.want(A, 1);
        assert!(plan.begin());
        assert_eq!(plan.next(), Some((0, 1)));
        plan.want(B, 3);
        assert!(!plan.begin());
        plan.reached(1);
        assert_eq!(plan.wish(A), Wish::Granted);
        assert_eq!(plan.wish(B), Wish::Pending);
        assert_eq!(plan.next(), Some((1, 3)));
        plan.reached(3);
        assert_eq!(plan.wish(B), Wish::Granted);
        assert_eq!(plan.next(), None);
        assert!(plan.is_settled());
    }

    #[test]
    fn a_wish_waits_for_a_change_that_leads_below_it() {
        let mut plan = Plan::new(0);
        plan.want(A, 3);
        work(&mut plan);
        plan.want(A, 0);
        assert!(plan.begin());
        assert_eq!(plan.next(), Some((3, 0)));
        plan.want(B, 2);
        assert_eq!(plan.wish(B), Wish::Pending);
        plan.reached(0);
        assert_eq!(plan.next(), Some((0, 2)));
    }

    #[test]
    fn what_is_redone_is_redone_once_and_only_in_the_state_that_it_is_to_have() {
        let mut plan = Plan::new(0);
        plan.want(A, 3);
        work(&mut plan);
        plan.redo();
        assert_eq!(work(&mut plan), [(3, 3)]);
        assert_eq!(work(&mut plan), []);
        plan.redo();
        plan.want(A, 2);
        assert_eq!(work(&mut plan), [(3, 2)]);
        plan.want(A, 3);
        assert!(plan.begin());
        assert_eq!(plan.next(), Some((2, 3)));
        plan.redo();
        plan.reached(3);
        assert_eq!(plan.next(), Some((3, 3)));
        assert_eq!(plan.wish(A), Wish::Granted);
    }

    #[test]
    fn it_stays_where_somebody_wants_it_and_it_is() {
        let mut plan = Plan::new(0);
        plan.want(A, 2);
        assert!(!plan.stays_in(2));
        work(&mut plan);
        assert!(plan.stays_in(2) && !plan.stays_in(3));
        // Before it has begun to leave.
        plan.want(A, 1);
        assert!(plan.stays_in(1) && !plan.stays_in(2));
        plan.want(B, 2);
        assert!(plan.stays_in(2));
    }

    #[test]
    fn a_failure_reaches_those_who_wanted_more_and_is_not_tried_again() {
        let mut plan = Plan::new(0);
        plan.want(A, 1);
        work(&mut plan);
        plan.want(B, 3);
        assert!(plan.begin());
        assert_eq!(plan.next(), Some((1, 3)));
        plan.failed(0, "busy");
        assert_eq!(plan.wish(B), Wish::Failed("busy"));
        assert_eq!(plan.wish(A), Wish::Failed("busy"));
        assert_eq!(plan.next(), None);
    }
}
