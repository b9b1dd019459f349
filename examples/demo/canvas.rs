// SPDX-License-Identifier: MPL-2.0

//! Tiles and words on paper, saved as a PNG.

use std::path::Path;

use gst::prelude::*;

use crate::Result;
use crate::pipeline::Pipeline;
use crate::sheet::TILE;

const PAPER: [u8; 3] = [0xf6, 0xf5, 0xf2];

struct Words {
    x: usize,
    y: usize,
    size: u32,
    text: String,
}

/// RGB pixels, and words that GStreamer writes onto them when they are saved.
pub struct Canvas {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
    words: Vec<Words>,
}

impl Canvas {
    /// Rows of four bytes' multiple, as GStreamer has them.
    pub fn new(width: usize, height: usize) -> Self {
        let width = width.next_multiple_of(4);
        Self {
            width,
            height,
            pixels: PAPER.repeat(width * height),
            words: Vec::new(),
        }
    }

    /// Puts a tile here.
    pub fn tile(&mut self, x: usize, y: usize, pixels: &[u8]) {
        for (line, source) in pixels.chunks_exact(TILE.0 * 3).enumerate() {
            let start = ((y + line) * self.width + x) * 3;
            if let Some(target) = self.pixels.get_mut(start..start + source.len()) {
                target.copy_from_slice(source);
            }
        }
    }

    /// Writes here; the size is in points.
    pub fn write(&mut self, x: usize, y: usize, size: u32, text: impl Into<String>) {
        let text = text.into();
        self.words.push(Words { x, y, size, text });
    }

    /// Writes the file.
    pub fn save(self, path: &Path) -> Result<()> {
        let overlays: String = (0..self.words.len())
            .map(|number| format!("textoverlay name=words{number} ! "))
            .collect();
        let pipeline = Pipeline::parse(&format!(
            "appsrc name=source format=time ! {overlays} videoconvert ! pngenc ! filesink name=file"
        ))?;
        pipeline.get("file")?.set_property("location", path);
        for (number, words) in self.words.iter().enumerate() {
            let overlay = pipeline.get(&format!("words{number}"))?;
            overlay.set_property("text", &words.text);
            overlay.set_property("font-desc", format!("Sans {}", words.size));
            overlay.set_property_from_str("halignment", "left");
            overlay.set_property_from_str("valignment", "top");
            overlay.set_properties(&[("xpad", &0), ("ypad", &0), ("auto-resize", &false)]);
            overlay.set_properties(&[("deltax", &(words.x as i32)), ("deltay", &(words.y as i32))]);
            overlay.set_properties(&[("draw-outline", &false), ("draw-shadow", &false)]);
            overlay.set_property("color", 0xff22_2222_u32);
        }
        let source = pipeline.get_as::<gst_app::AppSrc>("source")?;
        let caps = gst::Caps::builder("video/x-raw")
            .field("format", "RGB")
            .field("width", self.width as i32)
            .field("height", self.height as i32)
            .field("framerate", gst::Fraction::new(1, 1))
            .build();
        source.set_caps(Some(&caps));
        let mut buffer = gst::Buffer::from_mut_slice(self.pixels);
        if let Some(header) = buffer.get_mut() {
            header.set_pts(gst::ClockTime::ZERO);
            header.set_duration(gst::ClockTime::SECOND);
        }
        pipeline.start().map_err(|(_, why)| why)?;
        source.push_buffer(buffer)?;
        source.end_of_stream()?;
        pipeline.wait_for_end()
    }
}
