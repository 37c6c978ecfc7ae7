//! Cases, as their numbers make them.
//!
//! So many in a row share a dashboard, and two in a row share a request: what one viewer got must not
//! come to the next.

use std::ops::Range;

use query::Request;

use crate::customers::Looker;
use crate::dashboards::Workspace;
use crate::datasets::Keeps;
use crate::draw::Draw;
use crate::requests::request;

/// Cases over one dashboard.
pub(crate) const OF_WORKSPACE: u64 = 16;
const OF_REQUEST: u64 = 2;

/// The dashboard of some cases, and those.
pub(crate) struct Batch {
    pub(crate) workspace: Workspace,
    pub(crate) cases: Vec<Case>,
}

/// A viewer and what it asks.
pub(crate) struct Case {
    pub(crate) number: u64,
    pub(crate) looker: Looker,
    pub(crate) request: Request,
}

/// What is drawn from a number; each draws otherwise.
#[derive(Clone, Copy)]
enum Of {
    Workspace = 1,
    Request = 2,
    Looker = 3,
}

fn draw(of: Of, number: u64) -> Draw {
    Draw::of_seed(number ^ ((of as u64) << 60))
}

impl Batch {
    /// These cases, which must be of one dashboard.
    pub(crate) fn of(numbers: Range<u64>) -> Self {
        let workspace = Workspace::draw(&mut draw(Of::Workspace, numbers.start / OF_WORKSPACE));
        let cases = numbers.map(|number| Case::of(number, &workspace)).collect();
        Self { workspace, cases }
    }
}

impl Case {
    fn of(number: u64, workspace: &Workspace) -> Self {
        let mut looker = Looker::draw(&mut draw(Of::Looker, number));
        // What an isolated source holds is its customer's, whatever the dataset says.
        looker.is_mapped &= workspace.dataset.keeps != Keeps::Nothing;
        let panels = &workspace.dashboard.panels;
        let request = request(&mut draw(Of::Request, number / OF_REQUEST), panels);
        Self { number, looker, request }
    }
}

/// The numbers, dashboard by dashboard.
pub(crate) fn batches(numbers: Range<u64>) -> impl Iterator<Item = Range<u64>> {
    let first = numbers.start / OF_WORKSPACE;
    let last = numbers.end.div_ceil(OF_WORKSPACE);
    (first..last).map(move |workspace| {
        let start = workspace * OF_WORKSPACE;
        start.max(numbers.start)..(start + OF_WORKSPACE).min(numbers.end)
    })
}
