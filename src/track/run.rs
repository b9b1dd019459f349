// SPDX-License-Identifier: MPL-2.0

//! A track's element while it runs: it takes its source up and down with it, has a branch of the tee while it is PLAYING,
//! and is cut off from both when it goes. State changes come one at a time; cutting off and ending come from any thread.

use std::sync::atomic::Ordering;

use gst::prelude::*;
use gst::subclass::prelude::*;

use super::imp::{CAT, MediaStreamTrack, Playing};
use crate::error::Failure;
use crate::sync::lock;
use crate::tee::branch::{Branch, Whose};
use crate::tee::exit::Exit;
use crate::tee::fanout::LaneId;

impl MediaStreamTrack {
    /// The consumer may have changed: a branch that has lost its consumer tries again.
    pub(super) fn reconfigure(&self) {
        let relinked = {
            let run = lock(&self.run);
            run.playing
                .as_ref()
                .filter(|playing| playing.branch.relinked())
                .map(|playing| playing.lane)
        };
        if let (Some(tee), Some(lane)) = (self.tee(), relinked) {
            tee.restart(lane);
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
        let behind = self.behind();
        if let Some(tee) = self.tee() {
            behind.into_iter().for_each(|lane| tee.wait_for(lane));
        }
    }

    /// The lanes that have left the tee and whose consumer has not returned from a push.
    fn behind(&self) -> Vec<LaneId> {
        let Some(tee) = self.tee() else {
            return Vec::new();
        };
        let left = lock(&self.run).behind.clone();
        for lane in &left {
            // The thread that cut it off may not have come to this yet.
            tee.leave(*lane);
        }
        let mut run = lock(&self.run);
        run.behind
            .retain(|lane| !left.contains(lane) || tee.is_busy(*lane));
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
        let playing = {
            let mut run = lock(&self.run);
            let Some(playing) = run.playing.take() else {
                return;
            };
            playing.branch.close();
            run.behind.push(playing.lane);
            playing
        };
        self.behind();
        drop(playing);
    }

    /// Leaves the tee, and whether the consumer does not return from its push.
    pub(super) fn cut_off_for_good(&self) -> bool {
        self.cut_off();
        let behind = self.behind();
        self.tee()
            .is_some_and(|tee| behind.iter().any(|lane| tee.is_held(*lane)))
    }

    pub(super) fn is_abandoned(&self) -> bool {
        self.abandoned.load(Ordering::Acquire)
    }

    /// The element is left to its consumer; the source does not wait for it.
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

    pub(super) fn track_ended(&self) {
        if let Some(track) = self.core() {
            self.push_end();
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

    /// EOS follows what the pad has.
    pub(super) fn push_end(&self) {
        if let (Some(tee), Some(lane)) = (self.tee(), self.lane()) {
            tee.end(lane);
        }
    }

    pub(super) fn play(&self) -> Result<(), gst::StateChangeError> {
        let Some(view) = self.view.get() else {
            return self.raise(gst::State::Playing);
        };
        let track = &view.track;
        let tee = track.source().tee();
        let ghost = lock(&self.run).ghost.clone();
        let branch = Branch::new(
            tee,
            self.obj().upcast_ref(),
            Exit::new(&self.pad, ghost),
            Whose {
                identity: view.identity.clone(),
                label: track.source().label(),
                counters: self.counters.clone(),
                enabled: track.is_enabled(),
            },
            self.behind(),
        );
        let lane = tee.join(branch.clone(), self.limits());
        let eos = {
            let mut run = lock(&self.run);
            // It may have changed while nobody knew of the branch.
            branch.set_enabled(track.is_enabled());
            run.playing = Some(Playing { lane, branch });
            run.eos
        };
        // A track that ends from now on ends this lane.
        if eos || !track.is_live() {
            tee.end(lane);
        }
        self.raise(gst::State::Playing).inspect_err(|_| {
            self.cut_off();
        })
    }
}
