// SPDX-License-Identifier: MPL-2.0

//! How long it takes until a track knows which settings it gets: `apply-constraints` on a stream in READY, whose source could
//! still give any of 40 modes, to the answer of the promise.

use std::time::Instant;

use gst::prelude::*;
use gstmediastream::MediaStreamTrack;

use crate::case::{Choose, Wishes};
use crate::figures::{Figure, Figures};
use crate::support::figures::quantile;
use crate::support::meter::nanos;
use crate::support::{child, make, process};
use crate::wiring::{apply, track};

/// Calls before the first that counts.
const WARM_UP: usize = 20;

/// The width of the largest mode.
const WIDEST: i32 = 320 + 80 * 19;

/// Twenty sizes at two rates.
fn modes() -> gst::Caps {
    let mut caps = gst::Caps::new_empty();
    for rate in [30, 60] {
        for step in 0..20 {
            let mode = gst::Structure::builder("video/x-raw")
                .field("format", "I420")
                .field("width", 320 + 80 * step)
                .field("height", 240 + 45 * step)
                .field("framerate", gst::Fraction::new(rate, 1))
                .build();
            caps.make_mut().append_structure(mode);
        }
    }
    caps
}

/// Has not decided on a mode before it starts.
fn source() -> gst::Element {
    let description = format!(
        "videotestsrc is-live=true ! capsfilter caps=\"{}\"",
        modes()
    );
    let source = gst::parse::bin_from_description(&description, true);
    source.expect("elements of GStreamer's own").upcast()
}

/// As `gst-launch-1.0` writes them.
fn constraints(wishes: Wishes) -> gst::Structure {
    let (basic, advanced) = match wishes {
        Wishes::Properties => (
            "width=1280, height=720, frameRate=30.0, resizeMode=none".to_owned(),
            [
                "width=1920, height=1080",
                "width=(structure)[w, min=1000], frameRate=(structure)[r, min=50.0]",
                "aspectRatio=1.7777777778, width=(structure)[w, max=1500]",
                "frameRate=60.0, resizeMode=crop-and-scale",
                "width=1280, height=720",
                "aspectRatio=[ 1.3, 1.8 ], height=(structure)[h, min=300]",
                "deviceId=camera, facingMode=user",
                "width=(structure)[w, min=640], height=(structure)[h, min=360]",
            ]
            .map(str::to_owned),
        ),
        Wishes::Shapes => (
            "aspectRatio=1.5, width=1280, height=[ 100, 1000 ], frameRate=30.0".to_owned(),
            std::array::from_fn(|set| {
                let (width, ratio) = (100 + set, 1.0 + 0.05 * set as f64);
                format!("width=(structure)[w, min={width}], aspectRatio=[ {ratio:.2}, 1.9 ]")
            }),
        ),
    };
    let sets = advanced.map(|set| format!("(structure)[set, {set}]"));
    let all: gst::Structure = format!("constraints, {basic}, advanced=<{}>", sets.join(", "))
        .parse()
        .expect("a structure");
    let advanced = all.get::<gst::Array>("advanced");
    assert_eq!(advanced.map(|sets| sets.len()), Ok(8), "{all}");
    all
}

/// Of many calls, in ns.
#[derive(Default)]
struct Times {
    wall: Vec<f64>,
    cpu: Vec<f64>,
}

impl Times {
    fn add(&mut self, (wall, cpu): (f64, f64)) {
        self.wall.push(wall);
        self.cpu.push(cpu);
    }
}

/// From the call to the answer, in ns: the time, and how much of it a processor was busy. Nothing else goes on in the process.
fn time(track: &MediaStreamTrack, constraints: &gst::Structure) -> (f64, f64) {
    let (start, cpu) = (Instant::now(), process::process_cpu());
    apply(track, constraints);
    let (wall, cpu) = (start.elapsed(), process::process_cpu() - cpu);
    (nanos(wall) as f64, nanos(cpu) as f64)
}

pub fn measure(Choose { wishes, samples }: Choose) -> ! {
    let stream = make("mediastream");
    stream.set_property("video-source", source());
    stream.set_state(gst::State::Ready).expect("READY");
    let track = track(&stream);
    let capabilities = track.property::<gst::Structure>("capabilities");
    let width = capabilities.get::<gst::Structure>("width");
    let widest = width.ok().and_then(|width| width.get::<i32>("max").ok());
    assert_eq!(widest, Some(WIDEST), "{capabilities}");
    let (asked, nothing) = (
        constraints(wishes),
        gst::Structure::new_empty("constraints"),
    );
    let (mut asking, mut idle) = (Times::default(), Times::default());
    for sample in 0..WARM_UP + samples {
        let (one, other) = (time(&track, &asked), time(&track, &nothing));
        if sample >= WARM_UP {
            asking.add(one);
            idle.add(other);
        }
    }
    child::answer(&Figures::from([
        (Figure::Apply, quantile(&mut asking.wall, 0.5)),
        (Figure::ApplyP99, quantile(&mut asking.wall, 0.99)),
        (Figure::ApplyCpu, quantile(&mut asking.cpu, 0.5)),
        (Figure::NothingCpu, quantile(&mut idle.cpu, 0.5)),
    ]));
}
