// SPDX-License-Identifier: MPL-2.0

//! The run: who starts and stops when, and what happens meanwhile.

use std::path::PathBuf;
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use gst::glib;
use gst::prelude::*;

use crate::Result;
use crate::options::Options;
use crate::pipeline::words;
use crate::recorder::{Recorder, State};
use crate::sheet::Picture;
use crate::table::{Row, Table};
use crate::watched::Watched;

/// The recordings: file name, and when to start and stop, as shares of the duration.
const RECORDINGS: [(&str, f64, f64); 2] = [("first.mkv", 0.1, 0.9), ("second.mkv", 0.35, 0.65)];

/// When to take the pictures of the contact sheet.
const MOMENTS: [f64; 5] = [0.2, 0.42, 0.5, 0.58, 0.8];

/// How long a device may take for its first picture, and an encoder for its last.
const PATIENCE: Duration = Duration::from_secs(10);

/// What wakes the program.
pub enum Event {
    Tick,
    Interrupt,
    /// From the bus of the watched pipeline, or of a recording.
    Message(Option<usize>, gst::Message),
}

pub struct Session {
    duration: Duration,
    output: PathBuf,
    sender: Sender<Event>,
    watches: Vec<gst::bus::BusWatchGuard>,
    table: Table,
    drawn: Instant,
    opened: Instant,
    watched: Watched,
    recorders: Vec<Recorder>,
    /// The first picture: now the time of the session began.
    began: Option<(Instant, gst::ClockTime)>,
    ending: Option<Instant>,
    pictures: Vec<Picture>,
}

/// What is left when all is over.
pub struct Outcome {
    pub recorders: Vec<Recorder>,
    /// When the session began, on the clock that all pipelines have.
    pub began: gst::ClockTime,
    /// What the watched stream had at some moments.
    pub pictures: Vec<Picture>,
}

impl Session {
    /// Opens the stream, and has events sent.
    pub fn open(options: &Options, sender: Sender<Event>) -> Result<Self> {
        let watched = Watched::open(options)?;
        println!("Watching {}.", watched.labels());
        let tick = sender.clone();
        glib::timeout_add(Duration::from_millis(50), move || {
            // Nobody listens any more after the end.
            let _ = tick.send(Event::Tick);
            glib::ControlFlow::Continue
        });
        let mut session = Self {
            duration: options.duration,
            output: options.output.clone(),
            sender,
            watches: Vec::new(),
            table: Table::new(),
            drawn: Instant::now(),
            opened: Instant::now(),
            watched,
            recorders: Vec::new(),
            began: None,
            ending: None,
            pictures: Vec::new(),
        };
        session.listen(None)?;
        Ok(session)
    }

    fn listen(&mut self, recording: Option<usize>) -> Result<()> {
        let pipeline = match recording {
            Some(number) => &self.recorders[number].pipeline,
            None => &self.watched.pipeline,
        };
        let sender = self.sender.clone();
        let bus = pipeline.bus().ok_or("the pipeline has no bus")?;
        self.watches.push(bus.add_watch(move |_, message| {
            let _ = sender.send(Event::Message(recording, message.clone()));
            glib::ControlFlow::Continue
        })?);
        Ok(())
    }

    pub fn handle(&mut self, event: Event) -> Result<()> {
        match event {
            Event::Tick => self.tick(),
            Event::Interrupt if self.ending.is_some() => Err("interrupted".into()),
            Event::Interrupt => {
                self.note("Interrupted: finishing the files")?;
                self.end();
                Ok(())
            }
            Event::Message(from, message) => self.message(from, &message),
        }
    }

    fn message(&mut self, from: Option<usize>, message: &gst::Message) -> Result<()> {
        match (message.view(), from) {
            (gst::MessageView::Error(error), _) => {
                let src = error.src().map(|src| src.path_string());
                Err(format!("{}: {}", src.unwrap_or_default(), words(error)).into())
            }
            // What the source says comes from every pipeline that it is in.
            (gst::MessageView::Warning(warning), None) => self.note(warning.error().message()),
            (gst::MessageView::Eos(_), None) => {
                self.note("The source has ended")?;
                self.end();
                Ok(())
            }
            (gst::MessageView::Eos(_), Some(number)) => {
                self.recorders[number].complete();
                self.note(&format!("{} is complete", self.recorders[number].name()))
            }
            _ => Ok(()),
        }
    }

    fn tick(&mut self) -> Result<()> {
        let Some((began, _)) = self.began else {
            return self.wait_for_the_first_picture();
        };
        let share = began.elapsed().as_secs_f64() / self.duration.as_secs_f64();
        for (number, (name, start, stop)) in RECORDINGS.into_iter().enumerate() {
            if share >= start && number == self.recorders.len() && self.ending.is_none() {
                let path = self.output.join(name);
                self.recorders
                    .push(Recorder::start(&self.watched.stream, path)?);
                self.listen(Some(number))?;
                self.note(&format!("{name} has begun"))?;
            }
            if share >= stop
                && let Some(recorder) = self.recorders.get_mut(number)
            {
                recorder.stop();
            }
        }
        let moment = MOMENTS.get(self.pictures.len());
        if moment.is_some_and(|moment| share >= *moment) {
            self.pictures.extend(self.watched.picture());
        }
        if share >= 1.0 {
            self.end();
        }
        if self
            .ending
            .is_some_and(|ending| ending.elapsed() > PATIENCE)
        {
            return Err("a recording does not end".into());
        }
        self.draw_now_and_then()
    }

    fn wait_for_the_first_picture(&mut self) -> Result<()> {
        match self.watched.picture() {
            Some(picture) => self.began = Some((Instant::now(), picture.time)),
            None if self.opened.elapsed() > PATIENCE => {
                let text = "no picture came: choose a source with --video-source";
                return Err(text.into());
            }
            None => {}
        }
        Ok(())
    }

    fn end(&mut self) {
        self.ending.get_or_insert_with(Instant::now);
        self.recorders.iter_mut().for_each(Recorder::stop);
    }

    pub fn is_over(&self) -> bool {
        let complete = |recorder: &Recorder| recorder.state == State::Complete;
        self.ending.is_some() && self.recorders.iter().all(complete)
    }

    /// The last look at the table; the stream is closed.
    pub fn close(mut self) -> Result<Outcome> {
        if self.drawn.elapsed() > self.table.interval() / 4 {
            self.draw()?;
        }
        Ok(Outcome {
            recorders: self.recorders,
            began: self.began.map(|(_, time)| time).unwrap_or_default(),
            pictures: self.pictures,
        })
    }

    fn seconds(&self) -> f64 {
        let elapsed = self.began.map(|(began, _)| began.elapsed());
        elapsed.unwrap_or_default().as_secs_f64()
    }

    fn note(&mut self, text: &str) -> Result<()> {
        let text = format!("{:5.1} s  {}.", self.seconds(), text.trim_end_matches('.'));
        let (status, rows) = self.state();
        Ok(self.table.note(&text, &status, &rows)?)
    }

    fn draw_now_and_then(&mut self) -> Result<()> {
        // The last time is in `close`.
        if self.drawn.elapsed() < self.table.interval() || self.is_over() {
            return Ok(());
        }
        self.draw()
    }

    fn draw(&mut self) -> Result<()> {
        self.drawn = Instant::now();
        let (status, rows) = self.state();
        Ok(self.table.draw(&status, &rows)?)
    }

    /// What the table shows.
    fn state(&self) -> (String, Vec<Row>) {
        let of = self.duration.as_secs_f64();
        let status = format!("{:5.1} s of {of}", self.seconds());
        let mut rows = Row::of_stream(&self.watched.stream, "watched");
        for recorder in &self.recorders {
            rows.extend(Row::of_stream(&recorder.stream, &recorder.name()));
        }
        (status, rows)
    }
}
