// SPDX-License-Identifier: MPL-2.0

//! The private pipeline of a source, and its changes of state. Touched by one thread at a time: the one that
//! [`Control`](super::control::Control) lets work.

use std::sync::{Arc, Mutex};

use gst::prelude::*;

use super::{Source, attach, bus, devices, volume};
use crate::clock::SOURCE_CLOCK;
use crate::error::Failure;
use crate::sync::lock;
use crate::tee::sink::TeeSink;
use crate::track::MediaStreamTrack;

/// Where a source's media come from.
#[derive(Clone, Debug, Default)]
pub enum Origin {
    /// The first device of the kind.
    #[default]
    AnyDevice,
    /// An element or bin that the application gave.
    Element(gst::Element),
}

/// A pipeline, once it has been made, and what its elements said while its state was being raised.
#[derive(Default)]
pub struct Machine {
    pipeline: Mutex<Option<gst::Pipeline>>,
    raising: Mutex<Raising>,
    pub(super) watched: volume::Watched,
}

#[derive(Default)]
struct Raising {
    under_way: bool,
    failures: Vec<Failure>,
}

impl Machine {
    pub fn pipeline(&self) -> Option<gst::Pipeline> {
        lock(&self.pipeline).clone()
    }

    /// Takes a failure that may be the reason why the state change under way fails; gives it back if there is none.
    pub fn keep(&self, failure: Failure) -> Option<Failure> {
        let mut raising = lock(&self.raising);
        if raising.under_way {
            raising.failures.push(failure);
            return None;
        }
        Some(failure)
    }

    /// Changes the state. After a failure the pipeline is in NULL.
    pub fn set_state(
        &self,
        source: &Arc<Source>,
        from: gst::State,
        to: gst::State,
    ) -> Result<(), Failure> {
        if to < from {
            if let Some(pipeline) = self.pipeline() {
                // Downwards nothing fails that could be helped.
                let _ = pipeline.set_state(to);
            }
            return Ok(());
        }
        lock(&self.raising).under_way = true;
        let result = self.raise(source, from, to);
        let failures = {
            let mut raising = lock(&self.raising);
            raising.under_way = false;
            std::mem::take(&mut raising.failures)
        };
        match result {
            Ok(()) => {
                for failure in failures {
                    source.fail(failure);
                }
                Ok(())
            }
            Err(failure) => {
                if let Some(pipeline) = self.pipeline() {
                    let _ = pipeline.set_state(gst::State::Null);
                }
                // The element's own words say more than ours.
                Err(failures.into_iter().next().unwrap_or(failure))
            }
        }
    }

    fn raise(&self, source: &Arc<Source>, from: gst::State, to: gst::State) -> Result<(), Failure> {
        let pipeline = match self.pipeline() {
            Some(pipeline) => pipeline,
            None => {
                let pipeline = build(source)?;
                *lock(&self.pipeline) = Some(pipeline.clone());
                volume::heed(source);
                pipeline
            }
        };
        let go = |to| {
            pipeline.set_state(to).map(|_| ()).map_err(|_| {
                Failure::new(
                    gst::CoreError::StateChange,
                    format!("The {} source could not be started", source.kind()),
                )
            })
        };
        if from < gst::State::Ready {
            // Opened, a device knows what it can give.
            go(gst::State::Ready)?;
            source.consider(&source.tee().offered())?;
        }
        go(to)
    }
}

fn build(source: &Arc<Source>) -> Result<gst::Pipeline, Failure> {
    let kind = source.kind();
    let pipeline = gst::Pipeline::builder()
        .name(format!("mediastream-{kind}-source"))
        .build();
    pipeline.use_clock(Some(&*SOURCE_CLOCK));
    bus::intercept(&pipeline, Arc::downgrade(source));
    let sink = TeeSink::new(source.tee());
    pipeline
        .add(&sink)
        .map_err(|error| Failure::new(gst::CoreError::Failed, error.to_string()))?;
    let element = match source.origin() {
        Origin::Element(element) => {
            refuse_itself(source, &element)?;
            element
        }
        Origin::AnyDevice => {
            let device = devices::best(kind, &source.asked())?;
            source.found(&device);
            with_caps(device)?
        }
    };
    attach::attach(
        &pipeline,
        &element,
        sink.upcast_ref(),
        kind,
        &Arc::downgrade(source),
    )
    .inspect_err(|_| {
        // The application's element is its own again, if it was ours.
        if element.parent().as_ref() == Some(pipeline.upcast_ref()) {
            let _ = element.set_state(gst::State::Null);
            let _ = pipeline.remove(&element);
        }
    })?;
    // What an application said to its own pipeline is said to those that it has not seen, too.
    for context in source.views().iter().flat_map(|view| view.contexts()) {
        pipeline.set_context(&context);
    }
    Ok(pipeline)
}

/// A stream cannot be its own source, nor be inside of it: its state would wait for itself.
fn refuse_itself(source: &Source, element: &gst::Element) -> Result<(), Failure> {
    let inside = |view: &MediaStreamTrack| view.has_as_ancestor(element);
    if source.views().iter().any(inside) {
        return Err(Failure::new(
            gst::ResourceError::Settings,
            format!(
                "{}-source is this mediastream itself, or has it inside: set it to another element",
                source.kind()
            ),
        ));
    }
    Ok(())
}

/// The device behind a filter that asks it for what is wanted.
fn with_caps(device: devices::Device) -> Result<gst::Element, Failure> {
    let bin = gst::Bin::new();
    let filter = gst::ElementFactory::make("capsfilter")
        .property("caps", &device.caps)
        .build()
        .map_err(|_| Failure::missing("capsfilter"))?;
    let build = || -> Result<(), gst::glib::BoolError> {
        bin.add_many([&device.element, &filter])?;
        device.element.link(&filter)?;
        let pad = filter.static_pad("src");
        let pad = pad.ok_or_else(|| gst::glib::bool_error!("no src pad"))?;
        bin.add_pad(&gst::GhostPad::with_target(&pad)?)
    };
    build().map_err(|error| {
        Failure::new(
            gst::ResourceError::OpenRead,
            format!("Cannot use \"{}\": {error}", device.label),
        )
    })?;
    Ok(bin.upcast())
}
