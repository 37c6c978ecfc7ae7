//! Calls of Explo's API that this server does not serve, told so in a sentence.

use super::caller::Caller;
use crate::api_error::ApiError;

/// The end-user calls, deprecated by Explo itself.
pub(crate) async fn end_users(_: Caller) -> ApiError {
    ApiError::forbidden(
        "end users are not offered: create a customer on a lower hierarchy level instead, with \
         parent_provided_id and hierarchy_level_name in /api/create_customer/",
    )
}

/// The Blueprint calls.
pub(crate) async fn blueprints(_: Caller) -> ApiError {
    ApiError::forbidden("blueprints are not offered: declare dashboards in a workspace instead")
}

/// The Partners call.
pub(crate) async fn partners(_: Caller) -> ApiError {
    ApiError::forbidden("the Partners API is not offered: one server is one team")
}
