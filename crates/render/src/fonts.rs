//! The fonts that pictures are set in, and how wide texts are in them.

use std::sync::{Arc, LazyLock};

use resvg::usvg::fontdb::{Database, FaceInfo, ID};
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

/// The face that has a letter which those in use lack, and is most like the first of them.
pub(crate) fn with_letter(fonts: &Database, letter: char, used: &[ID]) -> Option<ID> {
    let wanted = fonts.face(*used.first()?)?;
    let mut others: Vec<&FaceInfo> =
        fonts.faces().filter(|face| !used.contains(&face.id) && !face.monospaced).collect();
    others.sort_by_key(|face| {
        let differs = (face.style != wanted.style, face.stretch != wanted.stretch);
        (differs, face.weight.0.abs_diff(wanted.weight.0))
    });
    others.into_iter().map(|face| face.id).find(|face| has_letter(fonts, *face, letter))
}

fn has_letter(fonts: &Database, face: ID, letter: char) -> bool {
    let found = fonts.with_face_data(face, |data, index| {
        Face::parse(data, index).is_ok_and(|face| face.glyph_index(letter).is_some())
    });
    found.unwrap_or(false)
}

/// About how wide a text is, in the unit of `size`. Kerning does not count.
pub(crate) fn text_width(text: &str, size: f64, weight: f64) -> f64 {
    static FACES: LazyLock<[Option<Face<'static>>; 2]> =
        LazyLock::new(|| [REGULAR, SEMIBOLD].map(|data| Face::parse(data, 0).ok()));
    let [regular, semibold] = &*FACES;
    let face = if weight > 500.0 { semibold } else { regular };
    text.chars()
        .map(|letter| {
            face.as_ref().and_then(|face| advance(face, letter)).unwrap_or(usual(letter)) * size
        })
        .sum()
}

/// The width of a letter in parts of the font's size, if the font has it.
fn advance(face: &Face<'_>, letter: char) -> Option<f64> {
    let units = face.glyph_hor_advance(face.glyph_index(letter)?)?;
    Some(f64::from(units) / f64::from(face.units_per_em()))
}

/// The width that a letter usually has in other fonts: from the scripts of East Asia on (Hangul
/// comes first) they are squares, and so are emoji.
fn usual(letter: char) -> f64 {
    if letter < '\u{1100}' { 0.6 } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use resvg::usvg::fontdb::Source;

    use super::*;

    #[test]
    fn both_weights_are_one_family() {
        let fonts = bundled();
        let weights: Vec<u16> = fonts.faces().map(|face| face.weight.0).collect();
        assert_eq!(weights, [400, 600]);
        assert!(fonts.faces().all(|face| face.families.iter().any(|(name, _)| name == FAMILY)));
    }

    #[test]
    fn a_missing_letter_comes_from_the_face_most_alike() {
        let mut fonts = with_bundled();
        let faces: Vec<ID> = fonts.faces().map(|face| face.id).collect();
        let other = fonts.load_font_source(Source::Binary(Arc::new(SEMIBOLD)))[0];
        assert_eq!(with_letter(&fonts, 'a', &faces[..1]), Some(faces[1]));
        assert_eq!(with_letter(&fonts, 'a', &faces), Some(other));
        assert_eq!(with_letter(&fonts, '漢', &faces), None);
        assert_eq!(with_letter(&fonts, 'a', &[]), None);
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
        assert_eq!(text_width("שלום", 10.0, 400.0), 24.0);
        assert_eq!(text_width("Flights", 28.0, 400.0), 2.0 * text_width("Flights", 14.0, 400.0));
        assert!(text_width("Flights", 14.0, 600.0) > text_width("Flights", 14.0, 400.0));
    }
}
