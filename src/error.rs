// SPDX-License-Identifier: MPL-2.0

//! What went wrong, on its way to a bus: built where it is known, posted once, at the edge.

use gst::glib;
use gst::prelude::*;

use crate::constraints::Overconstrained;
use crate::kind::Kind;

/// What the W3C calls it.
const OVERCONSTRAINED: &str = "OverconstrainedError";

/// Something that went wrong, in words that say what to do.
#[derive(Clone, Debug)]
pub struct Failure {
    error: glib::Error,
    debug: Option<String>,
}

impl Failure {
    /// A failure of our own.
    pub fn new(domain: impl glib::error::ErrorDomain, text: impl AsRef<str>) -> Self {
        Self {
            error: glib::Error::new(domain, text.as_ref()),
            debug: None,
        }
    }

    /// An element is missing on this machine.
    pub fn missing(element: &str) -> Self {
        Self::new(
            gst::CoreError::MissingPlugin,
            format!("No element \"{element}\": install the GStreamer plugin that has it"),
        )
    }

    /// The source cannot give what its tracks must have (W3C OverconstrainedError).
    pub fn overconstrained(kind: Kind, error: &Overconstrained) -> Self {
        let constraint = match error.constraint.as_str() {
            "" => String::new(),
            name => format!(" ({name})"),
        };
        Self::new(
            gst::ResourceError::Settings,
            format!(
                "{OVERCONSTRAINED}{constraint}: {kind}-constraints: {}",
                error.message
            ),
        )
    }

    /// Whether [`Self::overconstrained`] made it.
    pub fn is_overconstrained(&self) -> bool {
        self.text().starts_with(OVERCONSTRAINED)
    }

    /// The same failure in other words.
    pub fn saying(&self, text: String) -> Self {
        Self {
            error: glib::Error::with_domain(self.error.domain(), self.error.code(), &text),
            debug: self.debug.clone(),
        }
    }

    /// What an element of the source said.
    pub fn of_message(error: &gst::message::Error) -> Self {
        let src = error
            .src()
            .map_or_else(|| "the source".into(), |src| src.path_string());
        let debug = error.debug().unwrap_or_default();
        Self {
            error: error.error(),
            debug: Some(format!("{src}: {debug}")),
        }
    }

    /// A consumer refused media, as sources report it.
    pub fn of_flow(flow: gst::FlowError) -> Self {
        let reason = match flow {
            gst::FlowError::NotNegotiated => {
                "not-negotiated: the consumer cannot take what the source gives; put a converter in front of it".into()
            }
            other => format!("{other:?}").to_lowercase(),
        };
        Self {
            error: glib::Error::new(gst::StreamError::Failed, "Internal data stream error."),
            debug: Some(format!("streaming stopped, reason {reason}")),
        }
    }

    /// The words of the error.
    pub fn text(&self) -> &str {
        self.error.message()
    }

    /// Posts an ERROR from `element`.
    pub fn post(&self, element: &gst::Element) {
        let mut message = gst::message::Error::builder_from_error(self.error.clone()).src(element);
        if let Some(debug) = &self.debug {
            message = message.debug(debug);
        }
        // Without a bus there is nobody to tell.
        let _ = element.post_message(message.build());
    }

    /// Posts a WARNING from `element`.
    pub fn warn(&self, element: &gst::Element) {
        let mut message =
            gst::message::Warning::builder_from_error(self.error.clone()).src(element);
        if let Some(debug) = &self.debug {
            message = message.debug(debug);
        }
        let _ = element.post_message(message.build());
    }
}
