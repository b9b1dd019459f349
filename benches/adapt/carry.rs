// SPDX-License-Identifier: MPL-2.0

//! What carrying pictures to consumers costs, and whether they get what they are to get.

use std::sync::mpsc::channel;
use std::time::Duration;

use gst::prelude::*;

use crate::case::Carry;
use crate::figures::{Figure, Figures};
use crate::support::meter::nanos;
use crate::support::sink::Sink;
use crate::support::{child, process};
use crate::wiring::{self, Wired};

/// A contender may treat consumers that it does not know yet otherwise; after so many pictures it knows them.
const SETTLED: u64 = 40;
/// How long what must happen may take.
const SOON: Duration = Duration::from_secs(30);

pub fn measure(case: Carry) -> ! {
    let wired = wiring::wire(&case);
    let came: Vec<_> = wired.sinks.iter().map(Sink::next_buffer).collect();
    wired
        .pipeline
        .set_state(gst::State::Playing)
        .expect("PLAYING");
    for came in came {
        came.recv_timeout(SOON).expect("each gets something");
    }
    wired.source.wait(SETTLED);
    let missed = wired.missed();
    let cpu = process::process_cpu();
    let work = wired.source.wait(case.buffers);
    let cpu = process::process_cpu() - cpu;
    let figures = Figures::from([
        (Figure::Cpu, nanos(cpu) as f64 / work.buffers as f64),
        (
            Figure::SourceCpu,
            nanos(work.cpu) as f64 / work.buffers as f64,
        ),
        (Figure::Threads, process::threads() as f64),
        (Figure::Lost, (wired.missed() - missed) as f64),
    ]);
    for sink in &wired.sinks {
        check(sink, case.contender.size());
    }
    child::answer(&figures);
}

impl Wired {
    /// Pictures up to now that consumers have not got: those that they missed on the way, and those that do not come though
    /// they get some time.
    fn missed(&self) -> u64 {
        let due = self.source.next();
        let tallies: Vec<_> = self.sinks.iter().map(Sink::tally).collect();
        let lacking = || {
            let lacks = |next: u64| due.saturating_sub(next);
            tallies.iter().map(|tally| lacks(tally.next())).sum::<u64>()
        };
        for _ in 0..60 {
            if lacking() == 0 {
                break;
            }
            self.source.wait(1);
        }
        lacking() + tallies.iter().map(|tally| tally.missed()).sum::<u64>()
    }
}

/// The caps of a consumer say this size, and its pictures are as large as the caps say.
fn check(sink: &Sink, size: (i32, i32)) {
    let pad = sink.pad();
    let caps = pad.current_caps().expect("caps came before pictures");
    let info = gst_video::VideoInfo::from_caps(&caps).expect("the caps of pictures");
    assert_eq!(
        (info.width() as i32, info.height() as i32),
        size,
        "{}",
        sink.name()
    );
    let (sender, came) = channel();
    pad.add_probe(gst::PadProbeType::BUFFER, move |_, info| {
        let _ = sender.send(info.buffer().map(|buffer| buffer.size()));
        gst::PadProbeReturn::Remove
    });
    let bytes = came.recv_timeout(SOON).expect("the source runs");
    assert_eq!(bytes, Some(info.size()), "{}", sink.name());
}
