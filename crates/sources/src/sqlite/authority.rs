//! What a statement may do, asked by SQLite for every table, column and function that it names.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};

/// Functions that read files or load code, where the library has them.
const FUNCTIONS: [&str; 5] = ["edit", "fts3_tokenizer", "load_extension", "readfile", "writefile"];

/// Tables that compute from their arguments alone.
const COMPUTED: [&str; 2] = ["json_each", "json_tree"];

/// Whether a table tells of the file or of the library.
fn is_system(table: &str) -> bool {
    let table = table.to_lowercase();
    let is_own = table.starts_with("sqlite_") || table.starts_with("pragma_");
    is_own || matches!(table.as_str(), "dbstat" | "fts3tokenize" | "bytecode" | "tables_used")
}

/// Allows reading of a few tables, and nothing else.
#[derive(Clone, Default)]
pub(super) struct Authority(Arc<State>);

#[derive(Default)]
struct State {
    /// In lower case.
    tables: Mutex<HashSet<String>>,
    /// Whether statements of ours run.
    trusted: AtomicBool,
}

impl Authority {
    /// Rules over a connection from now on.
    pub(super) fn rule(&self, connection: &mut Connection) -> rusqlite::Result<()> {
        let authority = self.clone();
        connection.authorizer(Some(move |context: AuthContext<'_>| {
            if authority.allows(&context) { Authorization::Allow } else { Authorization::Deny }
        }))
    }

    pub(super) fn allow(&self, tables: impl Iterator<Item = String>) {
        let mut known = self.tables();
        known.clear();
        known.extend(tables);
    }

    pub(super) fn trust(&self, trusted: bool) {
        self.0.trusted.store(trusted, Ordering::Relaxed);
    }

    pub(super) fn may_read(&self, table: &str) -> bool {
        self.tables().contains(&table.to_lowercase())
    }

    fn allows(&self, context: &AuthContext<'_>) -> bool {
        match context.action {
            AuthAction::Select | AuthAction::Recursive => true,
            AuthAction::Read { .. } | AuthAction::Function { .. } | AuthAction::Pragma { .. }
                if self.0.trusted.load(Ordering::Relaxed) =>
            {
                true
            }
            // Nothing of the table but the number of its rows. SQLite names tables within views and
            // the names of WITH clauses alike, so this is for the gate before us to judge.
            AuthAction::Read { table_name, column_name: "" } => !is_system(table_name),
            // A view that may be read reads what it is made of.
            AuthAction::Read { table_name, .. } => {
                COMPUTED.contains(&table_name.to_lowercase().as_str())
                    || self.may_read(table_name)
                    || context.accessor.is_some_and(|view| self.may_read(view))
            }
            AuthAction::Function { function_name } => {
                let name = function_name.to_lowercase();
                !FUNCTIONS.contains(&name.as_str()) && !name.starts_with("sqlite_")
            }
            _ => false,
        }
    }

    fn tables(&self) -> MutexGuard<'_, HashSet<String>> {
        self.0.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
