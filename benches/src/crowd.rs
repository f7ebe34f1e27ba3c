//! Who sends: visitors who come from somewhere, look at pages, and put things into their carts. Seeded, so that every
//! server gets the same requests, times and ids apart.

use crate::agents::AGENTS;
use std::io::Write;
use ut_core::SiteId;
use ut_core::keys::Keys;
use uuid::{Builder, Uuid};

/// Where visitors come from: the referrer of their first page, and what its address says of a campaign.
const ARRIVALS: [(&str, &str); 8] = [
    ("https://www.google.com/", ""),
    ("", ""),
    ("https://www.bing.com/", ""),
    ("https://l.instagram.com/", "?utm_source=instagram&utm_medium=paid_social&utm_campaign=autumn"),
    ("https://www.google.com/", "?gclid=Cj0KCQiA&utm_source=google&utm_medium=cpc&utm_campaign=brand"),
    ("", "?utm_source=newsletter&utm_medium=email&utm_campaign=week-47"),
    ("https://chatgpt.com/", ""),
    ("https://blog.example/the-best-shirts", ""),
];
const KINDS: [&str; 8] = ["Shirt", "Jacket", "Trousers", "Dress", "Scarf", "Boots", "Bag", "Belt"];
const STUFFS: [&str; 8] = ["Linen", "Wool", "Cotton", "Denim", "Silk", "Leather", "Canvas", "Hemp"];
/// Products of the shop.
const PRODUCTS: u32 = 500;
/// Visitors who take turns on one connection: what a proxy in front of the server does.
const PEOPLE: usize = 6;
const ZONES: [(&str, &str); 4] = [
    ("Europe/Berlin", "de-DE"),
    ("Europe/Vienna", "de-AT"),
    ("Europe/Paris", "fr-FR"),
    ("America/New_York", "en-US"),
];

/// A fast sequence of numbers (SplitMix64, <https://prng.di.unimi.it/splitmix64.c>).
#[derive(Debug)]
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u32) -> u32 {
        (self.next() % u64::from(bound.max(1))) as u32
    }

    /// A UUIDv7 of a moment, as browsers make it.
    fn id(&mut self, ms: u64) -> Uuid {
        let bytes = u128::from(self.next()) << 64 | u128::from(self.next());
        let mut random = [0; 10];
        random.copy_from_slice(&bytes.to_le_bytes()[..10]);
        Builder::from_unix_timestamp_millis(ms, &random).into_uuid()
    }
}

/// Visitors who have agreed to everything, and show the cookies which the server gave them when they did.
#[derive(Debug, Clone)]
pub(crate) struct Agreed {
    pub(crate) keys: Keys,
    pub(crate) site: SiteId,
}

impl Agreed {
    /// The line of the head; they agreed yesterday.
    fn cookies(&self, id: Uuid, ms: u64) -> String {
        let tag = u128::from_be_bytes(self.keys.cookie_tag(self.site, id));
        let at = ms.saturating_sub(86_400_000);
        format!("Cookie: _ut_c=v1.A{at}M{at}P{at}.2026-11; _ut_id={id}.{tag:032x}\r\n")
    }
}

#[derive(Debug)]
struct Person {
    agent: &'static str,
    address: [u8; 4],
    arrival: (&'static str, &'static str),
    zone: (&'static str, &'static str),
    seed: Uuid,
    /// Of the head, or empty.
    cookies: String,
    page_view: Uuid,
    product: u32,
    /// Events so far.
    seq: u32,
    /// Events until they leave.
    left: u32,
    /// Milliseconds on this page so far.
    engaged: u32,
}

impl Person {
    fn new(random: &mut Random, agreed: Option<&Agreed>, ms: u64) -> Self {
        let cookies = agreed.map(|agreed| agreed.cookies(random.id(ms), ms)).unwrap_or_default();
        let [a, b, c, d, ..] = random.next().to_le_bytes();
        Self {
            agent: &AGENTS[random.below(AGENTS.len() as u32) as usize],
            // Somewhere in the public ranges.
            address: [11 + a % 80, b, c, d.max(1)],
            arrival: ARRIVALS[random.below(ARRIVALS.len() as u32) as usize],
            zone: ZONES[random.below(ZONES.len() as u32) as usize],
            seed: random.id(ms),
            cookies,
            page_view: random.id(ms),
            product: random.below(PRODUCTS),
            seq: 0,
            left: 4 + random.below(12),
            engaged: 0,
        }
    }
}

/// The visitors of one connection.
#[derive(Debug)]
pub(crate) struct Crowd {
    site: String,
    batch: u32,
    agreed: Option<Agreed>,
    random: Random,
    people: Vec<Person>,
    events: Vec<u8>,
    body: Vec<u8>,
}

impl Crowd {
    /// For requests with `batch` events each. Another `seed` is another crowd.
    pub(crate) fn new(site: &str, batch: u32, seed: u64) -> Self {
        Self {
            site: site.to_owned(),
            batch,
            agreed: None,
            random: Random(seed.wrapping_mul(0xd134_2543_de82_ef95)),
            people: Vec::new(),
            events: Vec::new(),
            body: Vec::new(),
        }
    }

    /// The same of visitors who have agreed. They are other ones than those who have not.
    pub(crate) fn who_have(self, agreed: Agreed) -> Self {
        Self { agreed: Some(agreed), ..self }
    }

    /// Writes the next request into `out`, replacing what it holds.
    pub(crate) fn request(&mut self, ms: u64, out: &mut Vec<u8>) {
        let (random, agreed) = (&mut self.random, self.agreed.as_ref());
        if self.people.len() < PEOPLE {
            self.people.push(Person::new(random, agreed, ms));
        }
        let at = random.below(self.people.len() as u32) as usize;
        if self.people[at].left == 0 {
            self.people[at] = Person::new(random, agreed, ms);
        }
        let person = &mut self.people[at];
        self.events.clear();
        for number in 0..self.batch {
            if number > 0 {
                self.events.push(b',');
            }
            event(person, random, ms, &mut self.events);
        }
        person.left = person.left.saturating_sub(1);
        let (zone, lang) = person.zone;
        let grants = agreed.is_some();
        self.body.clear();
        // Writing to a vector cannot fail.
        let _ = write!(
            self.body,
            r#"{{"site":"{}","sent_at":{ms},"tz":"{zone}","lang":"{lang}","viewport":[{},844],"consent":{{"analytics":{grants},"marketing":{grants},"personalization":{grants},"source":"banner"}},"ids":{{"seed":"{}"}},"events":["#,
            self.site,
            360 + 8 * (person.product % 9),
            person.seed,
        );
        self.body.extend_from_slice(&self.events);
        self.body.extend_from_slice(b"]}");
        out.clear();
        let [a, b, c, d] = person.address;
        let _ = write!(
            out,
            "POST /ut/e HTTP/1.1\r\nHost: shop.example\r\nOrigin: https://shop.example\r\nUser-Agent: {}\r\n\
             X-Forwarded-For: {a}.{b}.{c}.{d}\r\nContent-Type: text/plain\r\nAccept: */*\r\nAccept-Language: {lang}\r\n\
             Accept-Encoding: gzip, deflate, br\r\nReferer: https://shop.example/\r\n{}Content-Length: {}\r\n\r\n",
            person.agent,
            person.cookies,
            self.body.len()
        );
        out.extend_from_slice(&self.body);
    }
}

/// One event, about 380 bytes.
fn event(person: &mut Person, random: &mut Random, ms: u64, out: &mut Vec<u8>) {
    let name = match (person.seq, random.below(100)) {
        (0, _) | (_, 0..45) => "page_view",
        (_, 45..70) => "view_item",
        (_, 70..90) => "engagement",
        (_, 90..96) => "add_to_cart",
        (_, 96..98) => "view_cart",
        _ => "begin_checkout",
    };
    if name == "page_view" {
        person.page_view = random.id(ms);
        person.engaged = 0;
        person.product = random.below(PRODUCTS);
    }
    let (referrer, campaign) = if person.seq == 0 { person.arrival } else { ("https://shop.example/", "") };
    let product = person.product;
    let (stuff, kind) = (STUFFS[product as usize % 8], KINDS[product as usize / 8 % 8]);
    let _ = write!(
        out,
        r#"{{"id":"{}","name":"{name}","ts":{},"page_view":"{}","seq":{},"url":"https://shop.example/p/{product}-{stuff}-{kind}{campaign}","referrer":"{referrer}","title":"{stuff} {kind} No. {product}, made to last | Linen & Wool, Shop""#,
        random.id(ms),
        ms.saturating_sub(random.below(300).into()),
        person.page_view,
        person.seq,
    );
    person.seq += 1;
    let euros = 9 + product % 190;
    let _ = match name {
        "page_view" => write!(out, "}}"),
        "engagement" => {
            person.engaged += 1_000 + random.below(20_000);
            write!(out, r#","engagement_ms":{},"scroll_pct":{}}}"#, person.engaged, 20 + random.below(81))
        }
        _ => write!(
            out,
            r#","value":"{euros}.90","currency":"EUR","items":[{{"item_id":"{product}","item_name":"{stuff} {kind}, white","price":"{euros}.90","quantity":1}}]}}"#
        ),
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;
    use std::collections::BTreeSet;

    #[test]
    fn requests_are_as_long_as_they_say_and_about_as_long_as_promised() {
        for (batch, range) in [(1, 550..680), (20, 6_500..8_500)] {
            let (mut crowd, mut out, mut ids, mut bytes) =
                (Crowd::new("pk_1", batch, 7), Vec::new(), BTreeSet::new(), 0);
            let (mut agents, mut names) = (BTreeSet::new(), BTreeSet::new());
            for _ in 0..500 {
                crowd.request(1_763_800_000_000, &mut out);
                let text = std::str::from_utf8(&out).unwrap();
                let (head, body) = text.split_once("\r\n\r\n").unwrap();
                assert!(head.ends_with(&format!("Content-Length: {}", body.len())), "{head}");
                agents.extend(head.lines().find(|line| line.starts_with("User-Agent")).map(str::to_owned));
                bytes += body.len();
                let body: Value = serde_json::from_str(body).unwrap();
                for event in body["events"].as_array().unwrap() {
                    ids.insert(event["id"].as_str().unwrap().to_owned());
                    names.insert(event["name"].as_str().unwrap().to_owned());
                }
            }
            assert_eq!(ids.len(), 500 * batch as usize, "no id twice");
            assert_eq!(names.len(), 6);
            assert!(agents.len() > 30, "{}", agents.len());
            assert!(range.contains(&(bytes / 500)), "{batch}: {}", bytes / 500);
        }
    }

    #[test]
    fn who_has_agreed_says_so_with_a_cookie_of_the_site() {
        let (keys, site) = (Keys::new(b"a secret of thirty-two bytes or more"), SiteId(1));
        let (mut out, mut ids) = (Vec::new(), BTreeSet::new());
        let mut crowd = Crowd::new("pk_1", 1, 7).who_have(Agreed { keys: keys.clone(), site });
        for _ in 0..100 {
            crowd.request(1_763_800_000_000, &mut out);
            let text = std::str::from_utf8(&out).unwrap();
            assert!(text.contains(r#""consent":{"analytics":true,"#), "{text}");
            let cookies = text.lines().find_map(|line| line.strip_prefix("Cookie: _ut_c=v1.A")).unwrap();
            let (id, tag) = cookies.split_once("_ut_id=").unwrap().1.split_once('.').unwrap();
            let expected = u128::from_be_bytes(keys.cookie_tag(site, id.parse().unwrap()));
            assert_eq!(u128::from_str_radix(tag, 16), Ok(expected));
            ids.insert(id.to_owned());
        }
        assert!((5..60).contains(&ids.len()), "visitors come back: {}", ids.len());
    }

    #[test]
    fn another_seed_is_another_crowd() {
        let request = |seed| {
            let mut out = Vec::new();
            Crowd::new("pk_1", 1, seed).request(1, &mut out);
            out
        };
        assert_eq!(request(1), request(1));
        assert_ne!(request(1), request(2));
    }
}
