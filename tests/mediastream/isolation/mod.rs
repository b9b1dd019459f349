// SPDX-License-Identifier: MPL-2.0

//! What one consumer does is not seen by the others or by the source (peers.md section 4, hazards 1 to 12 and 15 to 17).

use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use gst::prelude::*;

use crate::support::*;

mod answers;
mod blocking;
mod memory;
mod upstream;

/// A consumer that answers each buffer as the test says.
struct Consumer {
    pad: gst::Pad,
    buffers: Receiver<u64>,
}

impl Consumer {
    /// Links a pad whose chain function is `answer` to a pad of the stream.
    fn link(
        stream: &MediaStream,
        pad: &str,
        answer: impl Fn(u64) -> Result<gst::FlowSuccess, gst::FlowError> + Send + Sync + 'static,
    ) -> Self {
        let (sender, buffers) = channel();
        let sink = gst::Pad::builder(gst::PadDirection::Sink)
            .chain_function(move |_, _, buffer| {
                let number = buffer.offset();
                let _ = sender.send(number);
                answer(number)
            })
            .event_function(|_, _, _| true)
            .build();
        sink.set_active(true).expect("a pad");
        let source = stream.static_pad(pad).expect("a pad");
        source.link(&sink).expect("a link");
        Self { pad: sink, buffers }
    }

    #[track_caller]
    fn expect(&self, numbers: impl IntoIterator<Item = u64>) {
        for number in numbers {
            let got = self.buffers.recv_timeout(Duration::from_secs(10));
            assert_eq!(got, Ok(number));
        }
    }
}

/// A consumer that does not return before it is let go.
fn stuck(stream: &MediaStream, pad: &str) -> (Consumer, Sender<()>) {
    let (release, released) = channel::<()>();
    let released = Mutex::new(released);
    let consumer = Consumer::link(stream, pad, move |_| {
        let _ = released.lock().expect("one thread").recv();
        Ok(gst::FlowSuccess::Ok)
    });
    (consumer, release)
}

fn play(stream: &MediaStream) {
    stream.set_state(gst::State::Playing).expect("PLAYING");
}

fn stop(streams: &[&MediaStream]) {
    for stream in streams {
        stream.set_state(gst::State::Null).expect("NULL");
    }
}

fn bus_of(stream: &MediaStream) -> gst::Bus {
    let bus = gst::Bus::new();
    stream.set_bus(Some(&bus));
    bus
}
