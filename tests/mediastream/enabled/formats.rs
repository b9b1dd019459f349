// SPDX-License-Identifier: MPL-2.0

//! Every raw format that GStreamer knows: what a disabled track gives is converted, and looked at.

use gst::prelude::*;

use super::bytes;
use crate::support::*;

/// What a disabled track gives in place of one buffer of these caps with this many bytes.
#[track_caller]
fn blank(property: &str, caps: &gst::Caps, size: usize) -> gst::Buffer {
    let feed = Feed::new(&caps.to_string());
    let stream = empty_stream();
    stream.set_property(property, feed.element());
    let track = all_tracks(&stream).remove(0);
    let gone = Gone::of(&[&stream]).and(&[&track]);
    enable(&track, false);
    let pad = stream.pads().remove(0).name();
    let mut consumer = consume(&stream, &pad);
    let mut buffer = gst::Buffer::from_mut_slice(vec![0xa5; size]);
    {
        let header = buffer.get_mut().expect("a new buffer");
        header.set_pts(gst::ClockTime::from_mseconds(40));
        header.set_duration(gst::ClockTime::from_mseconds(20));
        header.set_offset(7);
    }
    feed.push_buffer(buffer);
    let blank = consumer.pull().expect("a buffer");
    assert_eq!(
        blank.pts(),
        Some(gst::ClockTime::from_mseconds(40)),
        "{caps}"
    );
    assert_eq!(
        blank.duration(),
        Some(gst::ClockTime::from_mseconds(20)),
        "{caps}"
    );
    assert_eq!(blank.offset(), 7, "{caps}");
    let flow = consumer.sinkpad().and_then(|pad| pad.current_caps());
    assert!(flow.is_some_and(|flow| flow.is_subset(caps)), "{caps}");
    drop((consumer, stream, track));
    gone.check();
    blank
}

/// The same picture as wide as its tiles, and that width: what is not in a whole tile GStreamer's converter may leave unread
/// (1.24 to 1.28: `MT2110T`, `MT2110R`).
#[track_caller]
fn in_whole_tiles(caps: &gst::Caps) -> (gst::Caps, usize) {
    let info = gst_video::VideoInfo::from_caps(caps).expect("caps");
    let tile = match info.format_info() {
        format if format.is_tiled() => format.tile_info(0).width().max(1),
        _ => 1,
    };
    let width = info.width().next_multiple_of(tile);
    let mut whole = caps.clone();
    whole.make_mut().set("width", width as i32);
    let same = gst_video::VideoInfo::from_caps(&whole).expect("caps");
    assert_eq!(same.size(), info.size(), "{caps}");
    (whole, width as usize)
}

/// The colours that each pixel has, line by line: alpha, red, green and blue.
#[track_caller]
fn pixels(buffer: &gst::Buffer, caps: &gst::Caps) -> Vec<[u8; 4]> {
    let seen = gst_video::VideoInfo::from_caps(caps).expect("caps").width() as usize;
    let (whole, width) = in_whole_tiles(caps);
    let sample = gst::Sample::builder().buffer(buffer).caps(&whole).build();
    let rgb = gst::Caps::builder("video/x-raw")
        .field("format", "ARGB")
        .build();
    let sample = gst_video::convert_sample(&sample, &rgb, Some(gst::ClockTime::from_seconds(10)))
        .unwrap_or_else(|error| panic!("{caps}: {error}"));
    let pixels = bytes(&sample.buffer_owned().expect("a picture"));
    pixels
        .chunks(4 * width)
        .flat_map(|line| line[..4 * seen].chunks(4))
        .map(|pixel| [pixel[0], pixel[1], pixel[2], pixel[3]])
        .collect()
}

#[test]
fn every_raw_video_format_is_black_and_opaque_in_every_colour_range() {
    init();
    let mut formats = 0;
    for format in gst_video::VideoFormat::iter_raw() {
        let info = gst_video::VideoFormatInfo::from_format(format);
        let opaque = match info.depth().get(3) {
            // Two bits of alpha are the upper ones of eight to GStreamer.
            Some(2) => Some(192),
            Some(_) => Some(255),
            // What its converter makes of bits that nobody is to look at (`BGR10x2_LE`, since 1.28) is its own affair.
            None => None,
        };
        let ranges = match (info.is_rgb(), info.is_gray()) {
            (true, _) => &["sRGB", "2:1:7:1"][..],
            (_, true) => &["1:4:0:0", "2:4:0:0"],
            _ => &["bt601", "bt709", "bt2020", "1:3:5:1", "1:4:7:1"],
        };
        for colorimetry in ranges {
            for mode in ["progressive", "interleaved"] {
                let caps = gst::Caps::builder("video/x-raw")
                    .field("format", format.to_str())
                    .field("width", 50)
                    .field("height", 36)
                    .field("framerate", gst::Fraction::new(25, 1))
                    .field("pixel-aspect-ratio", gst::Fraction::new(1, 1))
                    .field("interlace-mode", mode)
                    .field("colorimetry", colorimetry)
                    .build();
                let info = gst_video::VideoInfo::from_caps(&caps).expect("caps");
                let buffer = blank("video-source", &caps, info.size());
                assert_eq!(buffer.size(), info.size(), "{caps}");
                let pixels = pixels(&buffer, &caps);
                assert_eq!(pixels.len(), 50 * 36, "{caps}");
                for [alpha, colours @ ..] in pixels {
                    assert_eq!(colours, [0, 0, 0], "{caps}");
                    assert_eq!(opaque.unwrap_or(alpha), alpha, "{caps}");
                }
            }
        }
        formats += 1;
    }
    assert!(formats > 100, "{formats}");
}

#[test]
fn fields_that_come_one_by_one_are_as_black_as_pictures_of_their_height() {
    init();
    let mut compared = 0;
    for format in gst_video::VideoFormat::iter_raw() {
        let caps = |features: &str, height: i32, mode: &str| {
            let format = format.to_str();
            let caps = format!(
                "video/x-raw{features}, format={format}, width=50, height={height}, framerate=25/1, \
                 interlace-mode={mode}"
            );
            caps.parse::<gst::Caps>().expect("caps")
        };
        let fields = caps("(format:Interlaced)", 64, "alternate");
        let pictures = caps("", 32, "progressive");
        let size = |caps: &gst::Caps| gst_video::VideoInfo::from_caps(caps).map(|info| info.size());
        let size = size(&fields).expect("caps");
        let field = blank("video-source", &fields, size);
        assert_eq!(field.size(), size, "{fields}");
        let picture = blank("video-source", &pictures, size);
        // Of tiles GStreamer keeps room for both fields.
        if field.size() == picture.size() {
            assert_eq!(bytes(&field), bytes(&picture), "{fields}");
            compared += 1;
        }
    }
    assert!(compared > 100, "{compared}");
}

#[test]
fn black_is_what_the_colour_range_says() {
    init();
    for (format, colorimetry, first, last) in [
        ("I420", "bt601", 16, 128),
        ("I420", "1:4:7:1", 0, 128),
        ("RGB", "sRGB", 0, 0),
        // Below black is black, also to those who do not heed the range of RGB, as GStreamer.
        ("RGB", "2:1:7:1", 0, 0),
        ("GRAY8", "1:4:0:0", 0, 0),
        ("A420", "bt709", 16, 255),
        ("BGRA", "sRGB", 0, 255),
    ] {
        let caps: gst::Caps = format!(
            "video/x-raw, format={format}, width=16, height=16, framerate=25/1, interlace-mode=progressive, \
             pixel-aspect-ratio=1/1, colorimetry={colorimetry}"
        )
        .parse()
        .expect("caps");
        let info = gst_video::VideoInfo::from_caps(&caps).expect("caps");
        let black = bytes(&blank("video-source", &caps, info.size()));
        assert_eq!((black[0], black[black.len() - 1]), (first, last), "{caps}");
    }
}

#[test]
fn what_is_between_the_lines_is_not_left_to_chance() {
    init();
    // Lines of 5 bytes, which are 8 in memory.
    let caps: gst::Caps =
        "video/x-raw, format=I420, width=5, height=2, framerate=25/1, interlace-mode=progressive, \
                           pixel-aspect-ratio=1/1, colorimetry=bt601"
            .parse()
            .expect("caps");
    let info = gst_video::VideoInfo::from_caps(&caps).expect("caps");
    let black = bytes(&blank("video-source", &caps, info.size()));
    let line = [16, 16, 16, 16, 16, 0, 0, 0];
    assert_eq!(black[..16], [line, line].concat());
}

#[test]
fn every_raw_audio_format_is_silent_and_says_so() {
    init();
    let mut formats = 0;
    for format in gst_audio::AudioFormat::iter_raw() {
        for (layout, channels) in [
            ("interleaved", 1),
            ("interleaved", 2),
            ("non-interleaved", 2),
        ] {
            let caps = gst::Caps::builder("audio/x-raw")
                .field("format", format.to_str())
                .field("rate", 8000)
                .field("channels", channels)
                .field("layout", layout)
                .field_if("channel-mask", gst::Bitmask::new(3), channels == 2)
                .build();
            let info = gst_audio::AudioInfo::from_caps(&caps).expect("caps");
            let size = 160 * info.bpf() as usize;
            let silence = blank("audio-source", &caps, size);
            assert_eq!(silence.size(), size, "{caps}");
            assert!(silence.flags().contains(gst::BufferFlags::GAP), "{caps}");
            let count = 160 * channels as usize;
            let read = read(&silence, &info);
            assert_eq!(read.len(), count, "{caps}");
            assert!(read.iter().all(|sample| *sample == 0.0), "{caps}");
            if !MISREAD.contains(&format.to_str().as_str()) {
                let converted = samples(&silence, &caps);
                assert_eq!(converted.len(), count, "{caps}");
                assert!(converted.iter().all(|sample| *sample == 0.0), "{caps}");
            }
            // As GStreamer itself writes it.
            let mut expected = vec![0; size];
            info.format_info().fill_silence(&mut expected);
            assert_eq!(bytes(&silence), expected, "{caps}");
        }
        formats += 1;
    }
    assert!(formats > 25, "{formats}");
}

/// Formats whose samples GStreamer's converter takes for three bytes long (since 1.28). They are four, as it says itself.
const MISREAD: [&str; 4] = ["S20_32LE", "S20_32BE", "U20_32LE", "U20_32BE"];

/// The samples of all channels, read as the format describes them: how many bits of how many bytes, in which order.
fn read(buffer: &gst::Buffer, info: &gst_audio::AudioInfo) -> Vec<f64> {
    let format = info.format_info();
    let read = |bytes: &[u8]| {
        let mut bytes = bytes.to_vec();
        if format.endianness() == gst_audio::AudioEndianness::BigEndian {
            bytes.reverse();
        }
        bytes.resize(8, 0);
        let bits = u64::from_le_bytes(bytes.try_into().expect("eight bytes"));
        match (format.is_float(), format.width()) {
            (true, 32) => f64::from(f32::from_bits(bits as u32)),
            (true, _) => f64::from_bits(bits),
            (false, _) => {
                let sample = bits & (u64::MAX >> (64 - format.depth()));
                let zero = match format.is_signed() {
                    true => 0,
                    false => 1_u64 << (format.depth() - 1),
                };
                // What is below zero is no silence, however far.
                sample as f64 - zero as f64
            }
        }
    };
    let width = format.width() as usize / 8;
    bytes(buffer).chunks_exact(width).map(read).collect()
}

/// The samples of all channels, as GStreamer converts them.
#[track_caller]
fn samples(buffer: &gst::Buffer, caps: &gst::Caps) -> Vec<f64> {
    let mut converter = gst_check::Harness::new("audioconvert");
    let layout = caps
        .structure(0)
        .expect("one")
        .get::<&str>("layout")
        .expect("a layout");
    let float = gst::Caps::builder("audio/x-raw")
        .field("format", gst_audio::AUDIO_FORMAT_F64.to_str())
        .field("layout", layout)
        .build();
    converter.set_src_caps(caps.clone());
    converter.set_sink_caps(float);
    let mut buffer = buffer.clone();
    // It would not look at the samples.
    buffer.make_mut().unset_flags(gst::BufferFlags::GAP);
    converter
        .push(buffer)
        .unwrap_or_else(|error| panic!("{caps}: {error}"));
    let converted = bytes(&converter.pull().expect("samples"));
    let sample = |bytes: &[u8]| f64::from_ne_bytes(bytes.try_into().expect("eight bytes"));
    converted.chunks_exact(8).map(sample).collect()
}
