// SPDX-License-Identifier: MPL-2.0

//! Settings and capabilities as structures, for the properties of a track.

use gst::glib;
use gst::prelude::*;

use crate::constraints::{Capabilities, Property, Setting, Settings, Span, Type};

/// W3C `getSettings()`: whole numbers as gint, others as gdouble.
pub fn settings(settings: &Settings) -> gst::Structure {
    let mut structure = gst::Structure::new_empty("settings");
    for (property, setting) in settings.iter() {
        let value = match setting {
            Setting::Number(number) => number_of(property, *number),
            Setting::Text(text) => text.to_send_value(),
            Setting::Flag(flag) => flag.to_send_value(),
        };
        structure.set_value(property.name(), value);
    }
    structure
}

/// W3C `getCapabilities()`: of numbers a structure of `min` and `max`, of texts and booleans a list, of what identifies the
/// device a text.
pub fn capabilities(capabilities: &Capabilities) -> gst::Structure {
    let mut structure = gst::Structure::new_empty("capabilities");
    for (property, span) in capabilities {
        let value = match span {
            Span::Number { min, max } => {
                let mut range = gst::Structure::new_empty("range");
                range.set_value("min", number_of(*property, *min));
                range.set_value("max", number_of(*property, *max));
                range.to_send_value()
            }
            Span::Texts(texts) => match (property, texts.as_slice()) {
                (Property::DeviceId | Property::GroupId, [text]) => text.to_send_value(),
                _ => gst::List::new(texts).to_send_value(),
            },
            Span::Flags(flags) => gst::List::new(flags).to_send_value(),
        };
        structure.set_value(property.name(), value);
    }
    structure
}

fn number_of(property: Property, number: f64) -> glib::SendValue {
    match property.type_() {
        Type::ULong => whole(number).to_send_value(),
        _ => number.to_send_value(),
    }
}

fn whole(number: f64) -> i32 {
    // Saturates.
    number.round() as i32
}
