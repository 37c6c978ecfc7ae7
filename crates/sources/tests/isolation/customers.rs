//! Viewers: tenants and their users, with properties and mappings.

use model::ViewerScope;
use model::customer::{Customer, Properties};
use model::name::SourceId;
use serde_json::{Value as Json, json};
use testkit::{stored_customer, viewer_scope};

use crate::databases::SCHEMA;
use crate::draw::Draw;
use crate::rows::{ISOLATED, REGIONS, TENANTS, member};

/// Who looks.
#[derive(Clone, Debug)]
pub(crate) struct Looker {
    pub(crate) tenant: &'static str,
    /// The user of the tenant, when it is one.
    pub(crate) member: Option<String>,
    /// What the tenant carries, and what the user does in its place.
    properties: [Properties; 2],
    /// Mapped to the database that is the tenant's alone.
    pub(crate) is_mapped: bool,
}

impl Looker {
    pub(crate) fn draw(draw: &mut Draw) -> Self {
        let tenant = if draw.once_in(6) { ISOLATED } else { draw.one(&TENANTS) };
        let user = draw.below(2);
        let of_tenant = properties(draw);
        let of_user = if draw.once_in(3) { properties(draw) } else { Properties::new() };
        Self {
            tenant,
            member: draw.once_in(2).then(|| member(tenant, user)),
            properties: [of_tenant, of_user],
            is_mapped: tenant == ISOLATED && draw.once_in(2),
        }
    }

    /// The id of the customer that looks.
    pub(crate) fn id(&self) -> &str {
        self.member.as_deref().unwrap_or(self.tenant)
    }

    /// The user's own, else the tenant's.
    pub(crate) fn property(&self, key: &str) -> Option<&Json> {
        let [of_tenant, of_user] = &self.properties;
        let own = self.member.as_ref().and_then(|_| of_user.get(key));
        own.or_else(|| of_tenant.get(key))
    }

    /// The scope that a verified credential would have given. `isolated` is the source of its own.
    pub(crate) fn scope(&self, isolated: SourceId) -> ViewerScope {
        let [of_tenant, of_user] = &self.properties;
        let mut path = vec![Customer {
            properties: of_tenant.clone(),
            mapping: self.is_mapped.then_some((SCHEMA, isolated)).into_iter().collect(),
            ..stored_customer(0, self.tenant)
        }];
        path.extend(
            self.member.as_ref().map(|member| Customer {
                properties: of_user.clone(),
                ..stored_customer(1, member)
            }),
        );
        viewer_scope(path)
    }
}

/// Properties that policies and datasets speak of, among them such as mean nothing there.
fn properties(draw: &mut Draw) -> Properties {
    let mut properties = Properties::new();
    let mut put = |key: &str, value: Json| drop(properties.insert(key.to_owned(), value));
    if !draw.once_in(10) {
        put("regions", regions(draw));
    }
    if !draw.once_in(10) {
        let home = [json!(draw.one(&REGIONS)), json!("East"), json!(["east"]), Json::Null];
        let unusual = draw.once_in(5);
        put("home", if unusual { draw.one(&home) } else { home[0].clone() });
    }
    if !draw.once_in(10) {
        put("floors", json!(draw.some(&[-1, 0, 1, 2, 3, 5, 8, 11], 6)));
    }
    let table = if draw.once_in(12) { "facts; drop table facts" } else { "facts" };
    put("table", json!(table));
    properties
}

fn regions(draw: &mut Draw) -> Json {
    match draw.below(20) {
        0 => json!([]),
        1 => Json::Null,
        2 => json!(draw.one(&REGIONS)),
        3 => json!(["EAST", "east ", "' or 1=1 --"]),
        4 => json!({"all": true}),
        5 => json!([["east"]]),
        6 => json!([null, draw.one(&REGIONS)]),
        _ => json!(draw.some(&REGIONS, 3)),
    }
}
