//! Clients that mean harm: malformed requests, floods, drips, and text that wants to be a log line.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;
use tempfile::TempDir;
use ut_testkit::server::{Server, Shop, page_view};

fn connect(server: &Server) -> TcpStream {
    let address: SocketAddr = server.base.strip_prefix("http://").unwrap().parse().unwrap();
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream
}

/// What comes back to some bytes: the first answer, and whatever follows it at once.
fn said(server: &Server, bytes: &[u8]) -> String {
    let mut stream = connect(server);
    // It may be refused, and closed, before everything is sent.
    let _ = stream.write_all(bytes);
    let (mut answer, mut piece) = (String::new(), [0; 65_536]);
    // A reset after the answer is as good as an end.
    while let Ok(length @ 1..) = stream.read(&mut piece) {
        answer.push_str(&String::from_utf8_lossy(&piece[..length]));
        if is_whole(&answer) {
            stream.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
        }
    }
    answer
}

fn is_whole(answer: &str) -> bool {
    let Some((head, body)) = answer.split_once("\r\n\r\n") else { return false };
    let length =
        head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
    body.len() >= length.unwrap_or(0)
}

fn serve() -> (TempDir, Server) {
    let dir = TempDir::new().unwrap();
    let server = Server::start(&super::binary(), dir.path(), &[]);
    (dir, server)
}

#[test]
fn a_malformed_request_is_refused_and_never_taken_for_two() {
    let (dir, server) = serve();
    let post = "POST /ut/e HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: https://shop.example\r\n";
    let smuggled = "GET /api/v1/about HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
    let cases = [
        ("no HTTP", "HELLO\r\n\r\n".to_owned(), 400),
        ("two lengths", format!("{post}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!"), 400),
        ("a list of lengths", format!("{post}Content-Length: 5, 5\r\n\r\nhello"), 400),
        ("a negative length", format!("{post}Content-Length: -1\r\n\r\n"), 400),
        (
            "a length and chunks",
            format!("{post}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{smuggled}"),
            400,
        ),
        ("chunks not last", format!("{post}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"), 400),
        ("a broken chunk", format!("{post}Transfer-Encoding: chunked\r\n\r\nZZ\r\nx\r\n0\r\n\r\n"), 400),
        ("a space before a colon", format!("{post}Content-Length : 0\r\n\r\n"), 400),
        ("a folded header", format!("{post}X: a\r\n b\r\n\r\n"), 400),
        ("two hosts", "GET /health HTTP/1.1\r\nHost: a\r\nHost: 127.0.0.1\r\n\r\n".to_owned(), 400),
        ("no host", "GET /health HTTP/1.1\r\n\r\n".to_owned(), 400),
        ("too many headers", format!("{post}{}\r\n", "X: y\r\n".repeat(200)), 431),
        ("a large header", format!("{post}X: {}\r\n\r\n", "y".repeat(40_000)), 431),
        ("a huge header", format!("{post}X: {}\r\n\r\n", "y".repeat(200_000)), 431),
        ("a long address", format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", "y".repeat(9_000)), 414),
    ];
    for (name, bytes, status) in cases {
        let answer = said(&server, bytes.as_bytes());
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{name}: {answer}");
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{name}: {answer}");
        assert!(!answer.contains("owner_exists"), "{name}: what was hidden in it was answered");
    }
    for code in ["broken_body", "bad_host", "headers_too_large", "uri_too_long"] {
        let bytes = match code {
            "broken_body" => format!("{post}Transfer-Encoding: chunked\r\n\r\nZZ\r\n"),
            "bad_host" => "GET /health HTTP/1.1\r\n\r\n".to_owned(),
            "uri_too_long" => format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", "y".repeat(9_000)),
            _ => format!("{post}X: {}\r\n\r\n", "y".repeat(40_000)),
        };
        assert!(said(&server, bytes.as_bytes()).contains(&format!("error:{code}\"")), "{code} is explained");
    }
    assert!(said(&server, b"GET /health HTTP/1.0\r\n\r\n").contains("200 OK"), "HTTP/1.0 needs no Host");
    drop((dir, server));
}

/// With few files to open, as on a machine nobody has tuned, a crowd that only connects keeps nobody out, and leaves
/// the log the files it needs.
#[tokio::test(flavor = "multi_thread")]
async fn idle_connections_keep_nobody_out() {
    let dir = TempDir::new().unwrap();
    let binary = super::binary();
    let shop = Shop::open(&binary, dir.path());
    let few = ["-c", "ulimit -n 700 && exec \"$0\" serve", binary.to_str().unwrap()];
    let server = Server::start_as("/bin/sh".as_ref(), dir.path(), &few, &[]);
    let crowd: Vec<TcpStream> = (0..900)
        .map(|number| {
            let mut stream = connect(&server);
            // Some begin a request and never end it; some have had an answer.
            let begun: &[u8] = [b"", &b"GET /he"[..], b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n"][number % 3];
            // The server may have hung up on it already: that is its right.
            let _ = stream.write_all(begun);
            stream
        })
        .collect();
    for _ in 0..20 {
        assert!(said(&server, b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n").contains("\"status\":\"ok\""));
        let (status, answer) = shop.send(&server, "x", &[page_view("/")]).await.unwrap();
        assert_eq!(status.as_u16(), 202, "{answer}");
    }
    shop.settled(&server).await;
    assert!(!server.errors().contains("Too many open files"), "{}", server.errors());
    drop((crowd, server, dir));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_break_in_a_field_makes_no_log_line() {
    let dir = TempDir::new().unwrap();
    let shop = Shop::open(&super::binary(), dir.path());
    let server = Server::start(&super::binary(), dir.path(), &[("LOG_LEVEL", "debug")]);
    let planted = "\n2026-11-22T00:00:00Z  INFO owner added\r\n\u{1b}[2J";
    let mut event = page_view("/");
    event["title"] = planted.into();
    event[planted] = "x".into();
    shop.send(&server, "planted", &[event]).await.unwrap();
    let body = serde_json::json!({ "email": planted, "password": planted, "token": planted, planted: 1 });
    for path in ["/login", "/setup", "/api/v1/q", "/api/v1/sites"] {
        let request = shop.http.post(format!("{}{path}", server.base)).bearer_auth(&shop.token).json(&body);
        request.send().await.unwrap();
    }
    let login = serde_json::json!({ "email": planted, "password": planted });
    shop.http.post(format!("{}/login", server.base)).json(&login).send().await.unwrap();
    let domain = ["site", "add", "--domain", planted];
    let refused = ut_testkit::server::run(&super::binary(), dir.path(), &domain);
    assert!(!refused.status.success());
    let log = server.errors();
    assert!(!log.lines().any(|line| line.starts_with("2026-11-22T00:00:00Z")), "{log}");
    assert!(!log.contains('\u{1b}'), "{log}");
    drop((server, dir));
}
