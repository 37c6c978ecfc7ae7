//! ClickHouse servers of a test's own: Debian's server, in temporary directories, on free ports of
//! 127.0.0.1.
//!
//! The server dies with the test process, even when that is killed. Its own zone is New York, so that
//! whatever leaves the zone to the server shows.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use rustix::process::Signal;
use tempfile::TempDir;

use crate::keeper::Keeper;
use crate::start::{Certificate, folder, free_port, wait};

const PROGRAM: &str = "/usr/sbin/clickhouse-server";

/// A running server, stopped and then removed when dropped.
pub struct ClickHouse {
    http_port: u16,
    // Before its directory, so that it has ended when that is removed.
    server: Option<Keeper>,
    dir: TempDir,
}

/// The two nodes of a cluster that both call `pair`.
pub struct ClickHousePair {
    pub first: ClickHouse,
    pub second: ClickHouse,
}

/// What not every server has.
#[derive(Default)]
struct Further<'a> {
    /// The port for TLS, and what is shown there.
    tls: Option<(u16, &'a Certificate)>,
    users: Option<&'a str>,
}

impl ClickHouse {
    /// Starts a server with an empty database `default`. The user `default` may do everything; `reader`,
    /// with the password `secret`, may read and choose settings.
    pub fn start() -> Result<Self> {
        let (http_port, tcp_port) = (free_port()?, free_port()?);
        Self::start_with(http_port, tcp_port, [tcp_port, tcp_port], Further::default())
    }

    /// Starts a server that knows further profiles and users, as ClickHouse's XML.
    pub fn start_with_users(users: &str) -> Result<Self> {
        let (http_port, tcp_port) = (free_port()?, free_port()?);
        let further = Further { users: Some(users), ..Further::default() };
        Self::start_with(http_port, tcp_port, [tcp_port, tcp_port], further)
    }

    /// Starts a server that is reached by TLS as well; also the port for that.
    pub fn start_with_tls(certificate: &Certificate) -> Result<(Self, u16)> {
        let (http_port, tcp_port, https_port) = (free_port()?, free_port()?, free_port()?);
        let further = Further { tls: Some((https_port, certificate)), ..Further::default() };
        Ok((Self::start_with(http_port, tcp_port, [tcp_port, tcp_port], further)?, https_port))
    }

    fn start_with(
        http_port: u16,
        tcp_port: u16,
        nodes: [u16; 2],
        further: Further<'_>,
    ) -> Result<Self> {
        let dir = folder("clickhouse")?;
        let tls = further.tls.map(|(port, certificate)| encryption(dir.path(), port, certificate));
        let tls = tls.transpose()?.unwrap_or_default();
        let text = configuration(dir.path(), http_port, tcp_port, nodes, &tls);
        std::fs::write(dir.path().join("config.xml"), text)?;
        std::fs::write(dir.path().join("users.xml"), USERS)?;
        if let Some(users) = further.users {
            let folder = dir.path().join("users.d");
            std::fs::create_dir(&folder)?;
            std::fs::write(folder.join("further.xml"), format!("<yandex>{users}</yandex>"))?;
        }
        let mut server = Self { http_port, server: None, dir };
        server.resume()?;
        Ok(server)
    }

    /// Ends the server at once, as a crash does, and keeps what it had written.
    pub fn crash(&mut self) {
        self.server.take();
    }

    /// Starts the server after [`ClickHouse::crash`], and waits until it answers.
    pub fn resume(&mut self) -> Result<()> {
        let folder = self.dir.path();
        let log = std::fs::File::create(folder.join("log"))?;
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", PROGRAM]).arg("--config-file");
        command.arg(folder.join("config.xml")).current_dir(folder);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        let keeper = Keeper::start(command, Signal::KILL)
            .context("starting ClickHouse (Debian package clickhouse-server)")?;
        self.server = Some(keeper);
        wait("ClickHouse", folder, || self.execute("SELECT 1").is_ok())
    }

    /// The port of the HTTP interface.
    pub fn http_port(&self) -> u16 {
        self.http_port
    }

    /// Runs one statement as the user who may do everything, and answers with what it writes.
    pub fn execute(&self, sql: &str) -> Result<String> {
        self.post("/", sql.as_bytes())
    }

    /// Inserts what stands in a text of one of ClickHouse's formats, such as `CSVWithNames`. All of it
    /// has arrived then, on other nodes as well.
    pub fn insert(&self, table: &str, format: &str, content: &[u8]) -> Result<()> {
        let query =
            format!("/?insert_distributed_sync=1&query=INSERT+INTO+{table}+FORMAT+{format}");
        self.post(&query, content).map(drop)
    }

    fn post(&self, target: &str, body: &[u8]) -> Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.http_port))?;
        let length = body.len();
        write!(
            stream,
            "POST {target} HTTP/1.0\r\nHost: 127.0.0.1\r\nContent-Length: {length}\r\n\r\n"
        )?;
        stream.write_all(body)?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let (head, body) = answer.split_once("\r\n\r\n").context("an answer has a head")?;
        ensure!(head.contains(" 200 "), "ClickHouse: {body}");
        Ok(body.to_owned())
    }
}

impl ClickHousePair {
    /// Starts two servers that know each other as the shards of the cluster `pair`.
    pub fn start() -> Result<Self> {
        let (http, tcp) = ([free_port()?, free_port()?], [free_port()?, free_port()?]);
        let first = ClickHouse::start_with(http[0], tcp[0], tcp, Further::default())?;
        let second = ClickHouse::start_with(http[1], tcp[1], tcp, Further::default())?;
        Ok(Self { first, second })
    }

    /// Runs one statement on both nodes.
    pub fn execute(&self, sql: &str) -> Result<()> {
        self.first.execute(sql)?;
        self.second.execute(sql).map(drop)
    }
}

/// Writes the certificate, and answers with what the configuration says of it.
fn encryption(dir: &Path, port: u16, certificate: &Certificate) -> Result<String> {
    let (chain, key) = (dir.join("server.crt"), dir.join("server.key"));
    std::fs::write(&chain, &certificate.chain)?;
    std::fs::write(&key, &certificate.key)?;
    Ok(format!(
        "<https_port>{port}</https_port>
<openSSL><server>
<certificateFile>{}</certificateFile>
<privateKeyFile>{}</privateKeyFile>
<verificationMode>none</verificationMode>
</server></openSSL>",
        chain.display(),
        key.display()
    ))
}

fn configuration(dir: &Path, http_port: u16, tcp_port: u16, nodes: [u16; 2], tls: &str) -> String {
    let shard = |port| {
        format!("<shard><replica><host>127.0.0.1</host><port>{port}</port></replica></shard>")
    };
    let shards: String = nodes.into_iter().map(shard).collect();
    let dir = dir.display();
    format!(
        "<yandex>
<logger><level>warning</level><console>1</console></logger>
<listen_host>127.0.0.1</listen_host>
<http_port>{http_port}</http_port>
<tcp_port>{tcp_port}</tcp_port>
{tls}
<path>{dir}/data/</path>
<tmp_path>{dir}/temporary/</tmp_path>
<user_files_path>{dir}/files/</user_files_path>
<format_schema_path>{dir}/formats/</format_schema_path>
<users_config>users.xml</users_config>
<default_profile>default</default_profile>
<default_database>default</default_database>
<mark_cache_size>16777216</mark_cache_size>
<timezone>America/New_York</timezone>
<remote_servers><pair>{shards}</pair></remote_servers>
</yandex>
"
    )
}

const USERS: &str = "<yandex>
<profiles><default/><reading><readonly>2</readonly></reading></profiles>
<quotas><default/></quotas>
<users>
<default>
<password></password><networks><ip>127.0.0.1</ip></networks>
<profile>default</profile><quota>default</quota>
</default>
<reader>
<password>secret</password><networks><ip>127.0.0.1</ip></networks>
<profile>reading</profile><quota>default</quota>
</reader>
</users>
</yandex>
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_answers_in_a_zone_that_is_not_utc() {
        let server = ClickHouse::start().unwrap();
        assert_eq!(server.execute("SELECT timezone()").unwrap(), "America/New_York\n");
        assert!(server.execute("SELECT nothing").is_err());
    }

    #[test]
    fn the_nodes_of_a_pair_answer_for_each_other() {
        let pair = ClickHousePair::start().unwrap();
        pair.execute("CREATE TABLE n (n UInt32) ENGINE = Memory").unwrap();
        let all = "CREATE TABLE all_n AS n ENGINE = Distributed(pair, default, n)";
        pair.execute(all).unwrap();
        pair.first.insert("n", "CSV", b"1\n2\n").unwrap();
        pair.second.insert("n", "CSV", b"3\n").unwrap();
        for node in [&pair.first, &pair.second] {
            assert_eq!(node.execute("SELECT sum(n) FROM all_n").unwrap(), "6\n");
        }
    }
}
