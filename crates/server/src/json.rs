//! JSON from outside, read strictly: every fault names the field it was found in.
//!
//! Stricter than the usual readers, because what is kept must come back unchanged on every database:
//! duplicate keys, nesting beyond [`MAX_DEPTH`], the character U+0000 and numbers from 2^63, whose
//! digits a double may lose, are errors.

mod fields;
mod reader;

pub use fields::{Faults, Fields, kind_of};
pub use reader::{MAX_DEPTH, read};
