// SPDX-License-Identifier: MPL-2.0

//! The action signals of `mediastream`: its methods, for every language.

use gst::glib;
use gst::glib::subclass::Signal;
use gst::prelude::*;
use gst::subclass::prelude::*;
use once_cell::sync::Lazy;

use super::MediaStream;
use super::imp::CAT;
use crate::kind::Kind;
use crate::messages::TrackEvent;
use crate::track::MediaStreamTrack;

pub(super) fn signals() -> &'static [Signal] {
    static SIGNALS: Lazy<Vec<Signal>> = Lazy::new(|| {
        vec![
            clone(),
            add_track(),
            remove_track(),
            get_track_by_id(),
            /**
             * GstMediaStream::get-tracks:
             *
             * Returns: (transfer full): the tracks, a snapshot.
             */
            list("get-tracks", None),
            /**
             * GstMediaStream::get-audio-tracks:
             *
             * Returns: (transfer full): the audio tracks, a snapshot.
             */
            list("get-audio-tracks", Some(Kind::Audio)),
            /**
             * GstMediaStream::get-video-tracks:
             *
             * Returns: (transfer full): the video tracks, a snapshot.
             */
            list("get-video-tracks", Some(Kind::Video)),
            /**
             * GstMediaStream::addtrack:
             * @track: a `mediastreamtrack`
             *
             * A track came, and the application did not add it: the stream has become a clone, as `clone-of` asked for.
             */
            event(TrackEvent::AddTrack),
            /**
             * GstMediaStream::removetrack:
             * @track: a `mediastreamtrack`
             *
             * A track left, and the application did not remove it.
             */
            event(TrackEvent::RemoveTrack),
        ]
    });
    &SIGNALS
}

/**
 * GstMediaStream::clone:
 *
 * Returns: (transfer full): a new `mediastream`, in no bin, with a clone of every track.
 */
fn clone() -> Signal {
    Signal::builder("clone")
        .return_type::<gst::Element>()
        .action()
        .class_handler(|args| {
            let stream = args.first()?.get::<MediaStream>().ok()?;
            Some(stream.clone_stream().upcast::<gst::Element>().to_value())
        })
        .build()
}

/**
 * GstMediaStream::add-track:
 * @track: a `mediastreamtrack`
 *
 * Adds a track; if it is here already, nothing happens.
 */
fn add_track() -> Signal {
    on_track("add-track", |stream, track| stream.add_track(track))
}

/**
 * GstMediaStream::remove-track:
 * @track: a `mediastreamtrack`
 *
 * Removes a track without stopping it; if it is not here, nothing happens.
 */
fn remove_track() -> Signal {
    on_track("remove-track", |stream, track| stream.remove_track(track))
}

/**
 * GstMediaStream::get-track-by-id:
 * @id: an id
 *
 * Returns: (transfer full) (nullable): the track with this id.
 */
fn get_track_by_id() -> Signal {
    Signal::builder("get-track-by-id")
        .param_types([String::static_type()])
        .return_type::<gst::Element>()
        .action()
        .class_handler(|args| {
            let (stream, id) = arguments::<Option<String>>(args)?;
            let track = id.and_then(|id| stream.track_by_id(&id));
            Some(track.map(Cast::upcast::<gst::Element>).to_value())
        })
        .build()
}

fn list(name: &str, kind: Option<Kind>) -> Signal {
    Signal::builder(name)
        .return_type::<gio::ListModel>()
        .action()
        .class_handler(move |args| {
            let stream = args.first()?.get::<MediaStream>().ok()?;
            Some(stream.imp().list(kind).to_value())
        })
        .build()
}

fn on_track(
    name: &str,
    act: impl Fn(&MediaStream, &MediaStreamTrack) + Send + Sync + 'static,
) -> Signal {
    Signal::builder(name)
        .param_types([gst::Element::static_type()])
        .action()
        .class_handler(move |args| {
            let (stream, element) = arguments::<gst::Element>(args)?;
            match element.downcast::<MediaStreamTrack>() {
                Ok(track) => act(&stream, &track),
                Err(other) => gst::warning!(CAT, obj = stream, "Not a track: {}", other.name()),
            }
            None
        })
        .build()
}

fn event(event: TrackEvent) -> Signal {
    Signal::builder(event.as_str())
        .param_types([gst::Element::static_type()])
        .build()
}

/// The stream, and the first argument.
fn arguments<'a, T: glib::value::FromValue<'a> + 'a>(
    args: &'a [glib::Value],
) -> Option<(MediaStream, T)> {
    Some((args.first()?.get().ok()?, args.get(1)?.get().ok()?))
}
