//! A database of the first version with something in every table, opened by this version; and one of
//! a version to come, which is refused.

use model::OperatorScope;
use model::credential::{AdminKey, ApiToken, CustomerToken, KeyId, KeyValue};
use model::customer::{CustomerRecord, NewCustomer};
use model::source::Connection as SourceConnection;

use super::*;
use crate::seal::fingerprint;
use crate::{Location, MasterKey, Store};

const EMBED_SECRET: &str = "0f4c6f1e-6a0c-4c7e-9d4b-1f2e3d4c5b6a";
const EMBED_KEY: [u8; 32] = [0x33; 32];
const TOKENS: [[u8; 32]; 2] = [[0x11; 32], [0x22; 32]];

fn key() -> MasterKey {
    MasterKey::from_bytes([7; 32])
}

fn connection() -> SourceConnection {
    serde_json::from_str(r#"{"type": "files", "tables": {}}"#).expect("a connection")
}

/// Rows as the first version wrote them.
fn rows_of_version_1(dialect: Dialect) -> String {
    let (sealer, ambient) = (Sealer::new(&key()), Ambient::default());
    let bytes = |bytes: &[u8]| match dialect {
        Dialect::Sqlite => format!("x'{}'", hex::encode(bytes)),
        Dialect::Postgres => format!("'\\x{}'", hex::encode(bytes)),
    };
    let sealed = |place, secret: &[u8]| bytes(&sealer.seal(&ambient, place, secret));
    let print = |secret: &str| bytes(&fingerprint(secret));
    let token = |at: usize| CustomerToken::from_random(TOKENS[at]);
    let key_value = KeyValue::from_random(EMBED_KEY);
    let connection = serde_json::to_vec(&connection()).expect("JSON");
    format!(
        "INSERT INTO setting (name, value) VALUES ('key_check', '{key_check}');
         UPDATE definitions_generation SET generation = 7;
         INSERT INTO visibility_group (name) VALUES ('Production'), ('Testing');
         INSERT INTO tag (name) VALUES ('pilot');
         INSERT INTO environment (name) VALUES ('production');
         INSERT INTO admin_key VALUES ({admin_key}, 1);
         INSERT INTO api_token (fingerprint, group_id, access, created_at_us)
           VALUES ({api_token}, 1, 'read-write', 2);
         INSERT INTO embed_secret (id, group_id, sealed, managed, created_at_us)
           VALUES ('{EMBED_SECRET}', 1, {embed_secret}, 1, 3);
         INSERT INTO source_schema (name, default_source_id) VALUES ('flights', 1);
         INSERT INTO data_source
             (name, schema_id, group_id, isolated, connection_sealed, revision)
           VALUES ('all-airlines', 1, 1, 0, {connection}, 1);
         INSERT INTO schema_group_default (schema_id, group_id, source_id) VALUES (1, 1, 1);
         INSERT INTO dashboard (name, embed_id) VALUES ('on-time', 'kQ3vT8mB2x');
         INSERT INTO dashboard_version (dashboard_id, version, definition, created_at_us)
           VALUES (1, 1, '{{\"name\": \"on-time\", \"datasets\": {{}}, \"panels\": []}}', 4);
         INSERT INTO dashboard_environment (dashboard_id, environment_id, version)
           VALUES (1, 1, 1);
         INSERT INTO customer (id, group_id, provided_id, name, level_id, parent_id, properties,
             emails, is_demo, token_sealed, token_fingerprint, created_at_us, updated_at_us)
           VALUES (1, 1, 'UA', 'United', 1, NULL, '{{\"country\": \"US\"}}', '[\"ops@ua.example\"]',
                   1, {first_token}, {first_print}, 5, 6),
                  (2, 1, 'UA-JFK', 'United at JFK', 2, 1, '{{\"station\": \"JFK\"}}', '[]',
                   0, {second_token}, {second_print}, 7, 8);
         INSERT INTO customer_tag (customer_id, tag_id) VALUES (1, 1);
         INSERT INTO customer_mapping (customer_id, group_id, schema_id, source_id)
           VALUES (1, 1, 1, 1);",
        key_check = key_check(&sealer, &ambient),
        admin_key = print(AdminKey::from_random([4; 32]).expose()),
        api_token = print(ApiToken::from_random([5; 32]).expose()),
        embed_secret = sealed(Place::EmbedSecret(EMBED_SECRET), key_value.expose().as_bytes()),
        connection = sealed(Place::Connection(1), &connection),
        first_token = sealed(Place::CustomerToken(1), &TOKENS[0]),
        first_print = print(token(0).expose()),
        second_token = sealed(Place::CustomerToken(2), &TOKENS[1]),
        second_print = print(token(1).expose()),
    )
}

async fn open(location: Location) -> Result<Store, StoreError> {
    Store::open(location, &key(), Ambient::default()).await
}

/// Everything that the first version wrote is there, and goes on working.
async fn check_upgraded(location: Location) {
    let store = open(location).await.expect("the store");
    let operator = OperatorScope::of_command_line();
    let admin = AdminKey::from_random([4; 32]);
    assert!(store.operator_scope(&admin).await.expect("an answer").is_some());
    let token = ApiToken::from_random([5; 32]);
    let scope = store.group_scope(&token).await.expect("an answer").expect("the scope");
    scope.require_write().expect("a read-write token");

    let find = async |id: &str| -> CustomerRecord {
        let id = id.parse().expect("an id");
        store.customer(&scope, &id).await.expect("an answer").expect("the customer")
    };
    let (parent, child) = (find("UA").await, find("UA-JFK").await);
    assert_eq!(parent.token, CustomerToken::from_random(TOKENS[0]));
    assert_eq!(child.token, CustomerToken::from_random(TOKENS[1]));
    let customer = parent.customer();
    assert_eq!(customer.name.as_str(), "United");
    assert_eq!(customer.properties["country"], "US");
    assert_eq!(customer.emails.len(), 1);
    assert_eq!(customer.tags.len(), 1);
    assert_eq!(customer.mapping.len(), 1);
    assert!(customer.is_demo && !child.customer().is_demo);
    assert_eq!(child.customer().parent, Some(customer.key));
    assert_eq!((customer.created_at_us, customer.updated_at_us), (5, 6));

    let secret: KeyId = EMBED_SECRET.parse().expect("an id");
    let secret = store.embed_secret(&secret).await.expect("an answer").expect("the secret");
    assert_eq!(secret.value, KeyValue::from_random(EMBED_KEY));
    assert_eq!(store.managed_embed_secret(&scope).await.expect("a secret"), secret);
    let definitions = store.definitions().await.expect("definitions");
    assert_eq!(definitions.sources[0].connection, connection());
    assert_eq!(definitions.dashboards[0].published.len(), 1);

    let (made, is_new) =
        store.get_or_create_customer(&scope, beside(customer, "AA")).await.expect("a customer");
    assert!(is_new && made.customer().key.0 == 3, "{made:?}");
    store.set_admin_key(&operator, &AdminKey::from_random([6; 32])).await.expect("set");
}

/// A new customer like one that is there.
fn beside(customer: &model::Customer, id: &str) -> NewCustomer {
    NewCustomer {
        provided_id: id.parse().expect("an id"),
        name: customer.name.clone(),
        level: None,
        parent: None,
        properties: customer.properties.clone(),
        mapping: customer.mapping.clone(),
        emails: customer.emails.clone(),
        tags: customer.tags.iter().cloned().collect(),
        is_demo: false,
    }
}

async fn check_refused(location: Location) {
    let Err(fault) = open(location).await else { panic!("opened a newer schema") };
    let (found, known) = (MIGRATIONS.len() + 1, MIGRATIONS.len());
    let told = fault.to_string();
    let versions =
        format!("has schema version {found}, this program knows versions up to {known}; ");
    assert!(told.contains(&versions), "{told}");
    assert!(told.contains("start the newer version of Fanlight again, or go back"), "{told}");
    assert!(told.contains(&format!("fanlight.db.v{known}.backup")), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_versions_database_is_upgraded_on_sqlite() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("fanlight.db");
    let mut connection = Connection::open(&path).expect("a database");
    sqlite_to(&mut connection, &path, &MIGRATIONS[..1]).expect("the first version");
    connection.execute_batch(&rows_of_version_1(Dialect::Sqlite)).expect("its rows");
    drop(connection);
    check_upgraded(Location::Sqlite(dir.path().to_owned())).await;
}

#[tokio::test]
async fn the_first_versions_database_is_upgraded_on_postgres() {
    let cluster = testkit::Cluster::start().expect("a cluster");
    let mut client = connect(&cluster).await;
    postgres_to(&mut client, &MIGRATIONS[..1]).await.expect("the first version");
    client.batch_execute(&rows_of_version_1(Dialect::Postgres)).await.expect("its rows");
    // The first version drew customers' keys from here.
    let drawn = "SELECT setval(pg_get_serial_sequence('customer', 'id'), 2)";
    client.batch_execute(drawn).await.expect("two keys");
    check_upgraded(on_postgres(&cluster)).await;
}

#[tokio::test]
async fn a_newer_schema_is_refused_on_sqlite() {
    let dir = tempfile::tempdir().expect("a directory");
    drop(open(Location::Sqlite(dir.path().to_owned())).await.expect("this version"));
    let connection = Connection::open(dir.path().join("fanlight.db")).expect("the database");
    let newer = MIGRATIONS.len() as i64 + 1;
    connection.pragma_update(None, "user_version", newer).expect("newer");
    check_refused(Location::Sqlite(dir.path().to_owned())).await;
}

#[tokio::test]
async fn a_newer_schema_is_refused_on_postgres() {
    let cluster = testkit::Cluster::start().expect("a cluster");
    drop(open(on_postgres(&cluster)).await.expect("this version"));
    let newer = "UPDATE schema_version SET version = version + 1";
    connect(&cluster).await.batch_execute(newer).await.expect("newer");
    check_refused(on_postgres(&cluster)).await;
}

fn on_postgres(cluster: &testkit::Cluster) -> Location {
    Location::Postgres { url: cluster.url(), password: None, connections: 4 }
}

async fn connect(cluster: &testkit::Cluster) -> deadpool_postgres::Client {
    let config = cluster.url().parse().expect("a connection string");
    let manager = deadpool_postgres::Manager::new(config, tokio_postgres::NoTls);
    let pool = deadpool_postgres::Pool::builder(manager).build().expect("a pool");
    pool.get().await.expect("a connection")
}
