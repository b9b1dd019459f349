// SPDX-License-Identifier: MPL-2.0

//! What must be so of every choice, said once more and in another way than the plugin says it.

use crate::constraints::{
    Constraint, Constraints, Property, Setting, Settings, Space, Span, select,
};

/// Frame rates this close to each other are the same.
const RATE_TOLERANCE: f64 = 1.1e-4;
/// To the tenth decimal, and as exact as numbers are.
fn tolerance(property: Property, number: f64) -> f64 {
    match property {
        Property::FrameRate => number.abs() * RATE_TOLERANCE,
        Property::AspectRatio => 1e-10_f64.max(number.abs() * 1e-12),
        _ => 0.,
    }
}

/// Chooses, and panics if what is chosen is not what was required, or is not what the source has.
pub fn choose(spaces: &[Space], constraints: &Constraints, defaults: &Settings) {
    let Ok(selected) = select(spaces, constraints, defaults) else {
        return;
    };
    for (property, constraint) in constraints.basic.iter() {
        let setting = selected.settings.get(property);
        assert!(
            satisfies(property, constraint, setting),
            "{property:?}: {constraint:?} by {setting:?}"
        );
    }
    let space = &spaces[selected.space];
    for (property, span) in &space.spans {
        let setting = selected.settings.get(*property);
        assert!(
            setting.is_some_and(|setting| lies_in(span, setting)),
            "{property:?}: {setting:?} in {span:?}"
        );
    }
    for (property, setting) in selected.settings.iter() {
        let known = property == Property::AspectRatio || space.spans.contains_key(&property);
        assert!(known, "{property:?} from nowhere: {setting:?}");
    }
}

fn lies_in(span: &Span, setting: &Setting) -> bool {
    match (span, setting) {
        (Span::Number { min, max }, Setting::Number(number)) => (min..=max).contains(&number),
        (Span::Texts(texts), Setting::Text(text)) => texts.contains(text),
        (Span::Flags(flags), Setting::Flag(flag)) => flags.contains(flag),
        _ => false,
    }
}

/// What is required in the basic set, that is all but bare and ideal values.
fn satisfies(property: Property, constraint: &Constraint, setting: Option<&Setting>) -> bool {
    match constraint {
        Constraint::Number {
            exact, min, max, ..
        } => {
            let number = match setting {
                Some(Setting::Number(number)) => *number,
                _ => return exact.or(*min).or(*max).is_none(),
            };
            let near = |limit: f64| tolerance(property, limit);
            exact.is_none_or(|exact| (number - exact).abs() <= near(exact))
                && min.is_none_or(|min| number >= min - near(min))
                && max.is_none_or(|max| number <= max + near(max))
        }
        Constraint::Text { exact: None, .. } | Constraint::Flag { exact: None, .. } => true,
        Constraint::Text {
            exact: Some(texts), ..
        } => matches!(setting, Some(Setting::Text(text)) if texts.contains(text)),
        Constraint::Flag {
            exact: Some(flag), ..
        } => match setting {
            Some(Setting::Flag(is)) => is == flag,
            // Whether there is such a thing.
            Some(_) => *flag,
            None => false,
        },
    }
}
