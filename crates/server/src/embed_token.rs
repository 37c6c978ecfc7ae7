//! Embed tokens: what lets a viewer's browser open one dashboard as one customer, for a while.

pub mod lifetime;
