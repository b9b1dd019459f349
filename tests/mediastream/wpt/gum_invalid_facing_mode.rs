// SPDX-License-Identifier: MPL-2.0

//! mediacapture-streams/GUM-invalid-facing-mode.https.html

use super::page;
use crate::support::*;

#[test]
fn the_empty_facing_mode_is_one_that_no_camera_has() {
    page(|page| {
        let written = "facingMode=(structure)[text, exact=(string)\"\"]";
        let refused = page.ask(Kind::Video, written).err();
        assert_eq!(refused.as_deref(), Some("facingMode"));
    });
}
