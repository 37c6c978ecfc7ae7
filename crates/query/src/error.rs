//! Why a request becomes no statement, and who should hear of it.

use model::name::{DatasetName, ElementId, PanelId, SchemaName, TimeZoneName};

use crate::gate::Refusal;
use crate::isolation::Unproved;
use crate::template::TemplateError;
use crate::variables::VariableFault;

/// Why there is no statement.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum QueryError {
    #[error("no panel {:?} in this dashboard", .0.as_str())]
    UnknownPanel(PanelId),
    #[error("no element {:?} with choices in this dashboard", .0.as_str())]
    UnknownElement(ElementId),
    /// The definition holds the choices; nothing is read.
    #[error("the choices of {:?} are fixed by the dashboard", .0.as_str())]
    FixedOptions(ElementId),
    /// What the viewer sent does not fit; all faults at once.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Request(Vec<RequestFault>),
    /// What the author wrote does not fit this viewer, or any.
    #[error("dataset {:?}: {fault}", .dataset.as_str())]
    Dataset { dataset: DatasetName, fault: DatasetFault },
    #[error("panel {:?}: {message}", .panel.as_str())]
    Panel { panel: PanelId, message: String },
    #[error("no dataset {:?} in this dashboard", .0.as_str())]
    UnknownDataset(DatasetName),
    #[error("the dashboard's time zone {:?} does not exist", .0.as_str())]
    UnknownTimeZone(TimeZoneName),
}

/// One fault of a request, with a JSON pointer (RFC 6901) into its body.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{pointer}: {message}")]
pub struct RequestFault {
    pub pointer: String,
    /// Fit to be shown to the viewer: it speaks of the request only.
    pub message: String,
}

/// Why a dataset cannot answer. For its author and the operator; never for a viewer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DatasetFault {
    #[error("no data source of schema {:?} stands in for this viewer", .0.as_str())]
    NoSource(SchemaName),
    #[error(transparent)]
    Template(#[from] TemplateError),
    #[error("line {line}: {fault}")]
    Variable { line: u32, fault: VariableFault },
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(
        "nothing keeps it to the viewer's rows: {0}. Compare a column of each table with a level's \
         id, or name the result's column by `tenant_column: {{column: …, equals: customer_id}}`, or \
         map the customer to an isolated data source, or write `shared: true`"
    )]
    NotIsolated(Unproved),
    #[error("tenant_column equals {0:?}, which is no level's id such as \"customer_id\"")]
    TenantVariable(String),
    #[error("tenant_column equals {0:?}, which this viewer does not have")]
    NoTenant(String),
    #[error(
        "the database may take the id {0:?} for the same number as another customer's; say \
         `tenant_column`, which compares texts"
    )]
    Ambiguous(String),
    #[error("row policy {policy:?}: {fault}")]
    RowPolicy { policy: String, fault: RowPolicyFault },
}

/// Why a row policy cannot be applied. Then no row is shown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RowPolicyFault {
    #[error(
        "{0:?} is no property of a customer, such as \"customer.regions\"; a level's id goes into \
         tenant_column"
    )]
    NoProperty(String),
    #[error("neither the customer nor an ancestor has the property {0:?}")]
    Absent(String),
    #[error("the property {0:?} is a list; write in instead of equals")]
    List(String),
    #[error("the property {0:?} is an object; name a key in it")]
    Object(String),
    #[error("the property {0:?} is a list that holds more than strings, numbers and booleans")]
    Nested(String),
}

/// Who should hear of an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience<'a> {
    /// The viewer asked for something that is not there.
    NotFound,
    /// The viewer's request can be put right.
    Viewer(&'a [RequestFault]),
    /// The viewer learns only that this cannot be shown; the log says why.
    Operator,
}

impl QueryError {
    pub fn audience(&self) -> Audience<'_> {
        match self {
            Self::UnknownPanel(_) | Self::UnknownElement(_) => Audience::NotFound,
            Self::Request(faults) => Audience::Viewer(faults),
            Self::FixedOptions(_)
            | Self::Dataset { .. }
            | Self::Panel { .. }
            | Self::UnknownDataset(_)
            | Self::UnknownTimeZone(_) => Audience::Operator,
        }
    }
}
