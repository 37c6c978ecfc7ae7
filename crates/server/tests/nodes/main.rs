//! Several real servers over one PostgreSQL, behind a balancer that knows nothing but TCP.

mod api;
mod forwarder;
mod installation;
mod kept;
mod publisher;
mod storm;
mod survival;
mod versions;
