//! Whether a declaration is sound, before anything of it is carried out: what `fanlight check` tells
//! of files, told of a request.

use model::declaration::DeclarationFault;
use model::{Declaration, Levels};
use query::Severity;
use workspace::{DatasetFinding, assess};

use crate::api_error::{ApiError, FieldFault};
use crate::field_path::FieldPath;

/// Errs with every fault of a declaration, at its place in it; else the compiler's warnings.
/// `levels` are in force when the declaration has none.
pub(super) fn require_sound(
    declaration: &Declaration,
    levels: &Levels,
) -> Result<Vec<FieldFault>, ApiError> {
    let faults = declaration.check();
    if !faults.is_empty() {
        return Err(faulty(faults));
    }
    let found = assess(declaration, levels);
    let of_severity = |severity| {
        let fitting = found.iter().filter(move |found| found.finding.severity == severity);
        fitting.map(told).collect::<Vec<FieldFault>>()
    };
    match of_severity(Severity::Error) {
        errors if errors.is_empty() => Ok(of_severity(Severity::Warning)),
        errors => Err(ApiError::invalid_fields(errors)),
    }
}

/// A request whose declaration has these faults.
pub(super) fn faulty(faults: Vec<DeclarationFault>) -> ApiError {
    let faults = faults
        .into_iter()
        .map(|fault| FieldFault { field: FieldPath::of_steps(&fault.path), detail: fault.message });
    ApiError::invalid_fields(faults.collect())
}

fn told(found: &DatasetFinding) -> FieldFault {
    let field = FieldPath::of_steps(&found.path());
    FieldFault { field, detail: found.finding.message.clone() }
}
