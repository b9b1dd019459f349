// SPDX-License-Identifier: MPL-2.0

//! The adapters of a source: one for each kind of media that its tracks want and that it does not give itself.

use std::sync::{Arc, Weak};

use super::Source;
use crate::adapter::{Adapter, Client, Plan};
use crate::error::Failure;
use crate::sync::lock;
use crate::tee::fanout::Limits;
use crate::tee::{Owner, Tee};
use crate::track::MediaStreamTrack;
use gst::prelude::*;

impl Source {
    /// The adapter with this plan for a track that may lag so far, made if no track has it. It lasts as long as somebody
    /// keeps it.
    pub fn adapter(&self, plan: Plan, limits: Limits) -> Result<Arc<Adapter>, Failure> {
        if let Some(adapter) = self.find(&plan) {
            adapter.widen(limits);
            return Ok(adapter);
        }
        let client: Weak<Source> = self.this.clone();
        let new = Adapter::new(self.kind, plan, limits, &self.tee, client)?;
        let known = {
            let mut adapters = lock(&self.adapters);
            adapters.push(Arc::downgrade(&new));
            upgraded(&adapters)
        };
        // Of two that were made at once, the first stays.
        let fits = |known: &Arc<Adapter>| known.plan() == new.plan() && !known.has_failed();
        let known = known.into_iter().find(fits);
        Ok(known.unwrap_or(new))
    }

    /// Gives the consumer of a view what suits it now, on a thread of the plugin's own.
    pub fn suit(&self, view: &MediaStreamTrack) {
        let view = view.downgrade();
        self.chores.push(move || {
            if let Some(view) = view.upgrade()
                && let Err(failure) = view.adapt()
            {
                failure.post(view.upcast_ref());
            }
        });
    }

    fn find(&self, plan: &Plan) -> Option<Arc<Adapter>> {
        let fits = |old: &Arc<Adapter>| old.plan() == plan && !old.has_failed();
        self.adapters().into_iter().find(fits)
    }

    pub(super) fn adapters(&self) -> Vec<Arc<Adapter>> {
        let mut adapters = lock(&self.adapters);
        adapters.retain(|adapter| adapter.strong_count() > 0);
        upgraded(&adapters)
    }
}

/// All that are there: none is dropped here, under the lock, where it may be the last reference.
fn upgraded(adapters: &[Weak<Adapter>]) -> Vec<Arc<Adapter>> {
    adapters.iter().filter_map(Weak::upgrade).collect()
}

impl Client for Source {
    fn refused_by(&self, element: &gst::Element) -> bool {
        Owner::refused_by(self, element)
    }

    fn adapter_failed(&self, tee: &Arc<Tee>, failure: Failure) {
        let (Some(source), tee) = (self.this.upgrade(), tee.clone()) else {
            return;
        };
        self.notices.push(move || {
            for view in source.views().iter().filter(|view| view.is_on(&tee)) {
                failure.post(view.as_ref());
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::Kind;

    fn plan(width: u32) -> Plan {
        Plan {
            size: Some((width, 10)),
            ..Plan::default()
        }
    }

    #[test]
    fn equal_plans_share_an_adapter_and_the_last_one_out_takes_it_away() {
        gst::init().expect("GStreamer starts");
        let source = Source::new(Kind::Video);
        let one = source.adapter(plan(10), Limits::NONE).expect("an adapter");
        let same = source.adapter(plan(10), Limits::NONE).expect("an adapter");
        let other = source.adapter(plan(20), Limits::NONE).expect("an adapter");
        assert!(Arc::ptr_eq(&one, &same) && !Arc::ptr_eq(&one, &other));
        assert_eq!(source.adapters().len(), 2);
        let (sender, gone) = std::sync::mpsc::channel();
        one.pipeline().add_weak_ref_notify(move || {
            let _ = sender.send(());
        });
        drop(one);
        assert!(
            source
                .adapters()
                .iter()
                .any(|left| *left.plan() == plan(10))
        );
        drop(same);
        assert_eq!(source.adapters().len(), 1);
        gone.recv_timeout(std::time::Duration::from_secs(10))
            .expect("the pipeline is gone");
    }
}
