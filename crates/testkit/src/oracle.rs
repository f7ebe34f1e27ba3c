//! What reports must say, computed the slow way from what happened: the definitions word by word, by looking at
//! everything each time. Shares no rule with the product; only its clock arithmetic comes from the same time library.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

/// What kind of event it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `page_view`.
    PageView,
    /// `engagement`, with the page view's running total in milliseconds.
    Engagement(u32),
    /// `add_to_cart`.
    AddToCart,
    /// Any other event.
    Other,
}

/// One event as it arrived.
#[derive(Debug, Clone)]
pub struct Fact {
    /// The sender's id.
    pub id: u128,
    /// Receipt, Unix milliseconds; facts are listed in this order.
    pub received_at: i64,
    /// Corrected time, Unix milliseconds.
    pub at: i64,
    /// Who: one browser behind one address.
    pub person: u32,
    /// What.
    pub kind: Kind,
    /// The page's path.
    pub page: String,
    /// The showing of the page, if the sender names it.
    pub view: Option<u128>,
    /// Who sent the visitor, if the page's address or referrer says so.
    pub source: Option<&'static str>,
}

/// A cookieless visitor: a person of one salt day.
type Visitor = (u32, Date);

#[derive(Debug)]
struct Session {
    visitor: Visitor,
    aliases: BTreeSet<Visitor>,
    late: bool,
    started: i64,
    first: i64,
    last: i64,
    /// (time, order of arrival, page) of its page views.
    views: Vec<(i64, usize, String)>,
    /// (whether no page view, time, order of arrival, source) of its events.
    sources: Vec<(bool, i64, usize, Option<&'static str>)>,
    engaged_ms: u64,
    commerce: bool,
}

/// The headline numbers of a day or of everything.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Headline {
    /// Distinct visitors of the sessions that began.
    pub visitors: u64,
    /// Sessions that began.
    pub sessions: u64,
    /// Page views.
    pub page_views: u64,
    /// Events.
    pub events: u64,
    /// Sessions that were no engaged ones.
    pub bounces: u64,
    /// Engaged time of those sessions, milliseconds.
    pub engaged_ms: u64,
    /// From first to last event of those sessions, milliseconds.
    pub duration_ms: u64,
}

/// Everything the reports say.
#[derive(Debug, Default)]
pub struct Expected {
    /// By local date.
    pub days: BTreeMap<Date, Headline>,
    /// Over everything.
    pub total: Headline,
    /// By path: visitors of any event there, views.
    pub pages: BTreeMap<String, (u64, u64)>,
    /// Sessions by entry page.
    pub entries: BTreeMap<String, u64>,
    /// Sessions by exit page.
    pub exits: BTreeMap<String, u64>,
    /// Sessions by source; the empty one is direct.
    pub sources: BTreeMap<String, u64>,
    /// Changes of source.
    pub touches: u64,
    /// Events that were counted before.
    pub duplicates: u64,
}

/// A shop: the zone of its days, and after how much silence a session ends.
#[derive(Debug)]
pub struct Oracle {
    /// Its zone.
    pub zone: TimeZone,
    /// Milliseconds.
    pub timeout: i64,
}

impl Oracle {
    /// What the reports must say of `facts`.
    #[must_use]
    pub fn expects(&self, facts: &[Fact]) -> Expected {
        let mut expected = Expected::default();
        let (mut ids, mut sessions) = (HashSet::new(), Vec::<Session>::new());
        let mut kept: Vec<(Fact, Option<Visitor>)> = Vec::new();
        let mut shown: HashMap<(Visitor, u128), (i64, u32)> = HashMap::new();
        for (order, fact) in facts.iter().enumerate() {
            if !ids.insert(fact.id) {
                expected.duplicates += 1;
                continue;
            }
            let Some(place) = self.session(&mut sessions, fact) else {
                kept.push((fact.clone(), None));
                continue;
            };
            let visitor = sessions[place].visitor;
            let engaged = engaged(&mut shown, visitor, fact);
            expected.touches += u64::from(sessions[place].takes_in(fact, order, engaged));
            kept.push((fact.clone(), Some(visitor)));
        }
        self.sum(&mut expected, &kept, &sessions);
        expected
    }

    /// The local date.
    #[must_use]
    pub fn date(&self, at: i64) -> Date {
        self.local(at).date()
    }

    fn local(&self, at: i64) -> jiff::civil::DateTime {
        let at = jiff::Timestamp::from_millisecond(at).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        self.zone.to_datetime(at)
    }

    /// The date whose 04:00 began the salt day.
    fn salt_day(&self, at: i64) -> Date {
        let local = self.local(at);
        if local.hour() >= 4 { local.date() } else { local.date().yesterday().unwrap_or(local.date()) }
    }

    /// Under whom an event may be found: its own salt's visitor, and the one before within a timeout after 04:00.
    fn visitors(&self, fact: &Fact) -> Option<(Visitor, Option<Visitor>)> {
        let (own, today) = (self.salt_day(fact.at), self.salt_day(fact.received_at));
        let yesterday = today.yesterday().unwrap_or(today);
        if own != today && own != yesterday {
            return None;
        }
        let fresh = own == today && self.salt_day(fact.at - self.timeout) == yesterday;
        Some(((fact.person, own), fresh.then_some((fact.person, yesterday))))
    }

    /// The session of an event, opened where there is none; `None` for an event whose salt is destroyed.
    fn session(&self, sessions: &mut Vec<Session>, fact: &Fact) -> Option<usize> {
        let (own, previous) = self.visitors(fact)?;
        let late = fact.received_at - fact.at > DAY;
        let find = |visitor: Visitor| {
            (0..sessions.len())
                .filter(|place| {
                    let session = &sessions[*place];
                    session.visitor == visitor || session.aliases.contains(&visitor)
                })
                .filter(|place| (!late || sessions[*place].late) && self.fits(&sessions[*place], fact.at))
                .min_by_key(|place| sessions[*place].started)
        };
        let place = find(own).or_else(|| find(previous?)).unwrap_or_else(|| {
            sessions.push(Session::new(own, late, fact.at));
            sessions.len() - 1
        });
        sessions[place].aliases.insert(own);
        Some(place)
    }

    fn fits(&self, session: &Session, at: i64) -> bool {
        let near = (session.first - self.timeout..=session.last + self.timeout).contains(&at);
        near && session.last.max(at) - session.first.min(at) <= DAY
    }

    fn sum(&self, expected: &mut Expected, kept: &[(Fact, Option<Visitor>)], sessions: &[Session]) {
        let mut visitors = BTreeSet::new();
        let mut of_day: BTreeMap<Date, BTreeSet<Visitor>> = BTreeMap::new();
        for session in sessions {
            let date = self.date(session.started);
            visitors.insert(session.visitor);
            of_day.entry(date).or_default().insert(session.visitor);
            session.count(expected.days.entry(date).or_default());
            session.count(&mut expected.total);
            session.place(expected);
        }
        let mut of_page: BTreeMap<&str, BTreeSet<Visitor>> = BTreeMap::new();
        for (fact, visitor) in kept {
            let view = u64::from(fact.kind == Kind::PageView);
            for headline in [expected.days.entry(self.date(fact.at)).or_default(), &mut expected.total] {
                headline.events += 1;
                headline.page_views += view;
            }
            expected.pages.entry(fact.page.clone()).or_default().1 += view;
            of_page.entry(&fact.page).or_default().extend(visitor);
        }
        for (page, visitors) in of_page {
            expected.pages.entry(page.to_owned()).or_default().0 = visitors.len() as u64;
        }
        for (date, visitors) in of_day {
            expected.days.entry(date).or_default().visitors = visitors.len() as u64;
        }
        expected.total.visitors = visitors.len() as u64;
    }
}

/// By how much an event raises the engaged time of its page view: what the maximum grows by, never beyond the time
/// since the page view's first event.
fn engaged(shown: &mut HashMap<(Visitor, u128), (i64, u32)>, visitor: Visitor, fact: &Fact) -> u32 {
    let Some(view) = fact.view else { return 0 };
    let known = shown.get_mut(&(visitor, view));
    match (fact.kind, known) {
        (Kind::Engagement(claimed), Some((first, most))) => {
            let possible = claimed.min(u32::try_from((fact.at - *first).max(0)).unwrap_or(u32::MAX));
            let more = possible.saturating_sub(*most);
            *most += more;
            more
        }
        (Kind::Engagement(_), None) => 0,
        (_, Some((first, _))) => {
            *first = fact.at.min(*first);
            0
        }
        (_, None) => {
            shown.insert((visitor, view), (fact.at, 0));
            0
        }
    }
}

impl Session {
    fn new(visitor: Visitor, late: bool, at: i64) -> Self {
        Self {
            visitor,
            aliases: BTreeSet::new(),
            late,
            started: at,
            first: at,
            last: at,
            views: Vec::new(),
            sources: Vec::new(),
            engaged_ms: 0,
            commerce: false,
        }
    }

    /// Counts an event; whether it is a touch: it has a source, and the newest source before it was another.
    fn takes_in(&mut self, fact: &Fact, order: usize, engaged: u32) -> bool {
        self.first = self.first.min(fact.at);
        self.last = self.last.max(fact.at);
        self.engaged_ms += u64::from(engaged);
        self.commerce |= fact.kind == Kind::AddToCart;
        let newest = self.sources.iter().rev().find_map(|(_, _, _, source)| *source);
        self.sources.push((fact.kind != Kind::PageView, fact.at, order, fact.source));
        if fact.kind == Kind::PageView {
            self.views.push((fact.at, order, fact.page.clone()));
        }
        fact.source.is_some() && fact.source != newest
    }

    fn count(&self, headline: &mut Headline) {
        let engaged = self.engaged_ms >= 10_000 || self.views.len() >= 2 || self.commerce;
        headline.sessions += 1;
        headline.bounces += u64::from(!engaged);
        headline.engaged_ms += self.engaged_ms;
        headline.duration_ms += u64::try_from(self.last - self.first).unwrap_or_default();
    }

    /// Entry and exit: the earliest page view (of equal times the one that came first), the latest (the one that came
    /// last). The source is that of the earliest page view, or of the earliest event where there is none.
    fn place(&self, expected: &mut Expected) {
        let entry = self.views.iter().min_by_key(|(at, order, _)| (*at, *order));
        let exit = self.views.iter().max_by_key(|(at, order, _)| (*at, *order));
        let name = |view: Option<&(i64, usize, String)>| view.map_or(String::new(), |view| view.2.clone());
        *expected.entries.entry(name(entry)).or_default() += 1;
        *expected.exits.entry(name(exit)).or_default() += 1;
        let first = self.sources.iter().min_by_key(|(other, at, order, _)| (*other, *at, *order));
        let source = first.and_then(|(_, _, _, source)| *source).unwrap_or_default();
        *expected.sources.entry(source.to_owned()).or_default() += 1;
    }
}
