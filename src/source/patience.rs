// SPDX-License-Identifier: MPL-2.0

//! Changes of state that nobody has to wait for till they end: some devices take a minute to find out that they are not there.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use gst::prelude::*;

use super::Source;
use crate::error::Failure;
use crate::sync::lock;

type Result = std::result::Result<gst::StateChangeSuccess, gst::StateChangeError>;

/// A change of state on a thread of its own.
#[derive(Default)]
pub struct Change {
    outcome: Mutex<Option<Outcome>>,
    known: Condvar,
}

/// How it ended for who waited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Done(Result),
    /// Nobody waits any more. The thread that does stops the pipeline when it can.
    Abandoned,
}

impl Change {
    /// Begins the change.
    pub fn to(
        source: &Arc<Source>,
        pipeline: &gst::Pipeline,
        to: gst::State,
    ) -> std::result::Result<Arc<Self>, Failure> {
        let change = Arc::<Self>::default();
        let (source, pipeline, own) = (source.clone(), pipeline.clone(), change.clone());
        let thread = thread::Builder::new().name("mediastream-state".into());
        let act = move || {
            let thread = thread::current().id();
            lock(&source.threads).insert(thread);
            let result = pipeline.set_state(to);
            lock(&source.threads).remove(&thread);
            drop(source);
            if own.end(Outcome::Done(result)) == Outcome::Abandoned {
                let _ = pipeline.set_state(gst::State::Null);
            }
        };
        let spawned = thread.spawn(act).map_err(|error| {
            let text = format!("No thread to change the state of a source: {error}");
            Failure::new(gst::CoreError::Thread, text)
        });
        spawned.map(|_| change)
    }

    /// Whoever waits waits no longer.
    pub fn give_up(&self) {
        self.end(Outcome::Abandoned);
    }

    /// Waits for it, but not longer than this.
    pub fn wait(&self, limit: Duration) -> Outcome {
        let (outcome, _) = self
            .known
            .wait_timeout_while(lock(&self.outcome), limit, |outcome| outcome.is_none())
            .unwrap_or_else(PoisonError::into_inner);
        drop(outcome);
        self.end(Outcome::Abandoned)
    }

    /// The first outcome is the one that counts.
    fn end(&self, outcome: Outcome) -> Outcome {
        let first = *lock(&self.outcome).get_or_insert(outcome);
        self.known.notify_all();
        first
    }
}
