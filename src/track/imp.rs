// SPDX-License-Identifier: MPL-2.0

//! The element: properties, signals, and changes of state. `run` is locked for a moment to read or note something.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use gst::glib;
use gst::prelude::*;
use gst::subclass::prelude::*;
use once_cell::sync::{Lazy, OnceCell};

use super::core::Track;
use super::stats::{Counters, Snapshot};
use super::{ReadyState, structures};
use crate::adapter::Adapter;
use crate::kind::Kind;
use crate::source::{Source, User};
use crate::sync::lock;
use crate::tee::Place;
use crate::tee::branch::Branch;
use crate::tee::fanout::Limits;
use crate::tee::identity::Identity;

pub(super) static CAT: Lazy<gst::DebugCategory> = Lazy::new(|| {
    gst::DebugCategory::new(
        "mediastreamtrack",
        gst::DebugColorFlags::empty(),
        Some("MediaStream track"),
    )
});

static USERS: AtomicU64 = AtomicU64::new(1);

/// As `queue`: a consumer may lag a second, or 200 buffers.
const DEFAULT_LIMITS: Limits = Limits {
    items: 200,
    time: gst::ClockTime::SECOND.nseconds(),
};

/// What a view has of a track.
pub(super) struct View {
    pub(super) track: Arc<Track>,
    pub(super) identity: Arc<Identity>,
}

/// From one change to PLAYING to the next change away from it.
pub(super) struct Playing {
    pub(super) place: Place,
    pub(super) branch: Arc<Branch>,
    pub(super) source: Arc<Source>,
    /// Where the branch is, if it is not on the source's own fan-out.
    pub(super) adapter: Option<Arc<Adapter>>,
}

#[derive(Default)]
pub(super) struct Run {
    pub(super) playing: Option<Playing>,
    /// What the consumer accepted when it was asked last.
    pub(super) accepted: Option<gst::Caps>,
    /// The ghost pad of the stream that the element is in.
    pub(super) ghost: Option<gst::Pad>,
    /// The application sent EOS to this element; it gets no more before READY.
    pub(super) eos: bool,
    /// Branches of former times in PLAYING whose consumers had not returned from a push.
    pub(super) behind: Vec<Place>,
}

#[derive(glib::Properties)]
#[properties(wrapper_type = super::MediaStreamTrack)]
pub struct MediaStreamTrack {
    /// W3C `MediaStreamTrack.id`.
    #[property(name = "id", get = Self::id, type = String, nick = "Id",
        blurb = "The track's unique id, a UUID; the same in every stream that the track is in")]
    /// W3C `MediaStreamTrack.kind`.
    #[property(name = "kind", get = Self::kind, type = Kind, nick = "Kind",
        blurb = "Audio or video", builder(Kind::None))]
    /// W3C `MediaStreamTrack.label`.
    #[property(name = "label", get = Self::label, type = String, nick = "Label",
        blurb = "What the device calls itself, or the name of the source element; empty while the device is not chosen")]
    /// W3C `MediaStreamTrack.readyState`.
    #[property(name = "ready-state", get = Self::ready_state, type = ReadyState, nick = "Ready state",
        blurb = "Live, or ended for ever; notifies", builder(ReadyState::Ended))]
    /// W3C `MediaStreamTrack.enabled`.
    #[property(name = "enabled", get = Self::is_enabled, set = Self::set_enabled, type = bool, nick = "Enabled",
        default = true, explicit_notify,
        blurb = "Whether consumers get media; if not, black or silence in the same format, and gaps of what is encoded")]
    /// W3C `MediaStreamTrack.contentHint`.
    #[property(name = "content-hint", get = Self::content_hint, set = Self::set_content_hint, type = Option<String>, nick = "Content hint",
        explicit_notify, blurb = "What the media are of: speech, speech-recognition or music; motion, detail or text; or nothing. \
                 Others are ignored. Downstream is told by a sticky event")]
    /// W3C `MediaStreamTrack.muted`.
    #[property(name = "muted", get = Self::is_muted, type = bool, nick = "Muted",
        blurb = "Whether the source gives no media at the moment, so that there is black or silence in their place; notifies")]
    /// The element that media come from.
    #[property(name = "source", get = Self::source, type = Option<gst::Element>, nick = "Source",
        blurb = "The source element, to reach its own properties; NULL while the device is not chosen")]
    /// As in `queue`.
    #[property(name = "max-size-buffers", get = Self::max_size_buffers, set = Self::set_max_size_buffers, type = u32,
        nick = "Max. size (buffers)", default = DEFAULT_LIMITS.items as u32,
        blurb = "Buffers or buffer lists that the consumer may lag before the oldest are discarded (0 = no limit)")]
    /// As in `queue`.
    #[property(name = "max-size-time", get = Self::max_size_time, set = Self::set_max_size_time, type = u64,
        nick = "Max. size (ns)", default = DEFAULT_LIMITS.time,
        blurb = "Time that the consumer may lag before the oldest buffers are discarded, in ns (0 = no limit)")]
    limits: Mutex<Limits>,
    pub(super) pad: gst::Pad,
    pub(super) view: OnceCell<View>,
    pub(super) counters: Arc<Counters>,
    pub(super) user: User,
    pub(super) run: Mutex<Run>,
    pub(super) abandoned: AtomicBool,
    pub(super) hurried: AtomicBool,
}

impl MediaStreamTrack {
    fn id(&self) -> String {
        self.core()
            .map(|track| track.id().to_owned())
            .unwrap_or_default()
    }

    pub(super) fn kind(&self) -> Kind {
        self.core().map(|track| track.kind()).unwrap_or_default()
    }

    fn label(&self) -> String {
        self.core()
            .map(|track| track.source().label())
            .unwrap_or_default()
    }

    fn ready_state(&self) -> ReadyState {
        match self.core().is_some_and(|track| track.is_live()) {
            true => ReadyState::Live,
            false => ReadyState::Ended,
        }
    }

    fn is_enabled(&self) -> bool {
        self.core().is_none_or(|track| track.is_enabled())
    }

    fn set_enabled(&self, enabled: bool) {
        if let Some(track) = self.core() {
            track.set_enabled(enabled);
        }
    }

    fn content_hint(&self) -> Option<String> {
        Some(
            self.core()
                .map(|track| track.hint().get())
                .unwrap_or_default(),
        )
    }

    fn set_content_hint(&self, hint: Option<String>) {
        if let (Some(track), Some(hint)) = (self.core(), hint) {
            track.set_hint(&hint);
        }
    }

    fn is_muted(&self) -> bool {
        self.core().is_some_and(|track| track.is_muted())
    }

    fn source(&self) -> Option<gst::Element> {
        self.core()?.source().element()
    }

    fn max_size_buffers(&self) -> u32 {
        u32::try_from(lock(&self.limits).items).unwrap_or(u32::MAX)
    }

    fn set_max_size_buffers(&self, buffers: u32) {
        self.change_limits(|limits| limits.items = buffers.into());
    }

    fn max_size_time(&self) -> u64 {
        lock(&self.limits).time
    }

    fn set_max_size_time(&self, time: u64) {
        self.change_limits(|limits| limits.time = time);
    }

    fn change_limits(&self, change: impl FnOnce(&mut Limits)) {
        let limits = {
            let mut limits = lock(&self.limits);
            change(&mut limits);
            *limits
        };
        for place in self.places() {
            place.set_limits(limits);
        }
        let adapter =
            (lock(&self.run).playing.as_ref()).and_then(|playing| playing.adapter.clone());
        if let Some(adapter) = adapter {
            adapter.widen(limits);
        }
    }

    pub(super) fn limits(&self) -> Limits {
        *lock(&self.limits)
    }

    pub(super) fn core(&self) -> Option<&Arc<Track>> {
        self.view.get().map(|view| &view.track)
    }

    pub(super) fn identity(&self) -> Option<&Arc<Identity>> {
        self.view.get().map(|view| &view.identity)
    }

    pub(super) fn pad(&self) -> &gst::Pad {
        &self.pad
    }

    pub(super) fn stats(&self) -> Snapshot {
        let branch = (lock(&self.run).playing.as_ref()).map(|playing| playing.branch.clone());
        // They outlive the look at them: what is dropped books.
        let branches = branch.map(Branch::with_formers).unwrap_or_default();
        self.counters.at_once(|| {
            let unbooked = branches.iter().rev().map(|branch| branch.unbooked());
            unbooked.fold(self.counters.snapshot(), Snapshot::and)
        })
    }

    pub(super) fn set_core(&self, track: &Arc<Track>) {
        let view = View {
            track: track.clone(),
            identity: Arc::new(Identity::new(track.id(), track.kind(), track.hint())),
        };
        if self.view.set(view).is_err() {
            gst::error!(CAT, imp = self, "Already the view of a track");
        }
    }
}

#[glib::object_subclass]
impl ObjectSubclass for MediaStreamTrack {
    const NAME: &'static str = "GstMediaStreamTrack";
    type Type = super::MediaStreamTrack;
    type ParentType = gst::Element;

    fn with_class(_class: &Self::Class) -> Self {
        Self {
            limits: Mutex::new(DEFAULT_LIMITS),
            pad: super::pad::build(),
            view: OnceCell::new(),
            counters: Arc::default(),
            user: User(USERS.fetch_add(1, Ordering::Relaxed)),
            run: Mutex::default(),
            abandoned: AtomicBool::new(false),
            hurried: AtomicBool::new(false),
        }
    }
}

impl ObjectImpl for MediaStreamTrack {
    fn properties() -> &'static [glib::ParamSpec] {
        static PROPERTIES: Lazy<Vec<glib::ParamSpec>> = Lazy::new(|| {
            let derived = MediaStreamTrack::derived_properties();
            [derived, structures::specs()].concat()
        });
        &PROPERTIES
    }

    fn set_property(&self, id: usize, value: &glib::Value, pspec: &glib::ParamSpec) {
        self.derived_set_property(id, value, pspec);
    }

    fn property(&self, id: usize, pspec: &glib::ParamSpec) -> glib::Value {
        structures::value(self, pspec.name()).unwrap_or_else(|| self.derived_property(id, pspec))
    }

    fn signals() -> &'static [glib::subclass::Signal] {
        super::signals::signals()
    }

    fn constructed(&self) {
        self.parent_constructed();
        let element = self.obj();
        element.set_element_flags(gst::ElementFlags::SOURCE);
        if let Err(error) = element.add_pad(&self.pad) {
            gst::error!(CAT, imp = self, "No pad: {error}");
        }
    }

    fn dispose(&self) {
        // In NULL nothing is left to do; an element that is thrown away otherwise must not keep its source open.
        self.cut_off();
        if let Some(track) = self.core() {
            track.forget_view(self.user);
            track.source().lower(self.user, gst::State::Null);
        }
    }
}

impl GstObjectImpl for MediaStreamTrack {}

impl ElementImpl for MediaStreamTrack {
    fn metadata() -> Option<&'static gst::subclass::ElementMetadata> {
        static METADATA: Lazy<gst::subclass::ElementMetadata> = Lazy::new(|| {
            gst::subclass::ElementMetadata::new(
                "MediaStream track",
                "Source/Audio/Video",
                "One track of a mediastream: clone it for an independent sibling on the same source, at no copy",
                env!("CARGO_PKG_AUTHORS"),
            )
        });
        Some(&METADATA)
    }

    fn pad_templates() -> &'static [gst::PadTemplate] {
        super::pad::templates()
    }

    fn change_state(
        &self,
        transition: gst::StateChange,
    ) -> Result<gst::StateChangeSuccess, gst::StateChangeError> {
        use gst::StateChange::*;
        match transition {
            NullToReady => self.raise(gst::State::Ready)?,
            ReadyToPaused => {
                lock(&self.run).eos = false;
                self.raise(gst::State::Paused)?;
            }
            PausedToPlaying => self.play()?,
            PlayingToPaused => {
                self.cut_off();
                self.lower(gst::State::Paused);
            }
            _ => {}
        }
        let success = self.parent_change_state(transition)?;
        match transition {
            PausedToReady => {
                self.wait_for_push();
                self.lower(gst::State::Ready);
            }
            ReadyToNull => {
                self.lower(gst::State::Null);
                // The device is free when this returns.
                // One that was left behind is as good as new.
                let abandoned = self.abandoned.swap(false, Ordering::AcqRel);
                let hurried = abandoned || self.hurried.load(Ordering::Acquire);
                if let Some(track) = self.core().filter(|_| !hurried) {
                    track.source().settle();
                }
            }
            ReadyToPaused | PlayingToPaused => return Ok(gst::StateChangeSuccess::NoPreroll),
            _ => {}
        }
        Ok(success)
    }

    fn send_event(&self, event: gst::Event) -> bool {
        if event.is_upstream() {
            return self.pad.send_event(event);
        }
        // As for any source: an application that ends a pipeline sends EOS to it. The track itself stays live.
        if event.type_() != gst::EventType::Eos {
            gst::debug!(CAT, imp = self, "Not for a source: {event:?}");
            return false;
        }
        lock(&self.run).eos = true;
        if let Some(place) = self.places().last() {
            place.end();
        }
        true
    }

    fn set_context(&self, context: &gst::Context) {
        if let Some(track) = self.core() {
            track.source().set_context(context);
        }
        self.parent_set_context(context);
    }
}
