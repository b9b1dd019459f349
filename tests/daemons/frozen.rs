// SPDX-License-Identifier: MPL-2.0

//! A camera that gives nothing for a while is still there.

use gst::prelude::*;
use gstmediastream::messages::TrackEvent;

use crate::support::*;

pub fn a_frozen_camera_is_muted_and_comes_back() {
    let camera = Camera::plug("cam", "Camera");
    let stream = video("cam");
    let consumer = Consumer::playing(&stream);
    let track = video_track(&stream);
    let ended = hear_ended(std::slice::from_ref(&track));
    let before = consumer.picture_of("cam");

    camera.freeze();
    consumer.hear(TrackEvent::Mute);
    assert!(is_live(&track));
    assert!(track.property::<bool>("muted"));
    consumer.find("black", |item| {
        matches!(item, Item::Picture(Picture::Black)).then_some(())
    });

    camera.thaw();
    consumer.hear(TrackEvent::Unmute);
    assert!(!track.property::<bool>("muted"));
    consumer.so_far();
    assert!(consumer.picture_of("cam") > before);
    assert_eq!(ended.try_iter().count(), 0);
}
