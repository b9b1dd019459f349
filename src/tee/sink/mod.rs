// SPDX-License-Identifier: MPL-2.0

//! The last element of a source's private pipeline.

use std::sync::{Arc, Weak};

use gst::glib;
use gst::prelude::*;
use gst::subclass::prelude::*;

use super::Tee;
use crate::kind::Kind;

mod imp;

glib::wrapper! {
    /// Takes the source's media and gives them to the tee. Not an element that applications can make.
    pub struct TeeSink(ObjectSubclass<imp::TeeSink>)
        @extends gst_base::BaseSink, gst::Element, gst::Object;
}

/// Whom the sink asks and tells about its source's media.
pub trait Owner: Send + Sync {
    /// What the consumers of this source accept, asked once for each start of the source.
    fn accepted_caps(&self) -> gst::Caps;
    /// The source gives these caps, which are not of the kind it was taken for.
    fn refuse(&self, caps: &gst::CapsRef);
}

impl TeeSink {
    /// The sink of a tee; `owner` has the source that it takes from.
    pub fn new(tee: &Arc<Tee>, kind: Kind, owner: Weak<dyn Owner>) -> Self {
        let sink: Self = glib::Object::builder()
            .property("async", false)
            .property("sync", false)
            .property("enable-last-sample", false)
            .build();
        sink.imp().set_up(tee.clone(), kind, owner);
        tee.sink.set(Some(sink.upcast_ref()));
        sink
    }
}
