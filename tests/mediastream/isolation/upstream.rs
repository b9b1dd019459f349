// SPDX-License-Identifier: MPL-2.0

//! What consumers, and clones that come, ask of the source.

use std::sync::mpsc::channel;

use gst::glib;
use gst::prelude::*;

use super::*;

#[test]
fn nothing_that_a_consumer_sends_upstream_reaches_the_source() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let gone = Gone::of(&[&stream]);
    let (sender, events) = channel();
    feed.element().static_pad("src").expect("a pad").add_probe(
        gst::PadProbeType::EVENT_UPSTREAM,
        move |_, info| {
            if let Some(event) = info.event() {
                let _ = sender.send(event.type_());
            }
            gst::PadProbeReturn::Ok
        },
    );
    let consumer = Consumer::link(&stream, "video_0", |_| Ok(gst::FlowSuccess::Ok));
    play(&stream);
    feed.push(0);
    consumer.expect([0]);
    let at_start: Vec<_> = events.try_iter().collect();
    assert!(!at_start.contains(&gst::EventType::Seek));
    let time = gst::ClockTime::ZERO;
    let send = |event: gst::Event| consumer.pad.push_event(event);
    assert!(send(gst::event::Reconfigure::new()));
    assert!(send(gst::event::Qos::new(
        gst::QOSType::Underflow,
        2.0,
        0,
        time
    )));
    assert!(send(gst::event::Latency::new(time)));
    assert!(!send(gst::event::Seek::new(
        1.0,
        gst::SeekFlags::FLUSH,
        gst::SeekType::Set,
        time,
        gst::SeekType::None,
        gst::ClockTime::NONE,
    )));
    // A raw source makes no key frames.
    assert!(send(
        gst_video::UpstreamForceKeyUnitEvent::builder().build()
    ));
    assert_eq!(events.try_iter().collect::<Vec<_>>(), []);
    // What only the source can answer does.
    send(gst::event::Navigation::new(
        gst::Structure::builder("application/x-gst-navigation").build(),
    ));
    let custom = gst::Structure::builder("my-event").build();
    send(gst::event::CustomUpstream::new(custom));
    assert_eq!(
        events.try_iter().collect::<Vec<_>>(),
        [gst::EventType::Navigation, gst::EventType::CustomUpstream]
    );
    stop(&[&stream]);
    drop((stream, consumer));
    gone.check();
}

#[test]
fn a_clone_that_joins_asks_nothing_of_the_source_and_takes_nothing_from_the_others() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let (sender, asked) = channel();
    let report = glib::clone!(
        #[strong]
        sender,
        move |what: String| {
            let _ = sender.send(what);
        }
    );
    feed.element().static_pad("src").expect("a pad").add_probe(
        gst::PadProbeType::EVENT_UPSTREAM | gst::PadProbeType::QUERY_DOWNSTREAM,
        move |_, info| {
            match (info.event(), info.query()) {
                (Some(event), _) => report(format!("{:?}", event.type_())),
                (_, Some(query)) => report(format!("{:?}", query.type_())),
                _ => {}
            }
            gst::PadProbeReturn::Ok
        },
    );
    let first = Consumer::link(&stream, "video_0", |_| Ok(gst::FlowSuccess::Ok));
    play(&stream);
    // The source negotiates for its first buffers.
    for number in 0..2 {
        feed.push(number);
        first.expect([number]);
    }
    let at_start: Vec<_> = asked.try_iter().collect();
    assert!(at_start.iter().any(|what| what == "Allocation"));
    let mut clones = Vec::new();
    for number in 2..20 {
        let clone = clone(&stream);
        let consumer = Consumer::link(&clone, "video_0", |_| Ok(gst::FlowSuccess::Ok));
        play(&clone);
        feed.push(number);
        first.expect([number]);
        consumer.expect([number]);
        clones.push((clone, consumer));
    }
    assert_eq!(asked.try_iter().collect::<Vec<_>>(), Vec::<String>::new());
    let streams: Vec<_> = clones.iter().map(|(clone, _)| clone).collect();
    let gone = Gone::of(&[&stream]).and(&streams);
    stop(&[&stream]);
    stop(&streams);
    drop((stream, clones, first));
    gone.check();
}
