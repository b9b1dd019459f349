// SPDX-License-Identifier: MPL-2.0

//! What travels through the ring: a buffer, a whole buffer list, or a serialized event that is not sticky, each with the
//! sticky state that it belongs to.

use std::sync::Arc;

use super::fanout::{self, Facts};
use super::presence::LONGEST;
use super::sticky::Sticky;
use crate::clock::nanoseconds;
use crate::gate::format::{Format, Pace};

#[derive(Clone, Debug)]
pub enum Media {
    Buffer(gst::Buffer),
    List(gst::BufferList),
    Event(gst::Event),
}

impl Media {
    fn first(&self) -> Option<&gst::BufferRef> {
        match self {
            Self::Buffer(buffer) => Some(buffer),
            Self::List(list) => list.get(0),
            Self::Event(_) => None,
        }
    }

    fn last(&self) -> Option<&gst::BufferRef> {
        match self {
            Self::List(list) => list.get(list.len().checked_sub(1)?),
            _ => self.first(),
        }
    }

    /// W3C frames: sample frames of raw audio, else buffers.
    pub fn frames(&self, format: &Format) -> u64 {
        match self {
            Self::Buffer(buffer) => format.frames(buffer),
            Self::List(list) => list.iter().map(|buffer| format.frames(buffer)).sum(),
            Self::Event(_) => 0,
        }
    }

    pub fn is_gap(&self) -> bool {
        matches!(self, Self::Event(event) if event.type_() == gst::EventType::Gap)
    }

    /// The same, if these media go by as fast as time.
    #[inline(always)]
    pub fn span_in_time(&self, sticky: &Sticky) -> Option<(u64, u64)> {
        let in_time = sticky.is_in_time();
        in_time.then(|| self.span(sticky.format())).flatten()
    }

    /// From which position to which, in nanoseconds.
    #[inline(always)]
    pub fn span(&self, format: &Format) -> Option<(u64, u64)> {
        let start = |buffer: &gst::BufferRef| buffer.pts().or(buffer.dts());
        if let Self::Event(event) = self {
            let gst::EventView::Gap(gap) = event.view() else {
                return None;
            };
            let (start, duration) = gap.get();
            return Some(stretch(start, start, duration));
        }
        let (from, last) = (start(self.first()?)?, self.last()?);
        let usual = || match format.pace() {
            Pace::Every(interval) => Some(interval),
            Pace::Variable | Pace::Unsaid => None,
        };
        let duration = format.duration(last).or_else(usual);
        Some(stretch(from, start(last)?, duration))
    }

    /// The same, said to come after something that is missing.
    pub fn marked(self) -> Self {
        match self {
            Self::Buffer(mut buffer) => {
                shape(&mut buffer, true, 0);
                Self::Buffer(buffer)
            }
            Self::List(mut list) => {
                if let Some(mut first) = list.get_owned(0) {
                    shape(&mut first, true, 0);
                    let list = list.make_mut();
                    list.remove(0..1);
                    list.insert(Some(0), first);
                }
                Self::List(list)
            }
            event => event,
        }
    }

    /// The same, said to follow what came before; lists are whole, and stay as they are.
    pub fn unmarked(self) -> Self {
        match self {
            Self::Buffer(mut buffer) if buffer.flags().contains(gst::BufferFlags::DISCONT) => {
                buffer.make_mut().unset_flags(gst::BufferFlags::DISCONT);
                Self::Buffer(buffer)
            }
            other => other,
        }
    }

    /// What there is of raw audio between two positions, in nanoseconds, if anything; of other media, all.
    pub fn part(self, span: (u64, u64), format: &Format) -> Option<Self> {
        match self {
            Self::Buffer(buffer) => format.part(buffer, span).map(Self::Buffer),
            Self::List(list) => {
                let parts = list
                    .iter_owned()
                    .filter_map(|buffer| format.part(buffer, span));
                let parts: gst::BufferList = parts.collect();
                (!parts.is_empty()).then_some(Self::List(parts))
            }
            event => Some(event),
        }
    }
}

#[derive(Clone, Debug)]
pub struct Item {
    pub media: Media,
    pub sticky: Arc<Sticky>,
    pub mark: Mark,
}

/// What there is to count of an item besides its frames. One word, for items are copied for each consumer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark(i64);

impl Mark {
    /// Nothing.
    pub const NONE: Self = Self(0);
    /// The source did not give it: it is not counted at all.
    pub const STANDS_IN: Self = Self(-1);

    /// How long it is under way, if it was taken at this time, in microseconds of monotonic time.
    pub fn taken(time: Option<i64>) -> Self {
        time.filter(|time| *time > 0).map_or(Self::NONE, Self)
    }

    /// How many of so many frames count.
    fn counted(self, frames: u64) -> u64 {
        match self {
            Self::STANDS_IN => 0,
            _ => frames,
        }
    }

    /// How long it has been under way, in microseconds.
    pub fn age(self, now: i64) -> Option<u64> {
        (self.0 > 0).then(|| now.saturating_sub(self.0).max(0) as u64)
    }
}

impl Item {
    /// From which position to which: of what cannot be parted, as short as it can be.
    pub fn extent(&self) -> Option<(u64, u64)> {
        let facts = fanout::Item::facts(self);
        let from = facts.time?;
        let last = facts.last_time.unwrap_or(from);
        Some((from, last.max(from).saturating_add(1)))
    }

    /// What there is to know of media from their first to their last buffer.
    #[inline(always)]
    fn facts_of(&self, first: &gst::BufferRef, last: &gst::BufferRef) -> Facts {
        let format = self.sticky.format();
        let time = |buffer: &gst::BufferRef| buffer.dts_or_pts().map(gst::ClockTime::nseconds);
        let frames = format.frames(last);
        let of_sound = format.end_of_sound(last, frames);
        let end = of_sound.map(|end| end.nseconds().saturating_sub(1));
        Facts {
            frames: self.mark.counted(frames),
            time: time(first),
            last_time: end.or_else(|| time(last)),
            is_key: is_key(first),
            is_media: true,
        }
    }

    /// The same of what is not a buffer.
    #[inline(never)]
    fn facts_of_others(&self, media: &Media) -> Facts {
        if let (Some(first), Some(last)) = (media.first(), media.last()) {
            return Facts {
                frames: self.frames(),
                ..self.facts_of(first, last)
            };
        }
        let time = match media {
            Media::Event(event) => start_of(event),
            _ => None,
        };
        Facts {
            frames: 0,
            time,
            last_time: time,
            is_key: self.is_key(),
            is_media: !matches!(media, Media::Event(_)),
        }
    }

    /// W3C frames of the source.
    pub fn frames(&self) -> u64 {
        self.mark.counted(self.media.frames(self.sticky.format()))
    }

    /// Whether a consumer can start with this item.
    pub fn is_key(&self) -> bool {
        match self.media.first() {
            Some(buffer) => is_key(buffer),
            None => self.sticky.format().is_raw(),
        }
    }
}

impl fanout::Item for Item {
    #[inline(always)]
    fn facts(&self) -> Facts {
        match &self.media {
            Media::Buffer(buffer) => self.facts_of(buffer, buffer),
            media => self.facts_of_others(media),
        }
    }
}

fn is_key(buffer: &gst::BufferRef) -> bool {
    !buffer.flags().contains(gst::BufferFlags::DELTA_UNIT)
}

/// When a GAP begins, in nanoseconds; other events have no time.
fn start_of(event: &gst::Event) -> Option<u64> {
    match event.view() {
        gst::EventView::Gap(gap) => Some(gap.get().0.nseconds()),
        _ => None,
    }
}

/// Marks or moves a buffer; its memory is shared with all other branches, so only a header is ever written.
#[inline]
pub fn shape(buffer: &mut gst::Buffer, discont: bool, shift: i64) {
    if discont || shift != 0 {
        write(buffer, discont, shift);
    }
}

#[inline(never)]
fn write(buffer: &mut gst::Buffer, discont: bool, shift: i64) {
    let marked = buffer.flags().contains(gst::BufferFlags::DISCONT);
    if marked && shift == 0 {
        return;
    }
    let moved = |time: Option<gst::ClockTime>| time.map(|time| later(time, shift));
    let header = buffer.make_mut();
    if discont {
        header.set_flags(gst::BufferFlags::DISCONT);
    }
    if shift != 0 {
        header.set_pts(moved(header.pts()));
        header.set_dts(moved(header.dts()));
    }
}

/// A GAP at its time; other events have none.
pub fn moved(event: gst::Event, shift: i64) -> gst::Event {
    match event.view() {
        gst::EventView::Gap(gap) if shift != 0 => {
            let (start, duration) = gap.get();
            gst::event::Gap::builder(later(start, shift))
                .duration(duration)
                .seqnum(event.seqnum())
                .build()
        }
        _ => event,
    }
}

/// From the beginning of the first to the end of the last. A length without measure, as some sources give it, is none to reckon with.
fn stretch(
    first: gst::ClockTime,
    last: gst::ClockTime,
    duration: Option<gst::ClockTime>,
) -> (u64, u64) {
    let length = duration.map_or(0, |length| length.nseconds().min(LONGEST));
    let end = nanoseconds(last.nseconds().saturating_add(length));
    (first.nseconds(), end.max(first).nseconds())
}

fn later(time: gst::ClockTime, shift: i64) -> gst::ClockTime {
    nanoseconds(time.nseconds().saturating_add_signed(shift))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_without_measure_are_times_all_the_same() {
        let (early, last) = (gst::ClockTime::SECOND, gst::ClockTime::MAX);
        for (first, second, duration) in [
            (early, early, Some(last)),
            (last, last, Some(last)),
            (last, last, Some(early)),
            (early, last, None),
            (last, early, Some(early)),
        ] {
            let (from, to) = stretch(first, second, duration);
            assert_eq!(from, first.nseconds());
            assert!(from <= to && to <= last.nseconds());
            assert!(to - second.nseconds().max(from) <= LONGEST);
        }
        assert_eq!(later(last, i64::MAX), last);
        assert_eq!(later(early, i64::MIN), gst::ClockTime::ZERO);
    }

    fn item(media: Media, mark: Mark) -> Item {
        let caps = "audio/x-raw, format=S16LE, rate=8000, channels=1, layout=interleaved";
        let caps: gst::Caps = caps.parse().expect("caps");
        let sticky = Sticky::default().with(gst::event::Caps::new(&caps));
        Item {
            media,
            sticky: Arc::new(sticky),
            mark,
        }
    }

    /// A tenth of a second of sound.
    fn sound(seconds: u64) -> gst::Buffer {
        let mut buffer = gst::Buffer::with_size(1600).expect("memory");
        let header = buffer.get_mut().expect("a new buffer");
        header.set_pts(gst::ClockTime::from_seconds(seconds));
        buffer
    }

    #[test]
    fn what_is_known_of_media_is_known_of_all_their_buffers() {
        gst::init().expect("GStreamer starts");
        let facts = |media: &Media, mark| fanout::Item::facts(&item(media.clone(), mark));
        let of = |media: &Media| facts(media, Mark::NONE);
        let second = 1_000_000_000;
        let one = Media::Buffer(sound(1));
        let of_one = Facts {
            frames: 800,
            time: Some(second),
            last_time: Some(second + second / 10 - 1),
            is_key: true,
            is_media: true,
        };
        assert_eq!(of(&one), of_one);
        let list = |seconds: &[u64]| {
            let buffers = seconds.iter().map(|seconds| sound(*seconds));
            Media::List(buffers.collect())
        };
        assert_eq!(of(&list(&[1])), of_one);
        let of_three = Facts {
            frames: 2400,
            last_time: Some(3 * second + second / 10 - 1),
            ..of_one
        };
        assert_eq!(of(&list(&[1, 2, 3])), of_three);
        let nothing = Facts {
            frames: 0,
            time: None,
            last_time: None,
            ..of_one
        };
        assert_eq!(of(&list(&[])), nothing);
        let gap = gst::event::Gap::builder(gst::ClockTime::SECOND).build();
        let of_gap = Facts {
            time: Some(second),
            last_time: Some(second),
            is_media: false,
            ..nothing
        };
        assert_eq!(of(&Media::Event(gap)), of_gap);
        for media in [one, list(&[1])] {
            let stands_in = facts(&media, Mark::STANDS_IN);
            assert_eq!(
                stands_in,
                Facts {
                    frames: 0,
                    ..of_one
                }
            );
        }
    }
}
