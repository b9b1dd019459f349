// SPDX-License-Identifier: MPL-2.0

//! Sources that can be muted themselves: those whose media all pass an element with a `GstStreamVolume`, as `pulsesrc` and `volume`.
//! What is muted beside that way is heard somewhere else, or is one of several sounds that are mixed.

use std::sync::{Arc, Mutex, Weak};

use gst::glib;
use gst::prelude::*;
use gst_audio::prelude::*;

use super::Source;
use crate::kind::Kind;
use crate::sync::lock;

/// What tells that the way of the media, or what is on it, has changed.
#[derive(Default)]
pub struct Watched(Mutex<Vec<Handler>>);

type Handler = (glib::WeakRef<gst::Object>, glib::SignalHandlerId);

/// A way is not longer than this, even if it goes round in a circle.
const LONGEST_WAY: usize = 1000;

/// The source is muted while an element says so that all its media pass, now or as soon as it is linked.
pub fn heed(source: &Arc<Source>) {
    if source.kind() != Kind::Audio {
        return;
    }
    let this = source.clone();
    // Asking may take a while, and is not for the thread that an element says it on. One at a time, too.
    source.chores.push(move || this.tee.hush(is_muted(&this)));
}

fn heed_again(source: &Weak<Source>) {
    if let Some(source) = source.upgrade() {
        heed(&source);
    }
}

/// Looks, and has everything watched before it is looked at, so that no change is missed.
fn is_muted(source: &Arc<Source>) -> bool {
    let Some(pad) = (source.machine.sink()).and_then(|sink| sink.static_pad("sink")) else {
        return false;
    };
    let mut handlers = vec![];
    let elements = elements_before(pad, |pad| {
        let (linked, unlinked) = (Arc::downgrade(source), Arc::downgrade(source));
        handlers.push(handler(
            pad,
            pad.connect_linked(move |_, _| heed_again(&linked)),
        ));
        handlers.push(handler(
            pad,
            pad.connect_unlinked(move |_, _| heed_again(&unlinked)),
        ));
    });
    let mut muted = false;
    for element in &elements {
        let Some(volume) = element.dynamic_cast_ref::<gst_audio::StreamVolume>() else {
            continue;
        };
        let source = Arc::downgrade(source);
        let id = volume.connect_mute_notify(move |_| heed_again(&source));
        handlers.push(handler(element, id));
        muted |= volume.is_muted();
    }
    let old = std::mem::replace(&mut *lock(&source.machine.watched.0), handlers);
    for (object, id) in old {
        if let Some(object) = object.upgrade() {
            object.disconnect(id);
        }
    }
    muted
}

fn handler(object: &impl IsA<gst::Object>, id: glib::SignalHandlerId) -> Handler {
    (object.upcast_ref::<gst::Object>().downgrade(), id)
}

/// Goes from a sink pad upstream, through bins, up to where media come from or several are made one. `watch` is called with each
/// pad on the way, and with those that the way may go on from one day.
fn elements_before(pad: gst::Pad, mut watch: impl FnMut(&gst::Pad)) -> Vec<gst::Element> {
    let mut found = vec![];
    watch(&pad);
    let mut next = Some(pad);
    for _ in 0..LONGEST_WAY {
        let Some(before) = next.take().and_then(|pad| pad.peer()) else {
            break;
        };
        // The pads inside of ghost pads have no element.
        found.extend(before.parent_element());
        let inputs: Vec<_> = before
            .iterate_internal_links()
            .into_iter()
            .flatten()
            .collect();
        inputs.iter().for_each(&mut watch);
        let mut linked = inputs.into_iter().filter(gst::Pad::is_linked);
        next = linked.next().filter(|_| linked.next().is_none());
    }
    found
}
