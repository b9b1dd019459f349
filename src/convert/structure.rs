// SPDX-License-Identifier: MPL-2.0

//! Constraints as applications write them: a GstStructure with the W3C's names.
//!
//! `constraints, width=(structure)[range, min=320, ideal=640], frameRate=15, advanced=<(structure)[c, width=1920]>`: a bare
//! value, a structure of `min`, `max`, `exact` and `ideal`, a range for `min` and `max`, a list or an array for the W3C's lists.
//! Names that nobody knows are ignored (W3C: WebIDL drops them), values that make no sense are an error.

use gst::glib;
use gst::prelude::*;

use super::number::{ends, quotient};
use crate::constraints::{Constraint, ConstraintSet, Constraints, Property, Type};

/// What the W3C's dictionary of constraints calls its list of sets.
const ADVANCED: &str = "advanced";

/// The constraints in a structure; an error says which one makes no sense, and why.
pub fn parse(structure: &gst::StructureRef) -> Result<Constraints, String> {
    let mut advanced = Vec::new();
    if let Ok(value) = structure.value(ADVANCED) {
        for one in elements(value) {
            let one = one.get::<gst::Structure>().map_err(|_| {
                format!("{ADVANCED} must be an array of structures: <(structure)[c, width=640]>")
            })?;
            advanced.push(set(&one)?);
        }
    }
    Ok(Constraints {
        basic: set(structure)?,
        advanced,
    })
}

fn set(structure: &gst::StructureRef) -> Result<ConstraintSet, String> {
    let mut set = ConstraintSet::default();
    for (name, value) in structure.iter() {
        let Some(property) = Property::from_name(name) else {
            continue;
        };
        let constraint = constraint(property, value).map_err(|what| format!("{name} {what}"))?;
        set.set(property, constraint)
            .map_err(|refused| refused.to_string())?;
    }
    Ok(set)
}

/// What a property is asked to be.
fn constraint(property: Property, value: &glib::SendValue) -> Result<Constraint, String> {
    let members = members(value);
    let is_flag = |name: &&str| members.value(*name).is_ok_and(|value| value.is::<bool>());
    let is_text = |name: &&str| members.value(*name).is_ok_and(|value| !value.is::<bool>());
    let [bare, exact, ideal] = ["bare", "exact", "ideal"];
    let type_ = match property.type_() {
        Type::Flag if [bare, exact, ideal].iter().any(is_text) => Type::Text,
        _ if [bare, exact, ideal].iter().any(is_flag) => Type::Flag,
        type_ => type_,
    };
    Ok(match type_ {
        Type::Flag => Constraint::Flag {
            bare: flag(&members, bare)?,
            exact: flag(&members, exact)?,
            ideal: flag(&members, ideal)?,
        },
        Type::ULong | Type::Double => Constraint::Number {
            bare: number(&members, bare)?,
            exact: number(&members, exact)?,
            ideal: number(&members, ideal)?,
            min: number(&members, "min")?,
            max: number(&members, "max")?,
        },
        Type::Text => Constraint::Text {
            bare: texts(&members, bare)?,
            exact: texts(&members, exact)?,
            ideal: texts(&members, ideal)?,
        },
    })
}

/// What is said of a property: a structure as it is, a range as `min` and `max`, and anything else as a bare value.
fn members(value: &glib::SendValue) -> gst::Structure {
    if let Ok(members) = value.get::<gst::Structure>() {
        return members;
    }
    let mut members = gst::Structure::new_empty("members");
    match ends(value) {
        Some((min, max)) => {
            members.set("min", min);
            members.set("max", max);
        }
        None => members.set_value("bare", value.clone()),
    }
    members
}

fn number(members: &gst::StructureRef, name: &str) -> Result<Option<f64>, String> {
    let Ok(value) = members.value(name) else {
        return Ok(None);
    };
    if let Ok(fraction) = value.get::<gst::Fraction>() {
        return Ok(Some(quotient(fraction)));
    }
    let number = value
        .transform::<f64>()
        .ok()
        .filter(|_| !value.is::<String>());
    match number.and_then(|number| number.get::<f64>().ok()) {
        Some(number) => Ok(Some(number)),
        None => Err(format!("must be a number, not {}", text_of(value))),
    }
}

fn flag(members: &gst::StructureRef, name: &str) -> Result<Option<bool>, String> {
    match members.value(name) {
        Ok(value) => match value.get::<bool>() {
            Ok(flag) => Ok(Some(flag)),
            Err(_) => Err(format!("must be true or false, not {}", text_of(value))),
        },
        Err(_) => Ok(None),
    }
}

fn texts(members: &gst::StructureRef, name: &str) -> Result<Option<Vec<String>>, String> {
    let Ok(value) = members.value(name) else {
        return Ok(None);
    };
    let texts = elements(value).into_iter().map(|value| {
        value
            .get::<String>()
            .map_err(|_| format!("must be a text or a list of texts, not {}", text_of(&value)))
    });
    texts.collect::<Result<_, _>>().map(Some)
}

/// The elements of a list or an array, or the one value.
fn elements(value: &glib::SendValue) -> Vec<glib::SendValue> {
    if let Ok(list) = value.get::<gst::List>() {
        return list.iter().cloned().collect();
    }
    if let Ok(array) = value.get::<gst::Array>() {
        return array.iter().cloned().collect();
    }
    vec![value.clone()]
}

fn text_of(value: &glib::SendValue) -> String {
    value
        .serialize()
        .map_or_else(|_| format!("{value:?}"), |text| text.to_string())
}
