//! What breaks under a server: its disk, its database, the server itself. Whatever happens, what was
//! acknowledged is there afterwards, callers hear a sentence, and the server goes on by itself when
//! the fault has ended.

mod database;
mod disk;
mod killed;
mod shim;
