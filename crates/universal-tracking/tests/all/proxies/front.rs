//! A proxy in front of the server, as its visitors see it.

use super::DASHBOARD;
use reqwest::{Client, RequestBuilder};
use serde_json::Value;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::Child;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// A proxy's process on a port of this machine; killed when it goes out of scope.
pub(super) struct Front {
    child: Child,
    port: u16,
}

/// A port nobody listens on.
pub(super) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Front {
    /// Waits until it listens.
    pub(super) fn new(mut child: Child, port: u16) -> Self {
        for _ in 0..200 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Self { child, port };
            }
            if let Some(status) = child.try_wait().unwrap() {
                panic!("the proxy ended with {status}");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let _ = child.kill();
        panic!("the proxy does not listen on {port}");
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// A request of a visitor with this address.
    pub(super) fn get(&self, visitor: Ipv4Addr, path: &str) -> RequestBuilder {
        let client = Client::builder().local_address(Some(visitor.into())).build().unwrap();
        client.get(self.url(path)).header("host", "shop.example")
    }

    /// What a page of the shop sends.
    pub(super) fn post(&self, visitor: Ipv4Addr, path: &str, body: &Value) -> RequestBuilder {
        let client = Client::builder().local_address(Some(visitor.into())).build().unwrap();
        let request = client.post(self.url(path)).header("host", "shop.example");
        let request = request.header("origin", "https://shop.example").header("content-type", "text/plain");
        request.header("user-agent", ut_testkit::browser("visitor")).body(body.to_string())
    }

    /// A request for the dashboard's host.
    pub(super) fn dashboard(&self, path: &str) -> RequestBuilder {
        Client::new().get(self.url(path)).header("host", DASHBOARD)
    }

    /// A request whose target no client has put in order.
    pub(super) async fn raw(&self, target: &str) -> String {
        let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        let request = format!("GET {target} HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let read = tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut answer)).await;
        read.unwrap().unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        // nginx has a worker that only its master can end.
        let _ = std::process::Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        for _ in 0..40 {
            if self.child.try_wait().is_ok_and(|status| status.is_some()) {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
