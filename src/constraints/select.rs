// SPDX-License-Identifier: MPL-2.0

//! Which settings a source gets (W3C "SelectSettings", SS-02 to SS-06).

use super::constraint::Role;
use super::cost::Cost;
use super::framing::Framing;
use super::overconstrained::Overconstrained;
use super::region::Region;
use super::set::{ConstraintSet, Constraints};
use super::setting::Settings;
use super::space::Space;
use super::wish::Wishes;

/// What was chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct Selected {
    /// Which of the spaces it is in.
    pub space: usize,
    pub settings: Settings,
}

/// A region, and which space it is of.
type Candidate<'a> = (usize, Region<'a>);

/// The best settings of all that a source can have. What was asked for before does not count (SS-02): whoever calls does
/// not put it into the spaces.
///
/// Among settings that are equally good, those come first that are nearest to the defaults, the shape of the picture more
/// than all else, so that a narrower picture is a smaller one; then those of the first space.
pub fn select(
    spaces: &[Space],
    constraints: &Constraints,
    defaults: &Settings,
) -> Result<Selected, Overconstrained> {
    let basic = &constraints.basic;
    let mut candidates = satisfying(spaces, basic);
    if candidates.is_empty() {
        return Err(Overconstrained::explain(spaces, basic));
    }
    for set in &constraints.advanced {
        // SS-04: all of the set, or nothing.
        let kept = narrowed(&candidates, set);
        if !kept.is_empty() {
            candidates = kept;
        }
    }
    let wishes = Wishes { basic, defaults };
    best(&candidates, &wishes).ok_or_else(|| Overconstrained::explain(spaces, basic))
}

/// SS-03.
fn satisfying<'a>(spaces: &'a [Space], basic: &ConstraintSet) -> Vec<Candidate<'a>> {
    spaces
        .iter()
        .enumerate()
        .filter_map(|(index, space)| {
            let region = Region::of(space)?.satisfying(basic.iter(), Role::Basic)?;
            Some((index, region))
        })
        .collect()
}

fn narrowed<'a>(candidates: &[Candidate<'a>], set: &ConstraintSet) -> Vec<Candidate<'a>> {
    candidates
        .iter()
        .filter_map(|(index, region)| {
            Some((*index, region.satisfying(set.iter(), Role::Advanced)?))
        })
        .collect()
}

/// SS-05. Begins where the best may be, so that most regions need not be searched.
fn best(candidates: &[Candidate], wishes: &Wishes) -> Option<Selected> {
    let framing = Framing::of(wishes);
    let mut hopes: Vec<(Cost, &Candidate)> = candidates
        .iter()
        .map(|candidate| (candidate.1.least(wishes, &framing), candidate))
        .collect();
    // Stable: the first of equals stays the first.
    hopes.sort_by(|(one, _), (other, _)| one.compare(*other));
    let mut best: Option<(Cost, Selected)> = None;
    for (hope, (space, region)) in hopes {
        let beats = |cost: Cost| {
            best.as_ref().is_none_or(|(price, selected)| {
                cost.compare(*price)
                    .then(space.cmp(&selected.space))
                    .is_lt()
            })
        };
        if !beats(hope) {
            continue;
        }
        let limit = best.as_ref().map_or(Cost::INFINITE, |(price, _)| *price);
        let Some((settings, cost)) = region.best(wishes, &framing, limit) else {
            continue;
        };
        if beats(cost) {
            let space = *space;
            best = Some((cost, Selected { space, settings }));
        }
    }
    best.map(|(_, selected)| selected)
}
