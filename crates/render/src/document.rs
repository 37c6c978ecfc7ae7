//! From a drawing to a PDF with one page of the drawing's size.

use krilla::Document;
use krilla::geom::Size;
use krilla::page::PageSettings;
use krilla_svg::{SurfaceExt, SvgSettings};
use resvg::usvg::Tree;

use crate::RenderError;

/// Points in a pixel: 72 of the one and 96 of the other make an inch.
const POINTS: f32 = 0.75;

/// Texts stay texts: they can be searched and copied, and their letters are in the file.
pub(crate) fn pdf(drawing: &Tree) -> Result<Vec<u8>, RenderError> {
    let (width, height) = (drawing.size().width() * POINTS, drawing.size().height() * POINTS);
    let failed = || RenderError::Encoding("the page has no size".to_owned());
    let size = Size::from_wh(width, height).ok_or_else(failed)?;
    let mut document = Document::new();
    let mut page =
        document.start_page_with(PageSettings::from_wh(width, height).ok_or_else(failed)?);
    let mut surface = page.surface();
    surface.draw_svg(drawing, size, SvgSettings::default());
    surface.finish();
    page.finish();
    document.finish().map_err(|error| RenderError::Encoding(format!("{error:?}")))
}
