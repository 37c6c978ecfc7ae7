//! A session as every statement expects it.

use std::time::Duration;

use model::source::MySql;
use mysql_async::Conn;
use mysql_async::prelude::Queryable;

use super::failure::failure;
use crate::connector::Failure;

/// How the server reads SQL. It must be how the parser read it, or what was proved of a dataset is not
/// what runs: `||` joins texts and binds tightly, `"` begins a text, and a backslash is a backslash.
const SQL_MODE: &str = "PIPES_AS_CONCAT,STRICT_TRANS_TABLES,NO_BACKSLASH_ESCAPES";

/// Warnings that the server keeps. More than these and it is not certain what happened.
pub(super) const WARNINGS: u16 = 1024;

/// The server's own limit comes after ours, for when we are gone.
const BACKSTOP: Duration = Duration::from_secs(2);

/// Makes the session one that reads, in UTC, and makes sure that it is one.
pub(super) async fn set_up(
    session: &mut Conn,
    connection: &MySql,
    statement_timeout: Duration,
) -> Result<(), Failure> {
    let version: Option<String> = ask(session, "SELECT @@version").await?;
    let is_mariadb = version.is_some_and(|version| version.contains("MariaDB"));
    let limit = statement_timeout + BACKSTOP;
    let limit = if is_mariadb {
        format!("max_statement_time = {}", limit.as_secs_f64())
    } else {
        format!("max_execution_time = {}", limit.as_millis())
    };
    let mut settings = vec![
        format!("sql_mode = '{SQL_MODE}'"),
        "time_zone = '+00:00'".to_owned(),
        "autocommit = 1".to_owned(),
        // Of means and quotients of whole numbers; the server's own four are few.
        "div_precision_increment = 10".to_owned(),
        format!("max_error_count = {WARNINGS}"),
        limit,
    ];
    for (name, value) in &connection.settings {
        settings.push(setting(name, value)?);
    }
    let settings: Vec<String> =
        settings.into_iter().map(|setting| format!("SESSION {setting}")).collect();
    let statements = [
        "SET NAMES utf8mb4".to_owned(),
        format!("SET {}", settings.join(", ")),
        "SET SESSION TRANSACTION READ ONLY".to_owned(),
    ];
    for statement in statements {
        session.query_drop(statement).await.map_err(|error| failure(&error))?;
    }
    check(session, is_mariadb).await
}

/// Something between us and the server may have settings of its own.
async fn check(session: &mut Conn, is_mariadb: bool) -> Result<(), Failure> {
    let read_only = if is_mariadb { "@@tx_read_only" } else { "@@transaction_read_only" };
    let question = format!("SELECT @@sql_mode, @@time_zone, {read_only}");
    let found: Option<(String, String, i64)> = ask(session, &question).await?;
    let is_as_told = found.is_some_and(|(mode, zone, read_only)| {
        let mut found: Vec<&str> = mode.split(',').collect();
        let mut wanted: Vec<&str> = SQL_MODE.split(',').collect();
        found.sort_unstable();
        wanted.sort_unstable();
        found == wanted && zone == "+00:00" && read_only == 1
    });
    if is_as_told {
        return Ok(());
    }
    let detail = "the session does not take the settings that queries need (sql_mode, time_zone, \
                  read only)";
    Err(Failure::Unavailable(detail.to_owned()))
}

async fn ask<T>(session: &mut Conn, question: &str) -> Result<Option<T>, Failure>
where
    T: mysql_async::prelude::FromRow + Send + 'static,
{
    session.query_first(question).await.map_err(|error| failure(&error))
}

/// The names are of a short list; their values are numbers.
fn setting(name: &str, value: &str) -> Result<String, Failure> {
    let number: u64 = value
        .trim()
        .parse()
        .map_err(|_| Failure::Unavailable(format!("settings: {name} must be a whole number")))?;
    Ok(format!("{name} = {number}"))
}
