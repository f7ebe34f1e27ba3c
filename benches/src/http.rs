//! Asking a server of this machine something, one connection per question.

use crate::Outcome;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
}

impl Answer {
    /// The body as JSON; an error says what the server said.
    pub(crate) fn json(&self) -> Outcome<serde_json::Value> {
        if self.status != 200 {
            return Err(format!("the server answered {}: {}", self.status, self.body));
        }
        serde_json::from_str(&self.body).map_err(|error| format!("the answer is no JSON: {error}"))
    }
}

/// `GET` of a path.
pub(crate) fn get(port: u16, path: &str, token: Option<&str>) -> Outcome<Answer> {
    timed(port, path, token).map(|timed| timed.answer)
}

/// An answer and how long it took, connecting included.
#[derive(Debug)]
pub(crate) struct Timed {
    pub(crate) answer: Answer,
    pub(crate) first_byte: Duration,
    pub(crate) whole: Duration,
}

/// `GET` of a path, timed.
pub(crate) fn timed(port: u16, path: &str, token: Option<&str>) -> Outcome<Timed> {
    talk(port, &format!("GET {path} HTTP/1.1\r\n{}\r\n", headers(token)))
}

/// `POST` of JSON.
pub(crate) fn post(port: u16, path: &str, token: Option<&str>, json: &serde_json::Value) -> Outcome<Answer> {
    let body = json.to_string();
    let head = headers(token);
    let length = body.len();
    exchange(
        port,
        &format!(
            "POST {path} HTTP/1.1\r\n{head}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        ),
    )
}

/// What every request says; `token` opens what is not public.
pub(crate) fn headers(token: Option<&str>) -> String {
    let token = token.map_or(String::new(), |token| format!("Authorization: Bearer {token}\r\n"));
    format!("Host: 127.0.0.1\r\nConnection: close\r\n{token}")
}

/// Sends a request as it is and reads the answer to its end.
pub(crate) fn exchange(port: u16, request: &str) -> Outcome<Answer> {
    talk(port, request).map(|timed| timed.answer)
}

fn talk(port: u16, request: &str) -> Outcome<Timed> {
    let began = Instant::now();
    let failed = |error: std::io::Error| format!("port {port}: {error}");
    let mut stream = TcpStream::connect(("127.0.0.1", port)).map_err(failed)?;
    stream.set_read_timeout(Some(Duration::from_secs(60))).map_err(failed)?;
    stream.write_all(request.as_bytes()).map_err(failed)?;
    let mut bytes = vec![0; 4096];
    let first = stream.read(&mut bytes).map_err(failed)?;
    let first_byte = began.elapsed();
    bytes.truncate(first);
    stream.read_to_end(&mut bytes).map_err(failed)?;
    let text = String::from_utf8_lossy(&bytes);
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    let chunked = head.to_ascii_lowercase().contains("transfer-encoding: chunked");
    let body = if chunked { unchunked(body) } else { body.to_owned() };
    Ok(Timed { answer: Answer { status, body }, first_byte, whole: began.elapsed() })
}

/// The text of a body that came in chunks.
fn unchunked(mut body: &str) -> String {
    let mut text = String::new();
    while let Some((length, rest)) = body.split_once("\r\n") {
        let length = usize::from_str_radix(length.trim(), 16).unwrap_or(0);
        let Some(chunk) = rest.get(..length).filter(|chunk| !chunk.is_empty()) else { break };
        text.push_str(chunk);
        body = rest[length..].trim_start_matches("\r\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::unchunked;

    #[test]
    fn chunks_are_joined() {
        assert_eq!(unchunked("3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n"), "abc0123456789");
        assert_eq!(unchunked(""), "");
    }
}
