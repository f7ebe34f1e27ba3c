//! Reading what a request brings: bounded in bytes and in time, and JSON whose mistakes are named.

use crate::problem::{FieldError, Problem};
use axum::body::{Bytes, HttpBody};
use axum::http::{HeaderMap, StatusCode, header};
use futures_util::FutureExt;
use http_body_util::BodyExt;
use serde::de::DeserializeOwned;
use std::pin::{Pin, pin};
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};

/// A body has so long to arrive, and so long from piece to piece: the slowest phone needs less, and a slow attacker is
/// cut off.
const PATIENCE: Patience = Patience { whole: Duration::from_secs(20), piece: Duration::from_secs(10) };

#[derive(Debug, Clone, Copy)]
struct Patience {
    whole: Duration,
    piece: Duration,
}

/// So many bytes beyond its limit are still read from a body that is refused.
const LINGER: usize = 2 << 20;

/// Nothing that is entered or asked by a person's program is longer, in bytes.
pub(crate) const MAX_JSON: usize = 64 * 1024;

/// Bytes of every body that are taken without counting: what a page sends fits in here.
const SMALL: usize = 16 * 1024;
/// KiB beyond [`SMALL`] that all bodies of the process together may hold at a time: however many connections send
/// however slowly, memory stays bounded, and small bodies still come through.
static LARGE: Semaphore = Semaphore::const_new(64 * 1024);
/// Those who were refused for that come back after so long.
const BUSY_RETRY_S: u64 = 2;

/// A whole body. Holds its share of memory until it is dropped.
#[derive(Debug)]
pub(crate) struct Whole {
    bytes: Bytes,
    _share: Option<SemaphorePermit<'static>>,
}

impl std::ops::Deref for Whole {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

/// The whole body, at most `max` bytes.
pub(crate) async fn read<B: HttpBody<Data = Bytes>>(
    headers: &HeaderMap,
    body: B,
    max: usize,
) -> Result<Whole, Problem> {
    read_within(PATIENCE, &LARGE, headers, body, max).await
}

async fn read_within<B: HttpBody<Data = Bytes>>(
    patience: Patience,
    large: &'static Semaphore,
    headers: &HeaderMap,
    body: B,
    max: usize,
) -> Result<Whole, Problem> {
    let announced =
        headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > max.saturating_add(LINGER)) {
        return Err(too_large(max));
    }
    let mut body = pin!(body);
    // What a page sends has nearly always arrived together with its head: then no clock is asked.
    let first = piece(&mut body).now_or_never();
    if let Some(Ok(Some(bytes))) = &first
        && body.is_end_stream()
        && bytes.len() <= max.min(SMALL)
    {
        return Ok(Whole { bytes: bytes.clone(), _share: None });
    }
    let reading = Reading { patience: patience.piece, large, max };
    match tokio::time::timeout(patience.whole, reading.collect(first, body)).await {
        Ok(Ok(whole)) => Ok(whole),
        Ok(Err(Stop::TooLarge)) => Err(too_large(max)),
        Ok(Err(Stop::Busy)) => Err(busy()),
        Ok(Err(Stop::TooSlow)) => Err(too_slow(patience.piece)),
        Ok(Err(Stop::Broken)) => {
            let detail = "The body ended before its announced length, or its chunks are malformed.";
            Err(Problem::new(StatusCode::BAD_REQUEST, "broken_body", "Broken body", detail))
        }
        Err(_) => Err(too_slow(patience.whole)),
    }
}

/// Why a body is not read to its end, or not kept.
enum Stop {
    TooLarge,
    TooSlow,
    Busy,
    Broken,
}

struct Reading {
    patience: Duration,
    large: &'static Semaphore,
    max: usize,
}

impl Reading {
    /// The whole body, of which `first` has come already. What is too much is read to its end all the same, up to
    /// [`LINGER`]: a connection that is closed on a sender who is still sending is reset, and the answer is lost.
    async fn collect<B: HttpBody<Data = Bytes>>(
        &self,
        first_piece: Option<Result<Option<Bytes>, Stop>>,
        mut body: Pin<&mut B>,
    ) -> Result<Whole, Stop> {
        let (mut first, mut rest, mut seen) = (Bytes::new(), Vec::new(), 0);
        let (mut share, mut refusal) = (None, None);
        let mut next = first_piece;
        loop {
            let come = match next.take() {
                Some(come) => come,
                None => self.in_time(piece(&mut body)).await,
            };
            let Some(piece) = come? else { break };
            seen += piece.len();
            if seen > self.max.saturating_add(LINGER) {
                return Err(Stop::TooLarge);
            }
            if seen > self.max {
                refusal = Some(Stop::TooLarge);
            } else if refusal.is_none() && !self.hold(&mut share, seen) {
                refusal = Some(Stop::Busy);
            }
            match &refusal {
                Some(_) => (first, rest, share) = (Bytes::new(), Vec::new(), None),
                None if seen == piece.len() => first = piece,
                None => rest.extend_from_slice(&piece),
            }
        }
        if let Some(refusal) = refusal {
            return Err(refusal);
        }
        let bytes = if rest.is_empty() { first } else { [&first[..], &rest].concat().into() };
        Ok(Whole { bytes, _share: share })
    }

    async fn in_time<T>(&self, piece: impl Future<Output = Result<T, Stop>>) -> Result<T, Stop> {
        tokio::time::timeout(self.patience, piece).await.unwrap_or(Err(Stop::TooSlow))
    }

    /// Holds as much as `seen` bytes need; false when there is not so much left.
    fn hold(&self, share: &mut Option<SemaphorePermit<'static>>, seen: usize) -> bool {
        let held = share.as_ref().map_or(0, SemaphorePermit::num_permits);
        let missing = seen.saturating_sub(SMALL).div_ceil(1024).saturating_sub(held);
        if missing == 0 {
            return true;
        }
        let more = u32::try_from(missing).ok().and_then(|missing| self.large.try_acquire_many(missing).ok());
        let Some(more) = more else { return false };
        match share {
            Some(share) => share.merge(more),
            None => *share = Some(more),
        }
        true
    }
}

/// The next piece of a body.
async fn piece<B: HttpBody<Data = Bytes>>(body: &mut Pin<&mut B>) -> Result<Option<Bytes>, Stop> {
    loop {
        match body.frame().await {
            Some(Ok(frame)) => {
                // Trailers say nothing that is asked for.
                if let Ok(bytes) = frame.into_data() {
                    return Ok(Some(bytes));
                }
            }
            Some(Err(_)) => return Err(Stop::Broken),
            None => return Ok(None),
        }
    }
}

/// A body over its limit.
pub(crate) fn too_large(max: usize) -> Problem {
    let detail = format!("The body is larger than {max} bytes; send less at once.");
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "Body too large", detail)
}

/// Others are sending as much as memory may hold.
fn busy() -> Problem {
    let detail = "Too many large bodies arrive at once. Send the same again a little later, or less at once.";
    let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "busy", "Busy", detail);
    problem.retry_after(BUSY_RETRY_S)
}

fn too_slow(patience: Duration) -> Problem {
    let detail = format!("Nothing, or not everything, arrived within {} seconds.", patience.as_secs());
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

/// Reads a JSON object as `T`.
pub(crate) fn json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Mistake> {
    // A struct can be read from an array too, member by member: nobody means that.
    if body.trim_ascii_start().starts_with(b"[") {
        serde_json::from_slice::<serde::de::IgnoredAny>(body).map_err(|error| mistake("", &error))?;
        let message = "must be an object".to_owned();
        return Err(Mistake::Field(FieldError {
            index: None,
            field: String::new(),
            code: "wrong_type",
            message,
        }));
    }
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
    use axum::body::Body;
    use futures_util::StreamExt;
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
            (r#" [[{"name":"a"}]]"#, "", "wrong_type"),
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
        let short = Patience { whole: Duration::from_secs(9), piece: Duration::ZERO };
        let late = read_within(short, &LARGE, &HeaderMap::new(), Body::from_stream(stuck), 100).await;
        assert_eq!(late.unwrap_err().code, "timeout", "from piece to piece");
        let stuck = piece().chain(futures_util::stream::pending());
        let short = Patience { whole: Duration::ZERO, piece: Duration::from_secs(9) };
        let late = read_within(short, &LARGE, &HeaderMap::new(), Body::from_stream(stuck), 100).await;
        assert_eq!(late.unwrap_err().code, "timeout", "as a whole");
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
        assert_eq!(&*read(&HeaderMap::new(), whole, 4).await.unwrap(), b"abcd");
    }

    #[tokio::test]
    async fn large_bodies_share_a_bounded_memory_and_small_ones_need_none() {
        static SCARCE: Semaphore = Semaphore::const_new(64);
        let read = async |kib: usize| {
            let pieces = (0..kib).map(|_| Ok::<_, std::io::Error>(vec![b'x'; 1024]));
            let body = Body::from_stream(futures_util::stream::iter(pieces));
            read_within(PATIENCE, &SCARCE, &HeaderMap::new(), body, 1 << 20).await
        };
        let first = read(16 + 40).await.unwrap();
        assert_eq!((first.len(), SCARCE.available_permits()), (56 * 1024, 24));
        let refused = read(16 + 25).await.unwrap_err();
        assert_eq!((refused.code, refused.status.as_u16(), refused.retry_after_s), ("busy", 503, Some(2)));
        assert_eq!(SCARCE.available_permits(), 24, "a refused one holds nothing");
        let second = read(16 + 24).await.unwrap();
        assert_eq!(read(16).await.unwrap().len(), 16 * 1024, "a small one always passes");
        drop((first, second));
        assert_eq!(SCARCE.available_permits(), 64);
    }
}
