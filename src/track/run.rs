// SPDX-License-Identifier: MPL-2.0

//! A track's element while it runs: it takes its source up and down with it, has a branch of the tee while it is PLAYING,
//! and is cut off from both when it goes. State changes come one at a time; cutting off and ending come from any thread.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use gst::prelude::*;
use gst::subclass::prelude::*;

use super::core::EndedBy;
use super::imp::{CAT, MediaStreamTrack, Playing, View};
use crate::adapter::Plan;
use crate::error::Failure;
use crate::sync::lock;
use crate::tee::branch::{Branch, Former, Upstream, Whose};
use crate::tee::exit::Exit;
use crate::tee::{Place, Tee, filtered};

impl MediaStreamTrack {
    /// The fan-out that the consumer's media come from.
    pub(super) fn tee(&self) -> Option<Arc<Tee>> {
        let adapter =
            (lock(&self.run).playing.as_ref()).and_then(|playing| playing.adapter.clone());
        match adapter {
            Some(adapter) => Some(adapter.tee().clone()),
            None => self.core().map(|track| track.source().tee().clone()),
        }
    }

    /// What the pad may give; `None` as long as nobody knows.
    pub(super) fn caps(&self, filter: Option<&gst::Caps>) -> Option<gst::Caps> {
        let caps = self.core()?.source().caps()?;
        Some(filtered(caps, filter))
    }

    /// Where the pad's media come from: at two places, while one branch goes on until the next one has something.
    pub(super) fn places(&self) -> Vec<Place> {
        let run = lock(&self.run);
        let Some(playing) = &run.playing else {
            return Vec::new();
        };
        let former = playing.branch.former().map(|(_, place)| place);
        former.into_iter().chain([playing.place.clone()]).collect()
    }

    /// The consumer may have changed: a branch that has lost its consumer tries again.
    pub(super) fn reconfigure(&self) {
        let places = {
            let run = lock(&self.run);
            let Some(playing) = &run.playing else { return };
            let former = playing.branch.former();
            let all = former
                .into_iter()
                .chain([(playing.branch.clone(), playing.place.clone())]);
            let lost = all.filter(|(branch, _)| branch.relinked());
            lost.map(|(_, place)| place).collect::<Vec<_>>()
        };
        places.iter().for_each(Place::restart);
        // It may accept other media than before.
        if let Some(track) = self.core() {
            track.source().suit(&self.obj());
        }
    }

    pub(super) fn feed(&self, ghost: &gst::GhostPad) {
        lock(&self.run).ghost = Some(ghost.clone().upcast());
    }

    pub(super) fn starve(&self, ghost: &gst::GhostPad) {
        let left = lock(&self.run)
            .ghost
            .take_if(|fed| fed == ghost.upcast_ref::<gst::Pad>());
        drop(left);
    }

    /// Waits until the consumer has returned from every push, as deactivating a pad does that is pushed on under its stream lock.
    pub(super) fn wait_for_push(&self) {
        self.behind().iter().for_each(Place::wait_for);
    }

    /// The branches that have left and whose consumer has not returned from a push.
    fn behind(&self) -> Vec<Place> {
        let left = lock(&self.run).behind.clone();
        for place in &left {
            // The thread that cut it off may not have come to this yet.
            place.leave();
        }
        let mut run = lock(&self.run);
        run.behind
            .retain(|place| !left.contains(place) || place.is_busy());
        run.behind.clone()
    }

    pub(super) fn enabled_changed(&self) {
        // Under the lock, so that of several changes the last is the one that stays.
        let run = lock(&self.run);
        if let (Some(playing), Some(track)) = (&run.playing, self.core()) {
            playing.branch.set_enabled(track.is_enabled());
        }
    }

    pub(super) fn identity_changed(&self) {
        let branch = lock(&self.run)
            .playing
            .as_ref()
            .map(|playing| playing.branch.clone());
        if let Some(branch) = branch {
            branch.moved();
        }
    }

    /// Leaves the tee at once. From the first moment on, whoever must not overtake its last push can wait for it.
    pub(super) fn cut_off(&self) {
        let (playing, formers) = {
            let mut run = lock(&self.run);
            let Some(playing) = run.playing.take() else {
                return;
            };
            playing.branch.close();
            run.behind.push(playing.place.clone());
            let formers = playing.branch.take_formers();
            for former in &formers {
                former.branch.close();
                run.behind.push(former.place.clone());
            }
            (playing, formers)
        };
        self.behind();
        drop((playing, formers));
    }

    /// Leaves the tee, and whether the consumer does not return from its push.
    pub(super) fn cut_off_for_good(&self) -> bool {
        self.cut_off();
        self.behind().iter().any(Place::is_held)
    }

    pub(super) fn is_abandoned(&self) -> bool {
        self.abandoned.load(Ordering::Acquire)
    }

    /// The element is left to its consumer, or to its source that is being opened; neither waits for it.
    pub(super) fn abandon(&self) {
        self.abandoned.store(true, Ordering::Release);
        if let Some(track) = self.core() {
            track.source().lower(self.user, gst::State::Null);
        }
    }

    /// Whether nobody waits for the device to be free.
    pub(super) fn hurry(&self, on: bool) {
        self.hurried.store(on, Ordering::Release);
    }

    pub(super) fn track_ended(&self, by: EndedBy) {
        if let Some(track) = self.core() {
            self.push_end(by);
            track.source().lower(self.user, gst::State::Null);
        }
    }

    /// The source follows this element to a state; a failure is on the bus when this returns.
    pub(super) fn raise(&self, state: gst::State) -> Result<(), gst::StateChangeError> {
        let Some(track) = self.core() else {
            Failure::new(
                gst::ResourceError::Settings,
                "This mediastreamtrack has no source: tracks are made by a mediastream, or by cloning a track",
            )
            .post(self.obj().upcast_ref());
            return Err(gst::StateChangeError);
        };
        if !track.is_live() || self.is_abandoned() {
            return Ok(());
        }
        track.source().raise(self.user, state).map_err(|failure| {
            gst::error!(CAT, imp = self, "{}", failure.text());
            failure.post(self.obj().upcast_ref());
            gst::StateChangeError
        })?;
        // Ended in the meantime: nothing would lower the source again.
        if !track.is_live() {
            track.source().lower(self.user, gst::State::Null);
        }
        Ok(())
    }

    pub(super) fn lower(&self, state: gst::State) {
        if let Some(track) = self.core() {
            track.source().lower(self.user, state);
        }
    }

    /// EOS follows what the pad has; at the source's end, also what is still on its way through an adapter.
    pub(super) fn push_end(&self, by: EndedBy) {
        let (place, adapter) = {
            let run = lock(&self.run);
            let Some(playing) = &run.playing else { return };
            (playing.place.clone(), playing.adapter.clone())
        };
        match adapter.filter(|_| by == EndedBy::Source) {
            Some(adapter) => adapter.end_branch(&place),
            None => place.end(),
        }
    }

    pub(super) fn play(&self) -> Result<(), gst::StateChangeError> {
        let Some(view) = self.view.get() else {
            return self.raise(gst::State::Playing);
        };
        let joined = (view.track.check()).and_then(|()| self.join(view, Joining::First));
        joined.map_err(|failure| {
            failure.post(self.obj().upcast_ref());
            gst::StateChangeError
        })?;
        self.raise(gst::State::Playing).inspect_err(|_| {
            self.cut_off();
        })
    }

    /// The track's media are to be others than before: goes on with these where the consumer has got to.
    pub(super) fn adapt(&self, how: Joining) -> Result<(), Failure> {
        let is_playing = lock(&self.run).playing.is_some();
        match self.view.get().filter(|_| is_playing) {
            Some(view) => self.join(view, how),
            None => Ok(()),
        }
    }

    /// Joins the fan-out where the track's media are.
    fn join(&self, view: &View, how: Joining) -> Result<(), Failure> {
        while !self.try_to_join(view, how)? {}
        Ok(())
    }

    /// The same, unless what the track wants has changed meanwhile, or what the source gives.
    fn try_to_join(&self, view: &View, how: Joining) -> Result<bool, Failure> {
        let track = &view.track;
        let turn = track.turn();
        let source = track.source();
        let accepted = match how {
            Joining::AsBefore => lock(&self.run).accepted.clone(),
            Joining::First | Joining::Instead => {
                let accepted = self.accepted();
                lock(&self.run).accepted.clone_from(&accepted);
                accepted
            }
        };
        let plan = track.plan(accepted.as_ref());
        let is_due = |playing: Option<&Playing>| match playing {
            Some(playing) => {
                playing.plan() != plan.as_ref() || !Arc::ptr_eq(&playing.source, &source)
            }
            None => how == Joining::First,
        };
        if !is_due(lock(&self.run).playing.as_ref()) {
            return Ok(true);
        }
        let limits = self.limits();
        let adapter = plan
            .clone()
            .map(|plan| source.adapter(plan, limits))
            .transpose()?;
        let tee = adapter
            .as_ref()
            .map_or(source.tee(), |adapter| adapter.tee());
        let branch = self.branch(view, tee);
        let (place, eos) = {
            // Until this is known, nobody cuts it off.
            let mut run = lock(&self.run);
            if !is_due(run.playing.as_ref()) {
                return Ok(true);
            }
            if track.turn() != turn {
                return Ok(false);
            }
            // It may have changed while nobody knew of the branch.
            branch.set_enabled(track.is_enabled());
            let join = || tee.join(branch.clone(), limits);
            let place = match run.playing.take() {
                Some(old) => {
                    let settling = plan.as_ref().map_or(0, Plan::settling);
                    let next = || source.tee().next_position();
                    branch.succeed(old.into(), settling, join, next)
                }
                None => join(),
            };
            run.playing = Some(Playing {
                place: place.clone(),
                branch,
                source: source.clone(),
                adapter: adapter.clone(),
            });
            (place, run.eos)
        };
        // A track that ends from now on ends this branch.
        if eos || !track.is_live() {
            place.end();
        }
        Ok(true)
    }

    /// What the consumer accepts; `None` if there is none.
    fn accepted(&self) -> Option<gst::Caps> {
        let consumer = self.pad.peer()?;
        Some(consumer.query_caps(None))
    }

    /// Whether the consumer, which refused media, can be given others.
    pub(super) fn is_unsuited(&self) -> bool {
        let Some(view) = self.view.get() else {
            return false;
        };
        let plan = view.track.plan(self.accepted().as_ref());
        let run = lock(&self.run);
        run.playing
            .as_ref()
            .is_some_and(|playing| playing.plan() != plan.as_ref())
    }

    fn branch(&self, view: &View, tee: &Arc<Tee>) -> Arc<Branch> {
        let track = &view.track;
        let whose = Whose {
            identity: view.identity.clone(),
            label: track.source().label(),
            counters: self.counters.clone(),
            enabled: track.is_enabled(),
        };
        let ghost = lock(&self.run).ghost.clone();
        let exit = Exit::new(&self.pad, ghost);
        Branch::new(tee, self.obj().upcast_ref(), exit, whose, self.behind())
    }
}

/// Why a view joins a fan-out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Joining {
    /// It is about to be PLAYING.
    First,
    /// It is PLAYING, and its media come from elsewhere from now on.
    Instead,
    /// The same, on the source's thread, which asks no consumer anything.
    AsBefore,
}

impl Playing {
    /// What is done to the source's media.
    fn plan(&self) -> Option<&Plan> {
        self.adapter.as_ref().map(|adapter| adapter.plan())
    }
}

impl From<Playing> for Former {
    fn from(playing: Playing) -> Self {
        Self {
            branch: playing.branch,
            place: playing.place,
            upstream: playing.adapter.map(|adapter| adapter as Arc<dyn Upstream>),
        }
    }
}
