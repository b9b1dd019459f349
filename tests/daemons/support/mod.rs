// SPDX-License-Identifier: MPL-2.0

//! What the scenarios are made of: devices, daemons, the daemon's graph, streams, and consumers that see whose picture and hear
//! whose sound they get.

mod consumer;
mod daemons;
mod devices;
mod graph;
mod media;
mod process;
mod recording;
mod streams;

use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

pub use consumer::{Consumer, Item};
pub use daemons::{Daemons, set_default_microphone};
pub use devices::{Camera, Microphone};
pub use graph::Graph;
pub use media::{Picture, Sound};
pub use process::Usage;
pub use recording::Recording;
pub use streams::*;

/// How long a scenario waits for what must come.
pub const SOON: Duration = Duration::from_secs(10);
/// How long looking for devices may take, and an answer that there is none. (The time in which to answer, and some for the
/// machine, which has other things to do.)
pub const ANSWER: Duration = Duration::from_millis(2500);
/// How soon the end of a device is the end of its tracks.
pub const NOTICED: Duration = Duration::from_millis(500);

/// The next of the events that a scenario waits for.
#[track_caller]
pub fn next<T>(events: &Receiver<T>) -> T {
    events.recv_timeout(SOON).expect("it happens soon")
}

/// Does it, and says how long that took.
pub fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let result = work();
    (result, start.elapsed())
}
