//! Authors' formulas, each beside what it means.

use crate::reference::measures::{average, ratio, sum};
use crate::rows::Row;

pub(crate) struct Formula {
    pub(crate) text: &'static str,
    /// Whether it is zero where nothing happened, because it does nothing but count or add up.
    pub(crate) adds_up: bool,
    pub(crate) figure: fn(&[&Row]) -> Option<f64>,
}

pub(crate) static FORMULAS: [Formula; 8] = [
    Formula { text: "COUNT(*)", adds_up: true, figure: |rows| Some(rows.len() as f64) },
    Formula { text: "sum(amount)", adds_up: true, figure: |rows| sum(rows, "amount") },
    Formula {
        text: "SUM(amount) / SUM(weight)",
        adds_up: false,
        figure: |rows| ratio(sum(rows, "amount"), sum(rows, "weight")),
    },
    Formula {
        text: "sum(n) - sum(weight)",
        adds_up: false,
        figure: |rows| Some(sum(rows, "n")? - sum(rows, "weight")?),
    },
    Formula {
        text: "sum(n) / (count(*) - 2)",
        adds_up: false,
        figure: |rows| ratio(sum(rows, "n"), Some(rows.len() as f64 - 2.0)),
    },
    Formula {
        text: "count(case when region = 'east' and n > 2 then 1 end)",
        adds_up: true,
        figure: |rows| {
            let counts = |row: &&&Row| row.region == Some("east") && row.n.is_some_and(|n| n > 2);
            Some(rows.iter().filter(counts).count() as f64)
        },
    },
    Formula {
        text: "coalesce(max(n), -1) * 2 + abs(coalesce(min(n), 0))",
        adds_up: false,
        figure: |rows| {
            let greatest = rows.iter().filter_map(|row| row.n).max().unwrap_or(-1);
            let least = rows.iter().filter_map(|row| row.n).min().unwrap_or(0);
            Some((greatest * 2 + least.abs()) as f64)
        },
    },
    Formula {
        text: "case when count(*) > 3 then avg(amount) else null end",
        adds_up: false,
        figure: |rows| average(rows, "amount").filter(|_| rows.len() > 3),
    },
];
