//! A request as it is logged: with whom it may be of and where from, and without the address.

use super::accept::unavailable;
use super::envelope::{Caller, Envelope};
use super::head::Head;
use super::pii::{Field, Filter};
use crate::problem::Problem;
use crate::state::AppState;
use std::borrow::Cow;
use std::net::IpAddr;
use ut_core::VisitorId;
use ut_core::event::{Client, Confidential, Consent, Draft, Ids, Place, Received};
use ut_core::site::Site;
use ut_tracking::modules::consent::{Joiner, Likeness, SiteSalts, Traits};

/// A request whose events are taken.
#[derive(Debug)]
pub(super) struct Visit<'a> {
    pub(super) site: &'a Site,
    pub(super) head: &'a Head,
    pub(super) envelope: &'a Envelope<'a>,
    pub(super) caller: Caller,
    /// Whose events they are, if the shop's server shows what their browser was given.
    pub(super) joiner: Option<Joiner>,
    pub(super) received_at: i64,
    pub(super) ignored: bool,
    /// What the visitor has agreed to.
    pub(super) consent: Consent,
    /// Who they are by their cookie, if they have agreed to one.
    pub(super) cookie: Option<VisitorId>,
    /// Where they are.
    pub(super) place: Place,
}

impl Visit<'_> {
    /// The record of the request.
    pub(super) async fn record(self, state: &AppState, drafts: Vec<Draft>) -> Result<Received, Problem> {
        let down = |error: ut_core::ports::RealtimeError| unavailable(&error.to_string());
        let salts = state.identifier.salts(self.site, self.received_at).await.map_err(down)?;
        let confidential = self.confidential(&salts, &drafts);
        let filter = Filter::new(&self.site.settings.url_params, &state.metrics.removed);
        Ok(Received {
            site: self.site.id,
            received_at: self.received_at,
            tz: filter.text(Field::Envelope, self.envelope.tz.clone().into_owned()),
            lang: filter.text(Field::Envelope, self.envelope.lang.clone().into_owned()),
            viewport: self.envelope.viewport,
            consent: self.consent,
            excluded: self.excluded(),
            place: self.place,
            confidential: salts.seal(&confidential).map_err(down)?,
            drafts,
        })
    }

    /// Whose each draft may be, and on what device it was made: what is sealed.
    pub(super) fn confidential(&self, salts: &SiteSalts, drafts: &[Draft]) -> Confidential {
        let visitor = self.likeness(drafts).map(|likeness| salts.ids(likeness));
        let ids = drafts.iter().map(|draft| {
            let hashed = visitor.as_ref().and_then(|visitor| visitor.at(draft.at));
            match (hashed, self.cookie) {
                // Who is known by a cookie is known for longer than salts live.
                (hashed, Some(cookie)) => {
                    Some(Ids { cookie: Some(cookie), ..hashed.unwrap_or(Ids::hash(cookie)) })
                }
                (hashed, None) => hashed,
            }
        });
        Confidential { ids: ids.collect(), client: self.client() }
    }

    /// What the visitor is known by. A server's own address and program are nobody's: without the visitor's, or a token
    /// of theirs, the events belong to no one.
    fn likeness(&self, drafts: &[Draft]) -> Option<Likeness> {
        let (address, user_agent) = match (self.caller, self.joiner) {
            (Caller::Page, _) => (self.head.sender.address, self.head.user_agent()),
            (Caller::Server, Some(joiner)) => return Some(joiner.likeness),
            (Caller::Server, None) => {
                let (context, _) = self.envelope.context.as_ref()?;
                (context.ip?, context.user_agent.as_deref()?)
            }
        };
        Some(Traits { address, user_agent, host: &self.host(drafts) }.likeness())
    }

    /// The host of the page: its registrable domain is part of a cookieless visitor.
    fn host(&self, drafts: &[Draft]) -> Cow<'_, str> {
        let said = match self.caller {
            Caller::Page => self.head.origin.host().map(Cow::Borrowed),
            Caller::Server => drafts.iter().find_map(|draft| {
                let host = url::Url::parse(&draft.url).ok()?.host_str()?.to_owned();
                self.site.owns(&host).then_some(Cow::Owned(host))
            }),
        };
        said.unwrap_or_else(|| Cow::Borrowed(own_host(self.site)))
    }

    /// The visitor's device; of a server's call only what it says of the visitor's.
    fn client(&self) -> Option<Client> {
        let (user_agent, hints) = match self.caller {
            Caller::Page => (self.head.user_agent().to_owned(), self.head.hints()),
            Caller::Server => {
                let (context, _) = self.envelope.context.as_ref()?;
                (context.user_agent.clone()?, ut_core::event::Hints::default())
            }
        };
        let Envelope { webdriver, touch_points, .. } = *self.envelope;
        Some(Client { user_agent, hints, webdriver, touch_points })
    }

    fn excluded(&self) -> bool {
        let by_sender = match self.caller {
            Caller::Page => self.head.is_excluded(self.site),
            Caller::Server => self.context_ip().is_some_and(|ip| self.site.excludes_address(ip)),
        };
        by_sender || self.ignored || self.joiner.is_some_and(|joiner| joiner.excluded)
    }

    fn context_ip(&self) -> Option<IpAddr> {
        self.envelope.context.as_ref().and_then(|(context, _)| context.ip)
    }
}

/// The host of a site's pages, where a request names none.
pub(super) fn own_host(site: &Site) -> &str {
    site.domains.first().map_or("", |domain| domain.trim_start_matches("*."))
}

/// Where the visitor is: of a server's call, as far as it says.
pub(super) fn place(state: &AppState, head: &Head, envelope: &Envelope<'_>, caller: Caller) -> Place {
    match caller {
        Caller::Page => head.place(state),
        Caller::Server => {
            let ip = envelope.context.as_ref().and_then(|(context, _)| context.ip);
            ip.map_or_else(Place::default, |ip| state.geo.lookup(ip))
        }
    }
}
