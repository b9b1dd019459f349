// SPDX-License-Identifier: MPL-2.0

//! What goes out in place of media that are not for the consumer: as many buffers, at the same times.

use std::sync::Arc;

use super::item::Media;
use crate::gate::format::Format;

impl Media {
    /// Black, silence or a gap in place of these media of format `of`, as the consumer expects them; `None` if nothing can stand for
    /// them.
    pub fn withheld(&self, of: &Arc<Format>, expected: &Arc<Format>) -> Option<Self> {
        let Some(blank) = expected.blank() else {
            return self.gap(of);
        };
        let same = Arc::ptr_eq(of, expected);
        let instead = |buffer: &gst::BufferRef| match same {
            true => blank.instead_of(buffer),
            false => blank.for_as_long_as(buffer, of.duration(buffer)),
        };
        match self {
            Self::Buffer(buffer) => instead(buffer).map(Self::Buffer),
            Self::List(list) => Some(Self::List(list.iter().filter_map(instead).collect())),
            Self::Event(event) => Some(Self::Event(event.clone())),
        }
    }

    /// A GAP event as long as these media.
    fn gap(&self, of: &Format) -> Option<Self> {
        if let Self::Event(event) = self {
            return Some(Self::Event(event.clone()));
        }
        let (from, to) = self.span(of)?;
        let gap = gst::event::Gap::builder(gst::ClockTime::from_nseconds(from))
            .duration(gst::ClockTime::from_nseconds(to - from))
            .build();
        Some(Self::Event(gap))
    }
}
