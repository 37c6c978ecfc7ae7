//! Every statement on our own metadata, once. A test prepares all of them on both databases.
//!
//! Placeholders are `?1`, `?2` …; words in braces are explained in [`crate::dialect`].

use std::sync::LazyLock;

use crate::dialect::Dialect;

/// One statement of the registry.
#[derive(Clone, Copy)]
pub(crate) struct Statement(usize);

static SQLITE: LazyLock<Vec<String>> = LazyLock::new(|| rendered(Dialect::Sqlite));
static POSTGRES: LazyLock<Vec<String>> = LazyLock::new(|| rendered(Dialect::Postgres));

fn rendered(dialect: Dialect) -> Vec<String> {
    ALL.iter().map(|(_, text)| dialect.render(text)).collect()
}

impl Statement {
    /// The statement's text for a database.
    pub(crate) fn text(self, dialect: Dialect) -> &'static str {
        match dialect {
            Dialect::Sqlite => &SQLITE[self.0],
            Dialect::Postgres => &POSTGRES[self.0],
        }
    }
}

/// Declares one constant per statement, and `ALL` with their names and texts.
macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $text:expr;)*) => {
        #[expect(non_camel_case_types, reason = "the variants are named after the constants")]
        #[expect(clippy::upper_case_acronyms, reason = "the variants are named after the constants")]
        enum Index { $($name),* }
        $($(#[$doc])* pub(crate) const $name: Statement = Statement(Index::$name as usize);)*
        /// Each statement's name and text.
        pub(crate) const ALL: &[(&str, &str)] = &[$((stringify!($name), $text)),*];
    };
}

/// The columns of [`crate::customers::row`], of customer `c` on level `l`.
macro_rules! customer_columns {
    () => {
        "c.id, c.group_id, c.provided_id, c.name, l.rank, l.name, c.parent_id, c.properties, \
         {mapping_of_c}, c.emails, {tags_of_c}, c.is_demo, c.created_at_us, c.updated_at_us, \
         c.token_sealed"
    };
}

/// A customer and its ancestors, in any order; ranks grow from the root down.
macro_rules! path {
    ($condition:literal) => {
        concat!(
            "WITH RECURSIVE path (id, parent_id) AS (
               SELECT id, parent_id FROM customer WHERE ",
            $condition,
            " UNION ALL
               SELECT above.id, above.parent_id
               FROM path {then_join} customer above ON above.id = path.parent_id
             ) SELECT ",
            customer_columns!(),
            " FROM path {then_join} customer c ON c.id = path.id
             {then_join} level l ON l.id = c.level_id",
        )
    };
}

/// A page of customers with all their ancestors; the last column tells which are of the page.
macro_rules! page {
    ($condition:literal) => {
        concat!(
            "WITH RECURSIVE page (id) AS (
               SELECT id FROM customer WHERE group_id = ?1 ",
            $condition,
            " ORDER BY id LIMIT ?2 OFFSET ?3
             ), line (id) AS (
               SELECT id FROM page UNION
               SELECT below.parent_id FROM line JOIN customer below ON below.id = line.id
               WHERE below.parent_id IS NOT NULL
             ) SELECT ",
            customer_columns!(),
            ", CAST(CASE WHEN c.id IN (SELECT id FROM page) THEN 1 ELSE 0 END AS {integer})
             FROM line JOIN customer c ON c.id = line.id JOIN level l ON l.id = c.level_id
             ORDER BY c.id",
        )
    };
}

/// At most ?2 customers behind the place (?3, ?4), with all their ancestors; the last column tells
/// which are listed. ?5 is a parent, ?6 a level, ?7 a tag, each of them or none. `$driver` finds the
/// rows by an index, the other conditions are looked at row by row.
macro_rules! listed {
    ($driver:literal, $order:literal) => {
        concat!(
            "WITH RECURSIVE page (id) AS (
               SELECT customer.id FROM customer ",
            $driver,
            " AND (CAST(?5 AS TEXT) IS NULL OR customer.parent_id = (SELECT p.id FROM customer p
                 WHERE p.group_id = ?1 AND p.provided_id = ?5))
               AND (CAST(?6 AS TEXT) IS NULL OR customer.level_id =
                 (SELECT l.id FROM level l WHERE l.name = ?6))
               AND (CAST(?7 AS TEXT) IS NULL OR EXISTS (SELECT 1 FROM customer_tag ct
                 JOIN tag t ON t.id = ct.tag_id WHERE ct.customer_id = customer.id AND t.name = ?7))
               ORDER BY ",
            $order,
            " LIMIT ?2
             ), line (id) AS (
               SELECT id FROM page UNION
               SELECT below.parent_id FROM line JOIN customer below ON below.id = line.id
               WHERE below.parent_id IS NOT NULL
             ) SELECT ",
            customer_columns!(),
            ", CAST(CASE WHEN c.id IN (SELECT id FROM page) THEN 1 ELSE 0 END AS {integer})
             FROM line JOIN customer c ON c.id = line.id JOIN level l ON l.id = c.level_id",
        )
    };
}

macro_rules! count {
    ($condition:literal) => {
        concat!("SELECT count(*) FROM customer WHERE group_id = ?1 ", $condition)
    };
}

statements! {
    // Settings.
    SETTING = "SELECT value FROM setting WHERE name = ?1";
    INSERT_SETTING = "INSERT INTO setting (name, value) VALUES (?1, ?2)
        ON CONFLICT (name) DO NOTHING";
    SCHEMA_VERSION = "{schema_version}";
    SET_SETTING = "INSERT INTO setting (name, value) VALUES (?1, ?2)
        ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    GENERATION = "SELECT generation FROM definitions_generation";
    NEXT_GENERATION = "{next_generation}";
    CACHE_PURGES = "SELECT kind, target, generation FROM cache_purge";
    PURGE_CACHE = "INSERT INTO cache_purge (kind, target, generation) VALUES (?1, ?2, ?3)
        ON CONFLICT (kind, target) DO UPDATE SET generation = excluded.generation";

    // Levels and groups.
    LEVELS = "SELECT name FROM level ORDER BY rank";
    GROUP_BY_NAME = "SELECT id FROM visibility_group WHERE name = ?1";
    INSERT_GROUP = "INSERT INTO visibility_group (name) VALUES (?1)
        ON CONFLICT (name) DO NOTHING RETURNING id";

    // Credentials.
    SCOPE_OF_API_TOKEN = "SELECT g.id, g.name, t.access,
          CASE t.id WHEN '' THEN {id_of_fingerprint} ELSE t.id END FROM api_token t
        JOIN visibility_group g ON g.id = t.group_id WHERE t.fingerprint = ?1";
    INSERT_API_TOKEN = "INSERT INTO api_token
          (fingerprint, group_id, access, created_at_us, id, name)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    DELETE_API_TOKEN = "DELETE FROM api_token WHERE fingerprint = ?1";
    ADMIN_KEY = "SELECT fingerprint FROM admin_key";
    DELETE_ADMIN_KEY = "DELETE FROM admin_key";
    INSERT_ADMIN_KEY = "INSERT INTO admin_key (fingerprint, created_at_us) VALUES (?1, ?2)";
    EMBED_SECRET = "SELECT group_id, sealed, retires_at_us FROM embed_secret WHERE id = ?1";
    EMBED_SECRET_OF_GROUP = "SELECT sealed FROM embed_secret
        WHERE group_id = ?1 AND id = ?2 AND retires_at_us IS NULL";
    MANAGED_EMBED_SECRET = "SELECT id, sealed FROM embed_secret
        WHERE group_id = ?1 AND managed = 1";
    INSERT_EMBED_SECRET = "INSERT INTO embed_secret (id, group_id, sealed, managed, created_at_us)
        VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING";
    DELETE_EMBED_SECRET = "DELETE FROM embed_secret WHERE id = ?1";

    // Calls that may be sent again.
    TRY_LOCK = "{try_lock}";
    IDEMPOTENCY_RECORD = "SELECT payload_hash, status, body_sealed FROM idempotency_record
        WHERE credential = ?1 AND route = ?2 AND idempotency_key = ?3";
    INSERT_IDEMPOTENCY_RECORD = "INSERT INTO idempotency_record
          (credential, route, idempotency_key, payload_hash, recorded_at_us, status, body_sealed)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    DELETE_IDEMPOTENCY_RECORDS = "DELETE FROM idempotency_record WHERE recorded_at_us < ?1";

    // The audit log.
    INSERT_AUDIT_ENTRY = "INSERT INTO audit_entry (at_us, actor, address, request_id, action, kind,
          group_name, subject, before_state, after_state)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    AUDIT_ENTRIES = "SELECT id, at_us, actor, address, request_id, action, kind, group_name, subject,
          before_state, after_state FROM audit_entry
        WHERE id < ?1 AND at_us >= ?3 AND at_us < ?4
          AND (CAST(?5 AS TEXT) IS NULL OR actor = ?5)
          AND (CAST(?6 AS TEXT) IS NULL OR action = ?6)
          AND (CAST(?7 AS TEXT) IS NULL OR kind = ?7)
          AND (CAST(?8 AS TEXT) IS NULL OR group_name = ?8)
        ORDER BY id DESC LIMIT ?2";
    AUDIT_ENTRIES_OF_SUBJECT = "SELECT id, at_us, actor, address, request_id, action, kind,
          group_name, subject, before_state, after_state FROM audit_entry
        WHERE subject = ?9 AND id < ?1 AND at_us >= ?3 AND at_us < ?4
          AND (CAST(?5 AS TEXT) IS NULL OR actor = ?5)
          AND (CAST(?6 AS TEXT) IS NULL OR action = ?6)
          AND (CAST(?7 AS TEXT) IS NULL OR kind = ?7)
          AND (CAST(?8 AS TEXT) IS NULL OR group_name = ?8)
        ORDER BY id DESC LIMIT ?2";
    DELETE_AUDIT_ENTRIES_BEFORE = "DELETE FROM audit_entry WHERE at_us < ?1
        AND id IN (SELECT id FROM audit_entry ORDER BY id LIMIT ?2)";

    // Customers.
    CUSTOMER_BY_PROVIDED_ID = path!("group_id = ?1 AND provided_id = ?2");
    CUSTOMER_BY_FINGERPRINT = path!("group_id = ?1 AND token_fingerprint = ?2");
    CUSTOMER_BY_FINGERPRINT_ALONE = path!("token_fingerprint = ?1");
    CUSTOMER_BY_KEY = path!("group_id = ?1 AND id = ?2");
    CUSTOMER_KEY = "SELECT id, parent_id FROM customer WHERE group_id = ?1 AND provided_id = ?2";
    CUSTOMER_KEY_BY_FINGERPRINT = "SELECT id, parent_id FROM customer
        WHERE group_id = ?1 AND token_fingerprint = ?2";
    SHARE_CUSTOMER = "SELECT id FROM customer WHERE group_id = ?1 AND provided_id = ?2 {for_share}";
    /// In the order of keys, so that two changes that lock the same rows never wait for each other.
    LOCK_CUSTOMERS = "SELECT id FROM customer WHERE group_id = ?1 AND id IN (?2, ?3)
        ORDER BY id {for_update}";
    NEXT_CUSTOMER = "{next_customer}";
    INSERT_CUSTOMER = "INSERT INTO customer (id, group_id, provided_id, name, level_id, parent_id,
          properties, emails, is_demo, token_sealed, token_fingerprint, created_at_us,
          updated_at_us)
        VALUES (?1, ?2, ?3, ?4, (SELECT id FROM level WHERE name = ?5), ?6, ?7, ?8, ?9, ?10, ?11,
          ?12, ?12)
        ON CONFLICT (group_id, provided_id) DO NOTHING";
    UPDATE_CUSTOMER = "UPDATE customer SET provided_id = ?3, name = ?4,
          level_id = (SELECT id FROM level WHERE name = ?5), parent_id = ?6, properties = ?7,
          emails = ?8, is_demo = ?9, updated_at_us = ?10
        WHERE group_id = ?1 AND id = ?2";
    OWNER_OF_TOKEN = "SELECT group_id, provided_id FROM customer WHERE token_fingerprint = ?1";
    UPDATE_CUSTOMER_TOKEN = "UPDATE customer SET token_sealed = ?3, token_fingerprint = ?4,
          updated_at_us = ?5 WHERE group_id = ?1 AND id = ?2";
    DELETE_CUSTOMER = "DELETE FROM customer WHERE group_id = ?1 AND id = ?2";
    COUNT_CHILDREN = "SELECT count(*), min(l.rank) FROM customer c
        JOIN level l ON l.id = c.level_id WHERE c.group_id = ?1 AND c.parent_id = ?2";
    // The plus keeps SQLite from the index of levels: a parent has fewer children than a level.
    PAGE = page!("");
    PAGE_OF_PARENT = page!("AND parent_id = (SELECT p.id FROM customer p
        WHERE p.group_id = ?1 AND p.provided_id = ?4)");
    PAGE_OF_LEVEL = page!("AND level_id = (SELECT id FROM level WHERE name = ?4)");
    PAGE_OF_PARENT_AND_LEVEL = page!("AND parent_id = (SELECT p.id FROM customer p
        WHERE p.group_id = ?1 AND p.provided_id = ?4)
        AND +level_id = (SELECT id FROM level WHERE name = ?5)");
    COUNT = count!("");
    COUNT_OF_PARENT = count!("AND parent_id = (SELECT p.id FROM customer p
        WHERE p.group_id = ?1 AND p.provided_id = ?2)");
    COUNT_OF_LEVEL = count!("AND level_id = (SELECT id FROM level WHERE name = ?2)");
    COUNT_OF_PARENT_AND_LEVEL = count!("AND parent_id = (SELECT p.id FROM customer p
        WHERE p.group_id = ?1 AND p.provided_id = ?2)
        AND +level_id = (SELECT id FROM level WHERE name = ?3)");

    // Lists by cursor. ?3 is a moment, ?4 a key.
    LIST = listed!("WHERE customer.group_id = ?1 AND customer.id > ?4 AND CAST(?3 AS {integer}) IS NOT NULL",
        "customer.id");
    LIST_OF_PARENT = listed!("WHERE customer.group_id = ?1 AND customer.id > ?4 AND CAST(?3 AS {integer}) IS NOT NULL
        AND customer.parent_id = (SELECT p.id FROM customer p
          WHERE p.group_id = ?1 AND p.provided_id = ?5)", "customer.id");
    LIST_OF_LEVEL = listed!("WHERE customer.group_id = ?1 AND customer.id > ?4 AND CAST(?3 AS {integer}) IS NOT NULL
        AND customer.level_id = (SELECT l.id FROM level l WHERE l.name = ?6)", "customer.id");
    LIST_OF_TAG = listed!("JOIN customer_tag of ON of.customer_id = customer.id
        WHERE customer.group_id = ?1 AND of.customer_id > ?4 AND CAST(?3 AS {integer}) IS NOT NULL
        AND of.tag_id = (SELECT t.id FROM tag t WHERE t.name = ?7)", "of.customer_id");
    LIST_OF_UPDATED = listed!("WHERE customer.group_id = ?1
        AND (customer.updated_at_us, customer.id) > (?3, ?4)",
        "customer.updated_at_us, customer.id");

    // Many customers at once: ?2 is a JSON list of provided ids.
    /// In the order of keys, too; by a sum, so that PostgreSQL finds them by their provided ids.
    LOCK_CUSTOMERS_OF_IDS = "SELECT id FROM customer
        WHERE group_id = ?1 AND provided_id {in_texts_of_2} ORDER BY id + 0 {for_update}";
    CUSTOMERS_OF_IDS = concat!("SELECT ", customer_columns!(), " FROM customer c
        JOIN level l ON l.id = c.level_id
        WHERE c.group_id = ?1 AND c.provided_id {in_texts_of_2}");
    CHILDREN_OF_IDS = "SELECT c.parent_id, l.rank, count(*) FROM customer p
        {then_join} customer c ON c.group_id = p.group_id AND c.parent_id = p.id
        {then_join} level l ON l.id = c.level_id
        WHERE p.group_id = ?1 AND p.provided_id {in_texts_of_2} GROUP BY c.parent_id, l.rank";
    PARENTS_OF_IDS = "SELECT DISTINCT p.id, p.provided_id FROM customer c
        {then_join} customer p ON p.id = c.parent_id
        WHERE c.group_id = ?1 AND c.provided_id {in_texts_of_2}";
    NEXT_CUSTOMERS = "{next_customers}";
    TAG_KEYS = "SELECT id, name FROM tag";
    SCHEMA_KEYS = "SELECT id FROM source_schema";
    SOURCE_PLACES = "SELECT id, schema_id, group_id FROM data_source";

    // A customer's tags and mapping.
    TAG = "SELECT id FROM tag WHERE name = ?1";
    INSERT_CUSTOMER_TAG = "INSERT INTO customer_tag (customer_id, tag_id) VALUES (?1, ?2)";
    DELETE_CUSTOMER_TAGS = "DELETE FROM customer_tag WHERE customer_id = ?1";
    SCHEMA_EXISTS = "SELECT count(*) FROM source_schema WHERE id = ?1";
    SOURCE_PLACE = "SELECT schema_id, group_id FROM data_source WHERE id = ?1";
    INSERT_CUSTOMER_MAPPING = "INSERT INTO customer_mapping
          (customer_id, group_id, schema_id, source_id) VALUES (?1, ?2, ?3, ?4)";
    DELETE_CUSTOMER_MAPPING = "DELETE FROM customer_mapping WHERE customer_id = ?1";

    // Tags.
    TAGS = "SELECT name FROM tag ORDER BY id";
    INSERT_TAG = "INSERT INTO tag (name) VALUES (?1) ON CONFLICT (name) DO NOTHING RETURNING id";
    LOCK_TAG = "SELECT id FROM tag WHERE name = ?1 {for_update}";
    RENAME_TAG = "UPDATE tag SET name = ?2 WHERE id = ?1";
    DELETE_TAG = "DELETE FROM tag WHERE id = ?1";

    // Definitions.
    GROUPS = "SELECT id, name FROM visibility_group ORDER BY id";
    ENVIRONMENTS = "SELECT name FROM environment ORDER BY id";
    SCHEMAS = "SELECT id, name, default_source_id FROM source_schema ORDER BY id";
    GROUP_DEFAULTS = "SELECT schema_id, group_id, source_id FROM schema_group_default
        ORDER BY schema_id, group_id";
    SOURCES = "SELECT id, name, schema_id, group_id, isolated, connection_sealed, revision
        FROM data_source ORDER BY id";
    DASHBOARDS = "SELECT id, name, embed_id FROM dashboard ORDER BY id";
    /// The newest version of each dashboard, and every version that an environment shows.
    VERSIONS = "SELECT v.dashboard_id, v.version, v.definition FROM dashboard_version v
        WHERE v.version = (SELECT max(n.version) FROM dashboard_version n
                           WHERE n.dashboard_id = v.dashboard_id)
          OR EXISTS (SELECT e.version FROM dashboard_environment e
                     WHERE e.dashboard_id = v.dashboard_id AND e.version = v.version)
        ORDER BY v.dashboard_id, v.version";
    PUBLISHED = "SELECT p.dashboard_id, e.name, p.version FROM dashboard_environment p
        JOIN environment e ON e.id = p.environment_id ORDER BY p.dashboard_id, e.id";

    // Applying a declaration.
    CUSTOMERS_BY_LEVEL = "SELECT l.name, count(*) FROM customer c JOIN level l ON l.id = c.level_id
        GROUP BY l.name";
    LEVEL_PAIRS = "SELECT DISTINCT a.name, b.name FROM customer c
        JOIN customer p ON p.id = c.parent_id
        JOIN level a ON a.id = p.level_id JOIN level b ON b.id = c.level_id";
    CUSTOMERS_BY_SOURCE = "SELECT s.name, count(*) FROM customer_mapping m
        JOIN data_source s ON s.id = m.source_id GROUP BY s.name";
    SET_LEVEL = "INSERT INTO level (name, rank) VALUES (?1, ?2)
        ON CONFLICT (name) DO UPDATE SET rank = excluded.rank";
    DELETE_LEVEL = "DELETE FROM level WHERE name = ?1";
    INSERT_ENVIRONMENT = "INSERT INTO environment (name) VALUES (?1)";
    ENVIRONMENT_BY_NAME = "SELECT id FROM environment WHERE name = ?1";
    INSERT_SCHEMA = "INSERT INTO source_schema (name) VALUES (?1)";
    SCHEMA_BY_NAME = "SELECT id FROM source_schema WHERE name = ?1";
    SET_DEFAULT_SOURCE = "UPDATE source_schema SET default_source_id = ?2 WHERE id = ?1";
    DELETE_GROUP_DEFAULT = "DELETE FROM schema_group_default
        WHERE schema_id = ?1 AND group_id = ?2";
    INSERT_GROUP_DEFAULT = "INSERT INTO schema_group_default (schema_id, group_id, source_id)
        VALUES (?1, ?2, ?3)";
    /// Without its connection, which is sealed with the row's key and follows at once.
    INSERT_SOURCE = "INSERT INTO data_source
          (name, schema_id, group_id, isolated, connection_sealed, revision)
        VALUES (?1, ?2, ?3, 0, ?4, 0)";
    UPDATE_SOURCE = "UPDATE data_source SET schema_id = ?2, group_id = ?3, isolated = ?4,
          connection_sealed = ?5, revision = revision + 1 WHERE id = ?1";
    SOURCE_BY_NAME = "SELECT id FROM data_source WHERE name = ?1";
    INSERT_DASHBOARD = "INSERT INTO dashboard (name, embed_id) VALUES (?1, ?2)";
    DASHBOARD_BY_NAME = "SELECT id FROM dashboard WHERE name = ?1";
    INSERT_VERSION = "INSERT INTO dashboard_version
          (dashboard_id, version, definition, created_at_us) VALUES (?1, ?2, ?3, ?4)";
    PUBLISH = "INSERT INTO dashboard_environment (dashboard_id, environment_id, version)
        VALUES (?1, ?2, ?3) ON CONFLICT (dashboard_id, environment_id)
        DO UPDATE SET version = excluded.version";

    // Sealing anew.
    OCCUPY_ALONE = "{occupy_alone}";
    UPDATE_SETTING = "UPDATE setting SET value = ?2 WHERE name = ?1";
    COUNT_SEALED = "SELECT (SELECT count(*) FROM customer) + (SELECT count(*) FROM data_source)
        + (SELECT count(*) FROM embed_secret) + (SELECT count(*) FROM idempotency_record)";
    SEALED_SECRETS = "SELECT id, sealed FROM embed_secret ORDER BY id";
    RESEAL_SECRET = "UPDATE embed_secret SET sealed = ?2 WHERE id = ?1";
    SEALED_CONNECTIONS = "SELECT id, connection_sealed FROM data_source WHERE id > ?1
        ORDER BY id LIMIT 1000";
    RESEAL_CONNECTION = "UPDATE data_source SET connection_sealed = ?2 WHERE id = ?1";
    SEALED_TOKENS = "SELECT id, token_sealed FROM customer WHERE id > ?1 ORDER BY id LIMIT 1000";
    RESEAL_TOKEN = "UPDATE customer SET token_sealed = ?2 WHERE id = ?1";
    /// Few at once, because the reply to a batch is long.
    SEALED_REPLIES = "SELECT credential, route, idempotency_key, body_sealed
        FROM idempotency_record WHERE (credential, route, idempotency_key) > (?1, ?2, ?3)
        ORDER BY credential, route, idempotency_key LIMIT 20";
    RESEAL_REPLY = "UPDATE idempotency_record SET body_sealed = ?4
        WHERE credential = ?1 AND route = ?2 AND idempotency_key = ?3";
    // Groups as records.
    RENAME_GROUP = "UPDATE visibility_group SET name = ?2 WHERE id = ?1";
    DELETE_GROUP = "DELETE FROM visibility_group WHERE id = ?1";
    GROUP_CONTENTS = "SELECT (SELECT count(*) FROM customer WHERE group_id = ?1),
          (SELECT count(*) FROM data_source WHERE group_id = ?1),
          (SELECT count(*) FROM api_token WHERE group_id = ?1),
          (SELECT count(*) FROM embed_secret WHERE group_id = ?1)";

    // Credentials as records.
    API_TOKENS = "SELECT id, name, group_name, access, created_at_us FROM (
          SELECT CASE t.id WHEN '' THEN {id_of_fingerprint} ELSE t.id END AS id, t.name AS name,
            g.name AS group_name, t.access AS access, t.created_at_us AS created_at_us
          FROM api_token t JOIN visibility_group g ON g.id = t.group_id) AS token
        WHERE (created_at_us > ?1 OR (created_at_us = ?1 AND id > ?2))
          AND (CAST(?3 AS TEXT) IS NULL OR group_name = ?3)
        ORDER BY created_at_us, id LIMIT ?4";
    LOCK_API_TOKEN = "SELECT CASE t.id WHEN '' THEN {id_of_fingerprint} ELSE t.id END, t.name,
          g.name, t.access, t.created_at_us, t.fingerprint
        FROM api_token t JOIN visibility_group g ON g.id = t.group_id
        WHERE t.id = ?1 OR (t.id = '' AND {id_of_fingerprint} = ?1) {for_update}";
    ROTATE_API_TOKEN = "UPDATE api_token SET fingerprint = ?2, id = ?3 WHERE fingerprint = ?1";
    EMBED_SECRETS = "SELECT s.id, g.name, s.managed, s.created_at_us, s.retires_at_us
        FROM embed_secret s JOIN visibility_group g ON g.id = s.group_id
        WHERE (s.created_at_us > ?1 OR (s.created_at_us = ?1 AND s.id > ?2))
          AND (CAST(?3 AS TEXT) IS NULL OR g.name = ?3)
        ORDER BY s.created_at_us, s.id LIMIT ?4";
    LOCK_EMBED_SECRET = "SELECT s.id, g.name, s.managed, s.created_at_us, s.retires_at_us, g.id
        FROM embed_secret s JOIN visibility_group g ON g.id = s.group_id
        WHERE s.id = ?1 {for_update}";
    RETIRE_EMBED_SECRET = "UPDATE embed_secret SET retires_at_us = ?2, managed = 0 WHERE id = ?1";

    // What ends definitions.
    SHOWN_IN_ENVIRONMENT = "SELECT count(*) FROM dashboard_environment WHERE environment_id = ?1";
    RENAME_ENVIRONMENT = "UPDATE environment SET name = ?2 WHERE id = ?1";
    DELETE_ENVIRONMENT = "DELETE FROM environment WHERE id = ?1";
    DELETE_SCHEMA = "DELETE FROM source_schema WHERE id = ?1";
    SOURCE_USES = "SELECT (SELECT count(*) FROM customer_mapping WHERE source_id = ?1),
          (SELECT count(*) FROM source_schema WHERE default_source_id = ?1),
          (SELECT count(*) FROM schema_group_default WHERE source_id = ?1)";
    DELETE_SOURCE = "DELETE FROM data_source WHERE id = ?1";
    DASHBOARD_VERSIONS = "SELECT version, created_at_us, definition FROM dashboard_version
        WHERE dashboard_id = ?1 AND version < ?2 ORDER BY version DESC LIMIT ?3";
    VERSION_EXISTS = "SELECT count(*) FROM dashboard_version
        WHERE dashboard_id = ?1 AND version = ?2";
    SHOWN_VERSION = "SELECT version FROM dashboard_environment
        WHERE dashboard_id = ?1 AND environment_id = ?2";
    UNPUBLISH = "DELETE FROM dashboard_environment WHERE dashboard_id = ?1 AND environment_id = ?2";
    DELETE_DASHBOARD_FROM_ENVIRONMENTS = "DELETE FROM dashboard_environment
        WHERE dashboard_id = ?1";
    DELETE_DASHBOARD_VERSIONS = "DELETE FROM dashboard_version WHERE dashboard_id = ?1";
    DELETE_DASHBOARD = "DELETE FROM dashboard WHERE id = ?1";

    // Publishing one version, and who may sign in to the portal.
    DASHBOARD_BY_EMBED_ID = "SELECT id, name FROM dashboard WHERE embed_id = ?1";
    DASHBOARD_VERSION = "SELECT version FROM dashboard_version
        WHERE dashboard_id = ?1 AND version = ?2";
    PORTAL_ACCESS = "SELECT email FROM portal_access WHERE customer_id = ?1 AND dashboard_id = ?2";
    PORTAL_ACCESS_OF_CUSTOMER = "SELECT p.email FROM customer c
        JOIN portal_access p ON p.customer_id = c.id JOIN dashboard d ON d.id = p.dashboard_id
        WHERE c.group_id = ?1 AND c.provided_id = ?2 AND d.embed_id = ?3 ORDER BY p.email";
    DELETE_PORTAL_ACCESS = "DELETE FROM portal_access WHERE customer_id = ?1 AND dashboard_id = ?2";
    INSERT_PORTAL_ACCESS = "INSERT INTO portal_access (customer_id, dashboard_id, email)
        VALUES (?1, ?2, ?3)";

    // Counting customers. The index of levels has all that is asked for.
    USAGE = "SELECT g.name, count(c.id), CAST(coalesce(sum(c.is_demo), 0) AS {integer})
        FROM visibility_group g LEFT JOIN customer c ON c.group_id = g.id
        GROUP BY g.id, g.name ORDER BY g.id";
    USAGE_OF_GROUP = "SELECT count(*), CAST(coalesce(sum(is_demo), 0) AS {integer})
        FROM customer WHERE group_id = ?1";
    PAID_CUSTOMERS = "SELECT count(*) FROM
        (SELECT id FROM customer WHERE is_demo = 0 LIMIT ?1) some_of_them";
    LOCK_PAID_CUSTOMERS = "{lock_paid_customers}";
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migrate::MIGRATIONS;

    #[test]
    fn sqlite_prepares_every_statement() {
        let connection = rusqlite::Connection::open_in_memory().expect("a database");
        for migration in MIGRATIONS {
            connection.execute_batch(&Dialect::Sqlite.render(migration)).expect("migrates");
        }
        for (at, (name, _)) in ALL.iter().enumerate() {
            let text = Statement(at).text(Dialect::Sqlite);
            connection.prepare(text).map_err(|fault| format!("{name}: {fault}")).expect("prepares");
        }
    }

    #[tokio::test]
    async fn postgres_prepares_every_statement() {
        let cluster = testkit::Cluster::start().expect("a cluster");
        let connected = tokio_postgres::connect(&cluster.url(), tokio_postgres::NoTls).await;
        let (client, connection) = connected.expect("a connection");
        let driver = tokio::spawn(connection);
        for migration in MIGRATIONS {
            let text = Dialect::Postgres.render(migration);
            client.batch_execute(&text).await.expect("migrates");
        }
        client.batch_execute(crate::migrate::VERSION_TABLE).await.expect("a table");
        for (at, (name, _)) in ALL.iter().enumerate() {
            let prepared = client.prepare(Statement(at).text(Dialect::Postgres)).await;
            prepared.map_err(|fault| format!("{name}: {fault:?}")).expect("prepares");
        }
        driver.abort();
    }

    #[test]
    fn no_word_in_braces_is_left() {
        for dialect in [Dialect::Sqlite, Dialect::Postgres] {
            for (at, (name, _)) in ALL.iter().enumerate() {
                let text = Statement(at).text(dialect).replace("'{}'", "");
                assert!(!text.contains('{'), "{name}: {text}");
            }
        }
    }
}
