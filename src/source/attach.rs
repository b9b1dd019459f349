// SPDX-License-Identifier: MPL-2.0

//! Finds the pad of a source element that gives the kind of media it was asked for, and links it to the tee.

use std::sync::{Mutex, Weak};

use gst::prelude::*;

use super::{CAT, Source};
use crate::error::Failure;
use crate::kind::Kind;

/// Adds `element` to the pipeline in front of `sink`. A pad that does not exist yet is linked when it appears.
pub fn attach(
    pipeline: &gst::Pipeline,
    element: &gst::Element,
    sink: &gst::Element,
    kind: Kind,
    source: &Weak<Source>,
) -> Result<(), Failure> {
    if element.parent().is_some() {
        return Err(settings(format!(
            "{kind}-source is in use: an element can be the source of one stream only; clone that stream instead"
        )));
    }
    pipeline
        .add(element)
        .map_err(|error| settings(format!("{kind}-source cannot be used: {error}")))?;
    drop_strays(element);
    let pads = free_src_pads(element);
    if let Some(pad) = pads.iter().find(|pad| kind.is_in(&pad.query_caps(None))) {
        return link(pad, sink, pipeline);
    }
    if let Some(pad) = pads.first() {
        let caps = pad.query_caps(None);
        return Err(wrong_kind(kind, &caps));
    }
    let late = late_elements(element);
    if late.is_empty() {
        return Err(settings(format!(
            "{kind}-source has no src pad that is not linked: end it with an element that gives {kind}"
        )));
    }
    for late in late {
        link_when_it_comes(&late, pipeline, sink, kind, source.clone());
    }
    Ok(())
}

/// The source gives media of another kind.
pub fn wrong_kind(kind: Kind, caps: &gst::CapsRef) -> Failure {
    let mut names: Vec<_> = caps.iter().map(|format| format.name().as_str()).collect();
    names.dedup();
    let names = names.join(", ");
    let hint = Kind::ALL
        .into_iter()
        .find(|other| *other != kind && other.is_in(caps))
        .map_or("a decoder may be missing".to_owned(), |other| {
            format!("it may be meant for {other}-source")
        });
    settings(format!(
        "{kind}-source gives no {kind}, but {names}: {hint}"
    ))
}

fn settings(text: String) -> Failure {
    Failure::new(gst::ResourceError::Settings, text)
}

/// A bin made from a description ends in any src pad that was free, also in one deep inside of a `decodebin` that is
/// only waiting for media: linking that would break it.
fn drop_strays(element: &gst::Element) {
    for pad in element.src_pads() {
        let target = pad
            .downcast_ref::<gst::GhostPad>()
            .and_then(|pad| pad.target());
        let owner = target.and_then(|target| target.parent_element()?.parent());
        if owner.is_some_and(|owner| owner != *element.upcast_ref::<gst::Object>()) {
            gst::info!(CAT, obj = pad, "Not a pad of this bin's own elements");
            let _ = element.remove_pad(&pad);
        }
    }
}

/// The pads that could be linked now: the element's own, or, of a bin without any, its children's.
fn free_src_pads(element: &gst::Element) -> Vec<gst::Pad> {
    let free = |element: &gst::Element| {
        let mut pads = element.src_pads();
        pads.retain(|pad| !pad.is_linked());
        pads
    };
    let own = free(element);
    match element.downcast_ref::<gst::Bin>() {
        Some(bin) if own.is_empty() && !has_late_pads(element) => {
            bin.children().iter().flat_map(free).collect()
        }
        _ => own,
    }
}

fn has_late_pads(element: &gst::Element) -> bool {
    element.pad_template_list().iter().any(|template| {
        template.direction() == gst::PadDirection::Src
            && template.presence() == gst::PadPresence::Sometimes
    })
}

/// The elements whose src pads appear later.
fn late_elements(element: &gst::Element) -> Vec<gst::Element> {
    if has_late_pads(element) {
        return vec![element.clone()];
    }
    element
        .downcast_ref::<gst::Bin>()
        .map(|bin| bin.children().into_iter().filter(has_late_pads).collect())
        .unwrap_or_default()
}

fn link(pad: &gst::Pad, sink: &gst::Element, pipeline: &gst::Pipeline) -> Result<(), Failure> {
    let refused = |error: &dyn std::fmt::Display| {
        settings(format!(
            "Cannot take media from {}: {error}",
            pad.path_string()
        ))
    };
    let target = sink
        .static_pad("sink")
        .ok_or_else(|| refused(&"no sink pad"))?;
    // A child of the source's bin is linked through the bin.
    let pad = match pad.parent_element().and_then(|element| element.parent()) {
        Some(parent) if parent != *pipeline.upcast_ref::<gst::Object>() => {
            let ghost = gst::GhostPad::with_target(pad).map_err(|error| refused(&error))?;
            let bin = parent
                .downcast::<gst::Element>()
                .map_err(|_| refused(&"its parent is no element"))?;
            let running = bin.current_state() > gst::State::Ready;
            ghost
                .set_active(running)
                .and_then(|()| bin.add_pad(&ghost))
                .map_err(|error| refused(&error))?;
            ghost.upcast()
        }
        _ => pad.clone(),
    };
    pad.link(&target).map_err(|error| refused(&error))?;
    Ok(())
}

fn link_when_it_comes(
    element: &gst::Element,
    pipeline: &gst::Pipeline,
    sink: &gst::Element,
    kind: Kind,
    source: Weak<Source>,
) {
    let pipeline = pipeline.downgrade();
    let sink = sink.downgrade();
    let others = Mutex::new(Vec::new());
    let fail = {
        let source = source.clone();
        move |failure| {
            if let Some(source) = source.upgrade() {
                source.fail(failure);
            }
        }
    };
    let fail_late = fail.clone();
    let sink_late = sink.clone();
    element.connect_pad_added(move |_, pad| {
        let (Some(pipeline), Some(sink)) = (pipeline.upgrade(), sink.upgrade()) else {
            return;
        };
        let taken = sink.static_pad("sink").is_none_or(|pad| pad.is_linked());
        if pad.direction() != gst::PadDirection::Src || pad.is_linked() || taken {
            return;
        }
        let caps = pad.current_caps().unwrap_or_else(|| pad.query_caps(None));
        if !kind.is_in(&caps) {
            gst::info!(CAT, obj = pad, "Not {kind}: {caps}");
            crate::sync::lock(&others).push(caps);
            return;
        }
        if let Err(failure) = link(pad, &sink, &pipeline) {
            fail(failure);
        }
    });
    element.connect_no_more_pads(move |element| {
        let linked = sink_late
            .upgrade()
            .and_then(|sink| sink.static_pad("sink"))
            .is_none_or(|pad| pad.is_linked());
        if !linked {
            fail_late(settings(format!(
                "{} gives no {kind}: choose another {kind}-source",
                element.name()
            )));
        }
    });
}
