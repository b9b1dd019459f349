// SPDX-License-Identifier: MPL-2.0

//! A place before the base class on the way of media: a pad probe there would cost more than what is done in it.

use gst::ffi;
use gst::glib::translate::*;
use gst::prelude::*;

use crate::tee::item::Media;

/// A chain function of the base class, for what GStreamer hands over as a `T`.
type Chain<T> =
    unsafe extern "C" fn(*mut ffi::GstPad, *mut ffi::GstObject, *mut T) -> ffi::GstFlowReturn;

/// What came, as it goes on.
type Flow = Result<gst::FlowSuccess, gst::FlowError>;

/// Media on a new sink pad go to `take`; what it gives back goes on to the base class. Once for each pad of `GstBaseSink`, whose
/// own functions need no data.
pub fn take_first<F>(pad: &gst::Pad, take: F)
where
    F: Fn(Media) -> Option<Media> + Clone + Send + Sync + 'static,
{
    let take_list = take.clone();
    // SAFETY: the bindings have no accessor. The pad is new, so that nobody else looks at its functions or changes them.
    let (chain, chain_list) = unsafe { ((*pad.as_ptr()).chainfunc, (*pad.as_ptr()).chainlistfunc) };
    // SAFETY: nothing flows through a new pad.
    unsafe {
        pad.set_chain_function(
            move |pad, parent, buffer| match take(Media::Buffer(buffer)) {
                Some(Media::Buffer(buffer)) => go_on(chain, pad, parent, buffer.into_glib_ptr()),
                _ => Ok(gst::FlowSuccess::Ok),
            },
        );
        pad.set_chain_list_function(
            move |pad, parent, list| match take_list(Media::List(list)) {
                Some(Media::List(list)) => go_on(chain_list, pad, parent, list.into_glib_ptr()),
                _ => Ok(gst::FlowSuccess::Ok),
            },
        );
    }
}

/// Hands media over to the base class, as GStreamer would have.
#[cold]
fn go_on<T>(
    chain: Option<Chain<T>>,
    pad: &gst::Pad,
    parent: Option<&gst::Object>,
    media: *mut T,
) -> Flow {
    let chain = chain.ok_or(gst::FlowError::NotSupported)?;
    let parent = parent.map_or(std::ptr::null_mut(), |parent| parent.as_ptr());
    // SAFETY: the function was this pad's own; it takes the media over, and only looks at the others, which live through the call.
    unsafe { try_from_glib(chain(pad.as_ptr(), parent, media)) }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

    use super::*;

    /// How many buffers the base class of this sink has rendered.
    fn rendered(sink: &gst::Element) -> u64 {
        let stats = sink.property::<gst::Structure>("stats");
        stats.get("rendered").expect("a number")
    }

    #[test]
    fn the_base_class_gets_what_is_given_back_and_nothing_else() {
        gst::init().expect("GStreamer starts");
        let sink = gst::ElementFactory::make("fakesink")
            .property("async", false)
            .build()
            .expect("an element");
        let (gives_back, taken) = (
            Arc::new(AtomicBool::new(true)),
            Arc::new(AtomicUsize::new(0)),
        );
        let pad = sink.static_pad("sink").expect("a sink pad");
        {
            let (gives_back, taken) = (gives_back.clone(), taken.clone());
            take_first(&pad, move |media| {
                if gives_back.load(Ordering::Relaxed) {
                    return Some(media);
                }
                taken.fetch_add(1, Ordering::Relaxed);
                None
            });
        }
        let source = gst::Pad::new(gst::PadDirection::Src);
        source.set_active(true).expect("an active pad");
        source.link(&pad).expect("a link");
        sink.set_state(gst::State::Playing).expect("a state");
        source.push_event(gst::event::StreamStart::new("stream"));
        let segment = gst::FormattedSegment::<gst::ClockTime>::new();
        source.push_event(gst::event::Segment::new(&segment));
        let list = || {
            (0..2)
                .map(|_| gst::Buffer::new())
                .collect::<gst::BufferList>()
        };
        for gives in [true, false] {
            gives_back.store(gives, Ordering::Relaxed);
            assert!(source.push(gst::Buffer::new()).is_ok());
            assert!(source.push_list(list()).is_ok());
        }
        assert_eq!((rendered(&sink), taken.load(Ordering::Relaxed)), (3, 2));
        sink.set_state(gst::State::Null).expect("a state");
        gives_back.store(true, Ordering::Relaxed);
        assert_eq!(
            source.push(gst::Buffer::new()),
            Err(gst::FlowError::Flushing)
        );
        let gone = (sink.downgrade(), pad.downgrade());
        drop((sink, pad, source));
        assert!(gone.0.upgrade().is_none() && gone.1.upgrade().is_none());
    }
}
