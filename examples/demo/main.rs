// SPDX-License-Identifier: MPL-2.0

//! The whole job in a quarter of a minute: a stream and two clones of it.
//!
//! The stream is watched in the terminal. One clone is recorded, with sound; the other one is recorded too, but starts later
//! and stops earlier. When everything has ended, both files are played from start to end, and a contact sheet shows what each
//! of the three had at the same moments. `scripts/demo` installs and builds what this needs.

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;
use std::sync::mpsc;

use gio::prelude::*;
use gst::glib;

mod canvas;
mod options;
mod pipeline;
mod recorder;
mod session;
mod sheet;
mod table;
mod watched;

use options::Options;
use recorder::Recorder;
use session::{Event, Outcome, Session};
use sheet::Picture;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const CTRL_C: i32 = 2;
const TERMINATE: i32 = 15;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("demo: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let options = Options::parse(std::env::args().skip(1))?;
    gst::init()?;
    gstmediastream::plugin_register_static()?;
    std::fs::create_dir_all(&options.output)
        .map_err(|error| format!("--output {}: {error}", options.output.display()))?;

    let (sender, events) = mpsc::channel();
    for signal in [CTRL_C, TERMINATE] {
        let sender = sender.clone();
        glib_unix::unix_signal_add(signal, move || {
            // Nobody listens any more after the end.
            let _ = sender.send(Event::Interrupt);
            glib::ControlFlow::Continue
        });
    }
    let mut session = Session::open(&options, sender)?;
    while !session.is_over() {
        glib::MainContext::default().iteration(true);
        for event in events.try_iter() {
            session.handle(event)?;
        }
    }
    let outcome = session.close()?;
    contact_sheet(&outcome, &options.output.join("contact-sheet.png"))
}

/// Plays a recording from start to end. Returns when its last picture was shown.
fn check(recorder: &Recorder) -> Result<gst::ClockTime> {
    let name = recorder.name();
    let played = recorder::play(&recorder.path).map_err(|error| format!("{name}: {error}"))?;
    let delivered = table::delivered_video(&recorder.stream);
    println!(
        "{name} plays: {} of {delivered} pictures in {:.2}, sound for {:.2}",
        played.frames, played.video_end, played.audio_end
    );
    if played.frames == 0 || played.audio_end.is_zero() {
        return Err(format!("{name} has no picture or no sound").into());
    }
    Ok(recorder.base_time + played.video_end)
}

/// Shows what all three had at the same moments.
fn contact_sheet(outcome: &Outcome, path: &Path) -> Result<()> {
    let since = |time: gst::ClockTime| {
        let time = time.saturating_sub(outcome.began);
        time.mseconds() as f64 / 1000.0
    };
    let watched = &outcome.pictures;
    let at = |picture: &Picture| format!("at {:.1} s", since(picture.time));
    let columns: Vec<_> = watched.iter().map(at).collect();
    let mut rows = vec![sheet::Row {
        label: "the original, watched live".into(),
        pictures: watched.iter().cloned().map(Some).collect(),
    }];
    for recorder in &outcome.recorders {
        let end = check(recorder)?;
        let (name, from, to) = (recorder.name(), since(recorder.base_time), since(end));
        rows.push(sheet::Row {
            label: format!("{name}, a clone recorded from {from:.1} s to {to:.1} s"),
            pictures: sheet::from_file(recorder, watched)?,
        });
    }
    if columns.is_empty() {
        println!("It was too short for a contact sheet.");
        return Ok(());
    }
    let title = "One stream and two clones of it, at the same moments";
    sheet::write(path, title, &columns, &rows)?;
    println!("contact-sheet.png shows what each of them had at the same moments");
    Ok(())
}

/// The elements of a stream's tracks.
fn tracks(stream: &gst::Element) -> Vec<gst::Element> {
    let list = stream.property::<gio::ListModel>("tracks");
    list.iter::<gst::Element>().flatten().collect()
}
