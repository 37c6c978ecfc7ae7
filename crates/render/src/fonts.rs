//! The fonts that pictures are set in, and how wide texts are in them.

use std::sync::{Arc, LazyLock};

use resvg::usvg::fontdb::Database;
use ttf_parser::Face;

/// Inter by The Inter Project Authors, under the SIL Open Font License (`fonts/LICENSE-Inter`).
const REGULAR: &[u8] = include_bytes!("../fonts/Inter-Regular.ttf");
const SEMIBOLD: &[u8] = include_bytes!("../fonts/Inter-SemiBold.ttf");

/// The family's name.
pub(crate) const FAMILY: &str = "Inter";

/// The bundled fonts alone: pictures are the same on every machine.
pub(crate) fn bundled() -> Arc<Database> {
    static FONTS: LazyLock<Arc<Database>> = LazyLock::new(|| Arc::new(with_bundled()));
    Arc::clone(&FONTS)
}

/// The bundled fonts, and for letters that they lack those of the machine.
pub(crate) fn with_those_of_the_machine() -> Arc<Database> {
    static FONTS: LazyLock<Arc<Database>> = LazyLock::new(|| {
        let mut fonts = with_bundled();
        fonts.load_system_fonts();
        Arc::new(fonts)
    });
    Arc::clone(&FONTS)
}

fn with_bundled() -> Database {
    let mut fonts = Database::new();
    fonts.load_font_data(REGULAR.to_vec());
    fonts.load_font_data(SEMIBOLD.to_vec());
    fonts.set_sans_serif_family(FAMILY);
    fonts.set_serif_family(FAMILY);
    fonts.set_monospace_family(FAMILY);
    fonts
}

/// About how wide a text is, in the unit of `size`. Letters that the font lacks count as squares,
/// and kerning does not count.
pub(crate) fn text_width(text: &str, size: f64, weight: f64) -> f64 {
    static FACES: LazyLock<[Option<Face<'static>>; 2]> =
        LazyLock::new(|| [REGULAR, SEMIBOLD].map(|data| Face::parse(data, 0).ok()));
    let [regular, semibold] = &*FACES;
    let face = if weight > 500.0 { semibold } else { regular };
    text.chars().map(|letter| face.as_ref().map_or(1.0, |face| advance(face, letter)) * size).sum()
}

/// The width of a letter in parts of the font's size.
fn advance(face: &Face<'_>, letter: char) -> f64 {
    let glyph = face.glyph_index(letter);
    let units = glyph.and_then(|glyph| face.glyph_hor_advance(glyph));
    units.map_or(1.0, |units| f64::from(units) / f64::from(face.units_per_em()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_weights_are_one_family() {
        let fonts = bundled();
        let weights: Vec<u16> = fonts.faces().map(|face| face.weight.0).collect();
        assert_eq!(weights, [400, 600]);
        assert!(fonts.faces().all(|face| face.families.iter().any(|(name, _)| name == FAMILY)));
    }

    #[test]
    fn all_figures_are_equally_wide() {
        for weight in [400.0, 600.0] {
            let widths = "0123456789".chars().map(|d| text_width(&d.to_string(), 14.0, weight));
            let widths: Vec<f64> = widths.collect();
            assert!(widths.iter().all(|width| *width == widths[0]), "{widths:?}");
        }
    }

    #[test]
    fn width_grows_with_text_size_and_weight() {
        assert_eq!(text_width("", 14.0, 400.0), 0.0);
        assert_eq!(text_width("漢字", 10.0, 400.0), 20.0);
        assert_eq!(text_width("Flights", 28.0, 400.0), 2.0 * text_width("Flights", 14.0, 400.0));
        assert!(text_width("Flights", 14.0, 600.0) > text_width("Flights", 14.0, 400.0));
    }
}
