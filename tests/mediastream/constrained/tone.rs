// SPDX-License-Identifier: MPL-2.0

//! Sound whose rate changes while it plays: a tone goes on as if nothing had happened.

use std::f64::consts::TAU;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};

use gst::prelude::*;

use super::*;

const RATE: u64 = 48_000;

fn tone_at(seconds: f64) -> f64 {
    (TAU * 440. * seconds).sin()
}

/// When a sample frame begins, in nanoseconds.
fn time_of(frame: u64) -> u64 {
    (frame * 1_000_000_000 + RATE / 2) / RATE
}

/// So many sample frames of the tone, from this one on.
fn tone(from: u64, frames: u64) -> gst::Buffer {
    let time = |frame| gst::ClockTime::from_nseconds(time_of(frame));
    let samples = (from..from + frames).map(|frame| tone_at(frame as f64 / RATE as f64) as f32);
    let mut buffer =
        gst::Buffer::from_mut_slice(samples.flat_map(f32::to_le_bytes).collect::<Vec<_>>());
    let header = buffer.get_mut().expect("a new buffer");
    header.set_pts(time(from));
    header.set_duration(time(from + frames) - time(from));
    buffer
}

/// What came between one change of the rate and the next.
struct Stretch {
    rate: i32,
    /// It is said to come after something that is missing.
    marked: bool,
    /// In nanoseconds.
    from: u64,
    samples: Vec<f32>,
}

/// All that a consumer gets.
#[derive(Clone, Default)]
struct Record(Arc<(Mutex<Vec<Stretch>>, Condvar)>);

impl Record {
    fn of(sink: &gst_check::Harness) -> Self {
        let record = Self::default();
        let kept = record.clone();
        let pad = sink.sinkpad().expect("a pad");
        pad.add_probe(gst::PadProbeType::BUFFER, move |pad, info| {
            let caps = pad.current_caps().expect("caps");
            let rate = caps.structure(0).and_then(|caps| caps.get("rate").ok());
            kept.add(rate.expect("a rate"), info.buffer().expect("a buffer"));
            gst::PadProbeReturn::Ok
        });
        record
    }

    fn add(&self, rate: i32, buffer: &gst::Buffer) {
        let from = buffer.pts().expect("a time").nseconds();
        let map = buffer.map_readable().expect("memory");
        let sample = |bytes: &[u8]| f32::from_le_bytes(bytes.try_into().expect("four bytes"));
        let samples = map.chunks_exact(4).map(sample);
        let mut stretches = self.stretches();
        let marked = buffer.flags().contains(gst::BufferFlags::DISCONT);
        let goes_on = |last: &&mut Stretch| {
            !marked && last.rate == rate && last.end().abs_diff(from) <= 1_000
        };
        match stretches.last_mut().filter(goes_on) {
            Some(last) => last.samples.extend(samples),
            None => stretches.push(Stretch {
                rate,
                marked,
                from,
                samples: samples.collect(),
            }),
        }
        self.0.1.notify_all();
    }

    fn stretches(&self) -> MutexGuard<'_, Vec<Stretch>> {
        self.0.0.lock().expect("a list")
    }

    /// Waits until the consumer has got all from before this position, in nanoseconds.
    #[track_caller]
    fn wait_for(&self, position: u64) {
        let is_before =
            |all: &mut Vec<Stretch>| all.last().is_none_or(|last| last.end() < position);
        let waited = self
            .0
            .1
            .wait_timeout_while(self.stretches(), SOON, is_before);
        assert!(
            !waited.expect("a list").1.timed_out(),
            "nothing up to {position}"
        );
    }
}

impl Stretch {
    fn time_of(&self, sample: usize) -> f64 {
        self.from as f64 / 1e9 + sample as f64 / f64::from(self.rate)
    }

    fn end(&self) -> u64 {
        (self.time_of(self.samples.len()) * 1e9).round() as u64
    }

    /// How far the worst sample is from the tone.
    fn distortion(&self) -> f64 {
        let off = |(sample, value): (usize, &f32)| {
            (f64::from(*value) - tone_at(self.time_of(sample))).abs()
        };
        self.samples.iter().enumerate().map(off).fold(0., f64::max)
    }
}

fn ask_for(audio: &MediaStreamTrack, rate: i32) {
    let text = format!("sampleRate=(structure)[range, exact={rate}]");
    assert_applied(&apply(audio, &text));
}

/// A tone in buffers of so many sample frames, whose consumer asks for one rate after the other, and before each of them for
/// those that it thinks better of at once.
fn plays_on(frames: u64, regretted: &[i32]) {
    let feed = Feed::new("audio/x-raw, format=F32LE, rate=48000, channels=1, layout=interleaved");
    let stream = audio_stream(&feed);
    let audio = track(&stream, Kind::Audio);
    let mut sink = consume(&stream, "audio_0");
    let record = Record::of(&sink);
    let rates = [48_000, 16_000, 24_000, 48_000, 8_000, 48_000];
    let each = RATE / 10;
    let mut pushed = 0;
    for (nth, rate) in rates.into_iter().enumerate() {
        if nth > 0 {
            regretted.iter().for_each(|rate| ask_for(&audio, *rate));
            ask_for(&audio, rate);
        }
        while pushed < (nth as u64 + 1) * each {
            feed.push_buffer(tone(pushed, frames));
            pushed += frames;
        }
        // The last buffer, and what a resampler keeps.
        record.wait_for(time_of(pushed) - 26_000_000);
        // Nothing of it is on its way to what is asked for next.
        settle_counts(&audio, &mut sink);
    }
    feed.end();
    pull_event(&mut sink, gst::EventType::Eos);
    let recorded = record.stretches();
    let found: Vec<_> = recorded.iter().map(|stretch| stretch.rate).collect();
    assert_eq!(found, rates, "{frames} {regretted:?}");
    let is_marked: Vec<_> = recorded.iter().map(|stretch| stretch.marked).collect();
    assert_eq!(is_marked, [true, false, false, false, false, false]);
    for pair in recorded.windows(2) {
        let hole = pair[1].from as i64 - pair[0].end() as i64;
        let sample = 1_000_000_000 / i64::from(pair[0].rate.min(pair[1].rate));
        assert!(
            hole.abs() <= sample,
            "{hole} ns between {} and {} Hz",
            pair[0].rate,
            pair[1].rate
        );
    }
    for stretch in recorded.iter() {
        let distortion = stretch.distortion();
        // GStreamer's resampler is a half a sample frame off.
        assert!(distortion < 0.04, "{distortion} at {} Hz", stretch.rate);
    }
    let end = recorded.last().map(Stretch::end);
    assert_eq!(end, Some(time_of(pushed)));
    assert_eq!(count(&audio, "droppedFrames"), 0);
}

#[test]
fn no_sound_is_lost_or_repeated_where_resampling_begins_or_ends() {
    for frames in [480, 960, 48, 1_024] {
        plays_on(frames, &[]);
    }
}

#[test]
fn no_sound_is_lost_or_repeated_where_a_rate_is_thought_better_of() {
    for frames in [480, 48, 4_800] {
        plays_on(frames, &[32_000]);
        plays_on(frames, &[12_000, 48_000]);
        plays_on(frames, &[16_000, 8_000, 48_000, 24_000]);
    }
}
