// SPDX-License-Identifier: MPL-2.0

//! What must be, and whether it is.

/// One goal and what came out.
pub struct Goal {
    pub what: String,
    pub is: f64,
    pub most: f64,
    /// Whether it may be missed by the plan's tolerance.
    pub noisy: bool,
}

/// Prints how each goal was met; whether all were, within the tolerance.
pub fn print(goals: &[Goal], tolerance: f64) -> bool {
    let mut all = true;
    for goal in goals {
        let met = goal.is <= goal.most;
        let tolerated = goal.noisy && goal.is <= goal.most * tolerance;
        all &= met || tolerated;
        let word = match (met, tolerated) {
            (true, _) => "met",
            (false, true) => "near",
            (false, false) => "MISSED",
        };
        println!("{word:6} {:.3} ≤ {:.3}: {}", goal.is, goal.most, goal.what);
    }
    let met = goals.iter().filter(|goal| goal.is <= goal.most).count();
    println!("{met} of {} goals met", goals.len());
    all
}
