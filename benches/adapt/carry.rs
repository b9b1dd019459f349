// SPDX-License-Identifier: MPL-2.0

//! What carrying pictures to consumers costs, and whether they get what they are to get.

use std::sync::mpsc::channel;
use std::time::Duration;

use gst::prelude::*;

use crate::case::{Carry, Contender};
use crate::figures::{Figure, Figures};
use crate::support::meter::nanos;
use crate::support::sink::Sink;
use crate::support::source::Work;
use crate::support::{child, process};
use crate::wiring::{self, Wired};

/// A contender may treat consumers that it does not know yet otherwise; after so many pictures it knows them.
const SETTLED: u64 = 40;
/// Pictures of one turn.
const TURN: u64 = 15;
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
    let (asking, free) = match case.contender {
        Contender::Native => wired.in_turn(case.buffers),
        Contender::Small | Contender::ByHand => (wired.window(case.buffers), Window::default()),
    };
    let mut figures = Figures::from([
        (Figure::Cpu, asking.cpu_for_each(case.n)),
        (Figure::SourceCpu, asking.source_for_each()),
        (Figure::Threads, process::threads() as f64),
        (Figure::Lost, (wired.missed() - missed) as f64),
    ]);
    if free.got > 0 {
        figures.insert(Figure::FreeCpu, free.cpu_for_each(case.n));
    }
    for sink in &wired.sinks {
        check(sink, case.contender.size());
    }
    child::answer(&figures);
}

/// What happened in some time.
#[derive(Default)]
struct Window {
    source: Work,
    /// Pictures that consumers got.
    got: u64,
}

impl Window {
    fn add(&mut self, other: Self) {
        self.source.process += other.source.process;
        self.source.cpu += other.source.cpu;
        self.source.timed += other.source.timed;
        self.got += other.got;
    }

    /// For each picture that `n` consumers got, in ns. Those that are lost cost nothing, and do not count.
    fn cpu_for_each(&self, n: usize) -> f64 {
        nanos(self.source.process) as f64 * n as f64 / self.got.max(1) as f64
    }

    /// The source's thread, for each picture, in ns.
    fn source_for_each(&self) -> f64 {
        nanos(self.source.cpu) as f64 / self.source.timed.max(1) as f64
    }
}

impl Wired {
    /// Measures for so many pictures.
    fn window(&self, pictures: u64) -> Window {
        let tallies = self.sinks.iter().map(Sink::tally).collect::<Vec<_>>();
        let got = || tallies.iter().map(|tally| tally.metered()).sum::<u64>();
        let before = got();
        Window {
            source: self.source.measure(pictures),
            got: got() - before,
        }
    }

    /// Measures for so many pictures while all tracks ask for what the source gives, and for as many while they ask for
    /// nothing: in one process, and in short turns that change their order, for what there may be to see is less than what
    /// differs from one process to the next.
    fn in_turn(&self, pictures: u64) -> (Window, Window) {
        let (native, nothing) = (wiring::native(), gst::Structure::new_empty("constraints"));
        let (mut asking, mut free) = (Window::default(), Window::default());
        for turn in 0..pictures / TURN {
            for asks in [turn % 2 == 0, turn % 2 != 0] {
                let (constraints, windows) = match asks {
                    true => (&native, &mut asking),
                    false => (&nothing, &mut free),
                };
                for track in &self.tracks {
                    wiring::apply(track, constraints);
                }
                self.source.wait(1);
                windows.add(self.window(TURN));
            }
        }
        (asking, free)
    }

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
