// SPDX-License-Identifier: MPL-2.0

//! The contact sheet: what each consumer had at the same moments, one row for each, as a PNG.

use std::path::Path;

use gst::prelude::*;

use crate::Result;
use crate::canvas::Canvas;
use crate::pipeline::Pipeline;
use crate::recorder::Recorder;

pub const TILE: (usize, usize) = (320, 240);
const GAP: usize = 12;
const TITLE: usize = 76;
const LABEL: usize = 34;
const EMPTY: [u8; 3] = [0xdd, 0xdd, 0xda];

/// The format of all tiles; other shapes get borders.
pub fn tile_caps() -> gst::Caps {
    gst::Caps::builder("video/x-raw")
        .field("format", "RGB")
        .field("width", TILE.0 as i32)
        .field("height", TILE.1 as i32)
        .field("pixel-aspect-ratio", gst::Fraction::new(1, 1))
        .build()
}

/// One picture, and when it was taken.
#[derive(Clone)]
pub struct Picture {
    /// On the clock that all pipelines have.
    pub time: gst::ClockTime,
    pixels: Vec<u8>,
}

impl Picture {
    /// A picture from a pipeline that started at this time.
    pub fn of(sample: &gst::Sample, base_time: gst::ClockTime) -> Option<Self> {
        let buffer = sample.buffer()?;
        let segment = sample.segment()?.downcast_ref::<gst::ClockTime>()?;
        let pixels = buffer.map_readable().ok()?.to_vec();
        (pixels.len() == TILE.0 * TILE.1 * 3).then_some(Self {
            time: base_time + segment.to_running_time(buffer.pts()?)?,
            pixels,
        })
    }
}

/// What a recording has at the moments at which the watched pictures were taken.
pub fn from_file(recorder: &Recorder, watched: &[Picture]) -> Result<Vec<Option<Picture>>> {
    let player = Pipeline::parse(
        "filesrc name=file ! decodebin ! videoconvert ! videoscale ! appsink name=pictures sync=false",
    )?;
    player.get("file")?.set_property("location", &recorder.path);
    let pictures = player.get_as::<gst_app::AppSink>("pictures")?;
    pictures.set_caps(Some(&tile_caps()));
    let timeout = gst::ClockTime::from_seconds(5);
    player.set_state(gst::State::Paused)?;
    player.state(timeout).0?;
    let end = player.query_duration::<gst::ClockTime>();

    let mut found = Vec::new();
    for picture in watched {
        // The file's time began at the recorder's base time; it is rounded to milliseconds.
        let time = picture.time + gst::ClockTime::from_mseconds(2);
        let position = time.checked_sub(recorder.base_time);
        let Some(position) = position.filter(|position| Some(*position) < end) else {
            found.push(None);
            continue;
        };
        player.seek_simple(gst::SeekFlags::FLUSH | gst::SeekFlags::ACCURATE, position)?;
        player.state(timeout).0?;
        let sample = pictures.try_pull_preroll(timeout);
        found.push(sample.and_then(|sample| Picture::of(&sample, recorder.base_time)));
    }
    Ok(found)
}

/// A row of the sheet. Where a consumer was not there it has no picture.
pub struct Row {
    pub label: String,
    pub pictures: Vec<Option<Picture>>,
}

/// Draws the sheet, and writes it.
pub fn write(path: &Path, title: &str, columns: &[String], rows: &[Row]) -> Result<()> {
    let width = GAP + columns.len() * (TILE.0 + GAP);
    let height = TITLE + rows.len() * (LABEL + TILE.1) + GAP;
    let mut canvas = Canvas::new(width, height);
    canvas.write(GAP, 8, 20, title);
    for (number, row) in rows.iter().enumerate() {
        let y = TITLE + number * (LABEL + TILE.1);
        canvas.write(GAP, y + 6, 14, &row.label);
        for (column, picture) in row.pictures.iter().enumerate() {
            let x = GAP + column * (TILE.0 + GAP);
            if number == 0 {
                canvas.write(x, TITLE - 28, 14, &columns[column]);
            }
            match picture {
                Some(picture) => canvas.tile(x, y + LABEL, &picture.pixels),
                None => {
                    canvas.tile(x, y + LABEL, &EMPTY.repeat(TILE.0 * TILE.1));
                    canvas.write(x + 90, y + LABEL + 108, 14, "not recording");
                }
            }
        }
    }
    canvas.save(path)
}
