// SPDX-License-Identifier: MPL-2.0

//! What must be, and whether it is.

/// One goal and what came out.
pub struct Goal {
    pub what: String,
    pub is: f64,
    pub most: f64,
    /// Beyond this something is wrong that no noise of a machine explains: the benchmark fails.
    pub bound: f64,
}

/// Prints how each goal was met; whether none is beyond its bound.
pub fn print(goals: &[Goal]) -> bool {
    for goal in goals {
        let word = match goal.is {
            is if is <= goal.most => "met",
            is if is <= goal.bound => "missed",
            _ => "FAILED",
        };
        println!("{word:6} {:.3} ≤ {:.3}: {}", goal.is, goal.most, goal.what);
    }
    let met = goals.iter().filter(|goal| goal.is <= goal.most).count();
    println!("{met} of {} goals met", goals.len());
    goals.iter().all(|goal| goal.is <= goal.bound)
}
