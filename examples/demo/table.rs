// SPDX-License-Identifier: MPL-2.0

//! The tracks in the terminal: a table that is drawn again in place; line by line where there is no terminal.

use std::io::{self, IsTerminal, Write};

use gst::glib;
use gst::prelude::*;

use crate::tracks;

/// What is worth knowing of a track.
pub struct Row {
    id: String,
    stream: String,
    kind: String,
    caps: String,
    state: String,
    delivered: u64,
    discarded: u64,
}

impl Row {
    /// One row for each track of a stream.
    pub fn of_stream(stream: &gst::Element, name: &str) -> Vec<Self> {
        let row = |track: &gst::Element| {
            let stats = track.property::<gst::Structure>("stats");
            let count = |field| stats.get::<u64>(field).unwrap_or_default();
            let id = track.property::<String>("id");
            Self {
                id: id.chars().take(8).collect(),
                stream: name.to_owned(),
                kind: nick(track, "kind"),
                caps: caps(track),
                state: nick(track, "ready-state"),
                delivered: count("deliveredFrames"),
                discarded: count("droppedFrames"),
            }
        };
        tracks(stream).iter().map(row).collect()
    }

    fn line(&self) -> String {
        format!(
            "{:8} {:10} {:5} {:27.27} {:5} {:>9} {:>9}",
            self.id, self.stream, self.kind, self.caps, self.state, self.delivered, self.discarded
        )
    }
}

fn heading() -> String {
    format!(
        "{:8} {:10} {:5} {:27.27} {:5} {:>9} {:>9}",
        "TRACK", "STREAM", "KIND", "CAPS", "STATE", "DELIVERED", "DISCARDED"
    )
}

/// How many pictures have gone to a stream's consumer.
pub fn delivered_video(stream: &gst::Element) -> u64 {
    let rows = Row::of_stream(stream, "");
    let video = rows.iter().filter(|row| row.kind == "video");
    video.map(|row| row.delivered).sum()
}

/// The value of an enumeration as gst-launch writes it.
fn nick(track: &gst::Element, property: &str) -> String {
    let value = track.property_value(property);
    glib::EnumValue::from_value(&value)
        .map(|(_, value)| value.nick().to_owned())
        .unwrap_or_default()
}

/// The caps of a track, as far as people look at them.
fn caps(track: &gst::Element) -> String {
    let caps = track.static_pad("src").and_then(|pad| pad.current_caps());
    let Some(structure) = caps.as_ref().and_then(|caps| caps.structure(0)) else {
        return "-".into();
    };
    // An encoded format has its name in the media type: video/x-h264.
    let name = structure.name().rsplit('/').next().unwrap_or_default();
    let name = name.trim_start_matches("x-").to_owned();
    let mut words = structure.get("format").unwrap_or(name);
    let number = |field| structure.get::<i32>(field).ok();
    if let (Some(width), Some(height)) = (number("width"), number("height")) {
        words += &format!(" {width}x{height}");
    }
    if let Ok(rate) = structure.get::<gst::Fraction>("framerate") {
        let rate = f64::from(rate.numer()) / f64::from(rate.denom());
        words += &format!(" {} fps", (rate * 100.0).round() / 100.0);
    }
    if let Some(rate) = number("rate") {
        words += &format!(" {rate} Hz");
    }
    if let Some(channels) = number("channels") {
        words += &format!(" {channels} ch");
    }
    words
}

/// Where rows are shown.
pub struct Table {
    in_place: bool,
    /// How many lines stand there from the last time.
    lines: usize,
}

impl Table {
    pub fn new() -> Self {
        Self {
            in_place: io::stdout().is_terminal(),
            lines: 0,
        }
    }

    /// How often it is worth drawing.
    pub fn interval(&self) -> std::time::Duration {
        std::time::Duration::from_millis(if self.in_place { 200 } else { 2000 })
    }

    /// Shows the rows as they are now.
    pub fn draw(&mut self, status: &str, rows: &[Row]) -> io::Result<()> {
        let mut out = io::stdout().lock();
        self.wipe(&mut out)?;
        // A line that is wrapped would be two to move up.
        let (nowrap, wrap) = if self.in_place {
            ("\x1b[?7l", "\x1b[?7h")
        } else {
            ("", "")
        };
        writeln!(out, "{nowrap}{status}")?;
        writeln!(out, "{}", heading())?;
        for row in rows {
            writeln!(out, "{}", row.line())?;
        }
        write!(out, "{wrap}")?;
        if self.in_place {
            self.lines = rows.len() + 2;
        }
        out.flush()
    }

    /// Says something, above the table, and draws the table again if there is one.
    pub fn note(&mut self, text: &str, status: &str, rows: &[Row]) -> io::Result<()> {
        let mut out = io::stdout().lock();
        self.wipe(&mut out)?;
        self.lines = 0;
        writeln!(out, "{text}")?;
        drop(out);
        if self.in_place {
            self.draw(status, rows)
        } else {
            Ok(())
        }
    }

    fn wipe(&self, out: &mut impl Write) -> io::Result<()> {
        match self.lines {
            0 => Ok(()),
            lines => write!(out, "\r\x1b[{lines}A\x1b[J"),
        }
    }
}
