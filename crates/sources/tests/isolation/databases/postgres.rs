//! PostgreSQL, as it is and with row security of its own.

use std::sync::Arc;

use serde_json::{Value, json};
use testkit::Cluster;

use super::{Database, isolated, values};
use crate::rows::Row;

const TABLE: &str = "(id bigint, tenant text, member text, area text, region text, n integer, weight integer, \
                     amount numeric(10, 2), paid boolean, day date, moment timestamptz)";

/// The tenant's rows only, whoever asks for what.
const POLICY: &str = "using (tenant = current_setting('app.customer_id', true))";

pub(super) fn start(rows: &[Row], first_id: i64) -> Vec<Database> {
    let cluster = Cluster::start().expect("PostgreSQL");
    let own = isolated(rows);
    let mut sql = "set timezone = 'UTC'; create role reader login;".to_owned();
    for (schema, rows, is_secured) in [
        ("everybody", rows, false),
        ("own", &own, false),
        ("secured", rows, true),
        ("secured_own", &own, true),
    ] {
        let values = values(rows, |text| format!("'{}'", text.replace('\'', "''")));
        sql.push_str(&format!(
            "create schema {schema}; create table {schema}.facts {TABLE}; \
             insert into {schema}.facts values {values}; \
             grant usage on schema {schema} to reader; grant select on {schema}.facts to reader;"
        ));
        if is_secured {
            sql.push_str(&format!(
                "alter table {schema}.facts enable row level security; \
                 create policy own_rows on {schema}.facts {POLICY};"
            ));
        }
    }
    cluster.execute(&sql).expect("tables");
    let connection = |schema: &str, further: Value| {
        let mut json = json!({
            "type": "postgres", "host": cluster.folder(), "database": "postgres",
            "user": "reader", "schema": schema,
        });
        let further = further.as_object().expect("fields").clone();
        json.as_object_mut().expect("an object").extend(further);
        serde_json::from_value(json).expect("a connection")
    };
    let security = json!({"row_security": {"setting": "app.customer_id", "equals": "customer_id"}});
    let plain = ["everybody", "own"].map(|schema| connection(schema, json!({})));
    let secured = ["secured", "secured_own"].map(|schema| connection(schema, security.clone()));
    let cluster = Arc::new(cluster);
    let secured = Database::new("row-security", first_id + 2, secured, Arc::clone(&cluster));
    vec![Database::new("postgres", first_id, plain, cluster), secured.with_row_security()]
}
