//! `/api/v1/consents`: the receipts of what visitors chose.

use super::errors::refused;
use super::{Admin, OwnerState};
use crate::problem::Problem;
use axum::Json;
use axum::extract::{RawQuery, State};
use schemars::JsonSchema;
use serde::Serialize;
use std::str::FromStr;
use std::sync::Arc;
use ut_core::site::Site;
use ut_tracking::accounts::Refusal;
use ut_tracking::modules::consent::receipts::{ReceiptError, RecordedReceipt, Whose};

const USUAL: u32 = 50;
const MOST: u32 = 1000;

/// A receipt. What was not spoken of is null.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ConsentReceipt")]
pub(super) struct Shown {
    /// Its place in the site's chain, from 1.
    number: u64,
    /// A UUID.
    id: String,
    /// Since when the choice holds, ISO 8601 UTC.
    at: String,
    analytics: Option<bool>,
    marketing: Option<bool>,
    personalization: Option<bool>,
    /// The browser sent Global Privacy Control.
    gpc: bool,
    /// `api`, `banner`, `cmp`, `gcm`, `tcf`, `gpp`, `gpc`, `opt_out` or `opt_in`.
    source: String,
    /// The policy that was shown.
    policy_version: Option<String>,
    /// Whose rules applied.
    region: Option<String>,
    /// `known`, `nobody` (of a visitor without a cookie) or `forgotten`.
    whose: &'static str,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Receipts {
    /// The newest first.
    receipts: Vec<Shown>,
    /// `before` of the next page; null on the last.
    next: Option<u64>,
}

/// Whether a chain is what was written.
#[derive(Serialize, JsonSchema)]
pub(super) struct Verdict {
    ok: bool,
    /// The first one's number: more than 1 since older ones were removed for their age.
    from: u64,
    /// How many are whole, from that one on.
    receipts: u64,
    broken: Option<Broken>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Broken {
    number: i64,
    why: String,
}

#[derive(Default)]
struct Asked {
    site: Option<String>,
    limit: Option<u32>,
    before: Option<u64>,
}

impl Asked {
    fn of(query: Option<&str>) -> Result<Self, Problem> {
        let mut asked = Self::default();
        for (name, value) in url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            match &*name {
                "site" => asked.site = Some(value.into_owned()),
                "limit" => asked.limit = Some(number("limit", &value)?),
                "before" => asked.before = Some(number("before", &value)?),
                other => return Err(wrong(other, "unknown_field", "known are site, limit and before")),
            }
        }
        match asked.limit {
            Some(limit) if !(1..=MOST).contains(&limit) => {
                Err(wrong("limit", "out_of_range", &format!("is 1 to {MOST}")))
            }
            _ => Ok(asked),
        }
    }

    fn site(&self, admin: &Admin, state: &OwnerState) -> Result<Arc<Site>, Problem> {
        asked_site(self.site.as_deref(), admin, state)
    }
}

/// The site that a query names.
pub(super) fn asked_site(
    name: Option<&str>,
    admin: &Admin,
    state: &OwnerState,
) -> Result<Arc<Site>, Problem> {
    let missing = || wrong("site", "missing", "name the site by its number or one of its domains");
    let name = name.ok_or_else(missing)?;
    admin.site(state.sites.find(name), name)
}

fn number<T: FromStr>(field: &str, text: &str) -> Result<T, Problem> {
    text.parse().map_err(|_| wrong(field, "wrong_type", "is a whole number"))
}

pub(super) fn wrong(field: &str, code: &'static str, message: &str) -> Problem {
    refused(vec![Refusal { field: field.to_owned(), code, message: message.to_owned() }])
}

pub(super) async fn list(
    admin: Admin,
    State(state): State<OwnerState>,
    RawQuery(query): RawQuery,
) -> Result<Json<Receipts>, Problem> {
    let asked = Asked::of(query.as_deref())?;
    let site = asked.site(&admin, &state)?;
    let limit = asked.limit.unwrap_or(USUAL);
    // One more says whether there is a next page.
    let mut found = state.receipts.list(site.id, limit + 1, asked.before).await?;
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = found.last().map(|receipt| receipt.number).filter(|_| more);
    Ok(Json(Receipts { receipts: found.into_iter().map(shown).collect(), next }))
}

pub(super) async fn verify(
    admin: Admin,
    State(state): State<OwnerState>,
    RawQuery(query): RawQuery,
) -> Result<Json<Verdict>, Problem> {
    let site = Asked::of(query.as_deref())?.site(&admin, &state)?;
    Ok(Json(match state.receipts.verify(site.id).await {
        Ok(whole) => Verdict { ok: true, from: whole.first, receipts: whole.receipts, broken: None },
        Err(ReceiptError::Broken(broken)) => {
            // Where not even that can be read, it is what is broken.
            let from = state.receipts.first(site.id).await.unwrap_or(1);
            Verdict {
                ok: false,
                from,
                receipts: u64::try_from(broken.number).unwrap_or(0).saturating_sub(from),
                broken: Some(Broken { number: broken.number, why: broken.why }),
            }
        }
        Err(error) => return Err(error.into()),
    }))
}

fn shown(receipt: RecordedReceipt) -> Shown {
    Shown {
        number: receipt.number,
        id: receipt.id.to_string(),
        at: format!("{:.3}", jiff::Timestamp::from_millisecond(receipt.at_ms).unwrap_or_default()),
        analytics: receipt.axes.analytics,
        marketing: receipt.axes.marketing,
        personalization: receipt.axes.personalization,
        gpc: receipt.axes.gpc,
        source: receipt.source,
        policy_version: receipt.policy_version,
        region: receipt.region,
        whose: match receipt.whose {
            Whose::Known { .. } => "known",
            Whose::Nobodys => "nobody",
            Whose::Forgotten => "forgotten",
        },
    }
}
