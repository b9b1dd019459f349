// SPDX-License-Identifier: MPL-2.0

//! mediacapture-streams/GUM-impossible-constraint.https.html

use super::page;
use crate::support::*;

#[test]
fn what_no_camera_can_is_refused_by_its_name() {
    page(|page| {
        for (name, asked) in [
            ("width", "min=100000000"),
            ("width", "max=0"),
            ("width", "max=-1"),
            ("width", "min=100, max=10"),
            ("height", "min=100000000"),
            ("height", "max=0"),
            ("height", "min=100, max=10"),
            ("frameRate", "min=100000000.0"),
            ("frameRate", "max=-1.0"),
            ("frameRate", "min=30.0, max=10.0"),
        ] {
            let written = format!("{name}=(structure)[range, {asked}]");
            let refused = page.ask(Kind::Video, &written).err();
            assert_eq!(refused.as_deref(), Some(name), "{written}");
        }
    });
}
