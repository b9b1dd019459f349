// SPDX-License-Identifier: MPL-2.0

//! What is left of a picture that is to have another shape.

/// A part of a picture, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Crop {
    pub left: u32,
    pub top: u32,
    pub width: u32,
    pub height: u32,
}

impl Crop {
    /// The largest part in the middle of a picture `from` that has the shape of `to`, to the nearest pixel.
    pub fn between(from: (u32, u32), to: (u32, u32)) -> Self {
        let (width, height) = (u128::from(from.0), u128::from(from.1));
        let (to_width, to_height) = (u128::from(to.0.max(1)), u128::from(to.1.max(1)));
        let nearest = |dividend: u128, divisor: u128| (2 * dividend + divisor) / (2 * divisor);
        let kept = |all: u128, shaped: u128| all.min(shaped.max(1)) as u32;
        let kept_width = kept(width, nearest(height * to_width, to_height));
        let kept_height = kept(height, nearest(width * to_height, to_width));
        Self {
            left: (from.0 - kept_width) / 2,
            top: (from.1 - kept_height) / 2,
            width: kept_width,
            height: kept_height,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_of_the_same_shape_is_kept_whole() {
        for to in [(1920, 1080), (320, 180), (16, 9)] {
            let whole = Crop {
                left: 0,
                top: 0,
                width: 1920,
                height: 1080,
            };
            assert_eq!(Crop::between((1920, 1080), to), whole, "{to:?}");
        }
    }

    #[test]
    fn a_crop_is_central_and_the_largest_that_has_the_shape() {
        for width in 1..=48_u32 {
            for height in 1..=27 {
                let crop = Crop::between((48, 27), (width, height));
                let (right, bottom) = (48 - crop.left - crop.width, 27 - crop.top - crop.height);
                assert!(crop.left.abs_diff(right) <= 1 && crop.top.abs_diff(bottom) <= 1);
                assert!(crop.width == 48 || crop.height == 27, "{crop:?}");
                assert!(crop.width >= width && crop.height >= height, "{crop:?}");
                // Within half a pixel of the shape.
                let skew = i64::from(crop.width) * i64::from(height)
                    - i64::from(crop.height) * i64::from(width);
                assert!(
                    2 * skew.abs() <= i64::from(width.max(height)),
                    "{width}x{height} {crop:?}"
                );
            }
        }
    }

    #[test]
    fn something_is_left_of_every_picture() {
        for (from, to) in [
            ((1, 1), (1, 1)),
            ((1000, 1), (1, 1000)),
            ((u32::MAX, u32::MAX), (1, u32::MAX)),
            ((10, 10), (0, 0)),
        ] {
            let crop = Crop::between(from, to);
            assert!(crop.width >= 1 && crop.height >= 1, "{crop:?}");
        }
    }
}
