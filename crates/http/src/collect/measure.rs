//! What the protection of visitors costs at the door, part by part: filters, consent, sealing. The benchmark calls it
//! with requests as its load sends them; what runs while the clock runs are the door's own functions.

use super::envelope::{Caller, Envelope, Outline, utf8};
use super::event::{self, MAX_TITLE, MAX_URL, Reading};
use super::field::text;
use super::head::Head;
use super::jar::Told;
use super::kind::Kind;
use super::origin::Origin;
use super::pii::{Field, Filter};
use super::record::Visit;
use super::spoken::{self, Spoken};
use super::times::Correction;
use super::will::{self, Will};
use crate::metrics::Metrics;
use crate::proxies::TrustedProxies;
use axum::http::HeaderMap;
use std::borrow::Cow;
use std::fmt::Debug;
use std::hint::black_box;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use ut_core::VisitorId;
use ut_core::event::{Draft, Item, Place};
use ut_core::keys::Keys;
use ut_core::site::Site;
use ut_tracking::modules::consent::SiteSalts;
use ut_tracking::rights::Rights;

/// Events for which the clock is read once. The door frees what a request took before it takes much more: with many at
/// once, fresh memory would be measured.
const FEW: usize = 100;

/// What the door has at hand when a request comes.
#[derive(Debug)]
pub struct Door {
    /// The one site.
    pub site: Site,
    /// Its visitors' cookies are checked with them.
    pub keys: Keys,
    /// Who was forgotten.
    pub rights: Rights,
    /// The salts of this day.
    pub salts: Arc<SiteSalts>,
    /// Who is believed when it says whose request it passes on; the peer of all requests is 127.0.0.1.
    pub proxies: TrustedProxies,
    /// When all requests are received, in Unix milliseconds.
    pub now: i64,
}

/// A request with a batch of events, as it comes.
#[derive(Debug)]
pub struct Sent {
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Vec<u8>,
}

/// What the parts cost for all requests together, in seconds; one value per round.
#[derive(Debug, Default)]
pub struct Costs {
    /// Taking personal data out of texts.
    pub filter: Vec<f64>,
    /// Reading cookies and what the page says, deciding, and what the answer does to cookies.
    pub consent: Vec<f64>,
    /// Hashing visitors, and sealing who and on what device they may be.
    pub seal: Vec<f64>,
    /// Events of all requests.
    pub events: usize,
    /// Requests whose visitor was known by their cookie.
    pub known: usize,
}

/// Measures requests of pages. `seconds` reads a clock that stands still while this thread does.
///
/// # Errors
/// When the door would refuse a request or an event, or does something else than what is measured; the text says what.
pub fn costs(door: &Door, sent: &[Sent], rounds: u32, seconds: &dyn Fn() -> f64) -> Result<Costs, String> {
    let outlines: Vec<Outline<'_>> = sent.iter().map(|sent| outline(&sent.body)).collect::<Result<_, _>>()?;
    let requests = sent.iter().zip(&outlines).map(|(sent, outline)| Request::new(door, sent, outline));
    let requests: Vec<Request<'_>> = requests.collect::<Result<_, _>>()?;
    let mut costs = Costs {
        events: requests.iter().map(|request| request.drafts.len()).sum(),
        known: requests.iter().filter(|request| request.cookie.is_some()).count(),
        ..Costs::default()
    };
    let few = FEW.div_ceil(costs.events.div_ceil(requests.len().max(1)).max(1));
    for _ in 0..rounds {
        let (mut filter, mut consent, mut seal) = (0.0, 0.0, 0.0);
        for requests in requests.chunks(few) {
            filter += filters(requests, door, seconds);
            consent += consents(requests, door, seconds)?;
            seal += seals(requests, door, seconds)?;
        }
        costs.filter.push(filter);
        costs.consent.push(consent);
        costs.seal.push(seal);
    }
    Ok(costs)
}

fn outline(body: &[u8]) -> Result<Outline<'_>, String> {
    utf8(body).and_then(Outline::of).map_err(said)
}

fn said(refused: impl Debug) -> String {
    format!("the door refuses what is measured: {refused:?}")
}

/// A request as far as the door has read it when the parts begin.
struct Request<'a> {
    outline: &'a Outline<'a>,
    envelope: Envelope<'a>,
    head: Head,
    texts: Vec<Texts<'a>>,
    drafts: Vec<Draft>,
    will: Will,
    cookie: Option<VisitorId>,
}

impl<'a> Request<'a> {
    fn new(door: &Door, sent: &Sent, outline: &'a Outline<'a>) -> Result<Self, String> {
        let envelope = outline.batch(Caller::Page, Kind::Any).map_err(said)?;
        let headers = sent.headers.clone();
        let sender = door.proxies.sender(IpAddr::V4(Ipv4Addr::LOCALHOST), &headers);
        let head = Head { origin: Origin::of(&headers), headers, sender };
        let metrics = Metrics::default();
        let filter = Filter::new(&door.site.settings.url_params, &metrics.removed);
        let correction = Correction::new(door.now, envelope.sent_at);
        let reading = Reading { correction, kind: Kind::Any, maker: None, filter };
        let (mut texts, mut drafts) = (Vec::new(), Vec::new());
        for element in envelope.events {
            let draft = event::parse(element, reading).map_err(said)?;
            let members = element.0.iter().flat_map(|members| members.iter());
            let found = Texts::of(members, &draft)?;
            if !found.clone().filtered(filter).are_of(&draft) {
                return Err(format!("what is filtered is not what the door filters: {draft:?}"));
            }
            texts.push(found);
            drafts.push(draft);
        }
        let will = decided(door, &head, envelope.consent);
        let mut told = Told::default();
        let hands = (&door.keys, &door.rights);
        let cookie = will.visitor(hands, (&door.site, &head), envelope.seed, &mut told);
        // One that was made of the seed is not known yet.
        let cookie = cookie.filter(|_| told.given().is_none());
        Ok(Self { outline, envelope, head, texts, drafts, will, cookie })
    }
}

fn decided(door: &Door, head: &Head, spoken: Spoken) -> Will {
    will::of(Caller::Page, (&door.site, head), spoken, &Place::default(), door.now)
}

/// The texts of an event before they are filtered.
#[derive(Clone, Default)]
struct Texts<'a> {
    url: Cow<'a, str>,
    referrer: Cow<'a, str>,
    title: String,
    items: Vec<Item>,
    props: Vec<(String, String)>,
}

impl<'a> Texts<'a> {
    /// Items and parameters are those of the draft: filtering them once more changes nothing and reads as much, if there
    /// was nothing to take out.
    fn of(
        members: impl Iterator<Item = (&'a str, &'a serde_json::value::RawValue)>,
        draft: &Draft,
    ) -> Result<Self, String> {
        let mut texts = Self { items: draft.items.clone(), props: draft.props.clone(), ..Self::default() };
        for (name, raw) in members {
            match name {
                "url" => texts.url = text(name, raw, MAX_URL).map_err(said)?,
                "referrer" => texts.referrer = text(name, raw, MAX_URL).map_err(said)?,
                "title" => texts.title = text(name, raw, MAX_TITLE).map_err(said)?.into_owned(),
                _ => {}
            }
        }
        Ok(texts)
    }

    fn filtered(self, filter: Filter<'_>) -> Filtered {
        Filtered {
            url: filter.page_url(&self.url),
            referrer: filter.referrer(&self.referrer),
            title: filter.text(Field::Title, self.title),
            items: filter.items(self.items),
            props: filter.props(Field::Props, self.props),
        }
    }
}

/// The same afterwards.
struct Filtered {
    url: Option<String>,
    referrer: String,
    title: String,
    items: Vec<Item>,
    props: Vec<(String, String)>,
}

impl Filtered {
    fn are_of(&self, draft: &Draft) -> bool {
        self.url.as_deref().unwrap_or_default() == draft.url
            && self.referrer == draft.referrer
            && self.title == draft.title
            && self.items == draft.items
            && self.props == draft.props
    }
}

/// The door owns what it filters, and keeps it: making and freeing texts is not a part of it.
fn filters(requests: &[Request<'_>], door: &Door, seconds: &dyn Fn() -> f64) -> f64 {
    let metrics = Metrics::default();
    let owned: Vec<_> = requests
        .iter()
        .map(|Request { envelope, texts, .. }| {
            (texts.clone(), [&envelope.tz, &envelope.lang].map(|word| word.clone().into_owned()))
        })
        .collect();
    let mut events: Vec<Filtered> = Vec::with_capacity(owned.iter().map(|(texts, _)| texts.len()).sum());
    let mut words = Vec::with_capacity(owned.len());
    let began = seconds();
    for (texts, request) in owned {
        let filter = Filter::new(&door.site.settings.url_params, &metrics.removed);
        events.extend(texts.into_iter().map(|texts| texts.filtered(filter)));
        words.push(request.map(|word| filter.text(Field::Envelope, word)));
    }
    let spent = seconds() - began;
    black_box((events, words));
    spent
}

fn consents(requests: &[Request<'_>], door: &Door, seconds: &dyn Fn() -> f64) -> Result<f64, String> {
    let mut answers: Vec<HeaderMap> = requests.iter().map(|_| HeaderMap::with_capacity(12)).collect();
    let began = seconds();
    for (Request { outline, envelope, head, drafts, .. }, answer) in requests.iter().zip(&mut answers) {
        let spoken = outline.consent().map_or_else(|| Ok(Spoken::default()), spoken::parse).map_err(said)?;
        let will = decided(door, head, spoken);
        let mut told = Told::default();
        let page = (&door.site, head);
        let cookie = will.visitor((&door.keys, &door.rights), page, envelope.seed, &mut told);
        will.renew(&door.keys, page, cookie, drafts, &mut told);
        told.tell(answer);
        black_box((will, cookie));
    }
    let spent = seconds() - began;
    black_box(answers);
    Ok(spent)
}

fn seals(requests: &[Request<'_>], door: &Door, seconds: &dyn Fn() -> f64) -> Result<f64, String> {
    let mut sealed = Vec::with_capacity(requests.len());
    let began = seconds();
    for Request { envelope, head, drafts, will, cookie, .. } in requests {
        let visit = Visit {
            site: &door.site,
            head,
            envelope,
            caller: Caller::Page,
            joiner: None,
            received_at: door.now,
            ignored: false,
            consent: will.consent,
            cookie: *cookie,
            place: Place::default(),
        };
        sealed.push(door.salts.seal(&visit.confidential(&door.salts, drafts)).map_err(said)?);
    }
    let spent = seconds() - began;
    black_box(sealed);
    Ok(spent)
}
