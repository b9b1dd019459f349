// SPDX-License-Identifier: MPL-2.0

//! mediacapture-streams/GUM-optional-constraint.https.html

use super::page;
use crate::constrained::settings;
use crate::support::*;

#[test]
fn an_advanced_set_that_cannot_be_does_no_harm() {
    page(|page| {
        let plain = page.ask(Kind::Video, "").expect("media");
        let written = "advanced=<(structure)[c, width=(structure)[range, min=1024, max=800]]>";
        let media = page.ask(Kind::Video, written).expect("media");
        assert_eq!(settings(&media.track), settings(&plain.track));
    });
}
