// SPDX-License-Identifier: MPL-2.0

//! What a consumer must have been told before an item makes sense: caps, segment, tags and the other sticky events that
//! came before it. Immutable and shared by the items, so that a branch finds out by comparing one pointer.

/// The sticky events in force, but for those that say whose stream it is: each branch makes its own of these.
#[derive(Clone, Debug, Default)]
pub struct Sticky {
    /// In the order in which GStreamer wants them.
    events: Vec<gst::Event>,
    /// Base time of the source's pipeline: when its running time was 0, on the source's clock.
    pub epoch: Option<gst::ClockTime>,
    /// Bytes in a frame of raw audio.
    bytes_per_frame: Option<usize>,
    raw: bool,
    /// The caps promise that memory is something else than the system's.
    special_memory: bool,
}

impl Sticky {
    /// Whether an event of this type is kept here.
    pub fn keeps(type_: gst::EventType) -> bool {
        use gst::EventType::*;
        type_.is_sticky()
            && !matches!(
                type_,
                StreamStart | StreamCollection | StreamGroupDone | Eos
            )
    }

    /// The same with one event more, in the place of the one that it replaces.
    pub fn with(&self, event: gst::Event) -> Self {
        let mut new = self.clone();
        let name = |event: &gst::Event| event.structure().map(|s| s.name().to_owned());
        new.events.retain(|old| {
            old.type_() != event.type_() || (event.is_sticky_multi() && name(old) != name(&event))
        });
        let at = new
            .events
            .iter()
            .position(|old| old.type_() > event.type_())
            .unwrap_or(new.events.len());
        new.events.insert(at, event);
        if let Some(caps) = new.caps() {
            new.raw = caps
                .structure(0)
                .is_some_and(|s| matches!(s.name().as_str(), "video/x-raw" | "audio/x-raw"));
            new.bytes_per_frame = gst_audio::AudioInfo::from_caps(&caps)
                .ok()
                .map(|info| info.bpf() as usize);
            new.special_memory = caps.features(0).is_some_and(|features| {
                features.size() > 0 && !features.contains(gst::CAPS_FEATURE_MEMORY_SYSTEM_MEMORY)
            });
        }
        new
    }

    /// The same, said of a pipeline with this base time.
    pub fn at(&self, epoch: Option<gst::ClockTime>) -> Self {
        Self {
            epoch,
            ..self.clone()
        }
    }

    pub fn events(&self) -> impl Iterator<Item = &gst::Event> {
        self.events.iter()
    }

    /// Whether this very event is here.
    pub fn has(&self, event: &gst::Event) -> bool {
        self.events.iter().any(|e| e.as_ptr() == event.as_ptr())
    }

    fn find(&self, type_: gst::EventType) -> Option<&gst::EventRef> {
        let event = self.events.iter().find(|event| event.type_() == type_)?;
        Some(event)
    }

    pub fn caps(&self) -> Option<gst::Caps> {
        match self.find(gst::EventType::Caps)?.view() {
            gst::EventView::Caps(caps) => Some(caps.caps_owned()),
            _ => None,
        }
    }

    pub fn segment(&self) -> Option<gst::FormattedSegment<gst::ClockTime>> {
        match self.find(gst::EventType::Segment)?.view() {
            gst::EventView::Segment(segment) => segment.segment().clone().downcast().ok(),
            _ => None,
        }
    }

    /// Whether a consumer can start with any buffer.
    pub fn is_raw(&self) -> bool {
        self.raw
    }

    /// Whether the caps promise nothing about the memory.
    pub fn is_in_system_memory(&self) -> bool {
        !self.special_memory
    }

    /// W3C frames in a buffer: sample frames of raw audio, else one.
    pub fn frames(&self, buffer: &gst::BufferRef) -> u64 {
        self.bytes_per_frame
            .filter(|bytes| *bytes > 0)
            .map_or(1, |bytes| (buffer.size() / bytes) as u64)
    }
}
