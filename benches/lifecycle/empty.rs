// SPDX-License-Identifier: MPL-2.0

//! An element that does nothing, not even what a bin does.

use gst::glib;
use gst::subclass::prelude::*;

glib::wrapper! {
    /// See the module's documentation.
    pub struct Empty(ObjectSubclass<imp::Empty>) @extends gst::Element, gst::Object;
}

impl Empty {
    pub fn new() -> Self {
        glib::Object::new()
    }
}

mod imp {
    use super::*;

    #[derive(Default)]
    pub struct Empty;

    #[glib::object_subclass]
    impl ObjectSubclass for Empty {
        const NAME: &'static str = "BenchEmpty";
        type Type = super::Empty;
        type ParentType = gst::Element;
    }

    impl ObjectImpl for Empty {}
    impl GstObjectImpl for Empty {}
    impl ElementImpl for Empty {}
}
