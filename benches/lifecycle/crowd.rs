// SPDX-License-Identifier: MPL-2.0

//! A great many at once: how long it takes until they are there, and what each that only exists keeps in memory.

use std::time::Instant;

use crate::bed::{Bed, FanOut, Pair};
use crate::figures::{Figure, Figures};
use crate::support::meter::nanos;
use crate::support::{child, process};

/// Time until so many pairs are PLAYING. They were made before.
pub fn measure<F: FanOut>(n: usize) -> ! {
    let bed = Bed::<F>::playing();
    let pairs: Vec<_> = (0..n).map(|_| Pair::unmetered()).collect();
    let mut feeds = Vec::with_capacity(n);
    let start = Instant::now();
    for pair in &pairs {
        feeds.push(bed.join(pair));
    }
    let spent = start.elapsed();
    child::answer(&Figures::from([
        (Figure::Crowd, nanos(spent) as f64),
        (Figure::Threads, process::threads() as f64),
    ]));
}

/// Memory of what feeds so many pairs, but does not yet.
pub fn measure_idle<F: FanOut>(n: usize) -> ! {
    let bed = Bed::<F>::playing();
    // What is loaded and allocated once is not theirs.
    for _ in 0..10 {
        drop(bed.fan_out.make_idle());
    }
    let mut kept = Vec::with_capacity(n);
    let before = process::resident() as f64;
    for _ in 0..n {
        kept.push(bed.fan_out.make_idle());
    }
    let grown = process::resident() as f64 - before;
    child::answer(&Figures::from([(Figure::Memory, grown / (2 * n) as f64)]));
}
