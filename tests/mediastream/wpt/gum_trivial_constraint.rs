// SPDX-License-Identifier: MPL-2.0

//! mediacapture-streams/GUM-trivial-constraint.https.html

use super::page;
use crate::constrained::settings;
use crate::support::*;

#[test]
fn what_is_always_so_can_be_asked_for() {
    page(|page| {
        let plain = page.ask(Kind::Video, "").expect("media");
        let media = page.ask(Kind::Video, "width=(structure)[range, min=0]");
        let media = media.expect("media");
        assert_eq!(settings(&media.track), settings(&plain.track));
    });
}
