// SPDX-License-Identifier: MPL-2.0

//! What a source can give, or does give, and what of it suits a track (W3C SelectSettings).

use std::sync::Arc;

use super::Source;
use crate::adapter::Plan;
use crate::constraints::{
    Constraints, Overconstrained, Property, Setting, Settings, Space, capabilities, select,
};
use crate::convert::{self, Modes};
use crate::error::Failure;
use crate::kind::Kind;
use crate::sync::lock;
use crate::track::core::Track;

/// What a source can give. Immutable; another one takes its place when the source says more.
pub struct Offer {
    caps: gst::Caps,
    modes: Modes,
    spaces: Vec<Space>,
    /// What becomes of what nobody asks for.
    defaults: Settings,
    /// The source has decided: its media have these settings.
    native: Option<Settings>,
}

/// What suits a track.
pub struct Choice {
    pub settings: Settings,
    /// What is to be done to the source's media, if these are known.
    pub plan: Plan,
    /// What the source has to give itself.
    pub native: Vec<(Property, f64)>,
}

/// What becomes of what nobody asks for: step 6 of SelectSettings, as a browser does.
pub fn defaults(kind: Kind) -> Settings {
    let numbers: &[(Property, f64)] = match kind {
        Kind::Video | Kind::None => &[
            (Property::Width, 640.),
            (Property::Height, 480.),
            (Property::FrameRate, 30.),
        ],
        Kind::Audio => &[
            (Property::SampleRate, 48_000.),
            (Property::ChannelCount, 2.),
            (Property::SampleSize, 16.),
        ],
    };
    let mut defaults = Settings::default();
    for (property, number) in numbers {
        defaults.set(*property, Setting::Number(*number));
    }
    if kind == Kind::Video {
        defaults.set(Property::ResizeMode, Setting::Text("none".into()));
    }
    defaults
}

impl Offer {
    /// What a source may give in these caps; `None` if they say nothing.
    fn new(caps: &gst::Caps, kind: Kind, inherent: &Settings) -> Option<Self> {
        let modes = Modes::of(kind, caps, inherent)?;
        Some(Self {
            caps: caps.clone(),
            spaces: modes.spaces(),
            modes,
            defaults: defaults(kind),
            native: None,
        })
    }

    /// The same of a source that gives this and nothing else.
    fn given(caps: &gst::Caps, kind: Kind, inherent: &Settings) -> Option<Self> {
        let offer = Self::new(caps, kind, inherent)?;
        let as_it_is = &offer.spaces[..offer.spaces.len().min(1)];
        let native = select(as_it_is, &Constraints::default(), &offer.defaults).ok()?;
        Some(Self {
            defaults: native.settings.clone(),
            native: Some(native.settings),
            ..offer
        })
    }

    /// W3C SelectSettings on these constraints.
    pub fn choose(&self, constraints: &Constraints) -> Result<Choice, Overconstrained> {
        let selected = select(&self.spaces, constraints, &self.defaults)?;
        Ok(Choice {
            native: self.modes.native(selected.space, &selected.settings),
            plan: self.plan(&selected.settings),
            settings: selected.settings,
        })
    }

    /// What is to be done to the source's media for a consumer that accepts these caps; nothing as long as they are not known.
    pub fn plan_for(&self, constraints: &Constraints, accepted: Option<&gst::Caps>) -> Plan {
        if let Some(accepted) = accepted.filter(|accepted| !accepted.can_intersect(&self.caps)) {
            let spaces = self.modes.for_consumer(&self.caps, accepted);
            let selected = select(&spaces, constraints, &self.defaults);
            // What suits the constraints but not the consumer is its failure.
            if let (Ok(selected), true) = (selected, self.is_decided()) {
                return self.plan(&selected.settings);
            }
        }
        match constraints.is_empty() {
            true => Plan::default(),
            false => self
                .choose(constraints)
                .map(|choice| choice.plan)
                .unwrap_or_default(),
        }
    }

    fn plan(&self, settings: &Settings) -> Plan {
        let native = self.native.as_ref();
        native.map_or_else(Plan::default, |native| convert::plan(settings, native))
    }

    /// W3C `getCapabilities()`.
    pub fn capabilities(&self) -> gst::Structure {
        convert::capabilities(&capabilities(&self.spaces))
    }

    /// What consumers may have: what the source gives, or what can be made of it.
    pub fn caps(&self) -> gst::Caps {
        self.modes.adaptable(&self.caps)
    }

    /// The same source, in the mode that this choice takes; `None` if caps cannot say which that is.
    pub fn in_mode_of(&self, choice: &Choice, kind: Kind, inherent: &Settings) -> Option<Self> {
        let caps = convert::with_numbers(&self.caps, &choice.native);
        Self::new(&caps, kind, inherent)
    }

    /// What the caps are.
    pub fn source_caps(&self) -> &gst::Caps {
        &self.caps
    }

    /// Whether the source has decided what it gives.
    pub fn is_decided(&self) -> bool {
        self.native.is_some()
    }
}

impl Source {
    /// What the source gives, or may give as long as it has not decided; `None` if nobody knows.
    pub fn offer(&self) -> Option<Arc<Offer>> {
        let offers = lock(&self.offers);
        offers.given.clone().or_else(|| offers.possible.clone())
    }

    /// Another number each time that [`Self::offer`] is another one.
    pub fn turn(&self) -> u64 {
        lock(&self.offers).turn
    }

    /// All that the source could give, whatever it does.
    pub fn possible(&self) -> Option<Arc<Offer>> {
        let offers = lock(&self.offers);
        offers.possible.clone().or_else(|| offers.given.clone())
    }

    /// The source has been made, and could give this. An error if that is not what its tracks must have.
    pub(super) fn consider(&self, caps: &gst::Caps) -> Result<(), Failure> {
        // A device's element may know less of it than the device.
        let caps = match self.device_caps.get() {
            Some(offered) => offered.intersect_with_mode(caps, gst::CapsIntersectMode::First),
            None => caps.clone(),
        };
        let offer = Offer::new(&caps, self.kind, &self.inherent()).map(Arc::new);
        {
            let mut offers = lock(&self.offers);
            offers.possible.clone_from(&offer);
            offers.given = None;
            offers.demanded = None;
            offers.turn += 1;
        }
        match offer {
            Some(offer) => self.check(&offer),
            None => Ok(()),
        }
    }

    /// Live tracks that ask for something, and what.
    pub(super) fn askers(&self) -> Vec<(Arc<Track>, Constraints)> {
        let live = self.tracks().into_iter().filter(|track| track.is_live());
        let asking = live.map(|track| {
            let constraints = track.constraints();
            (track, constraints)
        });
        asking
            .filter(|(_, constraints)| !constraints.is_empty())
            .collect()
    }

    /// Whether this suits all tracks.
    fn check(&self, offer: &Offer) -> Result<(), Failure> {
        for (_, constraints) in self.askers() {
            offer
                .choose(&constraints)
                .map_err(|overconstrained| Failure::overconstrained(self.kind, &overconstrained))?;
        }
        Ok(())
    }

    /// The source gives media in these caps from now on: each track adapts to them, before it has got any.
    pub(super) fn decides(&self, caps: &gst::Caps) {
        let offer = Offer::given(caps, self.kind, &self.inherent()).map(Arc::new);
        let before = {
            let mut offers = lock(&self.offers);
            offers.turn += 1;
            std::mem::replace(&mut offers.given, offer.clone())
        };
        self.decided.notify_all();
        let Some(offer) = offer else { return };
        // What a source changes by itself may be too little for a track, which gets it all the same.
        if before.is_none()
            && let Err(failure) = self.check(&offer)
            && let Some(source) = self.this.upgrade()
        {
            source.give_up(failure, false);
            return;
        }
        for track in self.tracks() {
            if let Err(failure) = track.adapt() {
                for view in track.views() {
                    failure.post(view.as_ref());
                }
            }
        }
    }

    /// What the source is to give for its tracks' sake: of the modes that suit one of them, the one that gives most.
    pub(super) fn wanted(&self) -> Option<gst::Caps> {
        let offer = lock(&self.offers).possible.clone()?;
        let askers = self.askers().into_iter();
        let choices = askers.filter_map(|(_, constraints)| offer.choose(&constraints).ok());
        let most = |choice: &Choice| {
            choice
                .native
                .iter()
                .map(|(_, number)| number)
                .product::<f64>()
        };
        let choice = choices.max_by(|one, other| most(one).total_cmp(&most(other)))?;
        let wanted = convert::with_numbers(&offer.caps, &choice.native);
        (!wanted.is_empty()).then_some(wanted)
    }

    /// W3C inherent properties.
    pub fn inherent(&self) -> Settings {
        self.inherent.get().cloned().unwrap_or_default()
    }

    /// What the device is chosen for: the constraints of the first track that has any.
    pub(super) fn asked(&self) -> Constraints {
        let first = self.askers().into_iter().next();
        first
            .map(|(_, constraints)| constraints)
            .unwrap_or_default()
    }
}
