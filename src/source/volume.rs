// SPDX-License-Identifier: MPL-2.0

//! Sources that can be muted themselves: those with a `GstStreamVolume`, as `pulsesrc` and any bin with a `volume` in it.

use std::sync::Arc;

use gst::glib;
use gst::prelude::*;
use gst_audio::prelude::*;

use super::Source;
use crate::kind::Kind;

/// The source is muted while one of its elements says so.
pub fn heed(source: &Arc<Source>, element: &gst::Element) {
    if source.kind() != Kind::Audio {
        return;
    }
    let volumes: Arc<[_]> = volumes(element)
        .iter()
        .map(|volume| volume.downgrade())
        .collect();
    let heed = {
        let (source, volumes) = (Arc::downgrade(source), volumes.clone());
        move || {
            let Some(source) = source.upgrade() else {
                return;
            };
            let (this, volumes) = (source.clone(), volumes.clone());
            // Asking may take a while, and is not for the thread that an element says it on.
            source.chores.push(move || {
                let muted = volumes
                    .iter()
                    .filter_map(glib::WeakRef::upgrade)
                    .any(|volume| volume.is_muted());
                this.tee.hush(muted);
            });
        }
    };
    for volume in volumes.iter().filter_map(glib::WeakRef::upgrade) {
        let heed = heed.clone();
        volume.connect_mute_notify(move |_| heed());
    }
    if !volumes.is_empty() {
        heed();
    }
}

fn volumes(element: &gst::Element) -> Vec<gst_audio::StreamVolume> {
    let own = element
        .dynamic_cast_ref::<gst_audio::StreamVolume>()
        .cloned();
    let inner = element
        .downcast_ref::<gst::Bin>()
        .into_iter()
        .flat_map(|bin| {
            let found = bin.iterate_all_by_interface(gst_audio::StreamVolume::static_type());
            found.into_iter().flatten()
        });
    // What is heard somewhere else says nothing of the source.
    let inner = inner.filter(|element| !element.element_flags().contains(gst::ElementFlags::SINK));
    let inner = inner.filter_map(|element| element.dynamic_cast::<gst_audio::StreamVolume>().ok());
    own.into_iter().chain(inner).collect()
}
