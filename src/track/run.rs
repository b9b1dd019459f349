// SPDX-License-Identifier: MPL-2.0

//! A track's element while it runs: it takes its source up and down with it, has a branch of the tee while it is PLAYING,
//! and is cut off from both when it goes. State changes come one at a time; cutting off and ending come from any thread.

use std::sync::atomic::Ordering;

use gst::prelude::*;
use gst::subclass::prelude::*;

use super::imp::{CAT, MediaStreamTrack, Playing, View};
use crate::error::Failure;
use crate::sync::lock;
use crate::tee::branch::Branch;
use crate::tee::fanout::LaneId;

impl MediaStreamTrack {
    /// The consumer may have changed: a branch that has lost its consumer tries again.
    pub(super) fn reconfigure(&self) {
        let relinked = {
            let run = lock(&self.run);
            run.playing
                .as_ref()
                .filter(|playing| playing.branch.was_lost())
                .map(|playing| playing.lane)
        };
        if let (Some(tee), Some(lane)) = (self.tee(), relinked) {
            tee.restart(lane);
        }
    }

    /// Leaves the tee at once; the lane, if its consumer has not returned from a push.
    pub(super) fn cut_off(&self) -> Option<LaneId> {
        let playing = lock(&self.run).playing.take()?;
        let tee = self.tee()?;
        tee.leave(playing.lane).then_some(playing.lane)
    }

    /// Leaves the tee, and whether the consumer does not return from its push.
    pub(super) fn cut_off_for_good(&self) -> bool {
        match (self.cut_off(), self.tee()) {
            (Some(lane), Some(tee)) => tee.is_held(lane),
            _ => false,
        }
    }

    pub(super) fn is_abandoned(&self) -> bool {
        self.abandoned.load(Ordering::Acquire)
    }

    pub(super) fn abandon(&self) {
        self.abandoned.store(true, Ordering::Release);
    }

    /// Whether nobody waits for the device to be free.
    pub(super) fn hurry(&self, on: bool) {
        self.hurried.store(on, Ordering::Release);
    }

    pub(super) fn track_ended(&self) {
        if let Some(track) = self.core() {
            if let Some(lane) = self.lane() {
                track.source().tee().end(lane);
            }
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
        if !track.is_live() {
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
        if let Some(track) = self.core()
            && track.is_live()
        {
            track.source().lower(self.user, state);
        }
    }

    pub(super) fn play(&self) -> Result<(), gst::StateChangeError> {
        let Some(view) = self.view.get() else {
            return self.raise(gst::State::Playing);
        };
        let track = &view.track;
        let tee = track.source().tee();
        self.say_title(view);
        let branch = Branch::new(
            tee,
            self.obj().upcast_ref(),
            &self.pad,
            view.identity.clone(),
            self.counters.clone(),
        );
        let lane = tee.join(branch.clone(), self.limits());
        let eos = {
            let mut run = lock(&self.run);
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

    /// The label is known when the source has been opened.
    fn say_title(&self, view: &View) {
        let label = view.track.source().label();
        if view.identity.stream.tags().is_none() && !label.is_empty() {
            let mut tags = gst::TagList::new();
            tags.make_mut()
                .add::<gst::tags::Title>(&label.as_str(), gst::TagMergeMode::Replace);
            view.identity.stream.set_tags(Some(&tags));
        }
    }
}
