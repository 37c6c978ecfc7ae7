//! The list of settings, with what their reference page says.

use std::fmt::Write;

/// One setting: its name in the file; in the environment it is upper case after `FANLIGHT_`.
pub(super) struct Setting {
    pub(super) key: &'static str,
    /// `None`: without it the setting has no value.
    pub(super) default: Option<&'static str>,
    meaning: &'static str,
}

pub(super) const SETTINGS: &[Setting] = &[
    Setting {
        key: "listen",
        default: Some("127.0.0.1:8080"),
        meaning: "Address and port to listen on; port 0 picks a free one. Also `--listen`.",
    },
    Setting {
        key: "data_dir",
        default: Some("fanlight-data"),
        meaning: "Folder of the metadata (with SQLite) and of the master key's file. Also \
                  `--data-dir`.",
    },
    Setting {
        key: "database_url",
        default: None,
        meaning: "`postgres://…`: keeps the metadata in PostgreSQL, so that several servers can \
                  share it; `?sslmode=verify-full` and libpq's other parameters for TLS are \
                  understood. Without it, SQLite in the data folder.",
    },
    Setting {
        key: "database_password",
        default: None,
        meaning: "The password for PostgreSQL, when the URL has none.",
    },
    Setting {
        key: "database_connections",
        default: Some("16"),
        meaning: "Most connections to PostgreSQL that this server holds, besides one that listens \
                  for changes.",
    },
    Setting {
        key: "master_key",
        default: None,
        meaning: "The key that seals secrets at rest. Without it, the file `init` wrote to the data \
                  folder. All servers of one database share one key.",
    },
    Setting {
        key: "public_url",
        default: None,
        meaning: "How the world reaches the server, for example `https://dashboards.example.com`.",
    },
    Setting {
        key: "cors_origins",
        default: Some(""),
        meaning: "Origins whose pages may call `/api` and `/v1` from a browser, for example \
                  `https://app.example.com`. None by default, because API tokens belong on servers.",
    },
    Setting {
        key: "trusted_proxies",
        default: Some(""),
        meaning: "Addresses and networks whose `X-Forwarded-For` is believed, for example \
                  `10.0.0.0/8`.",
    },
    Setting {
        key: "rate_limit_per_minute",
        default: Some("6000"),
        meaning: "Requests per address and minute to `/api`, `/v2/api` and `/v1`, per server; 0 is \
                  no limit. Explo's own limit is 180.",
    },
    Setting {
        key: "key_rate_limit_per_minute",
        default: Some("0"),
        meaning: "Requests per API token, or admin key, and minute to `/api`, `/v2/api` and `/v1`, \
                  per server; 0 is no limit.",
    },
    Setting {
        key: "metrics_listen",
        default: None,
        meaning: "Address and port where `/metrics` answers everybody, for example \
                  `10.0.0.5:9090`. Without it, `/metrics` answers programs on this machine and the \
                  admin key only.",
    },
    Setting {
        key: "otlp_endpoint",
        default: None,
        meaning: "Where traces are sent, by OTLP over HTTP: the base URL of an OpenTelemetry \
                  collector nearby, for example `http://127.0.0.1:4318`. Without it there are none.",
    },
    Setting {
        key: "otlp_sample_ratio",
        default: Some("1"),
        meaning: "The share of traces that are sent, from 0 to 1. Where the caller has begun the \
                  trace (`traceparent`), the caller decides.",
    },
    Setting {
        key: "max_connections",
        default: Some("10000"),
        meaning: "Connections that may be open at once; more wait until one ends. The process needs \
                  some more file descriptors than that.",
    },
    Setting {
        key: "idle_timeout_seconds",
        default: Some("75"),
        meaning: "How long a connection may rest between requests, and take for the head of one. \
                  Longer than the idle time of the load balancer in front, so that it closes first.",
    },
    Setting {
        key: "body_timeout_seconds",
        default: Some("30"),
        meaning: "How long the body of a request may take to arrive.",
    },
    Setting {
        key: "write_timeout_seconds",
        default: Some("30"),
        meaning: "How long a client may stop reading an answer before its connection is closed.",
    },
    Setting {
        key: "shutdown_delay_seconds",
        default: Some("5"),
        meaning: "How long the server goes on as before once it is told to stop, while `/readyz` \
                  answers 503, so that load balancers send nothing more.",
    },
    Setting {
        key: "shutdown_grace_seconds",
        default: Some("25"),
        meaning: "How long running requests may take after that delay.",
    },
    Setting {
        key: "embed_token_max_lifetime",
        default: Some("P30D"),
        meaning: "Longest lifetime that `generate_jwt` gives, as an ISO 8601 duration of weeks, \
                  days, hours, minutes and seconds.",
    },
    Setting {
        key: "chart_embeds",
        default: Some("false"),
        meaning: "`true`: `generate_jwt` takes `chart_id` and makes tokens that open a single panel.",
    },
    Setting {
        key: "data_source_folders",
        default: Some(""),
        meaning: "Absolute folders whose files a data source may read that is declared through \
                  `/v1`. None by default: then files are declared by `fanlight apply` alone.",
    },
    Setting {
        key: "data_source_hosts",
        default: Some(""),
        meaning: "Servers that a data source may ask that is declared through `/v1`, such as \
                  `db.example.com`, `*.example.com` or `10.0.0.7:5432`. None by default: then servers \
                  are declared by `fanlight apply` alone.",
    },
    Setting {
        key: "data_source_special_addresses",
        default: Some(""),
        meaning: "IP addresses that data sources may reach although they are link-local, a cloud's \
                  metadata service, multicast or unspecified, for example `169.254.10.7`. None by \
                  default, however a data source is declared and whatever name leads there.",
    },
    Setting {
        key: "queries_per_source",
        default: Some("8"),
        meaning: "Queries that run at once on one data source, per server, unless its connection says \
                  `connections`.",
    },
    Setting {
        key: "queries_per_customer",
        default: Some("4"),
        meaning: "Queries of one customer that run at once on one data source, per server; fewer while \
                  others ask, too. Customers take turns; more of one customer's wait, and nobody else \
                  for them.",
    },
    Setting {
        key: "queries_waiting_per_source",
        default: Some("256"),
        meaning: "Queries that may wait for one data source, per server; more are answered with 503 \
                  and `busy`.",
    },
    Setting {
        key: "queue_timeout_seconds",
        default: Some("15"),
        meaning: "How long a query may wait for its turn.",
    },
    Setting {
        key: "query_timeout_seconds",
        default: Some("30"),
        meaning: "How long a query may run; then it is stopped in the database.",
    },
    Setting {
        key: "result_max_bytes",
        default: Some("32 MiB"),
        meaning: "The largest result of a query, as it comes from the data source.",
    },
    Setting {
        key: "cache_max_bytes",
        default: Some("32 MiB"),
        meaning: "What kept results may take in memory, per server.",
    },
    Setting {
        key: "engine_max_bytes",
        default: Some("512 MiB"),
        meaning: "What the embedded engine may hold in memory for one data source of files.",
    },
    Setting {
        key: "engine_threads",
        default: None,
        meaning: "Threads of the embedded engine that work on one query together. Without it, half of \
                  the processors: many small queries run best on one thread each, few large ones on \
                  all.",
    },
    Setting {
        key: "object_cache_max_bytes",
        default: Some("4 GiB"),
        meaning: "What may lie in the folder `objects` of the data directory: files that were \
                  fetched from stores of objects. What nobody uses goes first.",
    },
    Setting {
        key: "object_table_max_bytes",
        default: Some("1 GiB"),
        meaning: "What the objects of one table may have together.",
    },
    Setting {
        key: "audit_retention",
        default: Some("P400D"),
        meaning: "How long entries of the audit log are kept, as an ISO 8601 duration of weeks, \
                  days, hours, minutes and seconds.",
    },
    Setting {
        key: "max_paid_customers",
        default: None,
        meaning: "Most customers that are no demo customers, of all groups together; when there are as \
                  many, no more are made. The same on all servers of one database. Without it, any \
                  number.",
    },
    Setting {
        key: "log",
        default: Some("info"),
        meaning: "What goes to the log on stderr: `error`, `warn`, `info`, `debug`, or per part such \
                  as `warn,server=debug`.",
    },
    Setting {
        key: "log_format",
        default: Some("text"),
        meaning: "`text` for people or `json` for programs.",
    },
];

pub(super) fn find(key: &str) -> &'static Setting {
    let setting = SETTINGS.iter().find(|setting| setting.key == key);
    setting.unwrap_or_else(|| unreachable!("{key} is listed in SETTINGS"))
}

pub(super) fn environment_name(key: &str) -> String {
    format!("FANLIGHT_{}", key.to_ascii_uppercase())
}

/// The reference page of all settings, in Markdown.
pub fn reference() -> String {
    let mut page = String::from(
        "# Configuration\n\n\
         One TOML file (`--config fanlight.toml`, or `FANLIGHT_CONFIG`), and the environment with \
         the same names in upper case after `FANLIGHT_`. A flag wins over the environment, which \
         wins over the file. Lists are arrays in the file and separated by commas in the \
         environment. Unknown keys in the file are errors.\n\n\
         Every variable may instead name a file that holds its value, with `_FILE` at its end: \
         `FANLIGHT_MASTER_KEY_FILE=/run/secrets/master_key`.\n\n\
         | setting | environment | default | meaning |\n|---|---|---|---|\n",
    );
    for Setting { key, default, meaning } in SETTINGS {
        let default = match default {
            None | Some("") => "none".to_owned(),
            Some(text) => format!("`{text}`"),
        };
        // Writing into a String cannot fail.
        let _ = writeln!(page, "| `{key}` | `{}` | {default} | {meaning} |", environment_name(key));
    }
    page
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_reference_page_is_the_committed_one() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reference/configuration.md");
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        assert_eq!(super::reference(), committed, "write config::reference() to {path}");
    }
}
