//! Who is here, through the real door and the real stream: with a full shop, and with visitors who do not count.

use serde_json::{Value, json};
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};
use ut_testkit::server::{Server, Shop, batch, now_ms, page_view};

const VISITORS: usize = 5_000;
const READERS: usize = 200;
/// Visitors who say once that they are here and then leave.
const LEAVING: usize = 1_000;
const BEAT: Duration = Duration::from_secs(15);
const MINUTE_MS: i64 = 60_000;

/// A person's browser, one of a few: with a network of its own each, everybody is somebody else.
fn agent(number: usize) -> String {
    format!("Mozilla/5.0 (X11; Linux x86_64; rv:{0}.0) Gecko/20100101 Firefox/{0}.0", 130 + number % 10)
}

/// Networks of RFC 2544, which are nobody's: 512 of 256 addresses each.
fn address(number: usize) -> String {
    let network = number / 10;
    format!("198.{}.{}.{}", 18 + network / 256, network % 256, 1 + number % 250)
}

fn open(settings: &[(&str, &str)]) -> (TempDir, Server, Shop) {
    let dir = TempDir::new().unwrap();
    let shop = Shop::open(&super::binary(), dir.path());
    // History has no part in who is here.
    let settings = [settings, &[("UT_CHDB_LIB", "/nowhere/libchdb.so")]].concat();
    let server = Server::start(&super::binary(), dir.path(), &settings);
    (dir, server, shop)
}

/// What one visitor has told, and when: between the sending and the answer.
type Told = Vec<(i64, i64)>;

/// The sender's own book-keeping.
#[derive(Clone, Default)]
struct Book(Arc<Mutex<Vec<Told>>>);

/// At least and at most so many: it is one number unless somebody's time is not known exactly.
type Bounds = RangeInclusive<u64>;

impl Book {
    fn note(&self, visitor: usize, from: i64, until: i64) {
        let mut told = self.0.lock().unwrap();
        let visitors = told.len().max(visitor + 1);
        told.resize_with(visitors, Vec::new);
        told[visitor].push((from, until));
    }

    /// Visitors who surely, and who possibly, told something at a time that `fits`.
    fn count(&self, fits: impl Fn(i64) -> bool) -> Bounds {
        let told = self.0.lock().unwrap();
        let sure = told.iter().filter(|told| told.iter().any(|(from, until)| fits(*from) && fits(*until)));
        let maybe = told.iter().filter(|told| told.iter().any(|(from, until)| fits(*from) || fits(*until)));
        sure.count() as u64..=maybe.count() as u64
    }

    /// Compares a picture that was taken within `minute`, no earlier than `from` and no later than `until`.
    fn compare(&self, picture: &Value, minute: i64, from: i64, until: i64) {
        let now = self.count(|at| at >= until - 45_000);
        let possibly = self.count(|at| at >= from - 45_000);
        let back = |at: i64| minute - at.div_euclid(MINUTE_MS);
        let exact = |name: &str, said: &Value, known: &Bounds| {
            assert_eq!(known.start(), known.end(), "{name}: the sender's own times are too coarse");
            assert_eq!(said.as_u64(), Some(*known.start()), "{name}");
        };
        exact("now", &picture["now"], &(*now.start()..=*possibly.end()));
        exact("last_5_min", &picture["last_5_min"], &self.count(|at| back(at) < 5));
        exact("last_30_min", &picture["last_30_min"], &self.count(|at| back(at) < 30));
        for (ago, said) in picture["per_minute"].as_array().unwrap().iter().rev().enumerate() {
            exact(&format!("{ago} minutes ago"), said, &self.count(|at| back(at) == ago as i64));
        }
    }
}

struct Crowd {
    server: Server,
    shop: Shop,
    book: Book,
    failed: AtomicUsize,
}

impl Crowd {
    async fn tell(&self, visitor: usize, path: &str, body: &Value) {
        // Which minute a request belongs to must not depend on how long it takes.
        let after = (now_ms() + 700).rem_euclid(MINUTE_MS);
        if after < 900 {
            sleep(Duration::from_millis((900 - after) as u64)).await;
        }
        let from = now_ms();
        let request = self.shop.post(&self.server, path, &agent(visitor));
        let request = request.header("x-forwarded-for", address(visitor)).body(body.to_string());
        match request.send().await {
            Ok(answer) if answer.status().is_success() => self.book.note(visitor, from, now_ms()),
            _ => drop(self.failed.fetch_add(1, Ordering::Relaxed)),
        }
    }

    async fn beat(&self, visitor: usize) {
        let url = format!("https://shop.example/p/{}", visitor % 30);
        self.tell(visitor, "/ut/p", &json!({ "site": self.shop.key, "url": url, "consent": {} })).await;
    }

    /// Comes at some time within a beat, looks at a page, and stays for `beats`.
    async fn stay(self: Arc<Self>, visitor: usize, began: Instant, beats: u32) {
        // The last second of every beat is silent: then it is known who is here.
        let phase = (BEAT - Duration::from_secs(3)) * (visitor * 7919 % VISITORS) as u32 / VISITORS as u32;
        for beat in 0..beats {
            sleep_until(began + BEAT * beat + phase).await;
            if beat == 0 && visitor.is_multiple_of(10) {
                self.tell(visitor, "/ut/e", &batch(&self.shop.key, &[page_view("/")])).await;
            }
            self.beat(visitor).await;
        }
    }
}

/// One who looks at the stream.
#[derive(Default)]
struct Reader {
    pictures: AtomicUsize,
    newest: Mutex<String>,
}

impl Reader {
    async fn read(self: Arc<Self>, request: reqwest::RequestBuilder) {
        let mut answer = request.send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 200);
        let mut text = Vec::new();
        while let Ok(Some(bytes)) = answer.chunk().await {
            text.extend_from_slice(&bytes);
            while let Some(end) = text.windows(2).position(|pair| pair == b"\n\n") {
                let event: Vec<u8> = text.drain(..end + 2).collect();
                if let Some(data) = event.strip_prefix(b"event: presence\ndata: ") {
                    *self.newest.lock().unwrap() = String::from_utf8(data.to_vec()).unwrap();
                    self.pictures.fetch_add(1, Ordering::Relaxed);
                }
            }
        }
    }

    fn pictures(&self) -> usize {
        self.pictures.load(Ordering::Relaxed)
    }
}

/// Everybody's picture of a silent moment, against the book.
async fn compare(crowd: &Crowd, readers: &[Arc<Reader>]) -> Value {
    loop {
        let from = now_ms();
        // The first may have been on its way already, and the second in the making.
        let before: Vec<_> = readers.iter().map(|reader| reader.pictures()).collect();
        let all = || readers.iter().zip(&before).all(|(reader, before)| reader.pictures() >= before + 3);
        while !all() {
            assert!(now_ms() < from + 10_000, "a reader gets nothing");
            sleep(Duration::from_millis(10)).await;
        }
        let until = now_ms();
        let minute = until.div_euclid(MINUTE_MS);
        if from.div_euclid(MINUTE_MS) != minute {
            continue;
        }
        let pictures: Vec<Value> = readers
            .iter()
            .map(|reader| serde_json::from_str(&reader.newest.lock().unwrap()).unwrap())
            .collect();
        pictures.iter().for_each(|picture| crowd.book.compare(picture, minute, from, until));
        return pictures[0].clone();
    }
}

/// 5,000 visitors whose tabs say every 15 s that they are here, and 200 who look on.
#[tokio::test(flavor = "multi_thread")]
async fn a_full_shop_is_counted_exactly_and_everybody_sees_it_every_second() {
    let (dir, server, shop) = open(&[("TRUSTED_PROXIES", "loopback")]);
    let crowd = Arc::new(Crowd { server, shop, book: Book::default(), failed: AtomicUsize::new(0) });
    let readers: Vec<Arc<Reader>> = (0..READERS).map(|_| Arc::default()).collect();
    let mut watching = JoinSet::new();
    for reader in &readers {
        let url = format!("{}/presence/stream?site={}", crowd.server.base, crowd.shop.id);
        let request = reqwest::Client::new().get(url).bearer_auth(&crowd.shop.token);
        watching.spawn(Arc::clone(reader).read(request));
    }
    let began = Instant::now();
    let mut leaving = JoinSet::new();
    for visitor in VISITORS - LEAVING..VISITORS {
        let crowd = Arc::clone(&crowd);
        leaving.spawn(async move { crowd.beat(visitor).await });
    }
    leaving.join_all().await;
    let left = Instant::now();

    let mut staying = JoinSet::new();
    for visitor in 0..VISITORS - LEAVING {
        staying.spawn(Arc::clone(&crowd).stay(visitor, left, 1));
    }
    staying.join_all().await;
    let full = compare(&crowd, &readers).await;
    assert_eq!((&full["now"], &full["last_5_min"]), (&json!(VISITORS), &json!(VISITORS)));

    let measured = Instant::now();
    let before: Vec<_> = readers.iter().map(|reader| reader.pictures()).collect();
    let mut staying = JoinSet::new();
    for visitor in 0..VISITORS - LEAVING {
        staying.spawn(Arc::clone(&crowd).stay(visitor, left + BEAT, 2));
    }
    staying.join_all().await;
    sleep_until(left + Duration::from_millis(45_100)).await;
    let seconds = measured.elapsed().as_secs_f64();
    let pictures = readers.iter().zip(&before).map(|(reader, before)| reader.pictures() - before);
    let mut rates: Vec<f64> = pictures.map(|pictures| pictures as f64 / seconds).collect();
    rates.sort_unstable_by(f64::total_cmp);
    let fewer = compare(&crowd, &readers).await;
    assert_eq!(
        (&fewer["now"], &fewer["last_30_min"]),
        (&json!(VISITORS - LEAVING), &json!(VISITORS)),
        "who has left is not here any more"
    );
    println!(
        "{VISITORS} visitors, {READERS} readers: {:.2} updates/s at the slowest, {:.2} at the median, over {seconds:.0} s; \
         {} of {} heartbeats and events failed; {:.0} s in all",
        rates[0],
        rates[READERS / 2],
        crowd.failed.load(Ordering::Relaxed),
        crowd.book.0.lock().unwrap().iter().map(Vec::len).sum::<usize>(),
        began.elapsed().as_secs_f64()
    );
    assert!(seconds >= 20.0 && rates[0] >= 0.8, "{} updates/s over {seconds} s", rates[0]);
    assert_eq!(crowd.failed.load(Ordering::Relaxed), 0);
    watching.shutdown().await;
    drop((crowd, dir));
}

/// Heartbeats say where somebody is; machines, try-outs and whoever is excluded are nobody.
#[tokio::test(flavor = "multi_thread")]
async fn only_people_in_the_shop_are_here() {
    let (dir, server, shop) = open(&[("TRUSTED_PROXIES", "loopback")]);
    let change = json!({
        "domains": ["shop.example", "*.shop.example"], "excluded_networks": ["203.0.113.0/24"],
        "excluded_paths": ["/admin"], "excluded_hostnames": ["intranet.shop.example"],
        "staging_hostnames": ["staging.shop.example"],
    });
    let request = shop.http.patch(format!("{}/api/v1/sites/{}", server.base, shop.id));
    let answer = request.bearer_auth(&shop.token).json(&change).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 200, "{}", answer.text().await.unwrap());

    let person = agent(0);
    let crawler = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";
    let (shown, here) = ("https://shop.example/p/1", "8.8.8.8");
    let beat = async |agent: &str, address: &str, url: &str, extra: Value| {
        let mut body = json!({ "site": shop.key, "url": url, "consent": {} });
        body.as_object_mut().unwrap().extend(extra["body"].as_object().cloned().unwrap_or_default());
        let request = shop.post(&server, "/ut/p", agent).header("x-forwarded-for", address);
        let cookie = extra["cookie"].as_str().unwrap_or("a=b").to_owned();
        let answer = request.header("cookie", cookie).body(body.to_string()).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 204, "{agent} {address} {url}");
    };
    for (agent, address, url, extra) in [
        (crawler, here, shown, json!({})),
        ("curl/8.5.0", here, shown, json!({})),
        ("", here, shown, json!({})),
        (person.as_str(), here, shown, json!({ "body": { "webdriver": true } })),
        (person.as_str(), "203.0.113.9", shown, json!({})),
        (person.as_str(), here, "https://shop.example/admin/orders", json!({})),
        (person.as_str(), here, "https://intranet.shop.example/", json!({})),
        (person.as_str(), here, "https://staging.shop.example/", json!({})),
        (person.as_str(), here, shown, json!({ "cookie": "a=b; ut_ignore=1" })),
    ] {
        beat(agent, address, url, extra).await;
    }
    let picture = here_now(&shop, &server).await;
    assert_eq!((&picture["now"], &picture["last_30_min"]), (&json!(0), &json!(0)), "{picture}");
    beat(&person, here, shown, json!({})).await;
    beat(&person, "198.18.0.1", "https://www.shop.example/", json!({})).await;
    let picture = here_now(&shop, &server).await;
    assert_eq!(picture["now"], 2);
    assert_eq!(picture["countries"], json!([{ "country": "US", "visitors": 1 }]), "an address says where");
    let pages = json!([{ "page": "/", "visitors": 1 }, { "page": "/p/1", "visitors": 1 }]);
    assert_eq!(picture["pages"], pages);
    drop((server, dir));
}

/// The first picture of a new reader.
async fn here_now(shop: &Shop, server: &Server) -> Value {
    // A picture is shared for a second; the last reader of the one before must be gone.
    sleep(Duration::from_millis(1_100)).await;
    let url = format!("{}/presence/stream?site={}", server.base, shop.id);
    let mut answer = shop.http.get(url).bearer_auth(&shop.token).send().await.unwrap();
    let mut text = String::new();
    loop {
        text.push_str(std::str::from_utf8(&answer.chunk().await.unwrap().unwrap()).unwrap());
        if let Some((event, _)) = text.split_once("\n\n") {
            return serde_json::from_str(event.strip_prefix("event: presence\ndata: ").unwrap()).unwrap();
        }
    }
}
