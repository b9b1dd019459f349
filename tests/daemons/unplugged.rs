// SPDX-License-Identifier: MPL-2.0

//! A device that goes away ends its tracks at once, and nothing of another device takes its place.

use std::collections::BTreeMap;
use std::time::Instant;

use gst::prelude::*;

use crate::support::*;

const MODES: &[&str] = &["YUY2:320x240@30"];

fn is_of_the_camera(item: &Item) -> bool {
    let tag = Picture::tag("cam");
    matches!(item, Item::Picture(Picture::Of { camera, .. }) if *camera == tag)
}

/// Three clones of a stream are recorded, and a fourth one until it is stopped; then the camera goes, in this way.
fn a_recording_ends(go: fn(Camera)) {
    let camera = Camera::with_modes("cam", "Camera", MODES);
    let _other = Camera::with_modes("other", "Other Camera", MODES);
    let original = video("cam");
    let watched = Consumer::playing(&original);
    let clones = [(); 4].map(|()| clone(&original));
    let recordings = clones.each_ref().map(Recording::start);
    let tracks = clones.each_ref().map(video_track);
    let ended = hear_ended(&tracks);
    for recording in &recordings {
        recording.wait_for_pictures(15);
    }
    stop(&tracks[3]);
    recordings[3].wait_until_ended();
    recordings[0].wait_for_pictures(5);
    watched.so_far();

    let gone = Instant::now();
    go(camera);
    let (items, end) = watched.until_end();
    assert!(end - gone < NOTICED, "watched for {:?}", end - gone);
    assert!(items.iter().all(is_of_the_camera), "{items:?}");
    let mut heard = BTreeMap::new();
    for recording in &recordings[..3] {
        let end = recording.wait_until_ended();
        assert!(end - gone < NOTICED, "recorded for {:?}", end - gone);
        *heard.entry(next(&ended)).or_insert(0) += 1;
    }
    for (recording, least) in recordings.into_iter().zip([20, 20, 20, 15]) {
        let pictures = recording.check("cam");
        assert!(pictures >= least, "{pictures} pictures");
    }
    // Once for each that was live.
    let live = tracks[..3].iter().map(|track| (track.id().to_string(), 1));
    assert_eq!(heard, live.collect());
    assert_eq!(ended.try_iter().count(), 0);
    assert!(!tracks.iter().any(is_live));
}

pub fn a_recording_of_a_camera_that_is_unplugged_ends_and_plays() {
    a_recording_ends(Camera::unplug);
}

pub fn a_recording_of_a_camera_that_crashes_ends_and_plays() {
    a_recording_ends(Camera::crash);
}

/// A microphone is unplugged while another one, the default, is there.
fn no_sound_of_another_microphone(source: &str) {
    let microphone = Microphone::plug("mic1", "Mic One", 1000.);
    let _other = Microphone::plug("mic2", "Mic Two", 3000.);
    set_default_microphone("mic2");
    let stream = audio("mic1");
    let consumers = [stream.clone(), clone(&stream)];
    let consumers = consumers.each_ref().map(Consumer::playing);
    for consumer in &consumers {
        consumer.sound_of(1000.);
        consumer.so_far();
    }
    let track = audio_track(&stream);
    let ended = hear_ended(std::slice::from_ref(&track));
    let element = track.property::<gst::Element>("source");
    assert_eq!(element.factory().expect("a factory").name(), source);

    let gone = Instant::now();
    microphone.unplug();
    for consumer in &consumers {
        let (items, end) = consumer.until_end();
        assert!(end - gone < NOTICED, "heard for {:?}", end - gone);
        for item in items {
            if let Item::Sound(sound) = item {
                assert!(
                    !sound.has(3000.),
                    "of the other one: {}",
                    sound.loudness(3000.)
                );
            }
        }
    }
    next(&ended);
    assert!(!is_live(&track));
    for consumer in &consumers {
        assert_eq!(consumer.so_far().len(), 0);
    }
}

pub fn a_microphone_that_is_unplugged_is_not_replaced_by_another_one() {
    no_sound_of_another_microphone("pipewiresrc");
}

/// The sound server moves those who listen to a microphone that goes to another one.
pub fn a_microphone_of_the_sound_server_is_not_replaced_by_another_one() {
    without_pipewire_provider();
    no_sound_of_another_microphone("pulsesrc");
}

/// That of an application, which chose it itself. What came before this is noticed is not this plugin's.
pub fn a_source_that_is_moved_to_another_microphone_ends() {
    init();
    let microphone = Microphone::plug("mic1", "Mic One", 1000.);
    let _other = Microphone::plug("mic2", "Mic Two", 3000.);
    set_default_microphone("mic2");
    let source = gst::ElementFactory::make("pulsesrc").property("device", "mic1");
    let source = source.build().expect("it is installed");
    let stream = stream(&[("audio-source", &source)]);
    let ended = hear_ended(&[audio_track(&stream)]);
    let consumer = Consumer::playing(&stream);
    consumer.sound_of(1000.);

    let gone = Instant::now();
    microphone.unplug();
    let (_, end) = consumer.until_end();
    assert!(end - gone < NOTICED, "heard for {:?}", end - gone);
    next(&ended);
    assert_eq!(consumer.so_far().len(), 0);
}
