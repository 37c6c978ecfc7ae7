//! The command line, by running the real binary.

mod backup;
mod commands;
mod demo;
mod faults;
mod first;
mod import;
mod installation;
mod key;
mod process;
mod shutdown;
mod storm;
mod traces;
mod viewed;
