// SPDX-License-Identifier: MPL-2.0

//! What the applications that use a source are told, and what they say to it.

use std::collections::HashSet;
use std::sync::Arc;

use gst::prelude::*;

use super::Source;
use crate::sync::lock;
use crate::track::MediaStreamTrack;

impl Source {
    pub(super) fn views(&self) -> Vec<MediaStreamTrack> {
        self.tracks()
            .iter()
            .flat_map(|track| track.views())
            .collect()
    }

    /// Calls once for each pipeline that uses this source.
    pub(super) fn each_application(&self, act: impl Fn(&gst::Element)) {
        let users: HashSet<_> = lock(&self.control).users().collect();
        let mut views = self.views();
        views.retain(|view| users.contains(&view.user()));
        let mut seen = HashSet::new();
        for view in views {
            let element = view.upcast::<gst::Element>();
            let mut root = element.clone().upcast::<gst::Object>();
            while let Some(parent) = root.parent() {
                root = parent;
            }
            if seen.insert(root) {
                act(&element);
            }
        }
    }

    /// A context for the source's elements, from an application that uses it.
    pub fn set_context(&self, context: &gst::Context) {
        if let Some(pipeline) = self.machine.pipeline() {
            pipeline.set_context(context);
        }
    }

    /// Does something after what has been asked for before, and then tells of it, both on threads of the plugin's own.
    pub fn after_that<R: Send + 'static>(
        &self,
        act: impl FnOnce() -> R + Send + 'static,
        tell: impl FnOnce(R) + Send + 'static,
    ) {
        let Some(source) = self.this.upgrade() else {
            return;
        };
        self.chores.push(move || {
            let result = act();
            source.notices.push(move || tell(result));
        });
    }

    pub(super) fn tell_now(&self, message: &gst::Message) {
        self.each_application(|element| {
            let _ = element.post_message(message.clone());
        });
    }

    pub(super) fn tell(self: &Arc<Self>, message: gst::Message) {
        let source = self.clone();
        self.notices.push(move || source.tell_now(&message));
    }

    pub(super) fn latency_changed(self: &Arc<Self>) {
        let source = self.clone();
        self.notices.push(move || {
            source.each_application(|element| {
                let message = gst::message::Latency::builder().src(element).build();
                let _ = element.post_message(message);
            });
        });
    }
}
