//! The owner's commands about sites.

use super::Admin;
use super::arguments::{SiteAdd, SiteNamed, SiteSet};
use crate::control::ControlError;
use serde_json::{Value, json};
use std::sync::Arc;
use ut_core::site::Site;
use ut_tracking::sites::{AddedSite, NewSite, SiteError};

/// Where a shop serves the page on which a browser asks not to be counted.
const IGNORE_PAGE: &str = "/ut/ignore";

impl Admin {
    pub(super) async fn add_site(&self, args: SiteAdd) -> Result<Value, ControlError> {
        let new = NewSite {
            domains: args.domains,
            currency: args.currency,
            time_zone: args.timezone,
            session_timeout_min: NewSite::DEFAULT_SESSION_TIMEOUT_MIN,
        };
        let AddedSite { site, secret } = self.sites.add(new).await.map_err(|error| site_error(&error))?;
        Ok(json!({"id": site.id.0, "domain": site.domains.first(), "key": site.key, "secret": secret}))
    }

    pub(super) fn list_sites(&self) -> Value {
        self.sites.list().iter().map(|site| listed(site)).collect()
    }

    pub(super) fn show_site(&self, args: &SiteNamed) -> Result<Value, ControlError> {
        self.find_site(&args.site).map(|site| shown(&site))
    }

    pub(super) async fn set_site(&self, args: &SiteSet) -> Result<Value, ControlError> {
        let site = self.find_site(&args.site)?;
        let changed = self.sites.change(site.id, &args.change).await.map_err(|error| site_error(&error))?;
        changed.map(|site| shown(&site)).ok_or_else(|| unknown_site(&args.site))
    }

    pub(super) async fn rotate_secret(&self, args: &SiteNamed) -> Result<Value, ControlError> {
        let site = self.find_site(&args.site)?;
        let rotated = self.sites.rotate_secret(site.id).await.map_err(|error| site_error(&error))?;
        let rotated = rotated.ok_or_else(|| unknown_site(&args.site))?;
        Ok(json!({"id": site.id.0, "secret": rotated.secret, "old_secret_until": rotated.old_until_ms}))
    }

    /// The site a person means, by number or domain.
    pub(super) fn find_site(&self, name: &str) -> Result<Arc<Site>, ControlError> {
        self.sites.find(name).ok_or_else(|| unknown_site(name))
    }
}

fn unknown_site(name: &str) -> ControlError {
    let message = format!("there is no site {name:?}; `universal-tracking site list` shows those there are");
    ControlError::new("unknown_site", message)
}

fn listed(site: &Site) -> Value {
    json!({
        "id": site.id.0,
        "domains": site.domains,
        "key": site.key,
        "currency": site.currency.as_str(),
        "timezone": site.zone_name(),
    })
}

/// Everything, and the link for the shop's own people.
fn shown(site: &Site) -> Value {
    let host = site.domains.iter().find(|domain| !domain.starts_with("*."));
    let host = host.or(site.domains.first()).map_or("", |domain| domain.trim_start_matches("*."));
    let mut shown = listed(site);
    if let (Some(fields), Ok(Value::Object(settings))) =
        (shown.as_object_mut(), serde_json::to_value(&site.settings))
    {
        fields.insert("session_timeout_min".to_owned(), json!(site.session_timeout_min));
        fields.extend(settings);
        fields.insert("do_not_count_me".to_owned(), json!(format!("https://{host}{IGNORE_PAGE}")));
    }
    shown
}

pub(super) fn site_error(error: &SiteError) -> ControlError {
    let refused = matches!(error, SiteError::Refused(_) | SiteError::TooManyRotations { .. });
    let code = if refused { "refused" } else { "store" };
    ControlError::new(code, error.to_string())
}
