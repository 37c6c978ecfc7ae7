//! What was acknowledged is there, however a process or a disk ends. The server's tests have more,
//! over HTTP.

mod acknowledged;
mod torn_log;
