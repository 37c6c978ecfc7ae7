//! From the driver's errors to what a caller can react to.

use mysql_async::{DriverError, Error};

use crate::connector::Failure;

/// Too many connections, of all or of this user; an account that may not come in; a server that ends.
const UNAVAILABLE: [u16; 11] = [1040, 1044, 1045, 1049, 1053, 1129, 1130, 1203, 1226, 1698, 3159];

/// What a session that only reads may not do, and what this user may not read.
const REFUSED: [u16; 6] = [1142, 1143, 1227, 1290, 1370, 1792];

pub(super) fn failure(error: &Error) -> Failure {
    let detail = error.to_string();
    match error {
        Error::Server(server) if UNAVAILABLE.contains(&server.code) => Failure::Unavailable(detail),
        Error::Server(server) if REFUSED.contains(&server.code) => Failure::Refused(detail),
        Error::Server(_) | Error::Driver(DriverError::StmtParamsMismatch { .. }) => {
            Failure::Failed(detail)
        }
        Error::Driver(_) | Error::Io(_) | Error::Other(_) | Error::Url(_) => {
            Failure::Unavailable(detail)
        }
    }
}
