// SPDX-License-Identifier: MPL-2.0

//! What a track's media have to be (W3C "The Constrainable Pattern": `applyConstraints`, `getConstraints`, `getSettings`,
//! `getCapabilities`).
//!
//! A track keeps nothing but its constraints. What follows from them is found out when it is needed, from what the source gives at
//! that moment.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::core::Track;
use crate::adapter::Plan;
use crate::constraints::{Constraints, Media, Overconstrained};
use crate::convert;
use crate::error::Failure;
use crate::kind::Kind;
use crate::sync::lock;

/// The constraints in force, and how the application wrote them.
#[derive(Clone, Debug)]
pub struct Constrained {
    written: gst::Structure,
    constraints: Constraints,
}

impl Default for Constrained {
    fn default() -> Self {
        Self {
            written: gst::Structure::new_empty("constraints"),
            constraints: Constraints::default(),
        }
    }
}

impl Constrained {
    /// Understands constraints; an error says what makes no sense. What is not for this kind is left aside.
    pub fn parse(written: Option<gst::Structure>, kind: Kind) -> Result<Self, String> {
        let Some(written) = written else {
            return Ok(Self::default());
        };
        let media = match kind {
            Kind::Audio => Media::Audio,
            Kind::Video | Kind::None => Media::Video,
        };
        let constraints = convert::parse(&written)?.for_media(media);
        Ok(Self {
            written,
            constraints,
        })
    }
}

/// Why constraints were not applied.
#[derive(Clone, Debug)]
pub enum Refusal {
    /// The source cannot give that.
    Overconstrained(Overconstrained),
    /// It could, but an element that would make it does not work.
    Failed(Failure),
}

impl Refusal {
    /// The same, in words.
    pub fn failure(self, kind: Kind) -> Failure {
        match self {
            Self::Overconstrained(refused) => Failure::overconstrained(kind, &refused),
            Self::Failed(failure) => failure,
        }
    }
}

impl Track {
    /// W3C `[[Constraints]]`.
    pub fn constraints(&self) -> Constraints {
        self.constrained().constraints
    }

    /// W3C `getConstraints()`.
    pub fn written_constraints(&self) -> gst::Structure {
        self.constrained().written
    }

    /// What a clone takes over.
    pub(super) fn constrained(&self) -> Constrained {
        lock(&self.constrained).clone()
    }

    /// Takes constraints without looking whether they can be satisfied: that is found out when the source starts.
    pub fn constrain(&self, constrained: Constrained) -> Constrained {
        let old = std::mem::replace(&mut *lock(&self.constrained), constrained);
        self.turns.fetch_add(1, Ordering::AcqRel);
        old
    }

    /// Another number each time that [`Self::plan`] may be another one.
    pub fn turn(&self) -> (u64, usize, u64) {
        let turns = self.turns.load(Ordering::Acquire);
        let source = self.source();
        (turns, Arc::as_ptr(&source) as usize, source.turn())
    }

    /// W3C `applyConstraints()`: all or nothing, one after the other in the order of the calls. `done` is told how it went, on a thread
    /// of the plugin's own.
    pub fn apply(
        self: &Arc<Self>,
        constrained: Constrained,
        done: impl FnOnce(Result<(), Refusal>) + Send + 'static,
    ) {
        let track = self.clone();
        self.source()
            .after_that(move || track.apply_now(constrained), done);
    }

    fn apply_now(&self, constrained: Constrained) -> Result<(), Refusal> {
        if !self.is_live() {
            return Ok(());
        }
        self.can_be(&constrained.constraints)
            .map_err(Refusal::Overconstrained)?;
        let before = self.constrain(constrained);
        self.adapt().map_err(|failure| {
            self.constrain(before);
            if let Err(again) = self.adapt() {
                gst::warning!(super::imp::CAT, "Not as before: {}", again.text());
            }
            Refusal::Failed(failure)
        })
    }

    /// Whether the source gives what the constraints in force must have, or goes over to a mode in which it does; not on a thread of
    /// the source's.
    pub fn check(&self) -> Result<(), Failure> {
        let constraints = self.constraints();
        if constraints.is_empty() || !self.is_live() {
            return Ok(());
        }
        self.can_be(&constraints)
            .map_err(|refused| Failure::overconstrained(self.kind(), &refused))
    }

    fn can_be(&self, constraints: &Constraints) -> Result<(), Overconstrained> {
        let source = self.source();
        // One that does not run decides anew when it does.
        let runs = source.runs();
        let offer = match runs {
            true => source.offer(),
            false => source.possible(),
        };
        match offer.and_then(|offer| offer.choose(constraints).err()) {
            Some(_) if runs && source.raise_mode(self, constraints) => Ok(()),
            Some(refused) => Err(refused),
            None => Ok(()),
        }
    }

    /// What has to be done to the source's media for this track, and for a consumer that accepts these caps; `None` if they are
    /// what is wanted.
    pub fn plan(&self, accepted: Option<&gst::Caps>) -> Option<Plan> {
        let offer = self.source().offer().filter(|_| self.is_live())?;
        let plan = offer.plan_for(&self.constraints(), accepted);
        (!plan.is_nothing()).then_some(plan)
    }

    /// Views that are PLAYING go over to the media that suit the track now.
    pub fn adapt(&self) -> Result<(), Failure> {
        for view in self.views() {
            view.adapt()?;
        }
        Ok(())
    }

    /// The source gives other media than before.
    pub fn adapt_to_source(&self) -> Result<(), Failure> {
        for view in self.views() {
            view.adapt_to_source()?;
        }
        Ok(())
    }

    /// W3C `getSettings()`: what the track's media are, as far as the source has decided; of an ended track what it always was.
    pub fn settings(&self) -> gst::Structure {
        let offer = self.source().offer();
        let chosen = offer
            .filter(|offer| self.is_live() && offer.is_decided())
            .and_then(|offer| {
                let constrained = offer.choose(&self.constraints());
                constrained
                    .or_else(|_| offer.choose(&Constraints::default()))
                    .ok()
            });
        match chosen {
            Some(choice) => convert::settings(&choice.settings),
            None => convert::settings(&self.source().inherent()),
        }
    }

    /// W3C `getCapabilities()`: what the source could give, whatever the constraints.
    pub fn capabilities(&self) -> gst::Structure {
        match self.source().possible() {
            Some(offer) => offer.capabilities(),
            None => gst::Structure::new_empty("capabilities"),
        }
    }
}
