//! What the database's errors mean to us.

use fallible_iterator::FallibleIterator;
use postgres_protocol::message::backend::ErrorResponseBody;

use super::session::Broken;
use crate::connector::Failure;

/// Starts of codes by which the server says that it cannot be asked just now: connections, refused
/// logins, want of resources, its own end, its system.
const UNAVAILABLE: [&str; 6] = ["08", "28", "3D", "53", "57P", "58"];

/// The error as we tell it; its code stands before its text.
pub(super) fn failure(body: &ErrorResponseBody) -> Failure {
    let (mut code, mut message) = (String::new(), String::new());
    let mut fields = body.fields();
    while let Ok(Some(field)) = fields.next() {
        let value = || String::from_utf8_lossy(field.value_bytes()).into_owned();
        match field.type_() {
            b'C' => code = value(),
            b'M' => message = value(),
            _ => {}
        }
    }
    let detail = format!("{code}: {message}");
    if UNAVAILABLE.iter().any(|start| code.starts_with(start)) {
        Failure::Unavailable(detail)
    } else if code == "25006" {
        // What would write.
        Failure::Refused(detail)
    } else {
        Failure::Failed(detail)
    }
}

pub(super) fn unexpected() -> Failure {
    Failure::Unavailable("the server answers something unexpected".to_owned())
}

impl From<Broken> for Failure {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Connection(error) => Self::Unavailable(error.to_string()),
            Broken::TooLong => unexpected(),
        }
    }
}
