//! What a plan refuses, as a client learns it.

use model::declaration::Refusal;

use super::{ApiError, FieldFault, Kind};
use crate::field_path::FieldPath;

impl ApiError {
    /// 400 with every fault at its place in the declaration; 409 when all that stands against it is
    /// what customers depend on.
    pub(super) fn refused(refusals: Vec<Refusal>) -> Self {
        let (mut faults, mut in_use) = (Vec::new(), Vec::new());
        for refusal in refusals {
            match refusal {
                Refusal::Fault(fault) => {
                    let field = FieldPath::of_steps(&fault.path);
                    faults.push(FieldFault { field, detail: fault.message });
                }
                refusal => in_use.push(refusal.to_string()),
            }
        }
        if faults.is_empty() {
            Self::new(Kind::Conflict, in_use.join("; ")).with_code("in_use")
        } else {
            Self::invalid_fields(faults)
        }
    }

    /// The same error, its faults told from within one record of the declaration, for example
    /// `["sources", "hawaiian"]`: the body of a call that is about this record alone.
    #[must_use]
    pub(crate) fn within(self, record: [&str; 2]) -> Self {
        self.at_places(|field| field.within(&record).unwrap_or_else(|| field.clone()))
    }

    /// The same error, each of its faults at another place.
    #[must_use]
    pub(crate) fn at_places(mut self, place: impl Fn(&FieldPath) -> FieldPath) -> Self {
        if self.faults.is_empty() {
            return self;
        }
        for fault in &mut self.faults {
            fault.field = place(&fault.field);
        }
        Self { cause: self.cause, ..Self::invalid_fields(self.faults) }
    }
}
