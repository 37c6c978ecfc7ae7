//! What the driver is told of a connection.

use model::source::{MySql, TlsMode};
use mysql_async::{OptsBuilder, SslOpts};

use crate::connector::Failure;
use crate::network::{Network, resolve};

/// Prepared statements that a connection remembers. Each text names its request and comes once; the next
/// one closes it in the server.
const STATEMENTS: usize = 1;

/// Room in a packet for what is no value of a row.
const PACKET_OVERHEAD: u64 = 1 << 20;

/// How to connect, to an address that was checked. No row may be larger than a result.
pub(super) async fn of(
    connection: &MySql,
    result_bytes: u64,
    network: &Network,
) -> Result<OptsBuilder, Failure> {
    let largest = usize::try_from(result_bytes.saturating_add(PACKET_OVERHEAD));
    let password = connection.password.as_ref().map(|secret| secret.expose().to_owned());
    let options = OptsBuilder::default()
        .user(Some(&connection.user))
        .pass(password)
        .db_name(Some(&connection.database))
        // Said by us so that the driver does not ask; the server's own limits hold all the same.
        .max_allowed_packet(Some(largest.unwrap_or(usize::MAX)))
        .wait_timeout(Some(600))
        .stmt_cache_size(STATEMENTS)
        .prefer_socket(false)
        .connect_attribute("program_name", "fanlight");
    if connection.host.starts_with('/') {
        return Ok(options.socket(Some(&connection.host)));
    }
    let addresses = resolve(&connection.host, connection.port, network).await?;
    let addresses: Vec<_> = addresses.into_iter().map(|address| address.ip()).collect();
    Ok(options
        .ip_or_hostname(&connection.host)
        .tcp_port(connection.port)
        .resolved_ips(Some(addresses))
        .ssl_opts(encryption(connection)?))
}

/// `None`: the connection is not encrypted. A server that cannot encrypt is otherwise an error.
fn encryption(connection: &MySql) -> Result<Option<SslOpts>, Failure> {
    let authorities = match connection.tls.mode_for(&connection.host) {
        TlsMode::Off => return Ok(None),
        TlsMode::Require => {
            let anybody = SslOpts::default()
                .with_danger_accept_invalid_certs(true)
                .with_danger_skip_domain_validation(true);
            return Ok(Some(anybody));
        }
        TlsMode::VerifyFull => match &connection.tls.authorities {
            Some(pem) => vec![pem.clone().into_bytes()],
            None => tls::certificates_of_system(),
        },
    };
    let missing = || Failure::Unavailable("tls: no certificate of an authority was found".into());
    if authorities.is_empty() {
        return Err(missing());
    }
    let authorities = authorities.into_iter().map(Into::into).collect();
    Ok(Some(SslOpts::default().with_disable_built_in_roots(true).with_root_certs(authorities)))
}
