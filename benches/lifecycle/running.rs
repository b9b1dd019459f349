// SPDX-License-Identifier: MPL-2.0

//! So many pairs, for so long.

use std::time::Instant;

use crate::bed::{Bed, FanOut, Pair};
use crate::figures::{Figure, Figures};
use crate::support::meter::METER;
use crate::support::{child, process};

pub fn measure<F: FanOut>(n: usize, seconds: u64) -> ! {
    let bed = Bed::<F>::playing();
    // Looking at the clock for each of a thousand would be a good part of what is measured.
    METER.sample(if n < 100 { 1 } else { 8 });
    let pairs: Vec<_> = (0..n).map(|_| Pair::new()).collect();
    let came: Vec<_> = pairs.iter().map(Pair::next_buffers).collect();
    let _feeds: Vec<_> = pairs.iter().map(|pair| bed.join(pair)).collect();
    for came in came {
        came.wait();
    }
    let missed = bed.missed(&pairs);
    METER.open(0..u64::MAX);
    let (start, cpu) = (Instant::now(), process::process_cpu());
    bed.wait(60 * seconds);
    let (cpu, wall) = (process::process_cpu() - cpu, start.elapsed());
    METER.close();
    let latency = METER.take_latency();
    child::answer(&Figures::from([
        (Figure::Cpu, cpu.as_secs_f64() / wall.as_secs_f64()),
        (Figure::Lost, (bed.missed(&pairs) - missed) as f64),
        (Figure::Latency, latency.median as f64),
        (Figure::LatencyP99, latency.p99 as f64),
        (Figure::LatencyWorst, latency.worst as f64),
        (Figure::Threads, process::threads() as f64),
    ]));
}
