//! What the crowd sends: the same requests that the tracker in a browser sends, one HTTP connection pool for all.

use super::Person;
use reqwest::{Client, Response, StatusCode, header};
use serde_json::Value;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// How often a request that the server could not take is repeated.
const ATTEMPTS: u32 = 5;

/// The door of a server.
#[derive(Debug)]
pub(super) struct Door {
    client: Client,
    base: String,
    origin: String,
    tally: Tally,
}

/// What became of the requests.
#[derive(Debug, Default)]
pub(super) struct Tally {
    accepted: AtomicU64,
    refused: AtomicU64,
    heartbeats: AtomicU64,
    failed: AtomicU64,
}

impl Tally {
    /// Events acknowledged, events refused, heartbeats, requests that got no useful answer.
    pub(super) fn read(&self) -> [u64; 4] {
        [&self.accepted, &self.refused, &self.heartbeats, &self.failed]
            .map(|count| count.load(Ordering::Relaxed))
    }
}

impl Door {
    /// The door of the server at `server`, entered from pages of `origin`.
    pub(super) fn new(server: SocketAddr, origin: String) -> Result<Self, reqwest::Error> {
        let client = Client::builder().timeout(Duration::from_secs(10)).build()?;
        Ok(Self { client, base: format!("http://{server}"), origin, tally: Tally::default() })
    }

    pub(super) fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Sends a batch; `body` makes it anew for every attempt (it holds the time of sending).
    pub(super) async fn events(&self, person: &Person, body: impl Fn() -> Value) {
        let mut pause = Duration::from_millis(500);
        for _ in 0..ATTEMPTS {
            match self.post("/ut/e", person, &body()).await {
                Ok(response) if response.status() == StatusCode::ACCEPTED => {
                    return self.count(response).await;
                }
                Ok(response) if busy(response.status()) => pause = retry_after(&response).unwrap_or(pause),
                Ok(response) => return self.refusal(response).await,
                Err(error) => tracing::debug!(%error, "the crowd got no answer: {error}"),
            }
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
        self.tally.failed.fetch_add(1, Ordering::Relaxed);
    }

    /// Sends a heartbeat, once: a late one is worthless.
    pub(super) async fn heartbeat(&self, person: &Person, body: &Value) {
        let count = match self.post("/ut/p", person, body).await {
            Ok(response) if response.status().is_success() => &self.tally.heartbeats,
            Ok(_) | Err(_) => &self.tally.failed,
        };
        count.fetch_add(1, Ordering::Relaxed);
    }

    async fn post(&self, path: &str, person: &Person, body: &Value) -> Result<Response, reqwest::Error> {
        let request = self
            .client
            .post(format!("{}{path}", self.base))
            .header(header::ORIGIN, &self.origin)
            .header(header::REFERER, format!("{}/", self.origin))
            .header(header::CONTENT_TYPE, "text/plain;charset=UTF-8")
            .header(header::USER_AGENT, &person.agent)
            .header(header::ACCEPT_LANGUAGE, person.lang)
            .header("x-forwarded-for", person.address.to_string());
        request.body(body.to_string()).send().await
    }

    async fn count(&self, response: Response) {
        let Ok(answer) = response.json::<Value>().await else {
            self.tally.failed.fetch_add(1, Ordering::Relaxed);
            return;
        };
        self.tally.accepted.fetch_add(answer["accepted"].as_u64().unwrap_or(0), Ordering::Relaxed);
        let rejected = answer["rejected"].as_array().map_or(0, Vec::len) as u64;
        if rejected > 0 && self.tally.refused.fetch_add(rejected, Ordering::Relaxed) == 0 {
            tracing::warn!(rejected = %answer["rejected"], "the door refuses events of the crowd: {}", answer["rejected"]);
        }
    }

    async fn refusal(&self, response: Response) {
        let status = response.status();
        if self.tally.failed.fetch_add(1, Ordering::Relaxed) == 0 {
            let answer = response.text().await.unwrap_or_default();
            tracing::warn!(%status, "the door refuses the crowd with {status}: {answer}");
        }
    }
}

fn busy(status: StatusCode) -> bool {
    matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE)
}

fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(header::RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}
