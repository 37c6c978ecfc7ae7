//! Where a request comes from: what the audit log tells beside the credential.

use std::net::IpAddr;

use axum::http::request::Parts;
use model::{GroupScope, OperatorScope};

use crate::arrival::Arrival;
use crate::request_id::RequestId;

/// The client's address and the request's id.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Whence {
    pub(crate) address: IpAddr,
    pub(crate) id: RequestId,
}

impl Whence {
    pub(crate) fn of(parts: &Parts) -> Self {
        let arrival = Arrival::of(&parts.extensions);
        Self { address: arrival.client, id: arrival.id }
    }

    pub(crate) fn of_group(self, scope: GroupScope) -> GroupScope {
        scope.seen_from(self.address, self.id.to_string())
    }

    pub(crate) fn of_operator(self, scope: OperatorScope) -> OperatorScope {
        scope.seen_from(self.address, self.id.to_string())
    }
}
