// SPDX-License-Identifier: MPL-2.0

//! One converter for all tracks that want the same of a source: a branch of the source's fan-out, elements that crop, scale
//! and resample, and a fan-out of its own.
//!
//! It works on the workers of the source's fan-out, never on the source's thread, and lasts as long as a track is on it. Its
//! pipeline's running time is the time on the sources' clock, so that it does not matter when the source started.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Weak};

use gst::prelude::*;
use once_cell::sync::{Lazy, OnceCell};

mod chain;
mod crop;
mod decimation;
mod feed;
mod plan;
mod progress;
mod scaler;

pub use plan::{Plan, Rate};

use crate::clock::SOURCE_CLOCK;
use crate::error::Failure;
use crate::id;
use crate::kind::Kind;
use crate::sync::lock;
use crate::tee::branch::{Branch, Upstream, Whose};
use crate::tee::exit::Exit;
use crate::tee::fanout::Limits;
use crate::tee::identity::Identity;
use crate::tee::sink::TeeSink;
use crate::tee::{Change, Owner, Place, Tee};
use crate::track::stats::Counters;
use progress::Progress;

static CAT: Lazy<gst::DebugCategory> = Lazy::new(|| {
    gst::DebugCategory::new(
        "mediastream-adapter",
        gst::DebugColorFlags::empty(),
        Some("MediaStream adapter"),
    )
});

/// Who has to know what becomes of an adapter.
pub trait Client: Send + Sync {
    /// Tracks that get media through `tee` get none any more.
    fn adapter_failed(&self, tee: &Arc<Tee>, failure: Failure);
    /// As [`Owner::refused_by`].
    fn refused_by(&self, element: &gst::Element) -> bool;
}

/// A converter with a fan-out of its own.
pub struct Adapter {
    plan: Plan,
    tee: Arc<Tee>,
    /// What is lost before it is adapted.
    lost: Arc<Counters>,
    pipeline: gst::Pipeline,
    progress: Arc<Progress>,
    client: Weak<dyn Client>,
    /// Where it gets its media.
    place: OnceCell<Place>,
    /// How far its work may lag: as far as the most patient of the tracks that are, or were, on it.
    limits: Mutex<Limits>,
    /// The source has ended, and all of it has gone through.
    drained: AtomicBool,
    /// An element has failed: nothing comes through any more.
    failed: AtomicBool,
}

impl Drop for Adapter {
    fn drop(&mut self) {
        if let Some(place) = self.place.get() {
            place.leave();
        }
        self.progress.ended();
        self.tee.close();
        // The caller may be a thread that this would wait for.
        self.pipeline.call_async(|pipeline| {
            let _ = pipeline.set_state(gst::State::Null);
        });
    }
}

impl Upstream for Adapter {
    fn wait_until_passed(&self, position: u64) {
        self.progress.wait_for(position);
    }
}

impl Owner for Adapter {
    fn accepted_caps(&self) -> gst::Caps {
        gst::Caps::new_any()
    }

    fn refuse(&self, caps: &gst::CapsRef) {
        self.fail(Failure::new(
            gst::StreamError::WrongType,
            format!("What comes of adapting it cannot be used: {caps}"),
        ));
    }

    fn refused_by(&self, element: &gst::Element) -> bool {
        let client = self.client.upgrade();
        client.is_some_and(|client| client.refused_by(element))
    }

    // The source itself says so to its tracks.
    fn muted(&self, _: Change) {}
    fn reconfigured(&self) {}

    fn gave(&self, position: u64) {
        // Of pictures, the way in tells: it knows of those that are left out.
        if self.plan.is_of_sound() {
            self.progress.reached(position);
        }
    }

    fn ended(&self) {
        self.drained.store(true, Ordering::SeqCst);
        self.progress.ended();
        self.tee.end_all();
    }
}

impl Adapter {
    /// Starts to adapt what `source` gives. The caller must not be a streaming thread.
    pub fn new(
        kind: Kind,
        plan: Plan,
        limits: Limits,
        source: &Arc<Tee>,
        client: Weak<dyn Client>,
    ) -> Result<Arc<Self>, Failure> {
        let pipeline = gst::Pipeline::builder()
            .name(format!("mediastream-{kind}-adapter"))
            .build();
        pipeline.use_clock(Some(&*SOURCE_CLOCK));
        pipeline.set_start_time(gst::ClockTime::NONE);
        pipeline.set_base_time(gst::ClockTime::ZERO);
        let lost = Arc::<Counters>::default();
        let adapter = Arc::new_cyclic(|this: &Weak<Self>| Self {
            plan,
            tee: Tee::behind(source, lost.clone(), this.clone()),
            lost,
            pipeline,
            progress: Arc::default(),
            client,
            place: OnceCell::new(),
            limits: Mutex::new(limits),
            drained: AtomicBool::new(false),
            failed: AtomicBool::new(false),
        });
        adapter.listen();
        adapter.start(kind, source)?;
        Ok(adapter)
    }

    /// Whether nothing comes through any more.
    pub fn has_failed(&self) -> bool {
        self.failed.load(Ordering::Acquire)
    }

    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// A track is on it that may lag so far.
    pub fn widen(&self, limits: Limits) {
        let limits = {
            let mut known = lock(&self.limits);
            *known = known.widest(limits);
            *known
        };
        if let Some(place) = self.place.get() {
            place.set_limits(limits);
        }
    }

    pub fn tee(&self) -> &Arc<Tee> {
        &self.tee
    }

    #[cfg(test)]
    pub fn pipeline(&self) -> &gst::Pipeline {
        &self.pipeline
    }

    /// The source has ended: what it gave still goes through, and the end after it.
    pub fn end(&self) {
        if let Some(place) = self.place.get() {
            place.end();
        }
    }

    /// The source has ended, and this branch of the adapter gets EOS after what is still on its way.
    pub fn end_branch(&self, place: &Place) {
        // It may have come too late to be told.
        self.end();
        // Of this and the end coming through, the later one ends the branch.
        if self.drained.load(Ordering::SeqCst) {
            place.end();
        }
    }

    fn start(self: &Arc<Self>, kind: Kind, source: &Arc<Tee>) -> Result<(), Failure> {
        let refused = |error: &dyn std::fmt::Display| {
            Failure::new(
                gst::CoreError::Failed,
                format!("The {kind} cannot be adapted: {error}"),
            )
        };
        let sink = TeeSink::new(&self.tee);
        let entry = chain::build(kind, &self.plan, &self.pipeline, sink.upcast_ref())?;
        let feed = feed::pad(&self.plan, &self.progress, &self.tee, source);
        feed.set_active(true).map_err(|error| refused(&error))?;
        // What the source gives may be about to change to what can be adapted.
        feed.link_full(&entry, gst::PadLinkCheck::empty())
            .map_err(|error| refused(&error))?;
        self.pipeline
            .set_state(gst::State::Playing)
            .map_err(|error| refused(&error))?;
        let whose = Whose {
            identity: Arc::new(Identity::new(&id::new(), kind, &Arc::default())),
            label: String::new(),
            counters: self.lost.clone(),
            enabled: true,
        };
        let branch = Branch::new(
            source,
            self.pipeline.upcast_ref(),
            Exit::new(&feed, None),
            whose,
            Vec::new(),
        );
        // The tracks do, each for itself.
        branch.leave_late_frames();
        // Nobody else sets it.
        let limits = *lock(&self.limits);
        let _ = self.place.set(source.join(branch, limits));
        Ok(())
    }

    /// The pipeline has a bus of its own that nobody reads: each message is looked at on the thread that posts it.
    fn listen(self: &Arc<Self>) {
        let Some(bus) = self.pipeline.bus() else {
            return;
        };
        let adapter = Arc::downgrade(self);
        bus.set_sync_handler(move |_, message| {
            if let (gst::MessageView::Error(error), Some(adapter)) =
                (message.view(), adapter.upgrade())
            {
                adapter.fail(Failure::of_message(error));
            }
            gst::BusSyncReply::Drop
        });
    }

    fn fail(&self, failure: Failure) {
        gst::warning!(CAT, "{:?}: {}", self.plan, failure.text());
        self.failed.store(true, Ordering::Release);
        self.progress.ended();
        if let Some(client) = self.client.upgrade() {
            client.adapter_failed(&self.tee, failure);
        }
    }
}
