// SPDX-License-Identifier: MPL-2.0

//! mediacapture-streams/MediaStreamTrack-MediaElement-disabled-audio-is-silence.https.html

use super::page;
use crate::support::*;

#[test]
fn a_disabled_audio_track_is_rendered_as_silence() {
    page(|page| {
        let feed = Feed::audio();
        let stream = page.run(audio_stream(&feed));
        let audio = track(&stream, Kind::Audio);
        let clone = page.clone_stream(&stream);
        enable(&audio, false);
        let mut elements = [consume(&stream, "audio_0"), consume(&clone, "audio_0")];
        feed.push_buffer(gst::Buffer::from_mut_slice(vec![99; 1600]));
        let [disabled, enabled] = elements.each_mut().map(|element| {
            let buffer = element.pull().expect("sound");
            buffer.map_readable().expect("memory").to_vec()
        });
        assert_eq!(disabled, [0; 1600]);
        assert_eq!(enabled, [99; 1600]);
    });
}
