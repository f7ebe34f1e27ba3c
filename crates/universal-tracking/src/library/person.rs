//! What an app tells of a visitor, checked by the door when it is told.

use super::Visitor;
use serde_json::{Map, Value, json};
use ut_core::event::Consent;
use uuid::Uuid;

/// What an app tells of a [`Visitor`], for [`Tracking::identify`](super::Tracking::identify). Everything is kept sealed,
/// of this visitor alone, and only as far as they agree to it: the id of the customer with analytics consent, the rest
/// with marketing consent.
#[derive(Clone, PartialEq, Eq)]
pub struct Person {
    visitor: Visitor,
    user: Map<String, Value>,
    consent: Option<Consent>,
    site: Option<String>,
}

impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Person")
            .field("fields", &self.user.keys().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

impl Person {
    /// Whom it is about: see [`Tracking::visitor`](super::Tracking::visitor).
    #[must_use]
    pub fn new(visitor: &Visitor) -> Self {
        Self { visitor: visitor.clone(), user: Map::new(), consent: None, site: None }
    }

    /// The e-mail address.
    #[must_use]
    pub fn email(self, email: &str) -> Self {
        self.field("email", email)
    }

    /// The app's own name for the customer. The app knows whom it has logged in: the visitor is this customer from now on.
    #[must_use]
    pub fn external_id(self, id: &str) -> Self {
        self.field("external_id", id)
    }

    /// Any other field: `phone`, `first_name`, `last_name`, `city`, `state`, `zip`, `country` (two letters), `birth_date`
    /// (`1990-11-23`) or `gender`.
    #[must_use]
    pub fn field(mut self, name: &str, value: &str) -> Self {
        self.user.insert(name.to_owned(), value.into());
        self
    }

    /// What they agreed to. Without, it is what their browser keeps as their choice.
    #[must_use]
    pub const fn consent(mut self, consent: Consent) -> Self {
        self.consent = Some(consent);
        self
    }

    /// The site, by its number or one of its domains; without, the one the builder named.
    #[must_use]
    pub fn site(mut self, site: &str) -> Self {
        self.site = Some(site.to_owned());
        self
    }

    pub(super) fn site_name(&self) -> Option<&str> {
        self.site.as_deref()
    }

    pub(super) const fn whom(&self) -> &Visitor {
        &self.visitor
    }

    /// The request that a server would send; `allowed` by the visitor themselves, who have this id.
    pub(super) fn into_envelope(self, site_key: &str, (allowed, id): (Consent, Option<Uuid>)) -> String {
        let Consent { analytics, marketing, personalization } = self.consent.unwrap_or(allowed);
        json!({
            "site": site_key,
            "consent": { "analytics": analytics, "marketing": marketing, "personalization": personalization },
            "context": { "ip": self.visitor.address, "visitor_id": id },
            "user": self.user,
        })
        .to_string()
    }
}
