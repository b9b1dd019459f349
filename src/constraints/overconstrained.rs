// SPDX-License-Identifier: MPL-2.0

//! Why there are no settings (W3C "OverconstrainedError", AC-05), in words that say what would do.

use super::constraint::{Constraint, Role};
use super::number::Bounds;
use super::property::{Property, Type};
use super::region::Region;
use super::set::ConstraintSet;
use super::space::{Space, Span};

/// What is asked for cannot be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overconstrained {
    /// The W3C's name of a property that cannot be what is asked for, whatever the others are; empty if it is only together
    /// that they cannot.
    pub constraint: String,
    /// What was asked for, and what there is.
    pub message: String,
}

impl std::fmt::Display for Overconstrained {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Overconstrained {}

impl Overconstrained {
    /// Why none of these spaces satisfies the basic set.
    pub(super) fn explain(spaces: &[Space], basic: &ConstraintSet) -> Self {
        let mut required = basic
            .iter()
            .filter(|(_, constraint)| constraint.is_required(Role::Basic));
        match required.find(|(property, constraint)| !is_possible(spaces, *property, constraint)) {
            Some((property, constraint)) => {
                let name = property.name();
                let (asked, there) = (asked(constraint), possible(spaces, property));
                Self {
                    constraint: name.to_owned(),
                    message: format!("{name} must be {asked}, and is {there}"),
                }
            }
            None => Self {
                constraint: String::new(),
                message: together(basic),
            },
        }
    }
}

/// Whether any setting satisfies this one constraint.
fn is_possible(spaces: &[Space], property: Property, constraint: &Constraint) -> bool {
    let alone = || std::iter::once((property, constraint));
    spaces
        .iter()
        .filter_map(Region::of)
        .any(|region| region.satisfying(alone(), Role::Basic).is_some())
}

fn together(basic: &ConstraintSet) -> String {
    let asked: Vec<String> = basic
        .iter()
        .filter(|(_, constraint)| constraint.is_required(Role::Basic))
        .map(|(property, constraint)| format!("{} {}", property.name(), asked(constraint)))
        .collect();
    match asked.is_empty() {
        true => "the source has no settings".to_owned(),
        false => format!(
            "each of these can be had, but not together: {}",
            asked.join(", ")
        ),
    }
}

/// What is required, in words.
fn asked(constraint: &Constraint) -> String {
    match constraint {
        Constraint::Number {
            exact, min, max, ..
        } => {
            let exact = exact.map(|number| number.to_string());
            let min = min.map(|number| format!("at least {number}"));
            let max = max.map(|number| format!("at most {number}"));
            let all: Vec<String> = [exact, min, max].into_iter().flatten().collect();
            all.join(" and ")
        }
        Constraint::Text { exact, .. } => any_of(exact.iter().flatten().map(quoted)),
        Constraint::Flag { exact, .. } => any_of(exact.iter().map(bool::to_string)),
    }
}

/// What a property can be, in words.
fn possible(spaces: &[Space], property: Property) -> String {
    let spans: Vec<Span> = spaces
        .iter()
        .filter_map(|space| space.span(property))
        .collect();
    if spans.is_empty() {
        return "not something this source has".to_owned();
    }
    let mut values: Vec<String> = numbers(&spans, property);
    for span in &spans {
        match span {
            Span::Number { .. } => (),
            Span::Texts(texts) => values.extend(texts.iter().map(quoted)),
            Span::Flags(flags) => values.extend(flags.iter().map(bool::to_string)),
        }
    }
    let mut seen = Vec::new();
    values.retain(|value| {
        let is_new = !seen.contains(value);
        seen.push(value.clone());
        is_new
    });
    any_of(values.into_iter())
}

/// The ranges that spans of numbers make together, lowest first.
fn numbers(spans: &[Span], property: Property) -> Vec<String> {
    let mut bounds: Vec<Bounds> = spans
        .iter()
        .filter_map(|span| match span {
            Span::Number { min, max } => Some(Bounds::of_source(property, *min, *max)),
            _ => None,
        })
        .filter(|bounds| !bounds.is_empty())
        .collect();
    bounds.sort_by(|one, other| one.min.total_cmp(&other.min));
    // Whole numbers that follow each other leave no gap.
    let step = match property.type_() {
        Type::ULong => 1.0,
        _ => 0.0,
    };
    bounds.dedup_by(|next, last| {
        let meets = next.min <= last.max + step;
        if meets {
            last.max = last.max.max(next.max);
        }
        meets
    });
    let in_words = |Bounds { min, max }: Bounds| match min == max {
        true => min.to_string(),
        false => format!("{min} to {max}"),
    };
    bounds.into_iter().map(in_words).collect()
}

fn quoted(text: &String) -> String {
    format!("\"{text}\"")
}

/// No more than a reader takes in.
const MANY: usize = 8;

fn any_of(mut values: impl Iterator<Item = String>) -> String {
    let mut words: Vec<String> = values.by_ref().take(MANY).collect();
    match values.count() {
        0 => (),
        more => words.push(format!("{more} others")),
    }
    words.join(" or ")
}
