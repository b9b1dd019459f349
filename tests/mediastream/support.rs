// SPDX-License-Identifier: MPL-2.0

//! What the tests are made of: sources that give what the test pushes, consumers on gst-check harnesses, and proof that
//! nothing is left over.

use std::sync::{Arc, Condvar, Mutex, Once};
use std::time::Duration;

use gio::prelude::ListModelExt;
use gst::glib;
use gst::prelude::*;
pub use gstmediastream::{Kind, MediaStream, MediaStreamTrack, ReadyState};

/// Starts GStreamer with the plugin.
pub fn init() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        gst::init().expect("GStreamer starts");
        gstmediastream::plugin_register_static().expect("the plugin registers");
    });
}

/// A source that gives what the test pushes into it.
#[derive(Clone)]
pub struct Feed {
    app_src: gst_app::AppSrc,
    asked: Arc<Asked>,
}

/// How often a source has asked for more.
#[derive(Default)]
struct Asked {
    times: Mutex<u64>,
    again: Condvar,
}

impl Asked {
    fn times(&self) -> u64 {
        *self.times.lock().expect("a number")
    }

    fn once_more(&self) {
        *self.times.lock().expect("a number") += 1;
        self.again.notify_all();
    }

    /// Returns when it has asked more often than this.
    #[track_caller]
    fn wait(&self, times: u64) {
        let now = self.times.lock().expect("a number");
        let (now, waited) = self
            .again
            .wait_timeout_while(now, Duration::from_secs(10), |now| *now <= times)
            .expect("a number");
        drop(now);
        assert!(!waited.timed_out(), "the source takes nothing");
    }
}

/// The caps of [`Feed::video`].
pub const VIDEO: &str = "video/x-raw, format=GRAY8, width=4, height=2, framerate=10/1, interlace-mode=progressive, pixel-aspect-ratio=1/1";
/// The caps of [`Feed::audio`].
pub const AUDIO: &str = "audio/x-raw, format=S16LE, rate=8000, channels=1, layout=interleaved";
/// The caps of [`Feed::encoded`].
pub const ENCODED: &str =
    "video/x-h264, stream-format=byte-stream, alignment=au, width=4, height=2";

impl Feed {
    /// A source of these caps.
    pub fn new(caps: &str) -> Self {
        init();
        let caps: gst::Caps = caps.parse().expect("caps");
        Self::from_app_src(
            gst_app::AppSrc::builder()
                .caps(&caps)
                .format(gst::Format::Time)
                .is_live(true)
                .build(),
        )
    }

    fn from_app_src(app_src: gst_app::AppSrc) -> Self {
        let asked = Arc::<Asked>::default();
        let asks = asked.clone();
        app_src.connect("need-data", false, move |_| {
            asks.once_more();
            None
        });
        Self { app_src, asked }
    }

    /// A source whose buffers have the time at which they are pushed.
    pub fn timed(caps: &str) -> Self {
        let feed = Self::new(caps);
        feed.app_src.set_do_timestamp(true);
        feed
    }

    pub fn video() -> Self {
        Self::new(VIDEO)
    }

    pub fn audio() -> Self {
        Self::new(AUDIO)
    }

    pub fn encoded() -> Self {
        Self::new(ENCODED)
    }

    pub fn element(&self) -> gst::Element {
        self.app_src.clone().upcast()
    }

    pub fn app_src(&self) -> &gst_app::AppSrc {
        &self.app_src
    }

    /// A buffer whose offset is its number, a tenth of a second after the one before.
    pub fn buffer(number: u64) -> gst::Buffer {
        let mut buffer = gst::Buffer::with_size(8).expect("memory");
        let header = buffer.get_mut().expect("a new buffer");
        header.set_offset(number);
        header.set_pts(gst::ClockTime::from_mseconds(100 * number));
        header.set_duration(gst::ClockTime::from_mseconds(100));
        buffer
    }

    /// Pushes one numbered buffer.
    pub fn push(&self, number: u64) {
        self.push_new(|| Self::buffer(number));
    }

    /// Pushes what is made. A live source that has been paused takes nothing until its thread runs again (since GStreamer 1.24),
    /// and then asks for it.
    #[track_caller]
    fn push_new(&self, make: impl Fn() -> gst::Buffer) {
        let mut asked = self.asked.times();
        while let Err(error) = self.app_src.push_buffer(make()) {
            assert_eq!(error, gst::FlowError::Flushing);
            self.asked.wait(asked);
            asked = self.asked.times();
        }
    }

    pub fn push_buffer(&self, buffer: gst::Buffer) {
        self.app_src
            .push_buffer(buffer)
            .expect("the source takes it");
    }

    /// Pushes a buffer that cannot be decoded without those before it.
    pub fn push_delta(&self, number: u64) {
        self.push_new(|| {
            let mut buffer = Self::buffer(number);
            buffer
                .get_mut()
                .expect("a new buffer")
                .set_flags(gst::BufferFlags::DELTA_UNIT);
            buffer
        });
    }

    pub fn end(&self) {
        self.app_src.end_of_stream().expect("the source ends");
    }

    /// The source fails while it runs.
    pub fn fail(&self, text: &str) {
        gst::element_error!(self.app_src, gst::ResourceError::Read, ["{text}"]);
    }
}

/// Disables or enables as an application does.
pub fn enable(track: &MediaStreamTrack, enabled: bool) {
    track.set_property("enabled", enabled);
}

/// A number in a track's `stats`.
#[track_caller]
pub fn count(track: &MediaStreamTrack, name: &str) -> u64 {
    let stats = track.property::<gst::Structure>("stats");
    stats.get(name).expect("it is counted")
}

/// Returns when all that was pushed has been counted: an event that follows it has come.
#[track_caller]
pub fn settle_counts(track: &MediaStreamTrack, sink: &mut gst_check::Harness) {
    let event = gst::event::CustomDownstream::new(gst::Structure::new_empty("over"));
    let source = track.property::<gst::Element>("source");
    assert!(source.send_event(event));
    pull_event(sink, gst::EventType::CustomDownstream);
}

/// Sends the name of each signal of a track that tells of its source, and `muted` at that time; ends with the element.
pub fn hear_source(track: &MediaStreamTrack) -> std::sync::mpsc::Receiver<(String, bool)> {
    let (sender, heard) = std::sync::mpsc::channel();
    for name in ["mute", "unmute", "configurationchange", "ended"] {
        let sender = sender.clone();
        track.connect(name, false, move |args| {
            let track: MediaStreamTrack = args[0].get().expect("a track");
            let _ = sender.send((name.to_owned(), track.property("muted")));
            None
        });
    }
    heard
}

/// A stream with a video track from this feed.
pub fn video_stream(feed: &Feed) -> MediaStream {
    stream(&[("video-source", feed)])
}

/// A stream with an audio track from this feed.
pub fn audio_stream(feed: &Feed) -> MediaStream {
    stream(&[("audio-source", feed)])
}

/// A stream with a track from each feed.
pub fn av_stream(video: &Feed, audio: &Feed) -> MediaStream {
    stream(&[("video-source", video), ("audio-source", audio)])
}

fn stream(sources: &[(&str, &Feed)]) -> MediaStream {
    init();
    let stream = empty_stream();
    for (property, feed) in sources {
        stream.set_property(property, feed.element());
    }
    stream
}

/// A stream that nothing was asked of yet.
pub fn empty_stream() -> MediaStream {
    init();
    gst::ElementFactory::make("mediastream")
        .build()
        .expect("mediastream is there")
        .downcast()
        .expect("a MediaStream")
}

/// The tracks, as an application gets them.
pub fn tracks(stream: &MediaStream, action: &str) -> Vec<MediaStreamTrack> {
    let list = stream.emit_by_name::<gio::ListModel>(action, &[]);
    (0..list.n_items())
        .filter_map(|index| list.item(index)?.downcast().ok())
        .collect()
}

pub fn all_tracks(stream: &MediaStream) -> Vec<MediaStreamTrack> {
    tracks(stream, "get-tracks")
}

/// The only track of this kind.
#[track_caller]
pub fn track(stream: &MediaStream, kind: Kind) -> MediaStreamTrack {
    let action = match kind {
        Kind::Audio => "get-audio-tracks",
        _ => "get-video-tracks",
    };
    let mut found = tracks(stream, action);
    assert_eq!(found.len(), 1, "{kind} tracks");
    found.remove(0)
}

/// Clones as an application does.
pub fn clone<T: IsA<gst::Element> + glib::object::IsClass>(element: &T) -> T {
    element
        .emit_by_name::<gst::Element>("clone", &[])
        .downcast()
        .expect("a clone of the same type")
}

/// A consumer of one pad of an element, which it brings to PLAYING.
pub fn consume(element: &impl IsA<gst::Element>, pad: &str) -> gst_check::Harness {
    let mut harness = consume_stopped(element, pad);
    harness.play();
    harness
}

/// A consumer of one pad of an element that stays in NULL.
pub fn consume_stopped(element: &impl IsA<gst::Element>, pad: &str) -> gst_check::Harness {
    let mut harness = gst_check::Harness::with_element(element, None, Some(pad));
    harness.use_systemclock();
    harness
}

/// The numbers of the next buffers.
#[track_caller]
pub fn pull(harness: &mut gst_check::Harness, count: usize) -> Vec<u64> {
    (0..count)
        .map(|_| harness.pull().expect("a buffer").offset())
        .collect()
}

/// The next event of this type; those before it are dropped.
#[track_caller]
pub fn pull_event(harness: &mut gst_check::Harness, type_: gst::EventType) -> gst::Event {
    loop {
        let event = harness.pull_event().expect("an event");
        if event.type_() == type_ {
            return event;
        }
    }
}

/// Proof at the end of a test that nothing keeps an object alive.
#[must_use]
pub struct Gone(Vec<(String, glib::WeakRef<gst::Element>)>);

impl Gone {
    pub fn of<T: IsA<gst::Element>>(elements: &[&T]) -> Self {
        let weak = |element: &&T| {
            let element = element.upcast_ref::<gst::Element>();
            (element.name().to_string(), element.downgrade())
        };
        Self(elements.iter().map(weak).collect())
    }

    pub fn and<T: IsA<gst::Element>>(mut self, elements: &[&T]) -> Self {
        self.0.extend(Self::of(elements).0);
        self
    }

    /// Waits until the workers have let go, then all must be dead.
    #[track_caller]
    pub fn check(self) {
        let (sender, dead) = std::sync::mpsc::channel();
        let mut waiting = 0;
        for (name, weak) in &self.0 {
            if let Some(element) = weak.upgrade() {
                let (sender, name) = (sender.clone(), name.clone());
                element.add_weak_ref_notify(move || {
                    let _ = sender.send(name);
                });
                waiting += 1;
            }
        }
        for _ in 0..waiting {
            dead.recv_timeout(std::time::Duration::from_secs(10))
                .unwrap_or_else(|_| {
                    let alive =
                        |(_, weak): &&(_, glib::WeakRef<gst::Element>)| weak.upgrade().is_some();
                    let names: Vec<_> = self.0.iter().filter(alive).map(|(name, _)| name).collect();
                    panic!("still alive: {names:?}")
                });
        }
    }
}

/// How long a test waits for what must come, before it fails.
pub const SOON: std::time::Duration = std::time::Duration::from_secs(10);

/// The next of the events that a test waits for.
#[track_caller]
pub fn next<T>(events: &std::sync::mpsc::Receiver<T>) -> T {
    events.recv_timeout(SOON).expect("it happens soon")
}

/// Sends the id of a track each time it signals `ended`; ends with the last of the elements.
pub fn hear_ended(tracks: &[MediaStreamTrack]) -> std::sync::mpsc::Receiver<String> {
    let (sender, ended) = std::sync::mpsc::channel();
    for track in tracks {
        let sender = sender.clone();
        track.connect("ended", false, move |args| {
            let track: MediaStreamTrack = args[0].get().expect("a track");
            let _ = sender.send(track.id());
            None
        });
    }
    ended
}

/// Sends what is made of each message of an element that is in no bin; ends with the element.
pub fn hear_messages<R: Send + 'static>(
    element: &impl IsA<gst::Element>,
    make: impl Fn(&gst::Message) -> Option<R> + Send + Sync + 'static,
) -> std::sync::mpsc::Receiver<R> {
    let (sender, messages) = std::sync::mpsc::channel();
    let bus = gst::Bus::new();
    bus.set_sync_handler(move |_, message| {
        if let Some(made) = make(message) {
            let _ = sender.send(made);
        }
        // A message that is kept keeps its element.
        gst::BusSyncReply::Drop
    });
    element.set_bus(Some(&bus));
    messages
}

/// Stops as an application does.
pub fn stop(track: &MediaStreamTrack) {
    track.emit_by_name::<()>("stop", &[]);
}

/// Adds as an application does.
pub fn add(stream: &MediaStream, track: &MediaStreamTrack) {
    stream.emit_by_name::<()>("add-track", &[track]);
}

/// Removes as an application does.
pub fn remove(stream: &MediaStream, track: &MediaStreamTrack) {
    stream.emit_by_name::<()>("remove-track", &[track]);
}

/// The ids of the tracks, in the order of the stream.
pub fn ids(stream: &MediaStream) -> Vec<String> {
    all_tracks(stream)
        .iter()
        .map(MediaStreamTrack::id)
        .collect()
}

/// A stream with the same tracks (W3C `new MediaStream(stream)`), not clones of them.
pub fn same_tracks(stream: &MediaStream) -> MediaStream {
    let same = empty_stream();
    for track in all_tracks(stream) {
        add(&same, &track);
    }
    same
}

/// Returns when no change of state of a live track's source is under way: an element that goes to NULL waits for that.
pub fn settle(track: &MediaStreamTrack) {
    let other = clone(track);
    other.set_state(gst::State::Ready).expect("READY");
    other.set_state(gst::State::Null).expect("NULL");
}

impl Feed {
    /// Of an appsrc, or of a bin that has one.
    pub fn of(source: &gst::Element) -> Self {
        let inner = source.downcast_ref::<gst::Bin>();
        let found = inner.and_then(|bin| bin.children().into_iter().next());
        let app_src = found.unwrap_or_else(|| source.clone());
        Self::from_app_src(app_src.downcast().expect("an appsrc"))
    }
}
