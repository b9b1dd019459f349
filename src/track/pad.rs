// SPDX-License-Identifier: MPL-2.0

//! The src pad of a track: what consumers ask and send upstream. Most of it ends here, so that no consumer is noticed by
//! the source or by another one.

use std::time::Instant;

use gst::prelude::*;
use gst::subclass::prelude::*;
use once_cell::sync::Lazy;

use super::imp::{self, CAT};
use crate::clock::nanoseconds;

pub(super) fn templates() -> &'static [gst::PadTemplate] {
    static TEMPLATES: Lazy<Vec<gst::PadTemplate>> = Lazy::new(|| {
        gst::PadTemplate::new(
            "src",
            gst::PadDirection::Src,
            gst::PadPresence::Always,
            &gst::Caps::new_any(),
        )
        .into_iter()
        .collect()
    });
    &TEMPLATES
}

pub(super) fn build() -> gst::Pad {
    let builder = match templates().first() {
        Some(template) => gst::Pad::builder_from_template(template),
        None => gst::Pad::builder(gst::PadDirection::Src),
    };
    builder
        .name("src")
        .event_function(|pad, parent, event| {
            imp::MediaStreamTrack::catch_panic_pad_function(
                parent,
                || false,
                |track| src_event(track, pad, event),
            )
        })
        .query_function(|pad, parent, query| {
            imp::MediaStreamTrack::catch_panic_pad_function(
                parent,
                || false,
                |track| src_query(track, pad, query),
            )
        })
        .build()
}

fn src_event(track: &imp::MediaStreamTrack, pad: &gst::Pad, event: gst::Event) -> bool {
    gst::log!(CAT, obj = pad, "From the consumer: {event:?}");
    let Some(tee) = track.tee() else {
        return false;
    };
    match event.view() {
        gst::EventView::Reconfigure(_) => {
            track.reconfigure();
            true
        }
        // Theirs alone: the source neither slows down, nor seeks, nor waits for one of its consumers.
        gst::EventView::Qos(_) | gst::EventView::Latency(_) => true,
        gst::EventView::Seek(_) => false,
        gst::EventView::CustomUpstream(_) => {
            match gst_video::UpstreamForceKeyUnitEvent::parse(&event) {
                Ok(request) => {
                    tee.ask_for_key_unit(request.all_headers, Instant::now());
                    true
                }
                Err(_) => tee.send_upstream(event),
            }
        }
        gst::EventView::Navigation(_) => tee.send_upstream(event),
        _ => false,
    }
}

fn src_query(track: &imp::MediaStreamTrack, pad: &gst::Pad, query: &mut gst::QueryRef) -> bool {
    let tee = track.tee();
    match query.view_mut() {
        gst::QueryViewMut::Latency(latency) => {
            let (min, max) = tee.map_or((gst::ClockTime::ZERO, None), |tee| tee.latency());
            let lag = track.limits().time;
            // More than there is a number for is no limit.
            let max = max
                .filter(|_| lag > 0)
                .and_then(|max| max.checked_add(nanoseconds(lag)));
            latency.set(true, min, max);
            true
        }
        gst::QueryViewMut::Seeking(seeking) => {
            let format = seeking.format();
            if format == gst::Format::Undefined {
                return false;
            }
            seeking.set(
                false,
                gst::GenericFormattedValue::none_for_format(format),
                gst::GenericFormattedValue::none_for_format(format),
            );
            true
        }
        gst::QueryViewMut::Caps(caps) => {
            let known = track.caps(caps.filter_owned().as_ref());
            match known {
                Some(known) => {
                    caps.set_result(&known);
                    true
                }
                None => gst::Pad::query_default(pad, Some(&*track.obj()), query),
            }
        }
        gst::QueryViewMut::Context(_) | gst::QueryViewMut::Custom(_) => {
            tee.is_some_and(|tee| tee.query_upstream(query))
        }
        _ => gst::Pad::query_default(pad, Some(&*track.obj()), query),
    }
}
