// SPDX-License-Identifier: MPL-2.0

//! Crops and scales pictures in one go, in every raw format: `videocrop` refuses half of those that there are (GStreamer 1.22),
//! and would read each picture once more.

use gst::glib;

mod imp;

glib::wrapper! {
    /// Crops in the middle what would be stretched. The next element says to which size. Not an element that applications
    /// can make.
    pub struct Scaler(ObjectSubclass<imp::Scaler>)
        @extends gst_video::VideoFilter, gst_base::BaseTransform, gst::Element, gst::Object;
}

impl Scaler {
    pub fn new() -> Self {
        glib::Object::new()
    }
}
