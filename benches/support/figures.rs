// SPDX-License-Identifier: MPL-2.0

//! Medians, and times as people read them.

/// The median of one figure over all rounds.
pub fn middle<F>(rounds: &[F], figure: impl Fn(&F) -> f64) -> f64 {
    let mut all: Vec<_> = rounds.iter().map(figure).collect();
    all.sort_by(f64::total_cmp);
    let at = |index: usize| all.get(index).copied().unwrap_or_default();
    (at(all.len().saturating_sub(1) / 2) + at(all.len() / 2)) / 2.0
}

/// The worst of one figure over all rounds.
pub fn worst<F>(rounds: &[F], figure: impl Fn(&F) -> f64) -> f64 {
    rounds.iter().map(figure).fold(0.0, f64::max)
}

/// What this part of all values does not exceed; sorts them.
pub fn quantile(values: &mut [f64], part: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let rank = (values.len() as f64 * part).ceil() as usize;
    values
        .get(rank.saturating_sub(1))
        .copied()
        .unwrap_or_default()
}

/// Nanoseconds as people read them.
pub fn time(nanos: f64) -> String {
    match nanos {
        n if n < 9_995.0 => format!("{:.2} µs", n / 1e3),
        n if n < 99_950.0 => format!("{:.1} µs", n / 1e3),
        n if n < 999_500.0 => format!("{:.0} µs", n / 1e3),
        n => format!("{:.1} ms", n / 1e6),
    }
}
