// SPDX-License-Identifier: MPL-2.0

//! The signals of `mediastreamtrack`: its methods and events, for every language.

use gst::glib::subclass::Signal;
use gst::prelude::*;
use once_cell::sync::Lazy;

use super::MediaStreamTrack;

pub(super) fn signals() -> &'static [Signal] {
    static SIGNALS: Lazy<Vec<Signal>> = Lazy::new(|| {
        vec![
            /**
             * GstMediaStreamTrack::clone:
             *
             * Returns: (transfer full): a sibling of this track on the same source, in no stream and no bin.
             */
            Signal::builder("clone")
                .return_type::<gst::Element>()
                .action()
                .class_handler(|args| {
                    let track = args[0].get::<MediaStreamTrack>().ok()?;
                    Some(track.clone_track().upcast::<gst::Element>().to_value())
                })
                .build(),
            /**
             * GstMediaStreamTrack::stop:
             *
             * Ends this track, synchronously and silently.
             */
            Signal::builder("stop")
                .action()
                .class_handler(|args| {
                    args[0].get::<MediaStreamTrack>().ok()?.stop();
                    None
                })
                .build(),
            /**
             * GstMediaStreamTrack::apply-constraints:
             * @constraints: (nullable): a structure with the W3C's names; none asks for nothing
             * @promise: (nullable): is answered with an empty structure, or with one named `OverconstrainedError` that has
             *   `constraint` and `message`, or `TypeError` or `AbortError` that have `message`
             *
             * What the track's media have to be from now on. On a thread of the plugin's own, in the order of the calls.
             */
            Signal::builder("apply-constraints")
                .param_types([gst::Structure::static_type(), gst::Promise::static_type()])
                .action()
                .class_handler(|args| {
                    let track = args[0].get::<MediaStreamTrack>().ok()?;
                    let constraints = args[1].get::<Option<gst::Structure>>().ok()?;
                    let promise = args[2].get::<Option<gst::Promise>>().ok()?;
                    track.apply_constraints(constraints, promise);
                    None
                })
                .build(),
            /**
             * GstMediaStreamTrack::ended:
             *
             * The source ended: by itself, by an error, or because its device is gone. Never from `stop`. On a thread of
             * the plugin's own, with no lock held.
             */
            Signal::builder("ended").build(),
            /**
             * GstMediaStreamTrack::mute:
             *
             * The source gives no media any more, and `muted` is true. On a thread of the plugin's own, with no lock held.
             */
            Signal::builder("mute").build(),
            /**
             * GstMediaStreamTrack::unmute:
             *
             * The source gives media again, and `muted` is false. As `mute`.
             */
            Signal::builder("unmute").build(),
            /**
             * GstMediaStreamTrack::configurationchange:
             *
             * The source gives media in another format, which the application did not ask for. While the track is muted it
             * waits until `unmute` has been signalled. As `mute`.
             */
            Signal::builder("configurationchange").build(),
        ]
    });
    &SIGNALS
}
