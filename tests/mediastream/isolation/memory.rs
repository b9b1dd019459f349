// SPDX-License-Identifier: MPL-2.0

//! A source that has few buffers goes on, whoever keeps them: as a camera, whose next
//! frame needs one that has come back.

use std::sync::mpsc::channel;

use gst::prelude::*;

use super::*;

const BUFFERS: u32 = 8;

/// A camera: a pool of a few buffers.
struct Camera {
    feed: Feed,
    pool: gst::BufferPool,
}

impl Camera {
    fn new() -> Self {
        let feed = Feed::video();
        let pool = gst::BufferPool::new();
        let mut config = pool.config();
        config.set_params(None, 8, BUFFERS, BUFFERS);
        pool.set_config(config).expect("a pool");
        pool.set_active(true).expect("a pool");
        Self { feed, pool }
    }

    /// A buffer of the pool; fails if none has come back.
    #[track_caller]
    fn take(&self, number: u64) -> gst::Buffer {
        let params =
            gst::BufferPoolAcquireParams::with_flags(gst::BufferPoolAcquireFlags::DONTWAIT);
        let mut buffer = self
            .pool
            .acquire_buffer(Some(&params))
            .expect("one has come back");
        let header = buffer.get_mut().expect("a new buffer");
        header.set_offset(number);
        header.set_pts(gst::ClockTime::from_mseconds(number));
        buffer
    }

    /// As PipeWire's source gives its buffers: inside another one, which has no pool.
    #[track_caller]
    fn take_wrapped(&self, number: u64) -> gst::Buffer {
        let buffer = self.take(number);
        let mut wrapper = gst::Buffer::new();
        let header = wrapper.get_mut().expect("a new buffer");
        buffer
            .copy_into(header, gst::BUFFER_COPY_ALL, ..)
            .expect("a copy");
        gst::ParentBufferMeta::add(header, &buffer);
        wrapper
    }
}

impl Drop for Camera {
    fn drop(&mut self) {
        let _ = self.pool.set_active(false);
    }
}

/// A consumer that keeps what it gets, as a `queue` in front of a sink that is stuck does.
fn keeper(stream: &MediaStream) -> (gst::Pad, Receiver<gst::Buffer>) {
    let (sender, kept) = channel();
    let sink = gst::Pad::builder(gst::PadDirection::Sink)
        .chain_function(move |_, _, buffer| {
            let _ = sender.send(buffer);
            Ok(gst::FlowSuccess::Ok)
        })
        .event_function(|_, _, _| true)
        .build();
    sink.set_active(true).expect("a pad");
    let source = stream.static_pad("video_0").expect("a pad");
    source.link(&sink).expect("a link");
    (sink, kept)
}

fn address(buffer: &gst::Buffer) -> usize {
    buffer.peek_memory(0).as_ptr() as usize
}

#[test]
fn a_source_with_few_buffers_goes_on_while_a_consumer_lags_as_far_as_it_may() {
    let camera = Camera::new();
    let stream = video_stream(&camera.feed);
    let clone = clone(&stream);
    let gone = Gone::of(&[&stream, &clone]);
    let (held, release) = stuck(&stream, "video_0");
    let good = Consumer::link(&clone, "video_0", |_| Ok(gst::FlowSuccess::Ok));
    play(&stream);
    play(&clone);
    for number in 0..40 {
        camera.feed.push_buffer(camera.take(number));
        good.expect([number]);
    }
    // Nothing is lost on the one that was held up, either.
    drop(release);
    held.expect(0..40);
    stop(&[&stream, &clone]);
    drop((stream, clone, held, good));
    gone.check();
}

#[test]
fn a_source_with_few_buffers_goes_on_while_a_consumer_keeps_what_it_got() {
    // How it gives its buffers, and how many it can do without.
    type Take = fn(&Camera, u64) -> gst::Buffer;
    let cameras = [(Camera::take as Take, 4), (Camera::take_wrapped, 0)];
    for (take, lent) in cameras {
        let camera = Camera::new();
        let stream = video_stream(&camera.feed);
        let clone = clone(&stream);
        let gone = Gone::of(&[&stream, &clone]);
        let (pad, kept) = keeper(&stream);
        let good = Consumer::link(&clone, "video_0", |_| Ok(gst::FlowSuccess::Ok));
        play(&stream);
        play(&clone);
        let push = |number| {
            let buffer = take(&camera, number);
            let memory = address(&buffer);
            camera.feed.push_buffer(buffer);
            good.expect([number]);
            let got = next(&kept);
            (address(&got) == memory, got)
        };
        let pushed: Vec<_> = (0..40).map(push).collect();
        let own: Vec<_> = pushed.iter().map(|(own, _)| *own).collect();
        // The source's own memory as long as there is enough of it, and again when it has come back.
        assert!(own[..lent].iter().all(|own| *own), "{own:?}");
        assert!(own[lent..].iter().all(|own| !own), "{own:?}");
        for (number, (_, buffer)) in pushed.iter().enumerate() {
            assert_eq!(buffer.offset(), number as u64);
        }
        drop(pushed);
        assert_eq!(push(40).0, lent > 0);
        stop(&[&stream, &clone]);
        drop((stream, clone, pad, good, kept));
        gone.check();
    }
}

#[test]
fn where_memory_cannot_be_copied_the_consumer_that_lags_loses_it() {
    let camera = Camera::new();
    let caps = VIDEO.replace("x-raw", "x-raw(memory:DMABuf)");
    let caps: gst::Caps = caps.parse().expect("caps");
    camera.feed.app_src().set_caps(Some(&caps));
    let stream = video_stream(&camera.feed);
    let clone = clone(&stream);
    let gone = Gone::of(&[&stream, &clone]);
    let (held, release) = stuck(&stream, "video_0");
    let good = Consumer::link(&clone, "video_0", |_| Ok(gst::FlowSuccess::Ok));
    play(&stream);
    play(&clone);
    for number in 0..40 {
        camera.feed.push_buffer(camera.take(number));
        good.expect([number]);
    }
    held.expect([0]);
    drop(release);
    // Four are left to it, or five where the other one had not returned the last but one when the last was taken.
    let next = held.buffers.recv_timeout(SOON).expect("a buffer");
    assert!((35..=36).contains(&next), "{next}");
    held.expect(next + 1..40);
    let lost = count(&track(&stream, Kind::Video), "droppedFrames");
    assert_eq!(lost, next - 1);
    stop(&[&stream, &clone]);
    drop((stream, clone, held, good));
    gone.check();
}
