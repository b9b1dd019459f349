// SPDX-License-Identifier: MPL-2.0

//! A black picture in any raw format, colour range and layout.

/// A black frame; `None` if GStreamer cannot write it.
pub fn black(info: &gst_video::VideoInfo) -> Option<gst::Memory> {
    // What is between the lines is not written by the converter.
    let mut picture = gst::Buffer::from_mut_slice(vec![0; info.size()]);
    for layout in layouts(info) {
        picture = blacken(picture, &layout)?;
    }
    let data = picture.map_readable().ok()?.to_vec();
    Some(gst::Memory::from_slice(data))
}

/// Writes black, by GStreamer's own converter, which knows all formats, colour matrices and ranges.
fn blacken(picture: gst::Buffer, info: &gst_video::VideoInfo) -> Option<gst::Buffer> {
    let rgb =
        gst_video::VideoInfo::builder(gst_video::VideoFormat::Argb, info.width(), info.height())
            .interlace_mode(info.interlace_mode())
            .fps(info.fps())
            .build()
            .ok()?;
    let opaque = [0xff, 0, 0, 0].repeat(rgb.size() / 4);
    let from =
        gst_video::VideoFrame::from_buffer_readable(gst::Buffer::from_slice(opaque), &rgb).ok()?;
    let mut to = gst_video::VideoFrame::from_buffer_writable(picture, info).ok()?;
    let mut config = gst_video::VideoConverterConfig::new();
    config.set_dither_method(gst_video::VideoDitherMethod::None);
    gst_video::VideoConverter::new(&rgb, info, Some(config))
        .ok()?
        .frame(&from, &mut to);
    Some(to.into_buffer())
}

/// Pictures that together are all of the memory that can be seen of this one. Of tiles that are not whole, and of colours of two
/// fields, GStreamer's converter leaves some unwritten (1.24 to 1.28: `MT2110T`, `MT2110R`).
fn layouts(info: &gst_video::VideoInfo) -> Vec<gst_video::VideoInfo> {
    if !info.format_info().is_tiled() {
        return vec![info.clone()];
    }
    let modes = [
        gst_video::VideoInterlaceMode::Progressive,
        info.interlace_mode(),
    ];
    let whole = modes.map(|mode| in_whole_tiles(info, mode));
    let own = std::iter::once(info.clone());
    whole.into_iter().flatten().chain(own).collect()
}

/// A picture that is as wide as its tiles, if it has the same memory.
fn in_whole_tiles(
    info: &gst_video::VideoInfo,
    mode: gst_video::VideoInterlaceMode,
) -> Option<gst_video::VideoInfo> {
    let tile = info.format_info().tile_info(0).width().max(1);
    let width = info.width().checked_next_multiple_of(tile)?;
    let whole = gst_video::VideoInfo::builder(info.format(), width, info.height())
        .interlace_mode(mode)
        .fps(info.fps())
        .colorimetry(&info.colorimetry())
        .chroma_site(info.chroma_site())
        .build()
        .ok()?;
    let is_same = whole.size() == info.size() && whole.stride() == info.stride();
    (is_same && whole.offset() == info.offset()).then_some(whole)
}
