//! Opening the ports.

use crate::Failure;
use crate::config::{ServerConfig, Source};
use std::io::ErrorKind;
use std::net::SocketAddr;
use tokio::net::{TcpListener, TcpSocket};

/// Connections that wait to be accepted. The usual 128 are used up by a crowd while the machine does something else for
/// a moment; whoever comes then waits a second before asking again. The system may allow less (`net.core.somaxconn`).
const BACKLOG: u32 = 4096;

/// The open ports.
#[derive(Debug)]
pub struct Listeners {
    /// `HOST:PORT`: shops and owners.
    pub public: TcpListener,
    /// Where `public` really listens.
    pub public_addr: SocketAddr,
    /// `ADMIN_HOST:ADMIN_PORT`: `/metrics`.
    pub admin: TcpListener,
    /// Where `admin` really listens.
    pub admin_addr: SocketAddr,
}

impl Listeners {
    /// Can machines other than this one reach the public port?
    #[must_use]
    pub fn is_public(&self) -> bool {
        !self.public_addr.ip().is_loopback()
    }
}

/// Opens both ports. A port that is taken is one clear line.
pub async fn bind(server: &ServerConfig) -> Result<Listeners, Failure> {
    let (public, public_addr) = open("PORT", "HOST", &server.host, server.port).await?;
    let (admin, admin_addr) = open("ADMIN_PORT", "ADMIN_HOST", &server.admin_host, server.admin_port).await?;
    Ok(Listeners { public, public_addr, admin, admin_addr })
}

async fn open(
    port_key: &str,
    host_key: &str,
    host: &str,
    port: u16,
) -> Result<(TcpListener, SocketAddr), Failure> {
    let place = if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") };
    let refused = |error: std::io::Error| {
        let flag = Source::Flag.spell(port_key);
        let (why, fix) = match error.kind() {
            ErrorKind::AddrInUse => {
                let other = port.checked_add(1).unwrap_or(port - 1);
                (
                    format!("port {port} is taken by another program"),
                    format!(
                        "choose another one with {flag} {other} (or {port_key}={other}), or stop that program"
                    ),
                )
            }
            ErrorKind::PermissionDenied => (
                format!("this user may not open port {port}"),
                format!("choose one above 1023 with {flag} 8080 (or {port_key}=8080)"),
            ),
            ErrorKind::AddrNotAvailable => (
                format!("this machine has no address {host}"),
                format!("set {host_key} to one of its own, or to 0.0.0.0"),
            ),
            _ => (error.to_string(), format!("check {host_key} and {port_key}")),
        };
        Failure::new(format!("cannot listen on {place}: {why}")).fix(fix)
    };
    let listener = listen(host, port).await.map_err(refused)?;
    let address = listener.local_addr().map_err(refused)?;
    Ok((listener, address))
}

/// Listens on the first of the host's addresses that can be had.
async fn listen(host: &str, port: u16) -> std::io::Result<TcpListener> {
    let mut refusal = std::io::Error::new(ErrorKind::NotFound, "the name has no address");
    for address in tokio::net::lookup_host((host, port)).await? {
        match listen_on(address) {
            Ok(listener) => return Ok(listener),
            Err(error) => refusal = error,
        }
    }
    Err(refusal)
}

fn listen_on(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // A server that is started again at once must not wait for the last one's connections to be forgotten.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(port: u16) -> ServerConfig {
        ServerConfig {
            host: "127.0.0.1".into(),
            port,
            admin_host: "127.0.0.1".into(),
            ..ServerConfig::default()
        }
    }

    #[tokio::test]
    async fn a_taken_port_is_one_line_that_names_it_and_the_way_out() {
        let first = bind(&on(0)).await.unwrap();
        assert!(!first.is_public());
        let port = first.public_addr.port();
        let refusal = bind(&on(port)).await.unwrap_err();
        let line = refusal.to_string();
        for part in [format!("127.0.0.1:{port}"), "is taken".into(), "--port".into(), "PORT=".into()] {
            assert!(line.contains(&part), "{part} is missing in: {line}");
        }
        assert_eq!((line.lines().count(), refusal.exit), (1, 1));

        let taken_admin = ServerConfig { admin_port: port, ..on(0) };
        let line = bind(&taken_admin).await.unwrap_err().to_string();
        assert!(line.contains("--admin-port"), "{line}");
    }

    #[tokio::test]
    async fn an_address_of_another_machine_is_named() {
        let elsewhere = ServerConfig { host: "192.0.2.1".into(), ..on(0) };
        let line = bind(&elsewhere).await.unwrap_err().to_string();
        assert!(line.contains("192.0.2.1") && line.contains("HOST"), "{line}");
    }
}
