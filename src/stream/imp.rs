// SPDX-License-Identifier: MPL-2.0

//! The bin: properties, signals, and changes of state.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use gio::prelude::*;
use gst::glib;
use gst::prelude::*;
use gst::subclass::prelude::*;
use once_cell::sync::Lazy;

use super::asking::{self, Sources};
use super::set::{Guests, Set};
use super::{clone_of, registry};
use crate::error::Failure;
use crate::id;
use crate::kind::Kind;
use crate::messages::{TrackEvent, TrackMessage};
use crate::sync::lock;
use crate::track::MediaStreamTrack;

pub(super) static CAT: Lazy<gst::DebugCategory> = Lazy::new(|| {
    gst::DebugCategory::new(
        "mediastream",
        gst::DebugColorFlags::empty(),
        Some("MediaStream"),
    )
});

#[derive(glib::Properties)]
#[properties(wrapper_type = super::MediaStream)]
pub struct MediaStream {
    /// W3C `MediaStream.id`.
    #[property(name = "id", get = Self::id, type = String, nick = "Id",
        blurb = "The stream's unique id, a UUID")]
    id: String,
    /// W3C `MediaStream.active`.
    #[property(name = "active", get = Self::active, type = bool, nick = "Active",
        blurb = "Whether at least one track is live; notifies")]
    pub(super) was_active: AtomicBool,
    /// A camera.
    #[property(name = "video", get = |s: &Self| s.asked_for(Kind::Video), set = |s: &Self, on| s.ask(Kind::Video, on),
        type = bool, nick = "Video", blurb = "Have a video track, from the default camera unless video-device or video-source is set")]
    /// A microphone.
    #[property(name = "audio", get = |s: &Self| s.asked_for(Kind::Audio), set = |s: &Self, on| s.ask(Kind::Audio, on),
        type = bool, nick = "Audio", blurb = "Have an audio track, from the default microphone unless audio-device or audio-source is set")]
    /// Any element that gives video.
    #[property(name = "video-source", get = |s: &Self| s.source_element(Kind::Video),
        set = |s: &Self, e: Option<gst::Element>| s.set_source(Kind::Video, e), type = Option<gst::Element>,
        nick = "Video source", blurb = "Have a video track from this element or bin")]
    /// Any element that gives audio.
    #[property(name = "audio-source", get = |s: &Self| s.source_element(Kind::Audio),
        set = |s: &Self, e: Option<gst::Element>| s.set_source(Kind::Audio, e), type = Option<gst::Element>,
        nick = "Audio source", blurb = "Have an audio track from this element or bin")]
    /// A camera by name.
    #[property(name = "video-device", get = |s: &Self| s.device(Kind::Video),
        set = |s: &Self, name: Option<String>| s.set_device(Kind::Video, name), type = Option<String>,
        nick = "Video device", blurb = "Have a video track from the camera with this id (node.name, object.path or device.path, as \
        gst-device-monitor-1.0 shows them) or display name")]
    /// A microphone by name.
    #[property(name = "audio-device", get = |s: &Self| s.device(Kind::Audio),
        set = |s: &Self, name: Option<String>| s.set_device(Kind::Audio, name), type = Option<String>,
        nick = "Audio device", blurb = "Have an audio track from the microphone with this id (node.name, object.path or device.path, \
        as gst-device-monitor-1.0 shows them) or display name")]
    /// For gst-launch, where there is nobody to call `clone`.
    #[property(name = "clone-of", get = Self::clone_of, set = Self::set_clone_of, type = Option<String>, nick = "Clone of",
        blurb = "Become a clone of this mediastream, named by its element name or its id, at the next change to READY; NULL afterwards")]
    clone_of: Mutex<Option<String>>,
    /// W3C `MediaStream.getTracks()`.
    #[property(name = "tracks", get = |s: &Self| s.list(None), type = gio::ListModel, nick = "Tracks",
        blurb = "The tracks' elements, in the order in which they were added; a snapshot")]
    pub(super) set: Mutex<Set>,
    pub(super) sources: Mutex<Sources>,
    /// This stream was asked for something, given something, or made by `clone`: being empty is no mistake.
    pub(super) asked: AtomicBool,
    /// The base class is about to bring new children to the state that they belong in.
    pub(super) changing_state: AtomicBool,
    pub(super) guests: Mutex<Guests>,
    /// How often the tracks were to be told since whoever tells them began.
    pub(super) to_announce: AtomicU32,
    pub(super) group: gst::GroupId,
}

impl MediaStream {
    /// An empty stream that may stay so.
    pub(super) fn new_clone() -> super::MediaStream {
        let clone: super::MediaStream = glib::Object::new();
        clone.imp().asked.store(true, Ordering::Release);
        clone
    }

    pub(super) fn id(&self) -> String {
        self.id.clone()
    }

    pub(super) fn clone_of(&self) -> Option<String> {
        lock(&self.clone_of).clone()
    }

    pub(super) fn set_clone_of(&self, name: Option<String>) {
        *lock(&self.clone_of) = name.filter(|name| !name.is_empty());
    }

    pub(super) fn list(&self, kind: Option<Kind>) -> gio::ListModel {
        let list = gio::ListStore::new::<gst::Element>();
        for view in self.views() {
            if kind.is_none_or(|kind| view.kind() == kind) {
                list.append(&view);
            }
        }
        list.upcast()
    }

    /// Becomes the clone that `clone-of` asks for, once.
    pub(super) fn resolve(&self) -> Result<(), Failure> {
        self.resolve_on_the_way(&mut Vec::new())
    }

    fn resolve_on_the_way(&self, way: &mut Vec<super::MediaStream>) -> Result<(), Failure> {
        let Some(name) = self.clone_of() else {
            return Ok(());
        };
        let this = self.obj();
        if way.contains(&this) {
            return Err(Failure::new(
                gst::ResourceError::Settings,
                format!("clone-of: \"{}\" is to be a clone of itself", this.name()),
            ));
        }
        way.push(this.clone());
        let original = clone_of::find(&this, &name)?;
        original.imp().resolve_on_the_way(way)?;
        let views = original.imp().views();
        let tracks: Vec<_> = views.iter().map(MediaStreamTrack::clone_track).collect();
        let names = {
            let mut clone_of = lock(&self.clone_of);
            // Whoever comes first makes the clone, and has all tracks in before anybody finds it without a part of them.
            let first = clone_of.take();
            self.asked.fetch_or(first.is_some(), Ordering::AcqRel);
            first.map(|_| lock(&self.set).enter_all(&tracks))
        };
        let Some(names) = names else { return Ok(()) };
        for (track, name) in tracks.iter().zip(&names) {
            // Who heard of the first ones may have taken this one into another stream: now it is shared.
            if !self.bring_in(track, name) && track.parent().is_some() {
                self.take_in(track);
            }
        }
        self.tracks_changed();
        let ids: Vec<_> = tracks.iter().map(|track| track.id()).collect();
        // Or out of this one again.
        let views = self.views().into_iter();
        for view in views.filter(|view| ids.contains(&view.id())) {
            self.tell(TrackEvent::AddTrack, &view);
        }
        Ok(())
    }

    /// Signals and posts that the stream has changed without the application having asked for it.
    fn tell(&self, event: TrackEvent, track: &MediaStreamTrack) {
        let stream = self.obj();
        stream.emit_by_name::<()>(event.as_str(), &[track]);
        let message = TrackMessage::new(event, track, Some(&stream));
        // Without a bus there is nobody to tell.
        let _ = stream.post_message(message.to_message(&*stream));
    }

    fn prepare(&self) -> Result<(), Failure> {
        self.resolve()?;
        if let Some(failure) = lock(&self.sources).refused() {
            return Err(failure);
        }
        if self.asked.load(Ordering::Acquire) {
            return Ok(());
        }
        Err(Failure::new(
            gst::ResourceError::Settings,
            "This mediastream has nothing to give: set video or audio to true, video-source or audio-source to an element, \
             or clone-of to another mediastream; or add a track",
        ))
    }
}

#[glib::object_subclass]
impl ObjectSubclass for MediaStream {
    const NAME: &'static str = "GstMediaStream";
    type Type = super::MediaStream;
    type ParentType = gst::Bin;

    fn with_class(_class: &Self::Class) -> Self {
        Self {
            id: id::new(),
            was_active: AtomicBool::new(false),
            clone_of: Mutex::default(),
            set: Mutex::default(),
            sources: Mutex::default(),
            asked: AtomicBool::new(false),
            changing_state: AtomicBool::new(false),
            guests: Mutex::default(),
            to_announce: AtomicU32::new(0),
            group: gst::GroupId::next(),
        }
    }
}

impl ObjectImpl for MediaStream {
    fn properties() -> &'static [glib::ParamSpec] {
        // The derive knows no structures.
        static PROPERTIES: Lazy<Vec<glib::ParamSpec>> = Lazy::new(|| {
            let constraints = [Kind::Video, Kind::Audio].map(asking::constraints_spec);
            [MediaStream::derived_properties(), &constraints].concat()
        });
        &PROPERTIES
    }

    fn set_property(&self, id: usize, value: &glib::Value, pspec: &glib::ParamSpec) {
        match asking::constraints_of(pspec.name()) {
            Some(kind) => self.set_constraints(kind, value.get().ok().flatten()),
            None => self.derived_set_property(id, value, pspec),
        }
    }

    fn property(&self, id: usize, pspec: &glib::ParamSpec) -> glib::Value {
        match asking::constraints_of(pspec.name()) {
            Some(kind) => self.constraints(kind).to_value(),
            None => self.derived_property(id, pspec),
        }
    }

    fn signals() -> &'static [glib::subclass::Signal] {
        super::actions::signals()
    }

    fn constructed(&self) {
        self.parent_constructed();
        self.obj().set_element_flags(gst::ElementFlags::SOURCE);
        registry::enter(&self.id, &self.obj());
    }

    fn dispose(&self) {
        registry::leave(&self.id);
        // Nobody is told: a message would bring the stream back, and with the last one the bus may be locked.
        for view in self.views() {
            self.take_out(&view);
        }
    }
}

impl GstObjectImpl for MediaStream {}

impl ElementImpl for MediaStream {
    fn metadata() -> Option<&'static gst::subclass::ElementMetadata> {
        static METADATA: Lazy<gst::subclass::ElementMetadata> = Lazy::new(|| {
            gst::subclass::ElementMetadata::new(
                "MediaStream",
                "Source/Bin/Audio/Video",
                "Wraps a camera, a microphone or any other source; clone it for an independent stream of the same, at no copy",
                env!("CARGO_PKG_AUTHORS"),
            )
        });
        Some(&METADATA)
    }

    fn pad_templates() -> &'static [gst::PadTemplate] {
        static TEMPLATES: Lazy<Vec<gst::PadTemplate>> = Lazy::new(|| {
            ["video_%u", "audio_%u"]
                .into_iter()
                .filter_map(|name| {
                    gst::PadTemplate::new(
                        name,
                        gst::PadDirection::Src,
                        gst::PadPresence::Sometimes,
                        &gst::Caps::new_any(),
                    )
                    .ok()
                })
                .collect()
        });
        &TEMPLATES
    }

    fn change_state(
        &self,
        transition: gst::StateChange,
    ) -> Result<gst::StateChangeSuccess, gst::StateChangeError> {
        lock(&self.guests).changes += 1;
        let result = self.change(transition);
        let guests = lock(&self.guests).change_is_over();
        for view in guests {
            view.set_locked_state(false);
        }
        result
    }
}

impl MediaStream {
    fn change(
        &self,
        transition: gst::StateChange,
    ) -> Result<gst::StateChangeSuccess, gst::StateChangeError> {
        if transition == gst::StateChange::ReadyToPaused {
            // What was said in NULL had no bus to go to.
            self.announce();
        }
        if transition != gst::StateChange::NullToReady {
            return self.parent_change_state(transition);
        }
        self.changing_state.store(true, Ordering::Release);
        let prepared = self.prepare();
        self.changing_state.store(false, Ordering::Release);
        prepared.map_err(|failure| {
            gst::error!(CAT, imp = self, "{}", failure.text());
            failure.post(self.obj().upcast_ref());
            gst::StateChangeError
        })?;
        self.parent_change_state(transition)
    }
}

impl BinImpl for MediaStream {
    fn add_element(&self, element: &gst::Element) -> Result<(), gst::LoggableError> {
        let track = element.downcast_ref::<MediaStreamTrack>().ok_or_else(|| {
            gst::loggable_error!(
                CAT,
                "A mediastream takes tracks only, not {}",
                element.name()
            )
        })?;
        match self.add(track) {
            true => Ok(()),
            false => Err(gst::loggable_error!(CAT, "Cannot add {}", element.name())),
        }
    }

    fn remove_element(&self, element: &gst::Element) -> Result<(), gst::LoggableError> {
        let removed = element
            .downcast_ref::<MediaStreamTrack>()
            .is_some_and(|track| self.remove(track));
        match removed {
            true => Ok(()),
            false => Err(gst::loggable_error!(
                CAT,
                "Not a track of this stream: {}",
                element.name()
            )),
        }
    }
}
