// SPDX-License-Identifier: MPL-2.0

//! The elements that do an adapter's work.

use gst::glib;
use gst::prelude::*;

use super::plan::Plan;
use super::scaler::Scaler;
use crate::error::Failure;
use crate::kind::Kind;

fn make(name: &str) -> Result<gst::Element, Failure> {
    gst::ElementFactory::make(name)
        .build()
        .map_err(|_| Failure::missing(name))
}

/// Lets through what is wanted, so that the elements before it make that.
fn filter(caps: &gst::Caps) -> Result<gst::Element, Failure> {
    let filter = make("capsfilter")?;
    filter.set_property("caps", caps);
    Ok(filter)
}

/// In the order in which media go through them; none where pictures are only left out.
fn elements(kind: Kind, plan: &Plan) -> Result<Vec<gst::Element>, Failure> {
    match kind {
        Kind::Video | Kind::None if plan.size.is_none() => Ok(Vec::new()),
        Kind::Video | Kind::None => Ok(vec![Scaler::new().upcast(), filter(&plan.pictures())?]),
        Kind::Audio => Ok(vec![
            make("audioconvert")?,
            make("audioresample")?,
            filter(&plan.sound())?,
        ]),
    }
}

/// Puts into `pipeline` what a plan needs, in front of `sink`; the pad where media go in.
pub fn build(
    kind: Kind,
    plan: &Plan,
    pipeline: &gst::Pipeline,
    sink: &gst::Element,
) -> Result<gst::Pad, Failure> {
    let elements = elements(kind, plan)?;
    let put = || -> Result<gst::Pad, glib::BoolError> {
        pipeline.add(sink)?;
        let mut first = sink;
        for element in elements.iter().rev() {
            pipeline.add(element)?;
            element.link(first)?;
            first = element;
        }
        let pad = first.static_pad("sink");
        pad.ok_or_else(|| glib::bool_error!("{} has no sink pad", first.name()))
    };
    put().map_err(|error| {
        Failure::new(
            gst::CoreError::Failed,
            format!("The {kind} cannot be adapted: {error}"),
        )
    })
}
