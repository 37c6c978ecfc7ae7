//! Viewers: tenants and their users, with properties and mappings.

use std::collections::BTreeMap;

use model::customer::{Customer, Properties};
use model::level::Rank;
use model::name::{CustomerKey, DashboardKey, SourceId};
use model::{Levels, ViewerScope};
use serde_json::json;

use crate::databases::{GROUP, SCHEMA};
use crate::draw::Draw;
use crate::rows::{ISOLATED, TENANTS, member};

/// Who looks.
#[derive(Clone, Debug)]
pub(crate) struct Looker {
    pub(crate) tenant: &'static str,
    /// The user of the tenant, when it is one.
    pub(crate) member: Option<String>,
    /// What the looker's customer may see of regions; `None`: it has no such property.
    pub(crate) regions: Option<Vec<&'static str>>,
    /// Mapped to the database that is the tenant's alone.
    pub(crate) is_mapped: bool,
}

impl Looker {
    pub(crate) fn draw(draw: &mut Draw) -> Self {
        let tenant = draw.one(&TENANTS);
        let user = draw.below(2);
        Self {
            tenant,
            member: draw.once_in(2).then(|| member(tenant, user)),
            regions: (!draw.once_in(4)).then(|| draw.some(&crate::rows::REGIONS, 3)),
            is_mapped: tenant == ISOLATED && draw.once_in(2),
        }
    }

    /// The scope that a verified credential would have given. `isolated` is the source of its own.
    pub(crate) fn scope(&self, isolated: SourceId) -> ViewerScope {
        let mut path = vec![self.root(isolated)];
        if let Some(member) = &self.member {
            path.push(customer(1, member));
        }
        let embed_id = "kQ3vT8mB2x".parse().expect("an embed id");
        ViewerScope::of_verified_credential(DashboardKey(1), embed_id, Levels::default(), path)
            .expect("a path")
    }

    fn root(&self, isolated: SourceId) -> Customer {
        let mut root = customer(0, self.tenant);
        if let Some(regions) = &self.regions {
            root.properties = Properties::from_iter([("regions".to_owned(), json!(regions))]);
        }
        if self.is_mapped {
            root.mapping = BTreeMap::from([(SCHEMA, isolated)]);
        }
        root
    }
}

fn customer(rank: u8, id: &str) -> Customer {
    Customer {
        key: CustomerKey(i64::from(rank) + 1),
        group: GROUP,
        provided_id: id.parse().expect("a provided id"),
        name: id.parse().expect("a name"),
        rank: Rank(rank),
        parent: None,
        properties: Properties::new(),
        mapping: BTreeMap::new(),
        emails: Vec::new(),
        tags: Vec::new(),
        is_demo: false,
        created_at_us: 0,
        updated_at_us: 0,
    }
}
