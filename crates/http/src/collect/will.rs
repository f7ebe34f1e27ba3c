//! What a visitor allows, as everything that a request says of it comes together.

use super::envelope::Caller;
use super::head::Head;
use super::jar::{self, Told};
use super::spoken::Spoken;
use ut_core::VisitorId;
use ut_core::event::{Consent, Draft, Place};
use ut_core::keys::Keys;
use ut_core::site::{Mode, Site};
use ut_tracking::modules::consent::{Choice, Collect, Resolved, Said, Signal, resolve};
use ut_tracking::rights::Rights;
use uuid::Uuid;

/// What is allowed, and by whom it was said.
#[derive(Debug)]
pub(super) struct Will {
    pub(super) consent: Consent,
    pub(super) collect: Collect,
    /// Is the cookie's life counted anew with each page? Not that of an audience measurement without consent.
    pub(super) renews: bool,
}

impl Will {
    /// Of the visitor of a page: their browser keeps a choice, the page says what was chosen on it, and the browser's own
    /// signal stands above both.
    pub(super) fn of_page(site: &Site, head: &Head, spoken: Spoken, place: &Place, now: i64) -> Self {
        let choice = jar::choice(&head.headers);
        Self::of_choice(site, head.asks_for_privacy(), &choice, Some(spoken), place, now)
    }

    pub(super) fn of_choice(
        site: &Site,
        gpc: bool,
        choice: &Choice,
        spoken: Option<Spoken>,
        place: &Place,
        now: i64,
    ) -> Self {
        let mut signals: Vec<Signal> = choice.signals().collect();
        signals.extend(spoken.map(|spoken| spoken.signal));
        let gpc = gpc || choice.gpc.is_some() || spoken.is_some_and(|spoken| spoken.gpc);
        let said = Said { signals: &signals, gpc, opted_out: choice.opted_out.is_some() };
        Self::of(site, said, place, now)
    }

    /// Of whom the shop's own server speaks for: what it does not say was not granted.
    pub(super) fn of_server(site: &Site, spoken: Spoken, place: &Place, now: i64) -> Self {
        let said = Said { signals: &[spoken.of_a_server()], gpc: spoken.gpc, opted_out: false };
        Self::of(site, said, place, now)
    }

    fn of(site: &Site, said: Said<'_>, place: &Place, now: i64) -> Self {
        let mode = site.settings.consent.mode_in(&place.country, &place.region);
        let Resolved { consent, collect, .. } = resolve(mode, said, now);
        Self { consent, collect, renews: mode != Mode::Cnil }
    }

    /// May it be noted which customer a visitor is? An audience measurement without consent links nobody, whatever else it
    /// is allowed.
    pub(super) const fn links(&self) -> bool {
        self.consent.analytics && self.renews
    }

    /// The visitor's id, if they may have one: what their browser keeps, else one for its seed. Who has neither is given
    /// one for the next time. What the browser keeps without being allowed to is deleted.
    pub(super) fn visitor(
        &self,
        (keys, rights): (&Keys, &Rights),
        (site, head): (&Site, &Head),
        seed: Option<Uuid>,
        told: &mut Told,
    ) -> Option<VisitorId> {
        if self.collect != Collect::Cookie {
            if jar::has_visitor(&head.headers) {
                told.forget(site, head);
            }
            return None;
        }
        // Who was forgotten begins anew: their id is nobody's any more.
        let is_somebody = |id: &Uuid| !rights.is_forgotten(site.id, VisitorId(id.into_bytes()));
        let known = jar::visitor(&head.headers, site, keys).filter(is_somebody);
        if known.is_some() {
            told.know();
        }
        let id = known.or_else(|| seed.map(|seed| keys.seeded(site.id, seed)).filter(is_somebody));
        // Without a seed, several requests that are sent at once would each be somebody. And a browser that keeps no
        // cookies would be somebody with each request: an id counts when the browser has shown it.
        if known.is_none() {
            told.keep(site, head, keys, id.unwrap_or_else(Uuid::new_v4));
        }
        id.map(|id| VisitorId(id.into_bytes()))
    }

    /// Counts the life of a page's visitor's cookie anew when they look at a page.
    pub(super) fn renew(
        &self,
        keys: &Keys,
        (site, head): (&Site, &Head),
        cookie: Option<VisitorId>,
        drafts: &[Draft],
        told: &mut Told,
    ) {
        if let (Some(cookie), true) = (cookie, self.renews)
            && drafts.iter().any(|draft| draft.name.is_page_view())
        {
            told.renew(site, head, keys, Uuid::from_bytes(cookie.0));
        }
    }
}

/// Is anything of a caller collected?
pub(super) fn of(
    caller: Caller,
    (site, head): (&Site, &Head),
    spoken: Spoken,
    place: &Place,
    now: i64,
) -> Will {
    match caller {
        Caller::Page => Will::of_page(site, head, spoken, place, now),
        Caller::Server => Will::of_server(site, spoken, place, now),
    }
}
