// SPDX-License-Identifier: MPL-2.0

//! Black and silence: memory made once for each caps, and a header for each buffer that it stands for, which all who need them
//! share.

use std::sync::Mutex;

use gst::prelude::*;
use once_cell::sync::Lazy;

use super::black::black;
use super::samples::{frames_of, frames_of_buffer};
use crate::sync::lock;

/// What goes out in place of media of one format.
#[derive(Debug)]
pub struct Blank {
    content: Content,
    /// What was made last: the next to ask wants it too, if there are several.
    last: Mutex<Option<gst::Buffer>>,
}

#[derive(Debug)]
enum Content {
    /// One frame.
    Black(gst::Memory),
    /// As much as has been needed so far.
    Silence {
        info: Box<gst_audio::AudioInfo>,
        area: Mutex<gst::Memory>,
    },
}

impl Blank {
    /// Silence of this format.
    pub fn silence(info: &gst_audio::AudioInfo) -> Option<Self> {
        let area = Mutex::new(silence(info, 0)?);
        let info = Box::new(info.clone());
        Some(Self::of(Content::Silence { info, area }))
    }

    /// A black frame in the format of these caps; `None` if GStreamer cannot write it.
    pub fn black(caps: &gst::Caps) -> Option<Self> {
        let info = gst_video::VideoInfo::from_caps(caps).ok()?;
        Some(Self::of(Content::Black(black(&info)?)))
    }

    fn of(content: Content) -> Self {
        Self {
            content,
            last: Mutex::default(),
        }
    }

    /// Black or silence with the times, the length and the flags of a buffer of the same format.
    pub fn instead_of(&self, buffer: &gst::BufferRef) -> Option<gst::Buffer> {
        let (frames, size) = match &self.content {
            Content::Black(memory) => (0, memory.size()),
            Content::Silence { info, .. } => {
                let frames = frames_of_buffer(buffer, info) as usize;
                (frames, frames * info.bpf() as usize)
            }
        };
        if buffer
            .iter_meta::<gst::Meta>()
            .any(|meta| is_kept(&meta, true))
        {
            return self.dress(self.make(frames)?, buffer, true);
        }
        let last = lock(&self.last).clone();
        if let Some(last) =
            last.filter(|last| last.size() == size && self.is_dressed_as(last, buffer))
        {
            return Some(last);
        }
        let new = self.dress(self.make(frames)?, buffer, true)?;
        let old = lock(&self.last).replace(new.clone());
        drop(old);
        Some(new)
    }

    /// Whether `blank` is what would be made of this buffer, if that has no metas to be kept.
    fn is_dressed_as(&self, blank: &gst::BufferRef, original: &gst::BufferRef) -> bool {
        let times = |buffer: &gst::BufferRef| (buffer.pts(), buffer.dts(), buffer.duration());
        let offsets = |buffer: &gst::BufferRef| (buffer.offset(), buffer.offset_end());
        let own = match &self.content {
            Content::Black(_) => gst::BufferFlags::empty(),
            Content::Silence { .. } => gst::BufferFlags::GAP,
        };
        let flags = |buffer: &gst::BufferRef| (buffer.flags() | own) - NOT_KEPT;
        times(blank) == times(original)
            && offsets(blank) == offsets(original)
            && flags(blank) == flags(original)
    }

    /// The same for a buffer of another format, which lasts so long.
    pub fn for_as_long_as(
        &self,
        buffer: &gst::BufferRef,
        duration: Option<gst::ClockTime>,
    ) -> Option<gst::Buffer> {
        let frames = match &self.content {
            Content::Black(_) => 0,
            Content::Silence { info, .. } => frames_in(info, duration?)?,
        };
        self.dress(self.make(frames)?, buffer, false)
    }

    /// Black or silence from one time to another.
    pub fn between(&self, from: gst::ClockTime, to: gst::ClockTime) -> Option<gst::Buffer> {
        let duration = to.checked_sub(from)?;
        let frames = match &self.content {
            Content::Black(_) => 0,
            Content::Silence { info, .. } => frames_in(info, duration)?,
        };
        let mut blank = self.make(frames)?;
        let header = blank.get_mut()?;
        header.set_pts(from);
        header.set_duration(duration);
        Some(blank)
    }

    /// A header on the shared memory.
    fn make(&self, frames: usize) -> Option<gst::Buffer> {
        let mut blank = gst::Buffer::new();
        let header = blank.get_mut()?;
        match &self.content {
            Content::Black(memory) => header.append_memory(memory.clone()),
            Content::Silence { info, area } => {
                header.append_memory(stretch(info, area, frames)?);
                header.set_flags(gst::BufferFlags::GAP);
                if info.layout() == gst_audio::AudioLayout::NonInterleaved {
                    gst_audio::AudioMeta::add(header, info, frames, &[]).ok()?;
                }
            }
        }
        Some(blank)
    }

    /// What of a buffer can be kept that tells nothing of what is in it.
    fn dress(
        &self,
        mut blank: gst::Buffer,
        original: &gst::BufferRef,
        same_format: bool,
    ) -> Option<gst::Buffer> {
        let header = blank.get_mut()?;
        header.set_pts(original.pts());
        header.set_dts(original.dts());
        header.set_duration(original.duration());
        header.set_offset(original.offset());
        header.set_offset_end(original.offset_end());
        header.set_flags(original.flags() - NOT_KEPT);
        for meta in original.iter_meta::<gst::Meta>() {
            if is_kept(&meta, same_format) {
                let copy = gst::meta::MetaTransformCopy::new(..);
                // One that does not let itself be copied is left out, as GStreamer's own copies do.
                let _ = meta.transform(header, &copy);
            }
        }
        Some(blank)
    }
}

fn is_kept(meta: &gst::MetaRef<gst::Meta>, same_format: bool) -> bool {
    let api = meta.api();
    TIME_METAS.contains(&api) || same_format && SHAPE_METAS.contains(&api)
}

/// Flags that are said of the content, or of the memory.
const NOT_KEPT: gst::BufferFlags = gst::BufferFlags::CORRUPTED.union(gst::BufferFlags::TAG_MEMORY);

/// Metas that say when.
static TIME_METAS: Lazy<[gst::glib::Type; 2]> = Lazy::new(|| {
    [
        gst::ReferenceTimestampMeta::meta_api(),
        gst_video::VideoTimeCodeMeta::meta_api(),
    ]
});

/// Metas that say which part of a buffer counts, or which way is up.
static SHAPE_METAS: Lazy<[gst::glib::Type; 3]> = Lazy::new(|| {
    [
        gst_video::VideoCropMeta::meta_api(),
        gst_video::VideoAffineTransformationMeta::meta_api(),
        gst_audio::AudioClippingMeta::meta_api(),
    ]
});

/// More silence than this is a mistake of whoever asks for it.
const MOST: gst::ClockTime = gst::ClockTime::from_seconds(60);

fn frames_in(info: &gst_audio::AudioInfo, duration: gst::ClockTime) -> Option<usize> {
    (duration <= MOST).then(|| frames_of(duration, info.rate()) as usize)
}

/// So much silence, of the memory that is there if it is enough.
fn stretch(
    info: &gst_audio::AudioInfo,
    area: &Mutex<gst::Memory>,
    frames: usize,
) -> Option<gst::Memory> {
    let size = frames * info.bpf() as usize;
    let memory = lock(area).clone();
    let memory = match memory.size() < size {
        false => memory,
        true => {
            let more = silence(info, size)?;
            let less = std::mem::replace(&mut *lock(area), more.clone());
            drop(less);
            more
        }
    };
    Some(match memory.size() == size {
        true => memory,
        false => memory.share(..size),
    })
}

fn silence(info: &gst_audio::AudioInfo, size: usize) -> Option<gst::Memory> {
    let info = info.format_info();
    if info.width() == 0 {
        return None;
    }
    let mut silence = vec![0; size];
    info.fill_silence(&mut silence);
    Some(gst::Memory::from_slice(silence))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sound(pts: u64) -> gst::Buffer {
        let mut buffer = gst::Buffer::from_mut_slice(vec![1; 64]);
        let header = buffer.get_mut().expect("a new buffer");
        header.set_pts(gst::ClockTime::from_mseconds(pts));
        buffer
    }

    #[test]
    fn all_who_are_given_silence_in_place_of_a_buffer_get_the_same() {
        gst::init().expect("GStreamer starts");
        let info = gst_audio::AudioInfo::builder(gst_audio::AudioFormat::S16le, 8000, 1).build();
        let blank = Blank::silence(&info.expect("sound")).expect("silence");
        let instead = |buffer: &gst::Buffer| blank.instead_of(buffer).expect("silence");
        let first = instead(&sound(0));
        assert_eq!(instead(&sound(0)).as_ptr(), first.as_ptr());
        let mut others: Vec<_> = (0..5).map(|_| sound(0)).collect();
        others.push(sound(4));
        let change: [&mut dyn FnMut(&mut gst::BufferRef); 5] = [
            &mut |header| header.set_duration(gst::ClockTime::SECOND),
            &mut |header| header.set_offset(1),
            &mut |header| header.set_flags(gst::BufferFlags::DISCONT),
            &mut |header| header.set_size(32),
            &mut |header| {
                let time = gst::Caps::new_empty_simple("timestamp/x-unix");
                let at = gst::ClockTime::SECOND;
                gst::ReferenceTimestampMeta::add(header, &time, at, gst::ClockTime::NONE);
            },
        ];
        for (nth, change) in change.into_iter().enumerate() {
            change(others[nth].get_mut().expect("a new buffer"));
        }
        for other in &others {
            let silence = instead(other);
            assert_ne!(silence.as_ptr(), first.as_ptr());
            assert_eq!((silence.pts(), silence.size()), (other.pts(), other.size()));
            assert_eq!(
                (silence.duration(), silence.offset()),
                (other.duration(), other.offset())
            );
            let metas =
                |buffer: &gst::Buffer| buffer.iter_meta::<gst::ReferenceTimestampMeta>().count();
            assert_eq!(metas(&silence), metas(other));
            let marked = |buffer: &gst::Buffer| buffer.flags().contains(gst::BufferFlags::DISCONT);
            assert_eq!(marked(&silence), marked(other));
        }
    }

    #[test]
    fn silence_in_place_of_planes_is_as_long_as_what_is_in_them() {
        gst::init().expect("GStreamer starts");
        let info = gst_audio::AudioInfo::builder(gst_audio::AudioFormat::S16le, 8000, 2)
            .layout(gst_audio::AudioLayout::NonInterleaved)
            .build()
            .expect("sound");
        // Room for 16 samples in each plane.
        let mut buffer = gst::Buffer::from_mut_slice(vec![1; 64]);
        let header = buffer.get_mut().expect("a new buffer");
        gst_audio::AudioMeta::add(header, &info, 5, &[0, 32]).expect("planes");
        let blank = Blank::silence(&info).expect("silence");
        let silence = blank.instead_of(&buffer).expect("silence");
        assert_eq!(silence.size(), 20);
        let meta = silence.meta::<gst_audio::AudioMeta>().expect("planes");
        assert_eq!((meta.samples(), meta.offsets()), (5, &[0, 10][..]));
    }
}
