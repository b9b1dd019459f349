// SPDX-License-Identifier: MPL-2.0

//! Finds the stream that `clone-of` names.

use gst::prelude::*;

use super::{MediaStream, registry};
use crate::error::Failure;

/// What the rule needs to know of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Candidate<T> {
    stream: T,
    name: String,
    id: String,
    /// In the same top-level bin as the stream that is to become a clone.
    near: bool,
}

/// First by name in the same top-level bin, then by id, then by name in the whole process.
fn choose<T>(wanted: &str, candidates: Vec<Candidate<T>>) -> Result<T, String> {
    let mut found: Vec<_> = Vec::new();
    let mut others = Vec::new();
    let rules: [fn(&str, &Candidate<T>) -> bool; 3] = [
        |wanted, candidate| candidate.near && candidate.name == wanted,
        |wanted, candidate| candidate.id == wanted,
        |wanted, candidate| candidate.name == wanted,
    ];
    let rule = rules
        .iter()
        .find(|rule| candidates.iter().any(|candidate| rule(wanted, candidate)));
    for candidate in candidates {
        match rule {
            Some(rule) if rule(wanted, &candidate) => found.push(candidate),
            _ => others.push(candidate),
        }
    }
    let list = |candidates: &[Candidate<T>]| {
        let names: Vec<_> = candidates
            .iter()
            .map(|candidate| format!("\"{}\" ({})", candidate.name, candidate.id))
            .collect();
        names.join(", ")
    };
    if found.len() == 1
        && let Some(found) = found.pop()
    {
        return Ok(found.stream);
    }
    match found.len() {
        0 if others.is_empty() => Err(format!(
            "clone-of: there is no mediastream \"{wanted}\", nor any other"
        )),
        0 => Err(format!(
            "clone-of: there is no mediastream \"{wanted}\"; there are {}",
            list(&others)
        )),
        _ => Err(format!(
            "clone-of: \"{wanted}\" may be any of {}; name one by its id",
            list(&found)
        )),
    }
}

/// The stream that `wanted` names for `stream`.
pub fn find(stream: &MediaStream, wanted: &str) -> Result<MediaStream, Failure> {
    let itself = wanted == stream.id() || stream.name() == wanted;
    let top = top_level(stream);
    let candidates = registry::streams()
        .into_iter()
        .filter(|other| other != stream)
        .map(|other| Candidate {
            name: other.name().to_string(),
            id: other.id(),
            near: top_level(&other) == top,
            stream: other,
        })
        .collect();
    choose(wanted, candidates).map_err(|text| match itself {
        true => Failure::new(
            gst::ResourceError::Settings,
            format!("clone-of: \"{wanted}\" is to be a clone of itself"),
        ),
        false => Failure::new(gst::ResourceError::NotFound, text),
    })
}

fn top_level(element: &impl IsA<gst::Object>) -> gst::Object {
    let mut top = element.clone().upcast::<gst::Object>();
    while let Some(parent) = top.parent() {
        top = parent;
    }
    top
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(number: usize, name: &str, id: &str, near: bool) -> Candidate<usize> {
        Candidate {
            stream: number,
            name: name.into(),
            id: id.into(),
            near,
        }
    }

    #[test]
    fn a_name_in_the_same_pipeline_comes_first_then_an_id_then_any_name() {
        let near = candidate(0, "cam", "id-0", true);
        let id = candidate(1, "mic", "cam", false);
        let far = candidate(2, "cam", "id-2", false);
        let all = vec![far.clone(), id.clone(), near];
        assert_eq!(choose("cam", all), Ok(0));
        assert_eq!(choose("cam", vec![far.clone(), id]), Ok(1));
        assert_eq!(choose("cam", vec![far]), Ok(2));
    }

    #[test]
    fn no_match_and_an_ambiguous_name_are_errors_that_name_the_candidates() {
        let a = candidate(0, "cam", "id-0", false);
        let b = candidate(1, "cam", "id-1", false);
        let ambiguous = choose("cam", vec![a.clone(), b.clone()]).unwrap_err();
        assert!(ambiguous.contains("id-0") && ambiguous.contains("id-1"));
        let none = choose("webcam", vec![a, b]).unwrap_err();
        assert!(none.contains("webcam") && none.contains("id-0") && none.contains("id-1"));
        assert!(choose::<usize>("cam", vec![]).unwrap_err().contains("cam"));
    }
}
