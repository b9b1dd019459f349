// SPDX-License-Identifier: MPL-2.0

//! The private pipeline of a source, and its changes of state. It is made and changed by one thread at a time, the one that
//! [`Control`](super::control::Control) lets work; any thread may look at it, and say what its elements said.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use gst::glib;
use gst::prelude::*;

use super::patience::{self, Change};
use super::{CAT, Origin, Source, attach, bus, stalls, volume};
use crate::clock::SOURCE_CLOCK;
use crate::error::Failure;
use crate::sync::lock;
use crate::tee::sink::TeeSink;
use crate::track::MediaStreamTrack;

/// A device that takes longer to open is taken for one that does not open. What an application gives may take any time.
pub(super) const OPENING: Duration = Duration::from_secs(10);

/// A source that takes longer to stop is left to itself.
pub(super) const CLOSING: Duration = Duration::from_secs(3);

/// A pipeline, once it has been made, and what its elements said while its state was being raised.
#[derive(Default)]
pub struct Machine {
    pipeline: Mutex<Option<gst::Pipeline>>,
    raising: Mutex<Raising>,
    pub(super) watched: volume::Watched,
    pub(super) heeded: stalls::Heeded,
}

#[derive(Default)]
struct Raising {
    under_way: bool,
    failures: Vec<Failure>,
    /// The change that somebody waits for.
    change: Option<Arc<Change>>,
}

impl Machine {
    pub fn pipeline(&self) -> Option<gst::Pipeline> {
        lock(&self.pipeline).clone()
    }

    /// Takes a failure that may be the reason why the state change under way fails; gives it back if there is none.
    pub fn keep(&self, failure: Failure) -> Option<Failure> {
        let mut raising = lock(&self.raising);
        if raising.under_way {
            raising.failures.push(failure);
            return None;
        }
        Some(failure)
    }

    /// The change that somebody waits for.
    pub(super) fn under_way(&self) -> Option<Arc<Change>> {
        lock(&self.raising).change.clone()
    }

    pub(super) fn sink(&self) -> Option<TeeSink> {
        let children = self.pipeline()?.children();
        children.into_iter().find_map(|child| child.downcast().ok())
    }

    pub(super) fn let_it_copy(&self) {
        if let Some(pipeline) = self.pipeline() {
            let_copy(&pipeline);
        }
    }

    pub(super) fn live_pads(&self) -> Vec<gst::Pad> {
        self.pipeline()
            .map_or_else(Vec::new, |pipeline| stalls::live_pads(&pipeline))
    }

    /// Whether the source had better not be paused.
    fn plays_on(&self) -> bool {
        self.pipeline()
            .is_some_and(|pipeline| stalls::cannot_resume(&pipeline))
    }

    /// Changes the state, or sees to it that the source does what it should in the one that it has. After a failure the
    /// pipeline is in NULL.
    pub fn set_state(
        &self,
        source: &Arc<Source>,
        from: gst::State,
        to: gst::State,
    ) -> Result<Reached, Failure> {
        if to < from {
            if to == gst::State::Paused && self.plays_on() {
                return Ok(Reached::Here);
            }
            self.lower(source, to);
            if to == gst::State::Paused {
                source.heed_stalls();
            }
            return Ok(Reached::Here);
        }
        if to == from {
            return self.go_on(source, to);
        }
        self.bring_up(source, from, to)
    }

    /// Plays once more if a thread of the source has stopped in PLAYING.
    fn go_on(&self, source: &Arc<Source>, state: gst::State) -> Result<Reached, Failure> {
        let stalls = || self.live_pads().iter().any(stalls::has_stopped);
        if state != gst::State::Playing || !stalls() {
            return Ok(Reached::Here);
        }
        gst::info!(CAT, "The {} source has stalled", source.kind());
        self.lower(source, gst::State::Paused);
        self.bring_up(source, gst::State::Paused, state)
            // Nobody waits for it who would hear of it otherwise.
            .inspect_err(|failure| source.fail_now(failure.clone()))
    }

    /// After a failure the pipeline is in NULL.
    fn bring_up(
        &self,
        source: &Arc<Source>,
        from: gst::State,
        to: gst::State,
    ) -> Result<Reached, Failure> {
        lock(&self.raising).under_way = true;
        let result = self.raise(source, from, to);
        let failures = self.said(false);
        match result {
            Ok(reached) => {
                for failure in failures {
                    source.fail_now(failure);
                }
                Ok(reached)
            }
            Err(failure) => {
                self.lower(source, gst::State::Null);
                Err(failure)
            }
        }
    }

    /// What elements said since the last time.
    pub(super) fn said(&self, under_way: bool) -> Vec<Failure> {
        let mut raising = lock(&self.raising);
        raising.under_way = under_way;
        std::mem::take(&mut raising.failures)
    }

    fn raise(
        &self,
        source: &Arc<Source>,
        from: gst::State,
        to: gst::State,
    ) -> Result<Reached, Failure> {
        match (source.origin(), self.pipeline()) {
            (Origin::Element(_), Some(_)) if source.was_opened() => {
                self.go(source, from, to, None)?;
            }
            // For the first time, or once more after it did not open.
            (Origin::Element(element), pipeline) => {
                if let Some(other) = source.shares(&element) {
                    return Ok(Reached::Elsewhere(other));
                }
                let made = match pipeline {
                    Some(_) => Ok(()),
                    None => refuse_itself(source, &element)
                        .and_then(|()| self.build(source, &element))
                        .inspect(|()| source.heed_moves_of(&element)),
                };
                made.and_then(|()| self.go(source, from, to, None))
                    .inspect_err(|_| source.not_opened())?;
            }
            (Origin::Device(name), _) => return source.open(name.as_deref(), from, to),
        }
        source.opened();
        Ok(Reached::Here)
    }

    /// Raises the pipeline of a device.
    pub(super) fn raise_device(
        &self,
        source: &Arc<Source>,
        from: gst::State,
        to: gst::State,
    ) -> Result<(), Failure> {
        self.go(source, from, to, Some(OPENING))
    }

    fn go(
        &self,
        source: &Arc<Source>,
        from: gst::State,
        to: gst::State,
        limit: Option<Duration>,
    ) -> Result<(), Failure> {
        let change = |to| {
            self.change(source, to, limit, true)
                // The element's own words say more than ours.
                .map_err(|failure| self.said(true).into_iter().next().unwrap_or(failure))
        };
        if from < gst::State::Ready {
            // Opened, a device knows what it can give.
            change(gst::State::Ready)?;
            source.consider(&source.tee().offered())?;
        } else if from < gst::State::Paused {
            source.decides_anew();
        }
        change(to)
    }

    fn change(
        &self,
        source: &Arc<Source>,
        to: gst::State,
        limit: Option<Duration>,
        upwards: bool,
    ) -> Result<(), Failure> {
        let Some(pipeline) = self.pipeline() else {
            return Ok(());
        };
        let failed = |what: &str| {
            let text = format!("The {} source {what}", source.kind());
            Failure::new(gst::CoreError::StateChange, text)
        };
        let here = || {
            let result = pipeline.set_state(to);
            result
                .map(|_| ())
                .map_err(|_| failed("could not be started"))
        };
        let Some(limit) = limit else { return here() };
        let change = match Change::to(source, &pipeline, to) {
            Ok(change) => change,
            Err(_) if !upwards => return here(),
            Err(failure) => return Err(failure),
        };
        if upwards {
            lock(&self.raising).change = Some(change.clone());
            // Whoever lost it before did not know of the change.
            if source.is_gone() {
                change.give_up();
            }
        }
        let outcome = change.wait(limit);
        lock(&self.raising).change = None;
        match outcome {
            patience::Outcome::Done(Ok(_)) => Ok(()),
            patience::Outcome::Done(Err(_)) => Err(failed("could not be started")),
            patience::Outcome::Abandoned => {
                self.abandon();
                Err(failed(&format!(
                    "did not start within {} s: it hangs, or another application has it for itself",
                    limit.as_secs()
                )))
            }
        }
    }

    /// Downwards nothing fails that could be helped.
    pub(super) fn lower(&self, source: &Arc<Source>, to: gst::State) {
        // What an application gave is not left: it could not be used again.
        let limit = source.is_device().then_some(CLOSING);
        let stopped = self.change(source, to, limit, false);
        if stopped.is_err() && self.pipeline().is_none() {
            source.left_to_itself();
        }
    }

    /// The pipeline does not answer: it is left to the thread that waits for it, and will be made anew.
    fn abandon(&self) {
        if let Some(sink) = self.sink() {
            sink.sever();
        }
        let pipeline = lock(&self.pipeline).take();
        let Some(pipeline) = pipeline else { return };
        // What it still says is nobody's affair.
        if let Some(bus) = pipeline.bus() {
            bus.set_sync_handler(|_, _| gst::BusSyncReply::Drop);
        }
        unblock(&pipeline);
    }

    /// Forgets a pipeline that is of no use, and stops it.
    pub(super) fn discard(&self, source: &Arc<Source>) {
        self.lower(source, gst::State::Null);
        self.abandon();
    }

    /// Makes the pipeline of this element.
    pub(super) fn build(
        &self,
        source: &Arc<Source>,
        element: &gst::Element,
    ) -> Result<(), Failure> {
        let kind = source.kind();
        let pipeline = gst::Pipeline::builder()
            .name(format!("mediastream-{kind}-source"))
            .build();
        pipeline.use_clock(Some(&*SOURCE_CLOCK));
        bus::intercept(&pipeline, Arc::downgrade(source));
        let sink = TeeSink::new(source.tee());
        pipeline
            .add(&sink)
            .map_err(|error| Failure::new(gst::CoreError::Failed, error.to_string()))?;
        attach::attach(
            &pipeline,
            element,
            sink.upcast_ref(),
            kind,
            &Arc::downgrade(source),
        )
        .inspect_err(|_| {
            // The application's element is its own again, if it was ours.
            if element.parent().as_ref() == Some(pipeline.upcast_ref()) {
                let _ = element.set_state(gst::State::Null);
                let _ = pipeline.remove(element);
            }
        })?;
        // What an application said to its own pipeline is said to those that it has not seen, too.
        for context in source.views().iter().flat_map(|view| view.contexts()) {
            pipeline.set_context(&context);
        }
        *lock(&self.pipeline) = Some(pipeline);
        if source.is_gone() {
            sink.sever();
        }
        volume::heed(source);
        Ok(())
    }
}

/// A source that waits for its device is told to wait no longer: `pipewiresrc` else holds up whoever would be linked after it.
fn unblock(pipeline: &gst::Pipeline) {
    // Not to the element, which is locked while its state changes.
    for pad in sources_in(pipeline).flat_map(|source| source.src_pads()) {
        pad.send_event(gst::event::FlushStart::new());
    }
}

/// What the media of a pipeline come from.
pub(super) fn sources_in(pipeline: &gst::Pipeline) -> impl Iterator<Item = gst_base::BaseSrc> {
    let elements = pipeline.iterate_recurse().into_iter().flatten();
    elements.filter_map(|element| element.downcast().ok())
}

/// A source that can copy what it gives does so from its next buffer on, as consumers get copies anyway. PipeWire takes the memory
/// away when a camera goes, whoever reads it; its source itself copies under the lock that keeps PipeWire from that.
fn let_copy(pipeline: &gst::Pipeline) {
    for source in sources_in(pipeline) {
        let property = source.find_property("always-copy");
        let can_be_set = |spec: &glib::ParamSpec| {
            spec.value_type() == bool::static_type()
                && spec.flags().contains(glib::ParamFlags::WRITABLE)
                && !spec.flags().contains(glib::ParamFlags::CONSTRUCT_ONLY)
        };
        if property.as_ref().is_some_and(can_be_set) {
            source.set_property("always-copy", true);
        }
    }
}

/// Where a change of state has led to.
pub enum Reached {
    Here,
    /// Another source has the device.
    Elsewhere(Arc<Source>),
}

/// A stream cannot be its own source, nor be inside of it: its state would wait for itself.
fn refuse_itself(source: &Source, element: &gst::Element) -> Result<(), Failure> {
    let inside = |view: &MediaStreamTrack| view.has_as_ancestor(element);
    if source.views().iter().any(inside) {
        return Err(Failure::new(
            gst::ResourceError::Settings,
            format!(
                "{}-source is this mediastream itself, or has it inside: set it to another element",
                source.kind()
            ),
        ));
    }
    Ok(())
}
