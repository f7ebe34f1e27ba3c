//! The crowd in motion: visit after visit, until the server stops.

use super::door::Door;
use super::person::Person;
use super::random::Random;
use super::shop::{self, Product, money};
use super::visit::{Happening, Line, Page, Visit};
use crate::Failure;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use url::Url;
use ut_core::Clock;

/// As in the tracker.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// A page's total of attention is told at every second heartbeat while it grows, and at the end.
const TOLD: Duration = Duration::from_secs(30);

/// How often the log says what the crowd did.
const REPORT: Duration = Duration::from_secs(60);

/// A crowd and where it goes.
#[derive(Debug, Clone)]
pub struct Traffic {
    /// How many visitors there are at a time.
    pub visitors: u32,
    /// The same number gives the same crowd.
    pub seed: u64,
    /// The server that is sent to.
    pub server: SocketAddr,
    /// The demo shop's address, ending in `/`; its origin is the visitors' `Origin`.
    pub shop: Url,
    /// The demo site's public key.
    pub site_key: String,
}

/// Lets the crowd walk until `shutdown`.
pub async fn run(
    traffic: Traffic,
    clock: Arc<dyn Clock>,
    shutdown: CancellationToken,
) -> Result<(), Failure> {
    if traffic.visitors == 0 {
        return Ok(());
    }
    let origin = traffic.shop.origin().ascii_serialization();
    let door = Door::new(traffic.server, origin)
        .map_err(|error| Failure::new(format!("the crowd cannot be started: {error}")))?;
    let crowd = Arc::new(Crowd { traffic, door, clock });
    let mut walkers = JoinSet::new();
    for number in 0..crowd.traffic.visitors {
        walkers.spawn(Arc::clone(&crowd).walk(number));
    }
    let mut report = tokio::time::interval_at(tokio::time::Instant::now() + REPORT, REPORT);
    loop {
        tokio::select! {
            () = shutdown.cancelled() => break,
            _ = report.tick() => crowd.report(),
        }
    }
    // Aborts the walkers wherever they are and waits until they are gone.
    walkers.shutdown().await;
    crowd.report();
    Ok(())
}

struct Crowd {
    traffic: Traffic,
    door: Door,
    clock: Arc<dyn Clock>,
}

/// A visitor during a visit.
struct Walker {
    person: Person,
    random: Random,
    referrer: String,
}

impl Crowd {
    /// One place in the crowd: visits by somebody, a pause, and then the same person again or another one.
    async fn walk(self: Arc<Self>, number: u32) {
        let mut random = Random::new(self.traffic.seed, number.into());
        let mut person = Person::draw(&mut random);
        // A crowd that arrives within the same millisecond is no crowd.
        tokio::time::sleep(Duration::from_millis(random.between(0, 10_000))).await;
        loop {
            let visit = if person.crawler { Visit::glance(&mut random) } else { Visit::draw(&mut random) };
            let referrer = visit.referrer.to_owned();
            let ids = Random::new(random.next(), 0);
            let mut walker = Walker { person: person.clone(), random: ids, referrer };
            for (position, page) in visit.pages.iter().enumerate() {
                let campaign = if position == 0 { visit.campaign } else { "" };
                self.show(&mut walker, page, campaign).await;
            }
            tokio::time::sleep(Duration::from_millis(random.between(1_000, 20_000))).await;
            if !random.chance(25) {
                person = Person::draw(&mut random);
            }
        }
    }

    /// Shows one page: its view, what happens on it, and a heartbeat every 15 s while it is visible.
    async fn show(&self, walker: &mut Walker, page: &Page, campaign: &str) {
        let url = self.address(&page.path, campaign);
        let id = walker.random.uuid(self.clock.now_ms()).to_string();
        let mut shown = Shown { id, url, title: &page.title, referrer: walker.referrer.clone(), seq: 0 };
        let visible = page.open.saturating_sub(page.hidden);
        let hidden_from = visible / 2;
        let mut passed = Duration::ZERO;
        let (mut beats, mut told) = (Duration::ZERO, Duration::ZERO);
        let mut views = vec![shown.event(walker, self.clock.now_ms(), "page_view", json!({}))];
        let mut happenings = page.happenings.iter().peekable();
        while passed < visible {
            while let Some(happening) = happenings.next_if(|happening| happening.after <= passed) {
                views.push(shown.event(walker, self.clock.now_ms(), happening.name, fields(happening)));
            }
            if !views.is_empty() {
                self.send(&walker.person, std::mem::take(&mut views)).await;
            }
            if beats <= passed {
                self.door.heartbeat(&walker.person, &self.heartbeat(&shown)).await;
                beats = passed + HEARTBEAT;
                if passed == told + TOLD {
                    told = passed;
                    self.engagement(walker, &mut shown, passed, page.scrolled / 2).await;
                }
            }
            let next = happenings.peek().map_or(visible, |happening| happening.after.min(visible)).min(beats);
            if passed < hidden_from && hidden_from <= next {
                // The tab lies in the background for a while: nothing happens there, and no heart beats.
                tokio::time::sleep(page.hidden).await;
            }
            tokio::time::sleep(next - passed).await;
            passed = next;
        }
        self.engagement(walker, &mut shown, visible, page.scrolled).await;
        walker.referrer = shown.url;
    }

    async fn engagement(&self, walker: &mut Walker, shown: &mut Shown<'_>, total: Duration, scrolled: u8) {
        let fields = json!({"engagement_ms": total.as_millis() as u64, "scroll_pct": scrolled});
        let event = shown.event(walker, self.clock.now_ms(), "engagement", fields);
        self.send(&walker.person, vec![event]).await;
    }

    fn address(&self, path: &str, campaign: &str) -> String {
        let separator = if campaign.is_empty() {
            ""
        } else if path.contains('?') {
            "&"
        } else {
            "?"
        };
        format!("{}{path}{separator}{campaign}", self.traffic.shop)
    }

    async fn send(&self, person: &Person, events: Vec<Value>) {
        let body = || {
            json!({
                "site": self.traffic.site_key,
                "sent_at": self.clock.now_ms(),
                "tz": person.tz,
                "lang": person.lang,
                "viewport": [person.viewport.0, person.viewport.1],
                "consent": {},
                "touch_points": person.touch_points,
                "events": events,
            })
        };
        self.door.events(person, body).await;
    }

    fn heartbeat(&self, shown: &Shown<'_>) -> Value {
        let url = shown.url.split('?').next().unwrap_or_default();
        json!({"site": self.traffic.site_key, "page_view": shown.id, "url": url, "consent": {}})
    }

    fn report(&self) {
        let [accepted, refused, heartbeats, failed] = self.door.tally().read();
        tracing::info!(
            accepted,
            refused,
            heartbeats,
            failed,
            "the crowd: {accepted} events acknowledged, {refused} refused, {heartbeats} heartbeats, {failed} requests failed"
        );
    }
}

/// A page while it is shown.
struct Shown<'a> {
    id: String,
    url: String,
    title: &'a str,
    referrer: String,
    seq: u32,
}

impl Shown<'_> {
    fn event(&mut self, walker: &mut Walker, now: i64, name: &str, fields: Value) -> Value {
        self.seq += 1;
        let mut event = json!({
            "id": walker.random.uuid(now).to_string(),
            "name": name,
            "ts": now,
            "page_view": self.id,
            "seq": self.seq,
            "url": self.url,
            "referrer": self.referrer,
            "title": self.title,
        });
        if let (Value::Object(event), Value::Object(fields)) = (&mut event, fields) {
            event.extend(fields);
        }
        event
    }
}

/// The fields of a shop event: what it is about and what that is worth.
fn fields(happening: &Happening) -> Value {
    let sum = |price: fn(&Product) -> u64| -> u64 {
        happening.lines.iter().map(|line| price(line.product) * u64::from(line.quantity)).sum()
    };
    let (net, gross) = (sum(Product::net), sum(|product| product.cents));
    let items: Vec<Value> = happening.lines.iter().map(item).collect();
    let mut fields = json!({"items": items});
    if happening.name != "view_item_list" {
        fields["value"] = money(net).into();
        fields["currency"] = "EUR".into();
    }
    if let Some(order) = &happening.order {
        let (tax, shipping) = (money(gross - net), money(shop::SHIPPING));
        fields["props"] = json!({"transaction_id": order, "tax": tax, "shipping": shipping});
    }
    fields
}

fn item(line: &Line) -> Value {
    let product = line.product;
    json!({
        "item_id": product.id,
        "item_name": product.name,
        "item_brand": shop::NAME,
        "item_category": product.category,
        "price": money(product.net()),
        "quantity": line.quantity,
    })
}
