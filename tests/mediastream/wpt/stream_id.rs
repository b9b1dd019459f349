// SPDX-License-Identifier: MPL-2.0

//! mediacapture-streams/MediaStream-id.https.html

use super::page;
use crate::support::*;

/// A UUID of version 4 (RFC 4122), in lower case.
fn is_uuid(id: &str) -> bool {
    id.len() == 36
        && id.char_indices().all(|(at, char)| match at {
            8 | 13 | 18 | 23 => char == '-',
            14 => char == '4',
            19 => matches!(char, '8' | '9' | 'a' | 'b'),
            _ => matches!(char, '0'..='9' | 'a'..='f'),
        })
}

#[test]
fn an_id_is_a_random_uuid() {
    page(|page| {
        let stream = page.get_user_media(&[Kind::Audio, Kind::Video]);
        let clone = page.clone_stream(&stream);
        for stream in [&stream, &clone] {
            assert!(is_uuid(&stream.id()), "{}", stream.id());
            for id in ids(stream) {
                assert!(is_uuid(&id), "{id}");
            }
        }
    });
}
