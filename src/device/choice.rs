// SPDX-License-Identifier: MPL-2.0

//! Which devices are meant, and in which order they are tried (W3C getUserMedia, "the set of candidates").

use gst::prelude::*;

use super::Listing;
use crate::constraints::{Constraints, select};
use crate::convert::Modes;
use crate::error::Failure;
use crate::kind::Kind;
use crate::source::defaults;

/// What was asked for.
pub struct Wanted<'a> {
    pub kind: Kind,
    /// An id or a display name; any device if there is none.
    pub name: Option<&'a str>,
    pub constraints: &'a Constraints,
}

/// The devices that may be opened, in the order in which they are tried. `listed` has them in the order in which their providers
/// are preferred.
pub fn candidates(wanted: &Wanted, listed: Vec<Listing>) -> Result<Vec<Listing>, Failure> {
    let found = merged(listed.into_iter().filter(|d| d.kind == wanted.kind));
    let called = |device: &&Listing| wanted.name.is_none_or(|name| device.is_called(name));
    let meant: Vec<_> = found.iter().filter(called).cloned().collect();
    if meant.is_empty() {
        return Err(not_found(wanted, &found));
    }
    match wanted.constraints.is_empty() {
        true => Ok(meant),
        false => by_fitness(wanted, meant),
    }
}

/// Each device once, as the first that lists it; the default ones first.
fn merged(listed: impl Iterator<Item = Listing>) -> Vec<Listing> {
    let mut found: Vec<Listing> = Vec::new();
    for device in listed {
        let same = |known: &&mut Listing| known.identity.is_same(&device.identity);
        match found.iter_mut().find(same) {
            Some(known) => known.adopt(device),
            None => found.push(device),
        }
    }
    found.sort_by_key(|device| !device.is_default);
    found
}

/// The one that suits the constraints best first; who does not suit them is left out.
fn by_fitness(wanted: &Wanted, mut left: Vec<Listing>) -> Result<Vec<Listing>, Failure> {
    let mut ordered = Vec::new();
    while !left.is_empty() {
        match fittest(wanted, &left) {
            Ok(index) => ordered.push(left.remove(index)),
            Err(failure) if ordered.is_empty() => return Err(failure),
            Err(_) => break,
        }
    }
    Ok(ordered)
}

fn fittest(wanted: &Wanted, devices: &[Listing]) -> Result<usize, Failure> {
    let kind = wanted.kind;
    let mut spaces = Vec::new();
    let mut owners = Vec::new();
    for (index, device) in devices.iter().enumerate() {
        // In the modes in which it would be opened.
        let asked = preferred(device.device.caps(), kind).intersect(&device.offered());
        let modes = Modes::of(kind, &asked, &device.inherent());
        // One that does not say what it can give may give anything.
        let own = modes
            .unwrap_or_else(|| Modes::unknown(kind, &device.inherent()))
            .spaces();
        owners.extend(own.iter().map(|_| index));
        spaces.extend(own);
    }
    let selected = select(&spaces, wanted.constraints, &defaults(kind))
        .map_err(|overconstrained| Failure::overconstrained(kind, &overconstrained))?;
    Ok(owners.get(selected.space).copied().unwrap_or(0))
}

/// W3C NotFoundError.
fn not_found(wanted: &Wanted, found: &[Listing]) -> Failure {
    let kind = wanted.kind;
    let device = match kind {
        Kind::Audio => "microphone",
        Kind::Video | Kind::None => "camera",
    };
    let there_are = match found {
        [] => {
            format!("there is no {device} at all: connect one, or set {kind}-source to an element")
        }
        found => format!("there are: {}", names(found)),
    };
    let text = match wanted.name {
        Some(name) => format!("{kind}-device: no {device} is called \"{name}\"; {there_are}"),
        None => format!("No {kind} device: {there_are}"),
    };
    Failure::new(gst::ResourceError::NotFound, text)
}

fn names(devices: &[Listing]) -> String {
    let names: Vec<_> = devices.iter().map(Listing::to_string).collect();
    names.join(", ")
}

/// None of the candidates could be opened: each with what became of it (W3C NotReadableError).
pub fn none_opened(kind: Kind, tried: &[(Listing, Failure)]) -> Failure {
    let said: Vec<_> = tried
        .iter()
        .map(|(device, failure)| format!("{device}: {}{}", failure.text(), hint(failure)))
        .collect();
    if let Some((_, failure)) = tried
        .iter()
        .find(|(_, failure)| failure.is_overconstrained())
    {
        return failure.clone();
    }
    match tried {
        [(_, failure)] => failure.saying(format!("Cannot open {}", said.join(""))),
        [(_, failure), ..] => failure.saying(format!(
            "No {kind} device can be opened. {}",
            said.join("; ")
        )),
        [] => Failure::new(gst::ResourceError::NotFound, format!("No {kind} device")),
    }
}

/// What PipeWire means where it says that what it has just listed is not there.
fn hint(failure: &Failure) -> &'static str {
    match failure.text().contains("target not found") {
        true => ": another application has it for itself, or it has just gone",
        false => "",
    }
}

/// Raw media where the device has them, and for sound a format: a PipeWire source that may give anything at all is never
/// linked, and one that may choose a format of samples gives caps without any.
pub fn preferred(offered: Option<gst::Caps>, kind: Kind) -> gst::Caps {
    let wishes = match kind {
        Kind::Audio => &["audio/x-raw, format=F32LE", "audio/x-raw"][..],
        Kind::Video | Kind::None => &["video/x-raw"],
    };
    let offered = offered.unwrap_or_else(gst::Caps::new_any);
    wishes
        .iter()
        .filter_map(|wish| wish.parse::<gst::Caps>().ok())
        .find(|wish| offered.can_intersect(wish))
        .unwrap_or(offered)
}
