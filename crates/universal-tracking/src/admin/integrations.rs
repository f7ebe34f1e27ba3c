//! The owner's commands about shop systems.

use super::Admin;
use super::arguments::{IntegrationAdd, IntegrationNamed, OneOrAll};
use crate::control::ControlError;
use serde_json::{Value, json};
use std::sync::Arc;
use ut_core::site::Site;
use ut_tracking::integrations::{AddedIntegration, Integration, IntegrationError, NewIntegration, Provider};

impl Admin {
    pub(super) async fn add_integration(&self, args: IntegrationAdd) -> Result<Value, ControlError> {
        let (site, provider) = self.named(&args.site, &args.provider)?;
        let new = NewIntegration { provider, domain: args.domain, secret: args.secret };
        let added = self.integrations.add(&site, new).await.map_err(|error| integration_error(&error))?;
        let AddedIntegration { integration, secret } = added;
        let mut added = shown(&integration, &site);
        added["secret"] = json!(secret);
        Ok(added)
    }

    pub(super) async fn list_integrations(&self, args: &OneOrAll) -> Result<Value, ControlError> {
        let only = args.site.as_deref().map(|name| self.find_site(name)).transpose()?;
        let all = self.integrations.list().await.map_err(|error| integration_error(&error))?;
        let listed = all.iter().filter(|one| only.as_ref().is_none_or(|site| site.id == one.site));
        let listed = listed.filter_map(|one| {
            let site = self.find_site(&one.site.0.to_string()).ok()?;
            let mut listed = shown(one, &site);
            listed["created_at"] = json!(one.created_at);
            listed["deliveries"] = json!(one.deliveries);
            listed["last_delivery"] = json!((one.last_delivery != 0).then_some(one.last_delivery));
            Some(listed)
        });
        Ok(listed.collect())
    }

    pub(super) async fn rotate_integration(&self, args: IntegrationNamed) -> Result<Value, ControlError> {
        let (site, provider) = self.named(&args.site, &args.provider)?;
        let rotated = self.integrations.rotate(&site, provider, args.secret).await;
        let rotated = rotated.map_err(|error| integration_error(&error))?;
        let rotated = rotated.ok_or_else(|| not_connected(&site, provider))?;
        Ok(json!({
            "site": site.id.0,
            "provider": provider.as_str(),
            "secret": rotated.secret,
            "old_secret_until": rotated.old_until_ms,
        }))
    }

    pub(super) async fn remove_integration(&self, args: &IntegrationNamed) -> Result<Value, ControlError> {
        let (site, provider) = self.named(&args.site, &args.provider)?;
        let removed = self.integrations.remove(site.id, provider).await;
        if !removed.map_err(|error| integration_error(&error))? {
            return Err(not_connected(&site, provider));
        }
        Ok(json!({ "site": site.id.0, "provider": provider.as_str(), "removed": true }))
    }

    fn named(&self, site: &str, provider: &str) -> Result<(Arc<Site>, Provider), ControlError> {
        let known = Provider::parse(provider).ok_or_else(|| {
            let message = format!("there is no provider {provider:?}: it is shopify, woocommerce or orders");
            ControlError::new("unknown_provider", message)
        })?;
        Ok((self.find_site(site)?, known))
    }
}

fn shown(integration: &Integration, site: &Site) -> Value {
    let provider = integration.provider.as_str();
    json!({
        "site": site.id.0,
        "provider": provider,
        "domain": (!integration.domain.is_empty()).then_some(&integration.domain),
        "path": format!("/webhooks/{provider}/{}", site.key),
    })
}

fn not_connected(site: &Site, provider: Provider) -> ControlError {
    let message = format!(
        "site {} has no integration of {}; `integration list` shows those there are",
        site.id.0,
        provider.as_str()
    );
    ControlError::new("not_connected", message)
}

pub(super) fn integration_error(error: &IntegrationError) -> ControlError {
    let code = if matches!(error, IntegrationError::Refused(_)) { "refused" } else { "store" };
    ControlError::new(code, error.to_string())
}
