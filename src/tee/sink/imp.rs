// SPDX-License-Identifier: MPL-2.0

//! The sink as a `BaseSink`. What it does for a buffer takes no time that depends on the number of branches, and nothing fails
//! because of one; what it does for caps asks and adapts all of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use gst::glib;
use gst::prelude::*;
use gst::subclass::prelude::*;
use gst_base::prelude::*;
use gst_base::subclass::prelude::*;
use once_cell::sync::{Lazy, OnceCell};

use super::chain::take_first;
use crate::kind::Kind;
use crate::tee::item::Media;
use crate::tee::sticky::Sticky;
use crate::tee::{CAT, PATIENCE, Tee, filtered};

/// Buffers that a source's pool should have beyond its own needs: those that may lag, and one on its way.
const SPARE_BUFFERS: u32 = PATIENCE as u32 + 1;

#[derive(Default)]
pub struct TeeSink {
    tee: OnceCell<Arc<Tee>>,
    /// The source has caps: consumers are not asked any more.
    negotiated: AtomicBool,
    pace: Arc<Pace>,
}

/// Who says when media are due.
#[derive(Default)]
struct Pace {
    live: AtomicBool,
    playing: AtomicBool,
    /// Media are nobody's any more.
    severed: AtomicBool,
}

impl Pace {
    /// Media come in their own time, and now is their time.
    fn is_the_sources(&self) -> bool {
        self.playing.load(Ordering::Acquire) && self.live.load(Ordering::Acquire)
    }
}

impl TeeSink {
    pub fn set_up(&self, tee: &Arc<Tee>) {
        if self.tee.set(tee.clone()).is_err() {
            gst::error!(CAT, imp = self, "Set up twice");
            return;
        }
        self.short_cut(tee.clone());
    }

    pub fn sever(&self) {
        if self.pace.severed.swap(true, Ordering::AcqRel) {
            return;
        }
        if let Some(tee) = self.tee.get() {
            tee.neglect();
            tee.stop();
        }
    }

    /// The tee, as long as this sink is the source's.
    fn tee(&self) -> Option<&Arc<Tee>> {
        let severed = self.pace.severed.load(Ordering::Acquire);
        self.tee.get().filter(|_| !severed)
    }

    /// A source that is not live is played in real time. One that does not know is taken for live.
    fn pace(&self) {
        let sink = self.obj();
        let mut latency = gst::query::Latency::new();
        let live = !sink.sink_pad().peer_query(&mut latency) || latency.result().0;
        sink.set_sync(!live);
        self.pace.live.store(live, Ordering::Release);
    }

    /// Media of a live source go past the base class, which takes as long to decide that it does not have to wait for the clock as
    /// all the rest of a delivery. It still sees what comes before PLAYING, and what has to wait. Nothing is clipped to the segment
    /// here, as by a stock `tee`: sinks do that.
    fn short_cut(&self, tee: Arc<Tee>) {
        let pace = self.pace.clone();
        take_first(self.obj().sink_pad(), move |media| {
            if pace.severed.load(Ordering::Acquire) {
                return None;
            }
            if !pace.is_the_sources() {
                return Some(media);
            }
            tee.publish(media);
            None
        });
    }

    fn publish(&self, media: Media) -> Result<gst::FlowSuccess, gst::FlowError> {
        let tee = self.tee().ok_or(gst::FlowError::Flushing)?;
        tee.publish(media);
        Ok(gst::FlowSuccess::Ok)
    }
}

#[glib::object_subclass]
impl ObjectSubclass for TeeSink {
    const NAME: &'static str = "GstMediaStreamTee";
    type Type = super::TeeSink;
    type ParentType = gst_base::BaseSink;
}

impl ObjectImpl for TeeSink {}
impl GstObjectImpl for TeeSink {}

impl ElementImpl for TeeSink {
    fn metadata() -> Option<&'static gst::subclass::ElementMetadata> {
        static METADATA: Lazy<gst::subclass::ElementMetadata> = Lazy::new(|| {
            gst::subclass::ElementMetadata::new(
                "MediaStream tee",
                "Sink/Generic",
                "Gives a source's media to the tracks on it",
                env!("CARGO_PKG_AUTHORS"),
            )
        });
        Some(&METADATA)
    }

    fn pad_templates() -> &'static [gst::PadTemplate] {
        static TEMPLATES: Lazy<Vec<gst::PadTemplate>> = Lazy::new(|| {
            gst::PadTemplate::new(
                "sink",
                gst::PadDirection::Sink,
                gst::PadPresence::Always,
                &gst::Caps::new_any(),
            )
            .into_iter()
            .collect()
        });
        &TEMPLATES
    }

    fn change_state(
        &self,
        transition: gst::StateChange,
    ) -> Result<gst::StateChangeSuccess, gst::StateChangeError> {
        match transition {
            // Here, for the base class starts with NULL to READY only.
            gst::StateChange::ReadyToPaused => {
                self.negotiated.store(false, Ordering::Release);
                if let Some(tee) = self.tee() {
                    tee.start();
                }
            }
            gst::StateChange::PausedToPlaying => {
                if let Some(tee) = self.tee() {
                    let epoch = self.obj().base_time();
                    tee.change_sticky(|sticky| sticky.at(epoch));
                    tee.attend();
                    if self.tee().is_none() {
                        // Severed meanwhile.
                        tee.neglect();
                    }
                }
            }
            gst::StateChange::PlayingToPaused => {
                self.pace.playing.store(false, Ordering::Release);
                if let Some(tee) = self.tee() {
                    tee.neglect();
                }
            }
            _ => {}
        }
        let success = self.parent_change_state(transition)?;
        if transition == gst::StateChange::PausedToPlaying {
            self.pace.playing.store(true, Ordering::Release);
        }
        Ok(success)
    }
}

impl BaseSinkImpl for TeeSink {
    fn stop(&self) -> Result<(), gst::ErrorMessage> {
        if let Some(tee) = self.tee() {
            tee.stop();
        }
        Ok(())
    }

    fn render(&self, buffer: &gst::Buffer) -> Result<gst::FlowSuccess, gst::FlowError> {
        self.publish(Media::Buffer(buffer.clone()))
    }

    fn render_list(&self, list: &gst::BufferList) -> Result<gst::FlowSuccess, gst::FlowError> {
        self.publish(Media::List(list.clone()))
    }

    fn event(&self, event: gst::Event) -> bool {
        let type_ = event.type_();
        if type_ == gst::EventType::Segment {
            self.pace();
        }
        // The base class first: with `sync` it waits for the time of a GAP, and it refuses caps that are not ours.
        let taken = self.parent_event(event.clone());
        let Some(tee) = self.tee().filter(|_| taken) else {
            return taken;
        };
        match type_ {
            gst::EventType::Gap | gst::EventType::CustomDownstream => {
                tee.publish(Media::Event(event));
            }
            gst::EventType::Eos => {
                tee.neglect();
                if let Some(owner) = tee.owner.upgrade() {
                    owner.ended();
                }
            }
            _ if Sticky::keeps(type_) => tee.note(event),
            _ => {}
        }
        taken
    }

    fn caps(&self, filter: Option<&gst::Caps>) -> Option<gst::Caps> {
        let owner = self.tee().and_then(|tee| tee.owner.upgrade());
        let caps = match self.negotiated.load(Ordering::Acquire) {
            false => owner.map(|owner| owner.accepted_caps()),
            true => owner.and_then(|owner| owner.demanded_caps()),
        };
        let caps = caps.unwrap_or_else(gst::Caps::new_any);
        Some(filtered(caps, filter))
    }

    fn set_caps(&self, caps: &gst::Caps) -> Result<(), gst::LoggableError> {
        let tee = self
            .tee()
            .ok_or_else(|| gst::loggable_error!(CAT, "Not set up"))?;
        if !tee.kind.is_in(caps) {
            if let Some(owner) = tee.owner.upgrade() {
                owner.refuse(caps);
            }
            return Err(gst::loggable_error!(CAT, "No {} in {caps}", tee.kind));
        }
        self.negotiated.store(true, Ordering::Release);
        Ok(())
    }

    fn query(&self, query: &mut gst::QueryRef) -> bool {
        match query.view_mut() {
            // The base class would ask the consumers again.
            gst::QueryViewMut::AcceptCaps(accept) => {
                accept.set_result(true);
                true
            }
            _ => BaseSinkImplExt::parent_query(self, query),
        }
    }

    fn propose_allocation(
        &self,
        query: &mut gst::query::Allocation,
    ) -> Result<(), gst::LoggableError> {
        let (caps, need_pool) = query.get_owned();
        match self.tee().map(|tee| tee.kind) {
            Some(Kind::Video) => query.add_allocation_meta::<gst_video::VideoMeta>(None),
            Some(Kind::Audio) => query.add_allocation_meta::<gst_audio::AudioMeta>(None),
            _ => {}
        }
        let info = caps.and_then(|caps| gst_video::VideoInfo::from_caps(&caps).ok());
        if let Some(info) = info.filter(|_| need_pool) {
            let size = u32::try_from(info.size()).unwrap_or(0);
            query.add_allocation_pool(None::<&gst::BufferPool>, size, SPARE_BUFFERS, 0);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Weak;

    use super::*;
    use crate::source::Source;

    #[test]
    fn what_was_given_before_ready_is_on_another_time_line() {
        gst::init().expect("GStreamer starts");
        let tee = Tee::new(Kind::Video, Weak::<Source>::new());
        let sink = super::super::TeeSink::new(&tee);
        let source = gst::Pad::new(gst::PadDirection::Src);
        source.set_active(true).expect("an active pad");
        source.link(sink.sink_pad()).expect("a link");
        sink.set_state(gst::State::Playing).expect("PLAYING");
        let caps = "video/x-raw, format=GRAY8, width=4, height=2, framerate=30/1";
        let segment = gst::FormattedSegment::<gst::ClockTime>::new();
        source.push_event(gst::event::StreamStart::new("stream"));
        source.push_event(gst::event::Caps::new(&caps.parse().expect("caps")));
        source.push_event(gst::event::Segment::new(&segment));
        let mut picture = gst::Buffer::with_size(8).expect("memory");
        let header = picture.get_mut().expect("a new buffer");
        header.set_pts(gst::ClockTime::SECOND);
        source.push(picture).expect("it is taken");
        assert!(tee.next_position() > Some(gst::ClockTime::SECOND.nseconds()));
        assert!(tee.sticky().segment().is_some());
        for state in [gst::State::Ready, gst::State::Paused] {
            sink.set_state(state).expect("a state");
        }
        assert_eq!(tee.next_position(), None);
        assert!(tee.sticky().segment().is_none());
        sink.set_state(gst::State::Null).expect("NULL");
    }
}
