// SPDX-License-Identifier: MPL-2.0

//! How long it takes until a pair that comes is PLAYING, and until a pair that goes is gone, in turn.

use crate::bed::{Bed, FanOut, Pair, Spent};
use crate::figures::{Figure, Figures};
use crate::support::child;
use crate::support::figures::quantile;
use crate::support::meter::nanos;

/// Pairs before the first that counts: what is loaded and allocated once is not measured.
const WARM_UP: usize = 10;

/// How long a pair stays.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Stay {
    Not,
    /// Until it has got its first ones.
    ForBuffers,
}

/// Times of one kind, in ns.
#[derive(Default)]
struct Times {
    first: Vec<f64>,
    whole: Vec<f64>,
}

impl Times {
    fn add(&mut self, spent: &Spent) {
        self.first
            .extend(spent.first.map(|first| nanos(first) as f64));
        self.whole.push(nanos(spent.whole) as f64);
    }
}

pub fn measure<F: FanOut>(samples: usize, stay: Stay) -> ! {
    let bed = Bed::<F>::playing();
    let (mut coming, mut going) = (Times::default(), Times::default());
    for sample in 0..WARM_UP + samples {
        let pair = Pair::unmetered();
        let came = (stay == Stay::ForBuffers).then(|| pair.next_buffers());
        let (feed, joined) = bed.join(&pair);
        if let Some(came) = came {
            came.wait();
        }
        let left = bed.leave(&pair, feed);
        if sample >= WARM_UP {
            coming.add(&joined);
            going.add(&left);
        }
    }
    let mut figures = Figures::new();
    for (mut times, median, p99) in [
        (coming.first, Figure::Clone, Figure::CloneP99),
        (coming.whole, Figure::Join, Figure::JoinP99),
        (going.first, Figure::Stop, Figure::StopP99),
        (going.whole, Figure::Leave, Figure::LeaveP99),
    ] {
        if !times.is_empty() {
            figures.insert(median, quantile(&mut times, 0.5));
            figures.insert(p99, quantile(&mut times, 0.99));
        }
    }
    child::answer(&figures);
}
