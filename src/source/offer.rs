// SPDX-License-Identifier: MPL-2.0

//! What a source can give, or does give, and what of it suits a track (W3C SelectSettings).

use std::collections::HashSet;
use std::sync::Arc;

use once_cell::sync::OnceCell;

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
    /// What can be made of the caps, as soon as somebody has asked: every link does.
    adaptable: OnceCell<gst::Caps>,
}

/// What suits a track.
pub struct Choice {
    pub settings: Settings,
    /// What is to be done to the source's media, if these are known.
    pub plan: Plan,
    /// What the source has to give itself.
    pub native: Vec<(Property, f64)>,
    /// Whether that has to be raw.
    pub raw: bool,
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

impl Choice {
    /// How much the source gives: pictures, pixels, samples.
    fn most(&self) -> f64 {
        self.native.iter().map(|(_, number)| number).product()
    }

    /// How far what the source gives is from these settings.
    pub fn apart_from(&self, settings: &Settings) -> f64 {
        let apart = |(property, number): &(Property, f64)| {
            let other = settings.number(*property)?;
            Some((number - other).abs() / number.abs().max(other.abs()).max(1.))
        };
        self.native.iter().filter_map(apart).sum()
    }
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
            adaptable: OnceCell::new(),
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
        Ok(self.choice(selected.space, selected.settings))
    }

    fn choice(&self, space: usize, settings: Settings) -> Choice {
        Choice {
            native: self.modes.native(space, &settings),
            raw: self.modes.is_raw(space),
            plan: self.plan(&settings),
            settings,
        }
    }

    /// What is to be done to the source's media for a consumer that accepts these caps; nothing as long as they are not known.
    pub fn plan_for(&self, constraints: &Constraints, accepted: Option<&gst::Caps>) -> Plan {
        if let Some(accepted) = accepted.filter(|accepted| !accepted.can_intersect(&self.caps)) {
            let spaces = self.modes.for_consumer(&self.caps(), accepted);
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
        let adaptable = || self.modes.adaptable(&self.caps);
        self.adaptable.get_or_init(adaptable).clone()
    }

    /// Of each mode, the choice that is nearest to what the source gives now.
    pub fn choices(&self, constraints: &Constraints, given: &Settings) -> Vec<Choice> {
        let choose = |mode: usize| {
            let spaces = self.spaces.get(2 * mode..2 * mode + 2)?;
            let selected = select(spaces, constraints, given).ok()?;
            Some(self.choice(2 * mode + selected.space, selected.settings))
        };
        (0..self.modes.len()).filter_map(choose).collect()
    }

    /// What the source gives, if it has decided.
    pub fn native(&self) -> Option<&Settings> {
        self.native.as_ref()
    }

    /// The same source, in the mode that this choice takes, or with `raw` left open in any format that has its numbers; `None` if caps
    /// cannot say which that is.
    pub fn in_mode_of(
        &self,
        choice: &Choice,
        raw: Option<bool>,
        kind: Kind,
        inherent: &Settings,
    ) -> Option<Self> {
        let caps = convert::with_numbers(&self.caps, raw, &choice.native);
        Self::new(&caps, kind, inherent)
    }

    /// Whether what the source gives is raw, if it has decided.
    pub fn is_raw(&self) -> bool {
        self.modes.is_raw(0)
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

    /// What consumers may have; `None` as long as nobody knows.
    pub fn caps(&self) -> Option<gst::Caps> {
        if let Some(offer) = self.offer() {
            return Some(offer.caps());
        }
        let caps = self.tee.caps(None)?;
        let offer = Offer::new(&caps, self.kind, &self.inherent());
        Some(offer.map_or(caps, |offer| offer.caps()))
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
        let caps = match self.device().filter(|_| self.is_device()) {
            Some(device) => device
                .offered
                .intersect_with_mode(caps, gst::CapsIntersectMode::First),
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

    /// What the source gave in its last run does not hold for the next one.
    pub(super) fn decides_anew(&self) {
        let mut offers = lock(&self.offers);
        let given = offers.given.take();
        offers.demanded = None;
        offers.turn += 1;
        drop((offers, given));
    }

    /// Live tracks that are in use and ask for something, and what.
    pub(super) fn askers(&self) -> Vec<(Arc<Track>, Constraints)> {
        let users: HashSet<_> = lock(&self.control).users().collect();
        let is_used = |track: &Arc<Track>| {
            track
                .views()
                .iter()
                .any(|view| users.contains(&view.user()))
        };
        let live = self.tracks().into_iter().filter(|track| track.is_live());
        let asking = live.map(|track| {
            let constraints = track.constraints();
            (track, constraints)
        });
        asking
            .filter(|(track, constraints)| !constraints.is_empty() && is_used(track))
            .collect()
    }

    /// Whether this suits all tracks, in one mode.
    fn check(&self, offer: &Offer) -> Result<(), Failure> {
        let askers = self.askers();
        let failure = |refused| Failure::overconstrained(self.kind, &refused);
        for (_, constraints) in &askers {
            offer.choose(constraints).map_err(failure)?;
        }
        let modes = self.modes_for(offer, &askers);
        let refused = |mode: &Offer| {
            let mut asked = askers.iter();
            asked.find_map(|(_, constraints)| mode.choose(constraints).err())
        };
        match modes
            .iter()
            .map(refused)
            .min_by_key(Option::is_some)
            .flatten()
        {
            Some(refused) => Err(failure(refused)),
            None => Ok(()),
        }
    }

    /// The modes that suit one of the tracks best, the one that gives most first; each as it is, and then in any format.
    fn modes_for(&self, offer: &Offer, askers: &[(Arc<Track>, Constraints)]) -> Vec<Offer> {
        let asked = askers.iter();
        let mut choices: Vec<_> = asked
            .filter_map(|(_, asked)| offer.choose(asked).ok())
            .collect();
        choices.sort_by(|one, other| other.most().total_cmp(&one.most()));
        let inherent = self.inherent();
        let mode = |(choice, raw)| offer.in_mode_of(choice, raw, self.kind, &inherent);
        let each = choices
            .iter()
            .flat_map(|choice| [(choice, Some(choice.raw)), (choice, None)]);
        each.filter_map(mode).collect()
    }

    /// The source gives media in these caps from now on: each track adapts to them, before it has got any.
    pub(super) fn decides(&self, caps: &gst::Caps) {
        let offer = Offer::given(caps, self.kind, &self.inherent()).map(Arc::new);
        let before = {
            let mut offers = lock(&self.offers);
            offers.turn += 1;
            // What was demanded is given: from now on the source may change its mind.
            offers
                .demanded
                .take_if(|(demanded, _)| demanded.can_intersect(caps));
            std::mem::replace(&mut offers.given, offer.clone())
        };
        self.decided.notify_all();
        // What a source changes by itself may be too little for a track, which gets it all the same.
        if let (Some(offer), None) = (offer, before) {
            for (track, constraints) in self.askers() {
                if let Err(refused) = offer.choose(&constraints) {
                    self.end_alone(track, Failure::overconstrained(self.kind, &refused));
                }
            }
        }
        for track in self.tracks() {
            if let Err(failure) = track.adapt_to_source() {
                for view in track.views() {
                    failure.post(view.as_ref());
                }
            }
        }
    }

    /// What the source is to give for its tracks' sake: of the modes that suit all of them, or else one of them, the one that
    /// gives most; and what else would do, for consumers that cannot take that.
    pub(super) fn wanted(&self) -> Vec<gst::Caps> {
        let Some(offer) = lock(&self.offers).possible.clone() else {
            return Vec::new();
        };
        let askers = self.askers();
        let mut modes = self.modes_for(&offer, &askers);
        let suits_all = |mode: &Offer| askers.iter().all(|(_, asked)| mode.choose(asked).is_ok());
        match modes.iter().any(suits_all) {
            true => modes.retain(suits_all),
            false => modes.truncate(2),
        }
        modes.into_iter().map(|mode| mode.caps).collect()
    }

    /// W3C inherent properties.
    pub fn inherent(&self) -> Settings {
        let device = self.device().filter(|_| self.is_device());
        device.map(|device| device.inherent()).unwrap_or_default()
    }

    /// What the device is chosen for: the constraints of the first track that has any.
    pub(super) fn asked(&self) -> Constraints {
        let first = self.askers().into_iter().next();
        first
            .map(|(_, constraints)| constraints)
            .unwrap_or_default()
    }
}
