//! The command line, by running the real binary.

mod commands;
mod demo;
mod first;
mod process;
