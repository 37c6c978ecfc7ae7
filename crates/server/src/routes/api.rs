//! Explo's HTTP API, as its clients know it.
//!
//! Credentials come in `Explo-Authorization`, ids in JSON bodies, and every reply but one carries
//! `success`. `docs/reference/facade.md` lists what matches and what differs.

mod caller;
mod customer_body;
mod customer_lists;
mod customers;
mod dashboards;
mod group_tags;
mod jwt;
mod not_offered;
mod portal;
mod publish;
mod replies;
mod user_groups;

use crate::openapi::{Operation, operation};

/// Every call of Explo's API, in the order of its reference. Paths end in a slash there, and are
/// served without it too.
pub(crate) fn operations() -> Vec<Operation> {
    [of_customers(), of_resources(), of_group_tags(), of_user_groups(), not_offered()]
        .into_iter()
        .flatten()
        .collect()
}

fn of_customers() -> Vec<Operation> {
    vec![
        operation(
            "GET /v2/api/customers/",
            "explo_list_customers",
            "List customers, page by page",
            customer_lists::paged,
        ),
        operation(
            "GET /api/customers/",
            "explo_list_all_customers",
            "List all customers at once",
            customer_lists::whole,
        ),
        operation(
            "POST /api/get_customer/",
            "explo_get_customer",
            "Read a customer",
            customers::get,
        ),
        operation(
            "POST /api/create_customer/",
            "explo_create_customer",
            "Get or create a customer; an existing one comes back unchanged",
            customers::create,
        ),
        operation(
            "POST /api/update_customer/",
            "explo_update_customer",
            "Change what is given of a customer",
            customers::update,
        ),
        operation(
            "DELETE /api/delete_customer/",
            "explo_delete_customer",
            "Delete a customer without children",
            customers::delete,
        ),
        operation(
            "POST /api/refresh_customer_token/",
            "explo_refresh_customer_token",
            "Give a customer a new token",
            customers::refresh_token,
        ),
        operation(
            "POST /api/configure_customer_portal/",
            "explo_configure_customer_portal",
            "Say who may sign in to a customer's portal",
            portal::configure,
        ),
        operation(
            "POST /api/generate_jwt/",
            "explo_generate_jwt",
            "Make an embed token",
            jwt::generate,
        ),
    ]
}

fn of_resources() -> Vec<Operation> {
    vec![
        operation(
            "GET /api/dashboard/",
            "explo_list_dashboards",
            "List the dashboards",
            dashboards::list,
        ),
        operation(
            "GET /api/reports/",
            "explo_list_reports",
            "List the report builders, of which there are none",
            dashboards::list_reports,
        ),
        operation(
            "POST /api/publish/",
            "explo_publish",
            "Let an environment show a version of a dashboard",
            publish::publish,
        ),
    ]
}

fn of_group_tags() -> Vec<Operation> {
    vec![
        operation(
            "GET /api/group_tags/",
            "explo_list_group_tags",
            "List the group tags",
            group_tags::list,
        ),
        operation(
            "POST /api/create_group_tag/",
            "explo_create_group_tag",
            "Make a group tag",
            group_tags::create,
        ),
        operation(
            "POST /api/rename_group_tag/",
            "explo_rename_group_tag",
            "Rename a group tag on all customers",
            group_tags::rename,
        ),
        operation(
            "POST /api/delete_group_tag/",
            "explo_delete_group_tag",
            "Delete a group tag and take it from all customers",
            group_tags::delete,
        ),
    ]
}

/// Customers under their former name.
fn of_user_groups() -> Vec<Operation> {
    vec![
        operation(
            "POST /api/create_user_group/",
            "explo_create_user_group",
            "Get or create a user group, as customers were called before",
            user_groups::create,
        ),
        operation(
            "POST /api/update_user_group/",
            "explo_update_user_group",
            "Change what is given of a user group",
            user_groups::update,
        ),
        operation(
            "DELETE /api/delete_user_group/",
            "explo_delete_user_group",
            "Delete a user group without children",
            customers::delete,
        ),
        operation(
            "POST /api/refresh_user_group_token/",
            "explo_refresh_user_group_token",
            "Give a user group a new token",
            user_groups::refresh_token,
        ),
    ]
}

/// What Explo has and this server has not: told so in a sentence.
fn not_offered() -> Vec<Operation> {
    const NOT_OFFERED: &str = "Not offered: always 403, with what to use instead";
    let end_users = not_offered::end_users;
    let blueprints = not_offered::blueprints;
    vec![
        operation("POST /api/create_end_user/", "explo_create_end_user", NOT_OFFERED, end_users),
        operation("POST /api/update_end_user/", "explo_update_end_user", NOT_OFFERED, end_users),
        operation("DELETE /api/delete_end_user/", "explo_delete_end_user", NOT_OFFERED, end_users),
        operation("POST /api/create_blueprint/", "explo_create_blueprint", NOT_OFFERED, blueprints),
        operation("POST /api/update_blueprint/", "explo_update_blueprint", NOT_OFFERED, blueprints),
        operation(
            "POST /api/get_customer_blueprints/",
            "explo_get_customer_blueprints",
            NOT_OFFERED,
            blueprints,
        ),
        operation(
            "POST /api/partners/connect/",
            "explo_connect_partner",
            NOT_OFFERED,
            not_offered::partners,
        ),
    ]
}
