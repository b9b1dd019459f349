// SPDX-License-Identifier: MPL-2.0

//! Media from a source to its tracks.

use crate::support::*;

#[test]
fn a_track_gives_what_its_source_gives() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let gone = Gone::of(&[&stream]).and(&[&track(&stream, Kind::Video)]);
    let mut consumer = consume(&stream, "video_0");
    for number in 0..3 {
        feed.push(number);
    }
    assert_eq!(pull(&mut consumer, 3), [0, 1, 2]);
    drop((consumer, stream));
    gone.check();
}

#[test]
fn a_clone_receives_the_very_same_memory() {
    let feed = Feed::video();
    let stream = video_stream(&feed);
    let clone = clone(&stream);
    let gone = Gone::of(&[&stream, &clone]);
    let mut consumers = [consume(&stream, "video_0"), consume(&clone, "video_0")];
    feed.push(0);
    feed.push(1);
    let memory = consumers.each_mut().map(|consumer| {
        let _first = consumer.pull().expect("a buffer");
        consumer.pull().expect("a buffer").peek_memory(0).as_ptr()
    });
    assert_eq!(memory[0], memory[1]);
    drop((consumers, stream, clone));
    gone.check();
}
