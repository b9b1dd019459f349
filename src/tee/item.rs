// SPDX-License-Identifier: MPL-2.0

//! What travels through the ring: a buffer, a whole buffer list, or a serialized event that is not sticky, each with the
//! sticky state that it belongs to.

use std::sync::Arc;

use super::fanout;
use super::sticky::Sticky;

#[derive(Clone, Debug)]
pub enum Media {
    Buffer(gst::Buffer),
    List(gst::BufferList),
    Event(gst::Event),
}

#[derive(Clone, Debug)]
pub struct Item {
    pub media: Media,
    pub sticky: Arc<Sticky>,
}

impl Item {
    fn first(&self) -> Option<&gst::BufferRef> {
        match &self.media {
            Media::Buffer(buffer) => Some(buffer),
            Media::List(list) => list.get(0),
            Media::Event(_) => None,
        }
    }
}

impl fanout::Item for Item {
    fn frames(&self) -> u64 {
        match &self.media {
            Media::Buffer(buffer) => self.sticky.frames(buffer),
            Media::List(list) => list.iter().map(|buffer| self.sticky.frames(buffer)).sum(),
            Media::Event(_) => 0,
        }
    }

    fn time(&self) -> Option<u64> {
        match &self.media {
            Media::Event(event) => match event.view() {
                gst::EventView::Gap(gap) => Some(gap.get().0.nseconds()),
                _ => None,
            },
            _ => self
                .first()
                .and_then(|buffer| buffer.dts_or_pts())
                .map(gst::ClockTime::nseconds),
        }
    }

    fn can_be_marked(&self) -> bool {
        !matches!(self.media, Media::Event(_))
    }

    fn is_key(&self) -> bool {
        match self.first() {
            Some(buffer) => !buffer.flags().contains(gst::BufferFlags::DELTA_UNIT),
            None => self.sticky.is_raw(),
        }
    }
}

/// Marks or moves a buffer; its memory is shared with all other branches, so only a header is ever written.
pub fn shape(buffer: &mut gst::Buffer, discont: bool, shift: i64) {
    let marked = buffer.flags().contains(gst::BufferFlags::DISCONT);
    if (!discont || marked) && shift == 0 {
        return;
    }
    let moved = |time: Option<gst::ClockTime>| {
        time.map(|time| gst::ClockTime::from_nseconds(time.nseconds().saturating_add_signed(shift)))
    };
    let header = buffer.make_mut();
    if discont {
        header.set_flags(gst::BufferFlags::DISCONT);
    }
    if shift != 0 {
        header.set_pts(moved(header.pts()));
        header.set_dts(moved(header.dts()));
    }
}
