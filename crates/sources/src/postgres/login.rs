//! The beginning of a session: who we are, and how that is proved.

use bytes::BytesMut;
use fallible_iterator::FallibleIterator;
use model::source::Postgres;
use postgres_protocol::authentication::md5_hash;
use postgres_protocol::authentication::sasl::{ChannelBinding, SCRAM_SHA_256, ScramSha256};
use postgres_protocol::message::backend::{AuthenticationSaslBody, Message};
use postgres_protocol::message::frontend;
use tally::Present;

use super::fault::{failure, unexpected};
use super::server::{CancelKey, Peer, Stream};
use super::session::Session;
use crate::connector::Failure;

/// The most rounds of hashing that a login takes; PostgreSQL's own default is 4096.
const ROUNDS: u32 = 1_000_000;

/// A session of the connection's user. Everything that goes wrong is the source's being unavailable.
pub(super) async fn log_in(
    stream: Box<dyn Stream>,
    peer: Peer,
    counted: Present,
    connection: &Postgres,
) -> Result<Session, Failure> {
    let mut session = Session::new(stream, peer, counted);
    // What poolers between us and the database let through.
    let parameters = [
        ("user", connection.user.as_str()),
        ("database", &connection.database),
        ("client_encoding", "UTF8"),
        ("application_name", "fanlight"),
    ];
    let mut message = BytesMut::new();
    frontend::startup_message(parameters, &mut message).map_err(unsendable)?;
    session.send(&message).await?;
    authenticate(&mut session, connection).await?;
    loop {
        match session.next().await? {
            Message::BackendKeyData(key) => {
                session.key = CancelKey { process: key.process_id(), secret: key.secret_key() };
            }
            Message::ReadyForQuery(_) => return Ok(session),
            other => return Err(refused(&other)),
        }
    }
}

async fn authenticate(session: &mut Session, connection: &Postgres) -> Result<(), Failure> {
    let missing = "the server asks for a password, and the connection has none";
    let password = connection.password.as_ref().map(|password| password.expose().as_bytes());
    let password = || password.ok_or_else(|| Failure::Unavailable(missing.to_owned()));
    match session.next().await? {
        Message::AuthenticationOk => return Ok(()),
        Message::AuthenticationCleartextPassword => send_password(session, password()?).await?,
        Message::AuthenticationMd5Password(body) => {
            let hash = md5_hash(connection.user.as_bytes(), password()?, body.salt());
            send_password(session, hash.as_bytes()).await?;
        }
        Message::AuthenticationSasl(body) => scram(session, &body, password()?).await?,
        other => return Err(refused(&other)),
    }
    match session.next().await? {
        Message::AuthenticationOk => Ok(()),
        other => Err(refused(&other)),
    }
}

async fn send_password(session: &mut Session, password: &[u8]) -> Result<(), Failure> {
    let mut message = BytesMut::new();
    frontend::password_message(password, &mut message).map_err(unsendable)?;
    Ok(session.send(&message).await?)
}

async fn scram(
    session: &mut Session,
    offered: &AuthenticationSaslBody,
    password: &[u8],
) -> Result<(), Failure> {
    let known = offered.mechanisms().any(|mechanism| Ok(mechanism == SCRAM_SHA_256));
    if !known.map_err(unsendable)? {
        return Err(Failure::Unavailable("the server does not take SCRAM-SHA-256".to_owned()));
    }
    let mut scram = ScramSha256::new(password, ChannelBinding::unsupported());
    let mut message = BytesMut::new();
    frontend::sasl_initial_response(SCRAM_SHA_256, scram.message(), &mut message)
        .map_err(unsendable)?;
    session.send(&message).await?;
    match session.next().await? {
        Message::AuthenticationSaslContinue(body) => {
            check_rounds(body.data())?;
            scram.update(body.data()).map_err(unsendable)?;
        }
        other => return Err(refused(&other)),
    }
    message.clear();
    frontend::sasl_response(scram.message(), &mut message).map_err(unsendable)?;
    session.send(&message).await?;
    match session.next().await? {
        Message::AuthenticationSaslFinal(body) => scram.finish(body.data()).map_err(unsendable),
        other => Err(refused(&other)),
    }
}

/// The server says how often the password is hashed, which nothing could interrupt.
fn check_rounds(challenge: &[u8]) -> Result<(), Failure> {
    let challenge = String::from_utf8_lossy(challenge);
    let rounds = challenge.split(',').find_map(|part| part.strip_prefix("i="));
    if rounds.and_then(|rounds| rounds.parse().ok()).is_some_and(|rounds: u32| rounds <= ROUNDS) {
        return Ok(());
    }
    let detail = format!("the server asks for more than {ROUNDS} rounds of SCRAM");
    Err(Failure::Unavailable(detail))
}

fn refused(message: &Message) -> Failure {
    match message {
        Message::ErrorResponse(body) => match failure(body) {
            Failure::Failed(detail) | Failure::Refused(detail) => Failure::Unavailable(detail),
            other => other,
        },
        _ => unexpected(),
    }
}

fn unsendable(error: std::io::Error) -> Failure {
    Failure::Unavailable(format!("login: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_that_would_take_forever_is_none() {
        let challenge =
            |rounds: &str| check_rounds(format!("r=abc,s=QSXCR+Q6,i={rounds}").as_bytes());
        assert_eq!(challenge("4096"), Ok(()));
        for rounds in ["4294967295", "1000001", "-1", ""] {
            assert!(matches!(challenge(rounds), Err(Failure::Unavailable(_))), "{rounds}");
        }
        assert!(check_rounds(b"r=abc").is_err());
    }
}
