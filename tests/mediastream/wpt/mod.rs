// SPDX-License-Identifier: MPL-2.0

//! The web-platform-tests on streams, tracks and their clones, each in a file that names the one it ports, and WebKit's own.

use std::cell::RefCell;

use gst::prelude::*;

use crate::support::*;

mod add_audio_track;
mod apply_constraints;
mod asking;
mod audio_only;
mod audio_stats;
mod content_hint;
mod data_holder;
mod dedicated_worker;
mod disabled_audio_is_silence;
mod disabled_video_is_black;
mod finished_add;
mod get_capabilities;
mod get_settings;
mod get_track_by_id;
mod gum_impossible_constraint;
mod gum_invalid_facing_mode;
mod gum_non_applicable_constraint;
mod gum_optional_constraint;
mod gum_required_constraint_with_ideal_value;
mod gum_trivial_constraint;
mod idl;
mod image_clone;
mod remove_track;
mod resize_mode;
mod source_lifetime;
mod stream_clone;
mod stream_id;
mod track_end;
mod track_id;
mod track_init;
mod transfer_clone;
mod video_only;
mod video_stats;
mod video_track_generator;
mod webkit_apply_constraints_ended;
mod webkit_clone;
mod webkit_muted;
mod webkit_video_clone;

/// What a web page has: streams and tracks that run until it is closed.
struct Page {
    elements: RefCell<Vec<gst::Element>>,
    gone: RefCell<Option<Gone>>,
}

/// Runs a test on a page of its own; when the page is closed, nothing may be left of it.
#[track_caller]
fn page<R>(test: impl FnOnce(&Page) -> R) -> R {
    let page = Page {
        elements: RefCell::default(),
        gone: RefCell::default(),
    };
    let result = test(&page);
    let gone = page.gone.take();
    drop(page);
    gone.expect("a test keeps something").check();
    result
}

impl Drop for Page {
    fn drop(&mut self) {
        for element in self.elements.take() {
            let _ = element.set_state(gst::State::Null);
        }
    }
}

impl Page {
    /// W3C `getUserMedia()`: a running stream with a track of each kind.
    fn get_user_media(&self, kinds: &[Kind]) -> MediaStream {
        let stream = empty_stream();
        for kind in kinds {
            let (property, feed) = match kind {
                Kind::Audio => ("audio-source", Feed::audio()),
                _ => ("video-source", Feed::video()),
            };
            stream.set_property(property, feed.element());
        }
        self.run(stream)
    }

    /// This stream runs from now on.
    fn run(&self, stream: MediaStream) -> MediaStream {
        for track in all_tracks(&stream) {
            self.keep(track);
        }
        let stream = self.keep(stream);
        stream.set_state(gst::State::Playing).expect("it runs");
        stream
    }

    /// This element must be gone when the page is closed.
    fn keep<T: IsA<gst::Element>>(&self, element: T) -> T {
        let mut gone = self.gone.borrow_mut();
        *gone = Some(match gone.take() {
            Some(gone) => gone.and(&[&element]),
            None => Gone::of(&[&element]),
        });
        self.elements.borrow_mut().push(element.clone().upcast());
        element
    }

    /// A running clone of a stream.
    fn clone_stream(&self, stream: &MediaStream) -> MediaStream {
        self.run(clone(stream))
    }
}

/// The `ready-state` of the stream's tracks.
fn states(stream: &MediaStream) -> Vec<ReadyState> {
    let tracks = all_tracks(stream);
    tracks.iter().map(MediaStreamTrack::ready_state).collect()
}

fn stop_all(stream: &MediaStream) {
    all_tracks(stream).iter().for_each(stop);
}
