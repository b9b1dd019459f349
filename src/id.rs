// SPDX-License-Identifier: MPL-2.0

//! The ids of streams and tracks. On any thread.

use gst::glib;

/// A new UUID, as random as those of GLib, which takes five times as long to print one.
pub fn new() -> String {
    of((0..4).fold(0, |bits, _| (bits << 32) | u128::from(glib::random_int())))
}

/// The UUID of version 4 with these random bits (RFC 9562).
fn of(random: u128) -> String {
    let version = 0xf << 76;
    let variant = 0b11 << 62;
    let bits = random & !(version | variant) | (4 << 76) | (0b10 << 62);
    let mut id = String::with_capacity(36);
    for digit in 0..32 {
        if matches!(digit, 8 | 12 | 16 | 20) {
            id.push('-');
        }
        let value = (bits >> (124 - 4 * digit)) as u32 & 0xf;
        id.extend(char::from_digit(value, 16));
    }
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_bits_but_version_and_variant_are_random() {
        assert_eq!(of(0), "00000000-0000-4000-8000-000000000000");
        assert_eq!(of(u128::MAX), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(
            of(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef),
            "01234567-89ab-4def-8123-456789abcdef"
        );
    }
}
