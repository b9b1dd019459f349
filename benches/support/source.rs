// SPDX-License-Identifier: MPL-2.0

//! A live source that does nothing but come in time: buffers on one piece of memory. OFFSET is their number, and OFFSET_END
//! the time when they left, for the meter. It also measures its own streaming thread, from one buffer to the next.

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

use super::{meter, process};

/// How long before the buffers' time consumers have them: those that wait for the clock do wait.
const LATENCY: gst::ClockTime = gst::ClockTime::from_mseconds(5);

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

/// What the streaming thread did for a number of buffers.
#[derive(Clone, Copy, Debug, Default)]
pub struct Work {
    /// Buffers.
    pub buffers: u64,
    /// Its CPU time.
    pub cpu: Duration,
    /// How long its pushes took.
    pub wall: Duration,
}

impl Source {
    /// A source of this many buffers per second.
    pub fn new(media: Media, rate: u32) -> Self {
        let source: Self = glib::Object::new();
        source.imp().set_up(media, rate);
        source
    }

    /// Waits for so many buffers from now on; what the streaming thread did for them.
    pub fn wait(&self, buffers: u64) -> Work {
        let done = self.imp().count(buffers);
        done.recv().expect("the source runs")
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
        work: Work,
        done: Sender<Work>,
    }

    struct Run {
        start: Instant,
        number: u64,
        /// Buffers that were let go.
        sent: u64,
        /// When the last one was.
        left: Option<(Instant, Duration)>,
        count: Option<Count>,
    }

    pub struct Source {
        settings: Mutex<(Media, u32)>,
        run: Mutex<Run>,
        memory: Mutex<Option<gst::Memory>>,
    }

    impl Default for Source {
        fn default() -> Self {
            Self {
                settings: Mutex::new((Media::Video, 60)),
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
        pub(super) fn set_up(&self, media: Media, rate: u32) {
            *self.settings.lock().expect("no panics") = (media, rate);
        }

        pub(super) fn count(&self, buffers: u64) -> Receiver<Work> {
            let (done, receiver) = channel();
            self.run.lock().expect("no panics").count = Some(Count {
                left: buffers,
                work: Work::default(),
                done,
            });
            receiver
        }

        pub(super) fn next(&self) -> u64 {
            self.run.lock().expect("no panics").sent
        }

        /// The streaming thread is back for the next buffer.
        fn note(run: &mut Run) {
            let Some((instant, cpu)) = run.left.take() else {
                return;
            };
            let Some(count) = &mut run.count else {
                return;
            };
            count.work.buffers += 1;
            count.work.cpu += process::thread_cpu() - cpu;
            count.work.wall += instant.elapsed();
            count.left -= 1;
            if count.left == 0
                && let Some(count) = run.count.take()
            {
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
            let size = match self.settings.lock().expect("no panics").0 {
                Media::Video => 1920 * 1080 * 3 / 2,
                Media::Audio => 480 * 4,
            };
            *self.memory.lock().expect("no panics") = Some(gst::Memory::with_size(size));
            Ok(())
        }

        fn caps(&self, _: Option<&gst::Caps>) -> Option<gst::Caps> {
            let (media, rate) = *self.settings.lock().expect("no panics");
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
            let (_, rate) = *self.settings.lock().expect("no panics");
            let interval = Duration::from_secs(1) / rate;
            let (due, number) = {
                let mut run = self.run.lock().expect("no panics");
                Self::note(&mut run);
                run.number += 1;
                (run.start + interval * run.number as u32, run.number - 1)
            };
            thread::sleep(due.saturating_duration_since(Instant::now()));
            let mut buffer = gst::Buffer::new();
            let header = buffer.get_mut().ok_or(gst::FlowError::Error)?;
            header.append_memory(
                self.memory
                    .lock()
                    .expect("no panics")
                    .clone()
                    .ok_or(gst::FlowError::Error)?,
            );
            header.set_offset(number);
            header.set_pts(self.obj().current_running_time());
            header.set_duration(gst::ClockTime::SECOND / u64::from(rate));
            {
                let mut run = self.run.lock().expect("no panics");
                run.sent = number + 1;
                run.left = Some((Instant::now(), process::thread_cpu()));
            }
            header.set_offset_end(meter::now());
            Ok(CreateSuccess::NewBuffer(buffer))
        }
    }
}
