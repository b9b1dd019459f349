// SPDX-License-Identifier: MPL-2.0

//! The scaler as a `VideoFilter` around GStreamer's own converter, which is also the one in `videoconvertscale`.

use std::sync::Mutex;

use gst::glib;
use gst::subclass::prelude::*;
use gst_base::subclass::prelude::*;
use gst_video::subclass::prelude::*;
use once_cell::sync::Lazy;

use crate::adapter::CAT;
use crate::adapter::crop::Crop;
use crate::sync::lock;
use crate::tee::filtered;

#[derive(Default)]
pub struct Scaler {
    /// Touched by the one streaming thread that there is at a time.
    converter: Mutex<Option<gst_video::VideoConverter>>,
}

#[glib::object_subclass]
impl ObjectSubclass for Scaler {
    const NAME: &'static str = "GstMediaStreamScaler";
    type Type = super::Scaler;
    type ParentType = gst_video::VideoFilter;
}

impl ObjectImpl for Scaler {}
impl GstObjectImpl for Scaler {}

impl ElementImpl for Scaler {
    fn metadata() -> Option<&'static gst::subclass::ElementMetadata> {
        static METADATA: Lazy<gst::subclass::ElementMetadata> = Lazy::new(|| {
            gst::subclass::ElementMetadata::new(
                "MediaStream scaler",
                "Filter/Converter/Video/Scaler",
                "Crops and scales pictures down, and stretches none",
                env!("CARGO_PKG_AUTHORS"),
            )
        });
        Some(&METADATA)
    }

    fn pad_templates() -> &'static [gst::PadTemplate] {
        static TEMPLATES: Lazy<Vec<gst::PadTemplate>> = Lazy::new(|| {
            let caps = gst_video::VideoCapsBuilder::new().build();
            let template = |name, direction| {
                gst::PadTemplate::new(name, direction, gst::PadPresence::Always, &caps)
            };
            [
                template("sink", gst::PadDirection::Sink),
                template("src", gst::PadDirection::Src),
            ]
            .into_iter()
            .flatten()
            .collect()
        });
        &TEMPLATES
    }
}

impl BaseTransformImpl for Scaler {
    const MODE: gst_base::subclass::BaseTransformMode =
        gst_base::subclass::BaseTransformMode::NeverInPlace;
    const PASSTHROUGH_ON_SAME_CAPS: bool = true;
    const TRANSFORM_IP_ON_PASSTHROUGH: bool = false;

    /// The same in any size.
    fn transform_caps(
        &self,
        _: gst::PadDirection,
        caps: &gst::Caps,
        filter: Option<&gst::Caps>,
    ) -> Option<gst::Caps> {
        let mut sizes = caps.clone();
        for structure in sizes.make_mut().iter_mut() {
            structure.set("width", gst::IntRange::new(1, i32::MAX));
            structure.set("height", gst::IntRange::new(1, i32::MAX));
        }
        Some(filtered(sizes, filter))
    }
}

impl VideoFilterImpl for Scaler {
    fn set_info(
        &self,
        _: &gst::Caps,
        from: &gst_video::VideoInfo,
        _: &gst::Caps,
        to: &gst_video::VideoInfo,
    ) -> Result<(), gst::LoggableError> {
        let crop = Crop::between((from.width(), from.height()), (to.width(), to.height()));
        let pixels = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
        let mut config = gst_video::VideoConverterConfig::new();
        // As videoconvertscale does it: the converter's own choice takes six times as long.
        config.set_resampler_method(gst_video::VideoResamplerMethod::Linear);
        config.set_resampler_taps(2);
        config.set_src_x(pixels(crop.left));
        config.set_src_y(pixels(crop.top));
        config.set_src_width(Some(pixels(crop.width)));
        config.set_src_height(Some(pixels(crop.height)));
        let converter =
            gst_video::VideoConverter::new(from, to, Some(config)).map_err(|error| {
                gst::loggable_error!(CAT, "Cannot scale {from:?} to {to:?}: {error}")
            })?;
        *lock(&self.converter) = Some(converter);
        Ok(())
    }

    fn transform_frame(
        &self,
        from: &gst_video::VideoFrameRef<&gst::BufferRef>,
        to: &mut gst_video::VideoFrameRef<&mut gst::BufferRef>,
    ) -> Result<gst::FlowSuccess, gst::FlowError> {
        match &*lock(&self.converter) {
            Some(converter) => {
                converter.frame_ref(from, to);
                Ok(gst::FlowSuccess::Ok)
            }
            None => Err(gst::FlowError::NotNegotiated),
        }
    }
}
