//! Who is meant: from what a person, or the shop for them, can name to the visitors they are.

use super::Rights;
use crate::history::subject;
use crate::modules::consent::receipts;
use crate::people::FieldName;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ut_core::rights::{RightsError, Subject};
use ut_core::{Deps, SiteId, VisitorId, VisitorKey};
use uuid::Uuid;

/// What somebody is named by: exactly one of these.
#[derive(Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Asked {
    /// The visitor's id: the UUID of the cookie `_ut_id`, the cookie's whole value, or 16 hex digits as reports show it.
    pub visitor: Option<String>,
    /// The shop's own id of the customer. Finds the visitors who were proved to be them.
    pub external_id: Option<String>,
    /// An e-mail address. Finds every visitor of whom it was told, proved or not.
    pub email: Option<String>,
}

/// What is asked is a person's: it is printed nowhere.
impl std::fmt::Debug for Asked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Asked")
    }
}

/// The question names nobody, or too much.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AskedWrongly {
    /// None, or more than one, of the names.
    #[error("name the person by exactly one of visitor, external_id and email")]
    Names,
    /// Not the form of a visitor's id.
    #[error("visitor is a UUID (the front of the cookie _ut_id), or 16 hex digits as reports show them")]
    Visitor,
}

/// How much is kept of a person.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
pub struct Found {
    /// Visitors that are known to be them.
    pub visitors: u64,
    /// Events in history.
    pub events: u64,
    /// Visits in history.
    pub sessions: u64,
    /// The first event, Unix milliseconds.
    pub first: Option<i64>,
    /// The last event, Unix milliseconds.
    pub last: Option<i64>,
    /// Which personal fields are kept, by name.
    pub personal: Vec<String>,
    /// Receipts of consent that can be told to be theirs.
    pub receipts: u64,
}

/// What was asked, read.
enum Name<'a> {
    Visitor(VisitorId),
    Key(VisitorKey),
    ExternalId(&'a str),
    Email(&'a str),
}

impl Asked {
    fn name(&self) -> Result<Name<'_>, AskedWrongly> {
        match (&self.visitor, &self.external_id, &self.email) {
            (Some(visitor), None, None) => visitor_named(visitor.trim()).ok_or(AskedWrongly::Visitor),
            (None, Some(id), None) if !id.trim().is_empty() => Ok(Name::ExternalId(id)),
            (None, None, Some(email)) if !email.trim().is_empty() => Ok(Name::Email(email)),
            _ => Err(AskedWrongly::Names),
        }
    }

    /// Is it a question at all?
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self) -> Result<(), AskedWrongly> {
        self.name().map(drop)
    }
}

fn visitor_named(text: &str) -> Option<Name<'static>> {
    if text.len() == 16 {
        return u64::from_str_radix(text, 16).ok().filter(|key| *key != 0).map(VisitorKey).map(Name::Key);
    }
    let id = text.split_once('.').map_or(text, |(id, _)| id);
    Uuid::try_parse(id).ok().map(|id| Name::Visitor(VisitorId(id.into_bytes())))
}

impl Rights {
    /// The person that is meant; `None` when nobody is known by that name. A visitor's id is always somebody.
    ///
    /// # Errors
    /// When a store cannot be asked, or the question is none ([`Asked::check`] says so before).
    pub async fn find(&self, site: SiteId, asked: &Asked) -> Result<Option<Subject>, RightsError> {
        let name = asked.name().map_err(|wrong| RightsError(wrong.to_string()))?;
        let (keys, ids) = match name {
            Name::Visitor(id) => (vec![self.keys.visitor(site, id)], vec![id]),
            Name::Key(key) => (vec![key], self.ids(site, |id| self.keys.visitor(site, id) == key).await?),
            Name::ExternalId(id) => self.keyed(site, self.people.by_external_id(site, id).await?),
            Name::Email(email) => self.keyed(site, self.people.by_email(site, email).await?),
        };
        Ok((!keys.is_empty()).then_some(Subject { site, visitors: keys, ids }))
    }

    fn keyed(&self, site: SiteId, ids: Vec<VisitorId>) -> (Vec<VisitorKey>, Vec<VisitorId>) {
        (ids.iter().map(|id| self.keys.visitor(site, *id)).collect(), ids)
    }

    /// The visitors of whom something personal is kept and whom `is` recognises.
    pub(super) async fn ids(
        &self,
        site: SiteId,
        is: impl Fn(VisitorId) -> bool,
    ) -> Result<Vec<VisitorId>, RightsError> {
        let sealed = self.vault.subjects(site).await?.into_iter().map(|subject| VisitorId(subject.0));
        let mut ids: Vec<VisitorId> = sealed.chain(self.people.visitors(site).await?).collect();
        ids.retain(|id| is(*id));
        ids.sort_unstable();
        ids.dedup();
        Ok(ids)
    }

    /// How much is kept of a person, without showing it.
    ///
    /// # Errors
    /// When a store cannot be asked.
    pub async fn summary(&self, subject: &Subject, deps: &Deps) -> Result<Found, RightsError> {
        let history = subject::summary(subject, deps).await?;
        let mut personal = Vec::new();
        let mut receipts = 0;
        for id in &subject.ids {
            let fields = self.people.fields_of(subject.site, *id).await?;
            personal.extend(fields.iter().map(|field| field.name));
            receipts += receipts::count(subject.site, *id, self.vault.as_ref(), self.store.as_ref()).await?;
        }
        personal.sort_unstable();
        personal.dedup();
        Ok(Found {
            visitors: subject.visitors.len() as u64,
            events: history.events,
            sessions: history.sessions,
            first: history.range.map(|(first, _)| first),
            last: history.range.map(|(_, last)| last),
            personal: personal.into_iter().map(FieldName::as_str).map(str::to_owned).collect(),
            receipts,
        })
    }
}
