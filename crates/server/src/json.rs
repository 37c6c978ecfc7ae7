//! JSON from outside, read strictly: every fault names the field it was found in.
//!
//! Stricter than the usual readers, because what is kept must come back unchanged on every database:
//! duplicate keys, nesting beyond [`MAX_DEPTH`], the character U+0000, unpaired surrogates, integers
//! beyond 64 bits and numbers beyond a double are errors.

mod fields;
mod numbers;
mod reader;
mod text;

pub use fields::{Faults, Fields, kind_of};
pub use reader::{MAX_DEPTH, read};
