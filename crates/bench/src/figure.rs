//! One line of the table.

use std::fmt;

pub(crate) const HEADER: &str = "| what | wanted | measured | floor in the same run | share |\n\
                                 |---|---|---|---|---|";

/// A measured value beside what it is compared with.
pub(crate) struct Figure {
    pub(crate) what: String,
    /// The figure to reach, as the reference page states it.
    pub(crate) wanted: String,
    pub(crate) measured: String,
    /// The same machine doing only what cannot be left out; empty when there is no such thing.
    pub(crate) floor: String,
    /// Measured over floor.
    pub(crate) share: Option<f64>,
}

impl fmt::Display for Figure {
    fn fmt(&self, line: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, wanted, measured, floor, share } = self;
        let floor = if floor.is_empty() { "–" } else { floor };
        write!(line, "| {what} | {wanted} | {measured} | {floor} | ")?;
        match share {
            Some(share) => write!(line, "{share:.2} |"),
            None => write!(line, "– |"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_one_row_of_the_table() {
        let figure = Figure {
            what: "panel from the cache".to_owned(),
            wanted: "≥ 0.4".to_owned(),
            measured: "10 /s".to_owned(),
            floor: "20 /s".to_owned(),
            share: Some(0.5),
        };
        assert_eq!(figure.to_string(), "| panel from the cache | ≥ 0.4 | 10 /s | 20 /s | 0.50 |");
        let alone = Figure { floor: String::new(), share: None, ..figure };
        assert_eq!(alone.to_string(), "| panel from the cache | ≥ 0.4 | 10 /s | – | – |");
    }
}
