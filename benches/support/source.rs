// SPDX-License-Identifier: MPL-2.0

//! A live source that does nothing but come in time: buffers on memory that has been there from the start. OFFSET is their
//! number, and OFFSET_END the time when they left, for the meter.
//!
//! It also says what a number of buffers cost, from just before the first of them leaves to just before the one after them does: at
//! these moments consumers have what came before, so that nothing is counted in part. Whoever waits for that sleeps meanwhile, and is
//! told when there is nothing left that it could disturb.

use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use gst::glib;
use gst::prelude::*;
use gst::subclass::prelude::*;
use gst_base::prelude::*;
use gst_base::subclass::base_src::CreateSuccess;
use gst_base::subclass::prelude::*;
use once_cell::sync::Lazy;

use super::meter::{self, METER};
use super::process;

/// How long before the buffers' time consumers have them: those that wait for the clock do wait.
const LATENCY: gst::ClockTime = gst::ClockTime::from_mseconds(5);

/// The thread's clock is looked at for one of so many buffers: for each, it was 3 % of what a buffer costs with 16 clones.
const TIMED: u64 = 4;

/// How long after measured buffers the meter still hears of those that come late.
const LATE: Duration = Duration::from_millis(100);

/// What a source gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    /// 1080p I420.
    Video,
    /// 48 kHz stereo, in buffers of 10 ms.
    Audio,
}

glib::wrapper! {
    /// See the module's documentation.
    pub struct Source(ObjectSubclass<imp::Source>)
        @extends gst_base::PushSrc, gst_base::BaseSrc, gst::Element, gst::Object;
}

/// What a number of buffers cost.
#[derive(Clone, Copy, Debug, Default)]
pub struct Work {
    /// CPU time of the process.
    pub process: Duration,
    /// Buffers whose push was timed.
    pub timed: u64,
    /// CPU time of these pushes, on the streaming thread.
    pub cpu: Duration,
    /// How long they took.
    pub wall: Duration,
}

impl Source {
    /// A source of this many buffers per second, all on one piece of memory that nothing has been written to.
    pub fn new(media: Media, rate: u32) -> Self {
        Self::painted(media, rate, 0)
    }

    /// The same for consumers that look at what they get: so many pieces of memory in turn, with something in each.
    pub fn painted(media: Media, rate: u32, pieces: usize) -> Self {
        let source: Self = glib::Object::new();
        source.imp().set_up(imp::Settings {
            media,
            rate,
            pieces,
        });
        source
    }

    /// Waits until so many buffers have left from now on, and the next one is about to.
    pub fn wait(&self, buffers: u64) {
        let done = self.imp().count(buffers, None);
        done.recv().expect("the source runs");
    }

    /// What so many buffers cost, with the meter open for them, and some time for them to arrive.
    pub fn measure(&self, buffers: u64) -> Work {
        let done = self.imp().count(buffers, Some(LATE));
        let work = done.recv().expect("the source runs");
        METER.close();
        work
    }

    /// The number of the buffer that is due next.
    pub fn next(&self) -> u64 {
        self.imp().next()
    }
}

mod imp {
    use super::*;

    struct Count {
        left: u64,
        /// For how long the meter is open after the last one, if it is to be.
        late: Option<Duration>,
        /// CPU time of the process at the beginning.
        begun: Option<Duration>,
        ended: Option<Instant>,
        work: Work,
        done: Sender<Work>,
    }

    impl Count {
        /// The buffer with this number is about to leave. Whether nothing is left to be waited for.
        fn next(&mut self, number: u64) -> bool {
            let Some(begun) = self.begun else {
                if self.late.is_some() {
                    METER.open(number..number + self.left);
                }
                self.begun = Some(process::process_cpu());
                return false;
            };
            if self.left > 0 {
                return false;
            }
            let ended = *self.ended.get_or_insert_with(|| {
                self.work.process = process::process_cpu() - begun;
                Instant::now()
            });
            ended.elapsed() >= self.late.unwrap_or_default()
        }

        /// The buffer that left last has been pushed, since then if that was timed.
        fn pushed(&mut self, since: Option<(Instant, Duration)>) {
            if self.begun.is_none() || self.left == 0 {
                return;
            }
            self.left -= 1;
            if let Some((instant, cpu)) = since {
                self.work.timed += 1;
                self.work.cpu += process::thread_cpu() - cpu;
                self.work.wall += instant.elapsed();
            }
        }
    }

    #[derive(Clone, Copy)]
    pub struct Settings {
        pub media: Media,
        pub rate: u32,
        /// Painted pieces of memory; 0 is one that is not.
        pub pieces: usize,
    }

    impl Settings {
        fn memory(self) -> Vec<gst::Memory> {
            let size = match self.media {
                Media::Video => 1920 * 1080 * 3 / 2,
                Media::Audio => 480 * 4,
            };
            match self.pieces {
                0 => vec![gst::Memory::with_size(size)],
                pieces => (0..pieces).map(|piece| painted(size, piece)).collect(),
            }
        }
    }

    /// Memory that the system has had to provide, for of pages that nobody wrote to it has a single one.
    fn painted(size: usize, piece: usize) -> gst::Memory {
        let memory = gst::Memory::with_size(size).into_mapped_memory_writable();
        let mut memory = memory.expect("new memory");
        for (index, byte) in memory.iter_mut().enumerate() {
            *byte = (index.wrapping_mul(31) >> 3).wrapping_add(piece) as u8;
        }
        memory.into_memory()
    }

    struct Run {
        start: Instant,
        number: u64,
        /// Buffers that were let go.
        sent: u64,
        /// When the last one was, if it is timed.
        left: Option<(Instant, Duration)>,
        count: Option<Count>,
    }

    pub struct Source {
        settings: Mutex<Settings>,
        run: Mutex<Run>,
        memory: Mutex<Vec<gst::Memory>>,
    }

    impl Default for Source {
        fn default() -> Self {
            Self {
                settings: Mutex::new(Settings {
                    media: Media::Video,
                    rate: 60,
                    pieces: 0,
                }),
                run: Mutex::new(Run {
                    start: Instant::now(),
                    number: 0,
                    sent: 0,
                    left: None,
                    count: None,
                }),
                memory: Mutex::default(),
            }
        }
    }

    impl Source {
        pub(super) fn set_up(&self, settings: Settings) {
            *self.settings.lock().expect("no panics") = settings;
        }

        fn settings(&self) -> Settings {
            *self.settings.lock().expect("no panics")
        }

        pub(super) fn count(&self, buffers: u64, late: Option<Duration>) -> Receiver<Work> {
            let (done, receiver) = channel();
            self.run.lock().expect("no panics").count = Some(Count {
                left: buffers,
                late,
                begun: None,
                ended: None,
                work: Work::default(),
                done,
            });
            receiver
        }

        pub(super) fn next(&self) -> u64 {
            self.run.lock().expect("no panics").sent
        }

        /// The streaming thread is back for the next buffer.
        fn pushed(run: &mut Run) {
            let since = run.left.take();
            if let Some(count) = &mut run.count {
                count.pushed(since);
            }
        }

        /// And the buffer with this number is about to leave.
        fn next_leaves(run: &mut Run, number: u64) {
            let is_done = |count: &mut Count| count.next(number);
            if let Some(count) = run.count.take_if(is_done) {
                let _ = count.done.send(count.work);
            }
        }
    }

    #[glib::object_subclass]
    impl ObjectSubclass for Source {
        const NAME: &'static str = "BenchSource";
        type Type = super::Source;
        type ParentType = gst_base::PushSrc;
    }

    impl ObjectImpl for Source {
        fn constructed(&self) {
            self.parent_constructed();
            let source = self.obj();
            source.set_live(true);
            source.set_format(gst::Format::Time);
        }
    }
    impl GstObjectImpl for Source {}

    impl ElementImpl for Source {
        fn metadata() -> Option<&'static gst::subclass::ElementMetadata> {
            static METADATA: Lazy<gst::subclass::ElementMetadata> = Lazy::new(|| {
                gst::subclass::ElementMetadata::new(
                    "Source",
                    "Source",
                    "Comes in time",
                    "mediastream",
                )
            });
            Some(&METADATA)
        }

        fn pad_templates() -> &'static [gst::PadTemplate] {
            static TEMPLATES: Lazy<Vec<gst::PadTemplate>> = Lazy::new(|| {
                let (direction, presence) = (gst::PadDirection::Src, gst::PadPresence::Always);
                gst::PadTemplate::new("src", direction, presence, &gst::Caps::new_any())
                    .into_iter()
                    .collect()
            });
            &TEMPLATES
        }
    }

    impl BaseSrcImpl for Source {
        fn start(&self) -> Result<(), gst::ErrorMessage> {
            let mut run = self.run.lock().expect("no panics");
            run.start = Instant::now();
            run.number = 0;
            run.sent = 0;
            run.left = None;
            *self.memory.lock().expect("no panics") = self.settings().memory();
            Ok(())
        }

        fn caps(&self, _: Option<&gst::Caps>) -> Option<gst::Caps> {
            let Settings { media, rate, .. } = self.settings();
            let caps = match media {
                Media::Video => {
                    format!("video/x-raw, format=I420, width=1920, height=1080, framerate={rate}/1")
                }
                Media::Audio => {
                    "audio/x-raw, format=S16LE, rate=48000, channels=2, layout=interleaved".into()
                }
            };
            caps.parse().ok()
        }

        fn query(&self, query: &mut gst::QueryRef) -> bool {
            if let gst::QueryViewMut::Latency(latency) = query.view_mut() {
                latency.set(true, LATENCY, gst::ClockTime::NONE);
                return true;
            }
            BaseSrcImplExt::parent_query(self, query)
        }
    }

    impl PushSrcImpl for Source {
        fn create(&self, _: Option<&mut gst::BufferRef>) -> Result<CreateSuccess, gst::FlowError> {
            let rate = self.settings().rate;
            let interval = Duration::from_secs(1) / rate;
            let (due, number) = {
                let mut run = self.run.lock().expect("no panics");
                Self::pushed(&mut run);
                run.number += 1;
                (run.start + interval * run.number as u32, run.number - 1)
            };
            thread::sleep(due.saturating_duration_since(Instant::now()));
            Self::next_leaves(&mut self.run.lock().expect("no panics"), number);
            let mut buffer = gst::Buffer::new();
            let header = buffer.get_mut().ok_or(gst::FlowError::Error)?;
            {
                let memory = self.memory.lock().expect("no panics");
                header.append_memory(memory[number as usize % memory.len()].clone());
            }
            header.set_offset(number);
            header.set_pts(self.obj().current_running_time());
            header.set_duration(gst::ClockTime::SECOND / u64::from(rate));
            {
                let mut run = self.run.lock().expect("no panics");
                run.sent = number + 1;
                let is_timed = number.is_multiple_of(TIMED);
                run.left = is_timed.then(|| (Instant::now(), process::thread_cpu()));
            }
            header.set_offset_end(meter::now());
            Ok(CreateSuccess::NewBuffer(buffer))
        }
    }
}
