// SPDX-License-Identifier: MPL-2.0

//! The last element of a source's private pipeline.

use std::sync::Arc;

use gst::glib;
use gst::prelude::*;
use gst::subclass::prelude::*;

use super::Tee;

mod chain;
mod imp;

glib::wrapper! {
    /// Takes the source's media and gives them to the tee. Not an element that applications can make.
    pub struct TeeSink(ObjectSubclass<imp::TeeSink>)
        @extends gst_base::BaseSink, gst::Element, gst::Object;
}

impl TeeSink {
    /// The sink of a tee.
    pub fn new(tee: &Arc<Tee>) -> Self {
        let sink: Self = glib::Object::builder()
            .property("async", false)
            .property("sync", false)
            .property("enable-last-sample", false)
            .build();
        sink.imp().set_up(tee);
        tee.sink.set(Some(sink.upcast_ref()));
        sink
    }

    /// Nothing gets through from now on, whatever its source still gives, and nothing is put in its place.
    pub fn sever(&self) {
        self.imp().sever();
    }
}
