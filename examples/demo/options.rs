// SPDX-License-Identifier: MPL-2.0

//! What was asked for on the command line.

use std::path::PathBuf;
use std::time::Duration;

use crate::Result;

const USAGE: &str = "usage: demo [--video-source DESCRIPTION] [--audio-source DESCRIPTION] \
    [--devices] [--duration SECONDS] [--output DIR]";

/// In seconds: below this the recordings would have nothing to show.
const DURATIONS: std::ops::RangeInclusive<f64> = 4.0..=600.0;

pub struct Options {
    pub video_source: Option<String>,
    pub audio_source: Option<String>,
    /// Devices must be there: nothing takes their place.
    pub devices: bool,
    pub duration: Duration,
    pub output: PathBuf,
}

impl Options {
    pub fn parse(args: impl IntoIterator<Item = String>) -> Result<Self> {
        let mut options = Self {
            video_source: None,
            audio_source: None,
            devices: false,
            duration: Duration::from_secs(12),
            output: "mediastream-demo".into(),
        };
        let mut args = args.into_iter();
        while let Some(option) = args.next() {
            let mut value = || {
                let value = args.next().filter(|value| !value.is_empty());
                value.ok_or(format!("{option} wants a value\n{USAGE}"))
            };
            match option.as_str() {
                "--video-source" => options.video_source = Some(value()?),
                "--audio-source" => options.audio_source = Some(value()?),
                "--devices" => options.devices = true,
                "--duration" => options.duration = duration(&value()?)?,
                "--output" => options.output = value()?.into(),
                _ => return Err(format!("no such option: {option}\n{USAGE}").into()),
            }
        }
        Ok(options)
    }
}

fn duration(text: &str) -> Result<Duration> {
    let seconds = text.parse().ok().filter(|s| DURATIONS.contains(s));
    let wanted = format!("{} to {}", DURATIONS.start(), DURATIONS.end());
    let seconds = seconds.ok_or(format!("--duration wants {wanted} seconds, not {text:?}"))?;
    Ok(Duration::from_secs_f64(seconds))
}
