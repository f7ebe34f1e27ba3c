//! A shop on a running server: its site, a token, and what a test does with them.

use super::{Server, batch, run};
use reqwest::{Client, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How often it is asked whether history has settled, ten times a second: many servers may be starting at once.
const PATIENCE: usize = 1800;

/// A site `shop.example` with an admin token.
#[derive(Debug, Clone)]
pub struct Shop {
    /// The site's number.
    pub id: u64,
    /// The site's public key.
    pub key: String,
    /// The site's secret, which signs calls of the shop's own server.
    pub secret: String,
    /// A bearer token of the API.
    pub token: String,
    /// Asks over HTTP.
    pub http: Client,
    binary: PathBuf,
    dir: PathBuf,
}

impl Shop {
    /// Adds site and token through the program's commands, beside a running server or without one.
    ///
    /// # Panics
    /// When a command fails.
    #[must_use]
    pub fn open(binary: &Path, dir: &Path) -> Self {
        let json = |arguments: &[&str]| -> Value {
            let output = run(binary, dir, arguments);
            let errors = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{arguments:?} failed: {errors}");
            serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{arguments:?}: {error}"))
        };
        let place =
            ["--domain", "shop.example", "--currency", "EUR", "--timezone", "Europe/Berlin", "--json"];
        let site = json(&[&["site", "add"][..], &place].concat());
        let id = site["id"].as_u64().unwrap_or_else(|| panic!("no id in {site}"));
        let token = json(&["token", "add", "--site", &id.to_string(), "--scope", "admin", "--json"]);
        let text = |value: &Value, name: &str| {
            value[name].as_str().unwrap_or_else(|| panic!("no {name}")).to_owned()
        };
        Self {
            id,
            key: text(&site, "key"),
            secret: text(&site, "secret"),
            token: text(&token, "token"),
            http: Client::new(),
            binary: binary.to_owned(),
            dir: dir.to_owned(),
        }
    }

    /// Starts a server on the shop's folder.
    #[must_use]
    pub fn serve(&self) -> Server {
        self.serve_with(&[])
    }

    /// The same with settings of its own.
    #[must_use]
    pub fn serve_with(&self, environment: &[(&str, &str)]) -> Server {
        Server::start(&self.binary, &self.dir, environment)
    }

    /// A request of the shop's page: `agent` is a user agent (it has a slash), or a person, who has a
    /// browser of their own.
    pub fn post(&self, server: &Server, path: &str, agent: &str) -> RequestBuilder {
        let request = self.http.post(format!("{}{path}", server.base));
        let agent = if agent.contains('/') { agent.to_owned() } else { crate::browser(agent) };
        request
            .header("origin", "https://shop.example")
            .header("user-agent", agent)
            .header("content-type", "text/plain")
    }

    /// Sends events and returns status and answer.
    ///
    /// # Errors
    /// When the server cannot be reached or dies meanwhile.
    pub async fn send(
        &self,
        server: &Server,
        agent: &str,
        events: &[Value],
    ) -> reqwest::Result<(StatusCode, Value)> {
        let body = batch(&self.key, events).to_string();
        let answer = self.post(server, "/ut/e", agent).body(body).send().await?;
        let status = answer.status();
        Ok((status, serde_json::from_slice(&answer.bytes().await?).unwrap_or_default()))
    }

    /// Asks the API.
    ///
    /// # Panics
    /// When the answer is not a success.
    pub async fn get(&self, server: &Server, path: &str) -> String {
        let request = self.http.get(format!("{}{path}", server.base)).bearer_auth(&self.token);
        let answer = request.send().await.unwrap_or_else(|error| panic!("{path}: {error}"));
        let status = answer.status();
        // An answer that is cut off is none: half an export must not pass for all of it.
        let text = answer.text().await.unwrap_or_else(|error| panic!("{path}: {error}\n{}", server.errors()));
        assert!(status.is_success(), "{path}: {status} {text}");
        text
    }

    /// Asks one query over all days; returns its result.
    ///
    /// # Panics
    /// When the answer is not a success.
    pub async fn query(&self, server: &Server, metrics: &[&str], dimensions: &[&str]) -> Value {
        let query =
            json!({ "metrics": metrics, "dimensions": dimensions, "date_range": "all", "limit": 10_000 });
        let body = json!({ "site": self.id.to_string(), "queries": [query] });
        let request =
            self.http.post(format!("{}/api/v1/q", server.base)).bearer_auth(&self.token).json(&body);
        let answer = request.send().await.unwrap_or_else(|error| panic!("query: {error}"));
        let status = answer.status();
        let answer: Value = answer.json().await.unwrap_or_default();
        assert!(status.is_success(), "query: {status} {answer}");
        answer["results"][0].clone()
    }

    /// Every stored event.
    pub async fn export(&self, server: &Server) -> Vec<Value> {
        let text = self.get(server, &format!("/api/v1/export/events?site={}&format=ndjson", self.id)).await;
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}")))
            .collect()
    }

    /// A value of `/metrics`, summed over its labels.
    ///
    /// # Panics
    /// When the admin listener does not answer.
    pub async fn metric(&self, server: &Server, name: &str) -> u64 {
        let answer = self.http.get(format!("{}/metrics", server.admin)).send().await;
        let text = answer
            .unwrap_or_else(|error| panic!("metrics: {error}\n{}", server.errors()))
            .text()
            .await
            .unwrap_or_default();
        let values =
            text.lines().filter(|line| !line.starts_with('#') && line.split(['{', ' ']).next() == Some(name));
        values.filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok()).sum()
    }

    async fn history_answers(&self, server: &Server) -> bool {
        let ready: Value = serde_json::from_str(&self.get(server, "/ready").await).unwrap_or_default();
        let checks = ready["checks"].as_array().map_or(&[][..], Vec::as_slice);
        checks.iter().any(|check| check["name"] == "olap" && check["status"] == "ok")
    }

    /// Waits until history answers and holds everything acknowledged, and checks that the balance closes.
    ///
    /// # Panics
    /// When it does not settle within three minutes, or the balance has a difference.
    pub async fn settled(&self, server: &Server) {
        for _ in 0..PATIENCE {
            if self.metric(server, "ut_in_flight").await == 0 && self.history_answers(server).await {
                let mut settled = 0;
                for name in ["ut_stored_total", "ut_deduplicated_total", "ut_dropped_total"] {
                    settled += self.metric(server, name).await;
                }
                assert_eq!(
                    self.metric(server, "ut_received_total").await,
                    settled,
                    "the balance does not close"
                );
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let (left, ready) = (self.metric(server, "ut_in_flight").await, self.get(server, "/ready").await);
        panic!("history did not settle: {left} in flight, {ready}\n{}", server.errors());
    }
}
