//! The demo's site and owner, so that the dashboard opens without a form.

use crate::Failure;
use crate::admin::Admin;
use crate::config::Secret;
use std::sync::Arc;
use ut_core::site::Site;
use ut_tracking::accounts::NewOwner;
use ut_tracking::sites::NewSite;

/// Where a demo is looked at: the names of this machine.
const DOMAINS: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// Makes site and owner where they are missing (a demo on a kept folder has them), and returns the site.
pub async fn prepare(admin: &Admin) -> Result<Arc<Site>, Failure> {
    if !admin.accounts.owner_exists().await.map_err(|error| Failure::new(error.to_string()))? {
        // Nobody is told the password: the demo is entered by its one-time link.
        let password = Secret::random().map_err(|error| Failure::new(format!("no random bytes: {error}")))?;
        let password = hex::encode(password.as_bytes());
        let owner = NewOwner { email: "owner@demo.example".to_owned(), password };
        admin.accounts.add_owner(owner).await.map_err(|error| Failure::new(error.to_string()))?;
    }
    if let Some(site) = admin.sites.by_domain(DOMAINS[0]) {
        return Ok(site);
    }
    let new = NewSite {
        domains: DOMAINS.map(str::to_owned).into(),
        currency: "EUR".to_owned(),
        time_zone: "Europe/Berlin".to_owned(),
        session_timeout_min: NewSite::DEFAULT_SESSION_TIMEOUT_MIN,
    };
    Ok(admin.sites.add(new).await.map_err(|error| Failure::new(error.to_string()))?.site)
}
