// SPDX-License-Identifier: MPL-2.0

//! A pipeline from a description.

use std::ops::Deref;

use gst::prelude::*;

use crate::Result;

/// A pipeline that goes to NULL when it is dropped.
pub struct Pipeline(gst::Pipeline);

impl Pipeline {
    /// As gst-launch does it.
    pub fn parse(description: &str) -> Result<Self> {
        let pipeline = gst::parse::launch(description)?;
        let pipeline = pipeline.downcast().map_err(|_| "not a pipeline")?;
        Ok(Self(pipeline))
    }

    /// A pipeline that feeds a stream to the elements `video` and `audio` of the description.
    pub fn of_stream(stream: &gst::Element, description: &str) -> Result<Self> {
        let pipeline = Self::parse(description)?;
        pipeline.add(stream)?;
        stream.link_pads(Some("video_0"), &pipeline.get("video")?, None)?;
        stream.link_pads(Some("audio_0"), &pipeline.get("audio")?, None)?;
        Ok(pipeline)
    }

    /// The element of this name.
    pub fn get(&self, name: &str) -> Result<gst::Element> {
        Ok(self.by_name(name).ok_or(format!("no element {name}"))?)
    }

    /// The element of this name, if it is of this type.
    pub fn get_as<T: IsA<gst::Element>>(&self, name: &str) -> Result<T> {
        let element = self.get(name)?.downcast::<T>();
        Ok(element.map_err(|element| format!("{} is of another type", element.name()))?)
    }

    /// Starts it; an error of an element comes with the name of that element.
    pub fn start(&self) -> std::result::Result<(), (String, String)> {
        if self.set_state(gst::State::Playing).is_ok() {
            return Ok(());
        }
        let bus = self.bus();
        let message = bus.and_then(|bus| bus.pop_filtered(&[gst::MessageType::Error]));
        Err(match message.as_ref().map(|message| message.view()) {
            Some(gst::MessageView::Error(error)) => {
                let name = error.src().map(|src| src.name().to_string());
                (name.unwrap_or_default(), words(error))
            }
            _ => Default::default(),
        })
    }

    /// Waits until everything has been played.
    pub fn wait_for_end(&self) -> Result<()> {
        let bus = self.bus().ok_or("no bus")?;
        let wanted = [gst::MessageType::Eos, gst::MessageType::Error];
        let message = bus.timed_pop_filtered(gst::ClockTime::from_seconds(120), &wanted);
        match message.as_ref().map(|message| message.view()) {
            Some(gst::MessageView::Eos(_)) => Ok(()),
            Some(gst::MessageView::Error(error)) => Err(words(error).into()),
            _ => Err("it does not end".into()),
        }
    }
}

/// What an element says, with the details that it gives for people.
pub fn words(error: &gst::message::Error) -> String {
    let debug = error.debug();
    let details = debug.as_deref().and_then(|debug| debug.split_once('\n'));
    match details {
        Some((_, details)) => format!("{} {details}", error.error()),
        None => error.error().to_string(),
    }
}

impl Deref for Pipeline {
    type Target = gst::Pipeline;

    fn deref(&self) -> &gst::Pipeline {
        &self.0
    }
}

impl Drop for Pipeline {
    fn drop(&mut self) {
        let _ = self.0.set_state(gst::State::Null);
    }
}
