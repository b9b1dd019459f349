// SPDX-License-Identifier: MPL-2.0

//! What a track is set to: one value for each property (W3C "settings dictionary").

use std::collections::BTreeMap;

use super::Property;
use super::number::round_ratio;

/// The value of one property.
#[derive(Clone, Debug, PartialEq)]
pub enum Setting {
    Number(f64),
    Text(String),
    Flag(bool),
}

/// A [`Setting`] that belongs to somebody else.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Value<'a> {
    Number(f64),
    Text(&'a str),
    Flag(bool),
}

impl<'a> From<&'a Setting> for Value<'a> {
    fn from(setting: &'a Setting) -> Self {
        match setting {
            Setting::Number(number) => Self::Number(*number),
            Setting::Text(text) => Self::Text(text),
            Setting::Flag(flag) => Self::Flag(*flag),
        }
    }
}

impl From<Value<'_>> for Setting {
    fn from(value: Value) -> Self {
        match value {
            Value::Number(number) => Self::Number(number),
            Value::Text(text) => Self::Text(text.to_owned()),
            Value::Flag(flag) => Self::Flag(flag),
        }
    }
}

/// A settings dictionary. The aspect ratio follows from width and height (CP-05), and is never set by itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings(BTreeMap<Property, Setting>);

impl Settings {
    /// What this property is set to, if the source has it.
    pub fn get(&self, property: Property) -> Option<&Setting> {
        self.0.get(&property)
    }

    /// The same, of a number.
    pub fn number(&self, property: Property) -> Option<f64> {
        match self.get(property)? {
            Setting::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// Sets a property, and the aspect ratio with it.
    pub fn set(&mut self, property: Property, setting: Setting) {
        self.0.insert(property, setting);
        self.0.remove(&Property::AspectRatio);
        if let Some(ratio) = self.ratio() {
            self.0.insert(Property::AspectRatio, Setting::Number(ratio));
        }
    }

    /// Every property that is set, in the order of [`Property::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = (Property, &Setting)> {
        self.0
            .iter()
            .map(|(property, setting)| (*property, setting))
    }

    fn ratio(&self) -> Option<f64> {
        let height = self
            .number(Property::Height)
            .filter(|height| *height > 0.0)?;
        Some(round_ratio(self.number(Property::Width)? / height))
    }
}
