//! Reading what a request brings: bounded in bytes and in time, and JSON whose mistakes are named.

use crate::problem::{FieldError, Problem};
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, StatusCode, header};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use std::time::Duration;

/// A body has so long to arrive: the slowest phone needs less, and a slow attacker is cut off.
const PATIENCE: Duration = Duration::from_secs(20);

/// So many bytes beyond its limit are still read from a body that is refused.
const LINGER: usize = 2 << 20;

/// Nothing that is entered or asked by a person's program is longer, in bytes.
pub(crate) const MAX_JSON: usize = 64 * 1024;

/// The whole body, at most `max` bytes.
pub(crate) async fn read(headers: &HeaderMap, body: Body, max: usize) -> Result<Bytes, Problem> {
    read_within(PATIENCE, headers, body, max).await
}

async fn read_within(
    patience: Duration,
    headers: &HeaderMap,
    body: Body,
    max: usize,
) -> Result<Bytes, Problem> {
    let announced =
        headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > max.saturating_add(LINGER)) {
        return Err(too_large(max));
    }
    match tokio::time::timeout(patience, collect(body, max)).await {
        Ok(Ok(Some(body))) => Ok(body),
        Ok(Ok(None)) => Err(too_large(max)),
        Ok(Err(_)) => {
            let detail = "The body ended before its announced length, or its chunks are malformed.";
            Err(Problem::new(StatusCode::BAD_REQUEST, "broken_body", "Broken body", detail))
        }
        Err(_) => Err(too_slow(patience)),
    }
}

/// The whole body; `None` when it is larger than `max`. What is too much is read to its end all the same, up to
/// [`LINGER`]: a connection that is closed on a sender who is still sending is reset, and the answer is lost.
async fn collect(body: Body, max: usize) -> Result<Option<Bytes>, axum::Error> {
    let mut pieces = body.into_data_stream();
    let (mut first, mut rest, mut seen) = (Bytes::new(), Vec::new(), 0);
    while let Some(piece) = pieces.next().await {
        let piece = piece?;
        seen += piece.len();
        if seen > max.saturating_add(LINGER) {
            return Ok(None);
        }
        match seen {
            seen if seen > max => rest.clear(),
            seen if seen == piece.len() => first = piece,
            _ => rest.extend_from_slice(&piece),
        }
    }
    if seen > max {
        return Ok(None);
    }
    Ok(Some(if rest.is_empty() { first } else { [&first[..], &rest].concat().into() }))
}

/// A body over its limit.
fn too_large(max: usize) -> Problem {
    let detail = format!("The body is larger than {max} bytes; send less at once.");
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "Body too large", detail)
}

fn too_slow(patience: Duration) -> Problem {
    let detail = format!("The body did not arrive within {} seconds.", patience.as_secs());
    Problem::new(StatusCode::REQUEST_TIMEOUT, "timeout", "Body too slow", detail)
}

/// Why a body is not what was asked for.
#[derive(Debug)]
pub(crate) enum Mistake {
    /// No JSON at all.
    Syntax(Problem),
    /// JSON of another shape: which field, and why.
    Field(FieldError),
}

/// Reads JSON as `T`.
pub(crate) fn json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Mistake> {
    let mut text = serde_json::Deserializer::from_slice(body);
    let read = serde_path_to_error::deserialize(&mut text).map_err(|error| {
        let path = error.path().to_string();
        mistake(&path, error.inner())
    })?;
    text.end().map_err(|error| mistake("", &error)).map(|()| read)
}

fn mistake(path: &str, error: &serde_json::Error) -> Mistake {
    let text = error.to_string();
    if !error.is_data() {
        let detail = format!("The body is not JSON: {text}.");
        return Mistake::Syntax(Problem::new(StatusCode::BAD_REQUEST, "bad_json", "Bad JSON", detail));
    }
    // Where in the text it stands is said by the field.
    let text = text.split(" at line ").next().unwrap_or_default();
    let path = if path == "." { "" } else { path };
    let named = |prefix: &str| text.strip_prefix(prefix)?.split('`').next();
    let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    let (field, code) = if named("unknown field `").is_some() {
        (path.to_owned(), "unknown_field")
    } else if let Some(name) = named("missing field `") {
        (below(name), "missing")
    } else if let Some(name) = named("duplicate field `") {
        (if path.ends_with(name) { path.to_owned() } else { below(name) }, "repeated")
    } else {
        (path.to_owned(), "wrong_type")
    };
    Mistake::Field(FieldError { index: None, field, code, message: text.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        #[serde(rename = "list")]
        _list: Vec<Inner>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[serde(rename = "name")]
        _name: String,
    }

    #[test]
    fn a_mistake_names_its_field() {
        for (text, field, code) in [
            ("{}", "list", "missing"),
            (r#"{"list":1}"#, "list", "wrong_type"),
            (r#"{"list":[{"name":"a"},{}]}"#, "list[1].name", "missing"),
            (r#"{"list":[{"name":5}]}"#, "list[0].name", "wrong_type"),
            (r#"{"list":[{"name":"a","nam":"b"}]}"#, "list[0].nam", "unknown_field"),
            (r#"{"list":[],"lists":[]}"#, "lists", "unknown_field"),
            (r#"{"list":[{"name":"a","name":"b"}]}"#, "list[0].name", "repeated"),
            ("[]", "", "wrong_type"),
        ] {
            match json::<Outer>(text.as_bytes()) {
                Err(Mistake::Field(error)) => {
                    assert_eq!((&*error.field, error.code), (field, code), "{text}")
                }
                other => panic!("{text}: {other:?}"),
            }
        }
        for text in ["", "{", "{\"list\":[]}[]", "nul", "\u{feff}{}", &"[".repeat(10_000)] {
            let got = json::<Outer>(text.as_bytes());
            let syntax = matches!(&got, Err(Mistake::Syntax(problem)) if problem.code == "bad_json");
            assert!(syntax || text.starts_with('['), "{text}: {got:?}");
            assert!(got.is_err(), "{text}");
        }
    }

    async fn code(body: Body, max: usize) -> Option<&'static str> {
        read(&HeaderMap::new(), body, max).await.err().map(|problem| problem.code)
    }

    #[tokio::test]
    async fn a_body_is_bounded_in_bytes_and_time_and_must_be_whole() {
        let piece = || futures_util::stream::iter([Ok::<_, std::io::Error>("12345")]);
        assert_eq!(code(Body::from_stream(piece()), 5).await, None);
        assert_eq!(code(Body::from_stream(piece()), 4).await, Some("too_large"));
        let cut = futures_util::stream::iter([Ok("12345"), Err(std::io::Error::other("gone"))]);
        assert_eq!(code(Body::from_stream(cut), 100).await, Some("broken_body"));
        let stuck = piece().chain(futures_util::stream::pending());
        let late = read_within(Duration::ZERO, &HeaderMap::new(), Body::from_stream(stuck), 100).await;
        assert_eq!(late.unwrap_err().code, "timeout");
        let mut announced = HeaderMap::new();
        announced.insert(header::CONTENT_LENGTH, (101 + LINGER).into());
        let unread = read(
            &announced,
            Body::from_stream(futures_util::stream::pending::<Result<Bytes, axum::Error>>()),
            100,
        );
        assert_eq!(unread.await.unwrap_err().code, "too_large", "far too much is not waited for");
    }

    #[tokio::test]
    async fn what_is_too_much_is_read_to_its_end_before_it_is_refused() {
        let read_pieces = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let count = read_pieces.clone();
        let pieces = (0..100).map(move |_| {
            count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            Ok::<_, std::io::Error>("12345")
        });
        let body = Body::from_stream(futures_util::stream::iter(pieces));
        assert_eq!(code(body, 7).await, Some("too_large"));
        assert_eq!(read_pieces.load(std::sync::atomic::Ordering::SeqCst), 100);
        let whole =
            Body::from_stream(futures_util::stream::iter(["ab", "c", "d"].map(Ok::<_, std::io::Error>)));
        assert_eq!(read(&HeaderMap::new(), whole, 4).await.unwrap(), "abcd");
    }
}
