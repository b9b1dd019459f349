// SPDX-License-Identifier: MPL-2.0

//! A source that runs in one mode and is asked to go over to another, for a track that must have what it does not give
//! (W3C: a source may be reconfigured as long as no track's required constraints are broken).

use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use super::Source;
use super::offer::{Choice, Offer};
use crate::constraints::Constraints;
use crate::sync::lock;
use crate::track::core::Track;

/// A source that has not gone over to another mode in this time does not do so.
const PATIENCE: Duration = Duration::from_secs(2);

impl Source {
    /// What the source has to give although it gave something else; only for a moment, for it may change its mind later.
    pub(super) fn demanded(&self) -> Option<gst::Caps> {
        let demanded = lock(&self.offers).demanded.clone();
        demanded
            .filter(|(_, until)| Instant::now() < *until)
            .map(|(caps, _)| caps)
    }

    /// Brings the source into a mode that suits these constraints of `track`, if it has one that breaks no other track; whether
    /// it is in one. Not on a thread of the source's.
    pub fn raise_mode(&self, track: &Track, constraints: &Constraints) -> bool {
        let (possible, given) = {
            let offers = lock(&self.offers);
            (offers.possible.clone(), offers.given.clone())
        };
        let (Some(possible), Some(given)) = (possible, given) else {
            return false;
        };
        let Some(better) = self.mode_for(track, constraints, &possible, &given) else {
            return false;
        };
        if self.go_over_to(better.source_caps().clone(), constraints) {
            return true;
        }
        gst::info!(super::CAT, "The {} source stays in its mode", self.kind);
        self.go_over_to(given.source_caps().clone(), &Constraints::default());
        false
    }

    /// The mode that suits a track and is nearest to what the source gives, of those that break no other track.
    fn mode_for(
        &self,
        track: &Track,
        constraints: &Constraints,
        possible: &Offer,
        given: &Offer,
    ) -> Option<Offer> {
        let native = given.native()?;
        let others: Vec<_> = (self.askers().into_iter())
            .filter(|(other, _)| !std::ptr::eq(Arc::as_ptr(other), track))
            .collect();
        let mut choices = possible.choices(constraints, native);
        choices.sort_by(|one, other| one.apart_from(native).total_cmp(&other.apart_from(native)));
        // Consumers took what is raw, or what is not.
        choices.sort_by_key(|choice| choice.raw != given.is_raw());
        let inherent = self.inherent();
        let mode =
            |choice: &Choice| possible.in_mode_of(choice, Some(choice.raw), self.kind, &inherent);
        let breaks_none = |mode: &Offer| others.iter().all(|(_, asked)| mode.choose(asked).is_ok());
        choices.iter().filter_map(mode).find(breaks_none)
    }

    /// Whether the source gives what suits these constraints before long.
    fn go_over_to(&self, caps: gst::Caps, constraints: &Constraints) -> bool {
        lock(&self.offers).demanded = Some((caps, Instant::now() + PATIENCE));
        self.tee.renegotiate();
        let suits = |given: &Arc<Offer>| given.choose(constraints).is_ok();
        let (offers, waited) = self
            .decided
            .wait_timeout_while(lock(&self.offers), PATIENCE, |offers| {
                !self.is_gone() && !offers.given.as_ref().is_some_and(suits)
            })
            .unwrap_or_else(PoisonError::into_inner);
        let reached = offers.given.as_ref().is_some_and(suits);
        drop(offers);
        !waited.timed_out() && reached
    }
}
