//! A request as it is logged: with whom it may be of and where from, and without the address.

use super::accept::unavailable;
use super::envelope::{Caller, Envelope};
use super::head::Head;
use super::pii::{Field, Filter};
use crate::problem::Problem;
use crate::state::AppState;
use std::borrow::Cow;
use std::net::IpAddr;
use ut_core::event::{Client, Confidential, Draft, Place, Received};
use ut_core::site::Site;
use ut_tracking::modules::consent::Traits;

/// A request whose events are taken.
#[derive(Debug, Clone, Copy)]
pub(super) struct Visit<'a> {
    pub(super) site: &'a Site,
    pub(super) head: &'a Head,
    pub(super) envelope: &'a Envelope<'a>,
    pub(super) caller: Caller,
    pub(super) received_at: i64,
    pub(super) ignored: bool,
}

impl Visit<'_> {
    /// The record of the request.
    pub(super) async fn record(self, state: &AppState, drafts: Vec<Draft>) -> Result<Received, Problem> {
        let down = |error: ut_core::ports::RealtimeError| unavailable(&error.to_string());
        let salts = state.identifier.salts(self.site, self.received_at).await.map_err(down)?;
        let host = self.host(&drafts);
        let traits = self.traits(&host);
        let visitor = traits.map(|traits| salts.ids(traits));
        let ids = drafts.iter().map(|draft| visitor.as_ref().and_then(|visitor| visitor.at(draft.at)));
        let filter = Filter::new(&self.site.settings.url_params, &state.metrics.removed);
        let confidential = Confidential { ids: ids.collect(), client: self.client() };
        Ok(Received {
            site: self.site.id,
            received_at: self.received_at,
            tz: filter.text(Field::Envelope, self.envelope.tz.clone().into_owned()),
            lang: filter.text(Field::Envelope, self.envelope.lang.clone().into_owned()),
            viewport: self.envelope.viewport,
            consent: self.envelope.consent,
            place: self.place(state),
            excluded: self.excluded(),
            confidential: salts.seal(&confidential).map_err(down)?,
            drafts,
        })
    }

    /// What the visitor is known by. A server's own address and program are nobody's: without the visitor's the events
    /// belong to no one.
    fn traits<'t>(&'t self, host: &'t str) -> Option<Traits<'t>> {
        match self.caller {
            Caller::Page => {
                let user_agent = self.head.user_agent();
                Some(Traits { address: self.head.sender.address, user_agent, host })
            }
            Caller::Server => {
                let (context, _) = self.envelope.context.as_ref()?;
                Some(Traits { address: context.ip?, user_agent: context.user_agent.as_deref()?, host })
            }
        }
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

    fn place(&self, state: &AppState) -> Place {
        match self.caller {
            Caller::Page => self.head.place(state),
            Caller::Server => self.context_ip().map_or_else(Place::default, |ip| state.geo.lookup(ip)),
        }
    }

    fn excluded(&self) -> bool {
        let by_sender = match self.caller {
            Caller::Page => self.head.is_excluded(self.site),
            Caller::Server => self.context_ip().is_some_and(|ip| self.site.excludes_address(ip)),
        };
        by_sender || self.ignored
    }

    fn context_ip(&self) -> Option<IpAddr> {
        self.envelope.context.as_ref().and_then(|(context, _)| context.ip)
    }
}

/// The host of a site's pages, where a request names none.
pub(super) fn own_host(site: &Site) -> &str {
    site.domains.first().map_or("", |domain| domain.trim_start_matches("*."))
}
