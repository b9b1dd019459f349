// SPDX-License-Identifier: MPL-2.0

//! mediacapture-streams/GUM-required-constraint-with-ideal-value.https.html

use super::page;
use crate::constrained::{setting, size};
use crate::support::*;

#[test]
fn of_what_is_required_the_ideal_is_given() {
    page(|page| {
        let written = "width=(structure)[range, ideal=320, min=160]";
        let media = page.ask(Kind::Video, written).expect("media");
        assert_eq!(setting(&media.track, "width"), 320);
        assert_eq!(size(&media.sink).0, 320);
    });
}
