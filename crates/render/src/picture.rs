//! How large pictures may be.

/// The width and height of a picture in pixels, each from 200 to 4000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Size {
    width: u16,
    height: u16,
}

/// How many device pixels a pixel of the drawing gets in a PNG: from 1 to 4, so that
/// a picture is sharp on dense screens.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale(f32);

/// Why a size is refused.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum InvalidSize {
    #[error("a picture is 200 to 4000 pixels wide and high, not {width} by {height}")]
    Pixels { width: u32, height: u32 },
    #[error("a picture is enlarged 1 to 4 times, not {0} times")]
    Scale(f32),
    #[error("{width} by {height} pixels are more than an image has")]
    TooManyPixels { width: u32, height: u32 },
}

impl Size {
    const LEAST: u32 = 200;
    const MOST: u32 = 4000;

    pub fn new(width: u32, height: u32) -> Result<Self, InvalidSize> {
        let pixels = |side: u32| {
            let allowed = (Self::LEAST..=Self::MOST).contains(&side);
            u16::try_from(side).ok().filter(|_| allowed)
        };
        match (pixels(width), pixels(height)) {
            (Some(width), Some(height)) => Ok(Self { width, height }),
            _ => Err(InvalidSize::Pixels { width, height }),
        }
    }

    pub fn width(self) -> u16 {
        self.width
    }

    pub fn height(self) -> u16 {
        self.height
    }
}

impl Scale {
    pub const ONE: Self = Self(1.0);
    /// For the screens that most people have.
    pub const TWO: Self = Self(2.0);

    pub fn new(times: f32) -> Result<Self, InvalidSize> {
        if (1.0..=4.0).contains(&times) { Ok(Self(times)) } else { Err(InvalidSize::Scale(times)) }
    }

    pub fn times(self) -> f32 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(width: u32, height: u32, allowed: bool) {
        assert_eq!(Size::new(width, height).is_ok(), allowed, "{width} by {height}");
    }

    #[test]
    fn a_picture_is_neither_tiny_nor_huge() {
        check(200, 200, true);
        check(4000, 4000, true);
        check(199, 400, false);
        check(400, 4001, false);
        check(0, u32::MAX, false);
    }

    #[test]
    fn a_scale_is_a_number_from_one_to_four() {
        for (times, allowed) in [(1.0, true), (4.0, true), (0.5, false), (f32::NAN, false)] {
            assert_eq!(Scale::new(times).is_ok(), allowed, "{times}");
        }
    }
}
