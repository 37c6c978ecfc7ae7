//! Why a request becomes no statement, and who should hear of it.

use model::name::{DatasetName, ElementId, PanelId, SchemaName};

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
    /// The dashboard's definition contradicts itself.
    #[error("{0}")]
    Definition(String),
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
            Self::FixedOptions(_) | Self::Dataset { .. } | Self::Definition(_) => {
                Audience::Operator
            }
        }
    }
}
