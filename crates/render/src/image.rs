//! From a drawing to the pixels of a PNG.

use std::sync::Arc;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::fontdb::Database;
use resvg::usvg::{FontResolver, ImageHrefResolver, Options, Tree};

use crate::picture::InvalidSize;
use crate::{RenderError, Scale, fonts};

/// Pixels that an image has at most: 64 MB while it is drawn.
const MOST_PIXELS: u32 = 16_000_000;

/// Reads a drawing of ours. Nothing is loaded that it names: neither files nor embedded images.
pub(crate) fn read(svg: &str, fonts: Arc<Database>) -> Result<Tree, RenderError> {
    let nothing = ImageHrefResolver {
        resolve_data: Box::new(|_, _, _| None),
        resolve_string: Box::new(|_, _| None),
    };
    let options = Options {
        font_family: fonts::FAMILY.to_owned(),
        fontdb: fonts,
        image_href_resolver: nothing,
        font_resolver: FontResolver {
            select_font: FontResolver::default_font_selector(),
            select_fallback: Box::new(|letter, used, fonts| {
                fonts::with_letter(fonts, letter, used)
            }),
        },
        ..Options::default()
    };
    Ok(Tree::from_str(svg, &options)?)
}

/// The drawing as PNG, without transparency where the drawing has a background.
pub(crate) fn png(drawing: &Tree, scale: Scale) -> Result<Vec<u8>, RenderError> {
    let times = scale.times();
    let size = drawing.size().to_int_size().scale_by(times);
    let (width, height) = size.map_or((0, 0), |size| (size.width(), size.height()));
    let allowed = width.checked_mul(height).is_some_and(|pixels| pixels <= MOST_PIXELS);
    let mut pixels = Pixmap::new(width, height)
        .filter(|_| allowed)
        .ok_or(InvalidSize::TooManyPixels { width, height })?;
    resvg::render(drawing, Transform::from_scale(times, times), &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| RenderError::Encoding(error.to_string()))
}
