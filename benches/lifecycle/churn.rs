// SPDX-License-Identifier: MPL-2.0

//! Pairs come and go in a rush, and four that stay must not notice. Nothing may be left of those that went.

use crate::bed::{Bed, FanOut, Pair};
use crate::figures::{Figure, Figures};
use crate::support::meter::METER;
use crate::support::{child, process};

/// One of so many pairs stays until it has got something; the others meet a buffer only by chance.
const PLAYS: usize = 50;

pub fn measure<F: FanOut>(warm_up: usize, alone: u64, rounds: usize) -> ! {
    let bed = Bed::<F>::playing();
    let four: Vec<_> = (0..4).map(|_| Pair::new()).collect();
    let _feeds: Vec<_> = four
        .iter()
        .map(|pair| {
            let came = pair.next_buffers();
            let feed = bed.join(pair);
            came.wait();
            feed
        })
        .collect();
    churn(&bed, warm_up);
    let (resident, threads) = (process::resident() as f64, process::threads() as f64);
    let missed = bed.missed(&four);
    METER.open(0..u64::MAX);
    bed.wait(alone);
    let quiet = METER.take_latency();
    churn(&bed, rounds);
    METER.close();
    let (resident, threads) = (
        process::resident() as f64 - resident,
        process::threads() as f64 - threads,
    );
    child::answer(&Figures::from([
        (Figure::AloneP99, quiet.p99 as f64),
        (Figure::LatencyP99, METER.take_latency().p99 as f64),
        (Figure::Lost, (bed.missed(&four) - missed) as f64),
        (Figure::Grown, resident / 1024.0),
        (Figure::MoreThreads, threads),
    ]));
}

fn churn<F: FanOut>(bed: &Bed<F>, rounds: usize) {
    for round in 0..rounds {
        let pair = Pair::unmetered();
        let came = (round % PLAYS == 0).then(|| pair.next_buffers());
        let (feed, _) = bed.join(&pair);
        if let Some(came) = came {
            came.wait();
        }
        bed.leave(&pair, feed);
    }
}
