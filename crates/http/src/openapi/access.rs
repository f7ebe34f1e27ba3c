//! Who may ask, and how they show it.

use serde_json::{Value, json};

/// Who may ask. The names are those of the extractors in [`crate::owner`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Anyone, on every host.
    Public,
    /// Pages of the site by their origin, and its own server by its secret; on every host.
    Shop,
    /// A connected shop system, which signs by this scheme; on every host.
    ShopSystem(&'static str),
    /// Anyone, on the owner's host.
    Visitor,
    /// Anyone, on every host; who is known gets more.
    MaybeReader,
    /// The owner, or a token of the site.
    Reader,
    /// The same, or a ticket.
    Viewer,
    /// The owner, or a token of the scope `admin`.
    Admin,
    /// The owner alone.
    Owner,
}

impl Access {
    /// What a request may be refused for whatever it asks.
    pub(crate) fn refusals(self) -> Vec<&'static str> {
        let own: &[&str] = match self {
            Self::Public | Self::MaybeReader | Self::Visitor => &[],
            Self::Shop => &[
                "no_origin",
                "wrong_origin",
                "wrong_secret",
                "wrong_signature",
                "expired_signature",
                "malformed_signature",
            ],
            Self::ShopSystem(_) => {
                &["unknown_site", "not_connected", "wrong_signature", "malformed_signature"]
            }
            Self::Reader => &["not_signed_in", "unknown_token", "another_site"],
            Self::Viewer => &["not_signed_in", "unknown_token", "ticket", "another_site"],
            Self::Admin => &["not_signed_in", "unknown_token", "scope", "csrf", "another_site"],
            Self::Owner => &["not_signed_in", "unknown_token", "owner_only", "csrf"],
        };
        // Another host, and no owner yet.
        let surface: &[&str] = match self {
            Self::Public | Self::MaybeReader | Self::Shop | Self::ShopSystem(_) => &[],
            _ => &["not_found", "no_owner", "store_unavailable"],
        };
        [own, surface, &["bad_host"]].concat()
    }

    /// OpenAPI's `security`: any one of the list will do, `{}` is nobody in particular.
    pub(crate) fn security(self, changes: bool) -> Value {
        let session = if changes { json!({ "session": [], "csrf": [] }) } else { json!({ "session": [] }) };
        match self {
            Self::Public | Self::Visitor => json!([]),
            Self::Shop => json!([{}, { "site_secret": [] }, { "signature": [] }]),
            Self::ShopSystem(scheme) => json!([{ scheme: [] }]),
            Self::MaybeReader => json!([{}, { "token": [] }, { "session": [] }]),
            // A reader changes nothing, so no CSRF token is asked for.
            Self::Reader => json!([{ "token": [] }, { "session": [] }]),
            Self::Viewer => json!([{ "token": [] }, { "session": [] }, { "ticket": [] }]),
            Self::Admin => json!([{ "token": [] }, session]),
            Self::Owner => json!([session]),
        }
    }
}

/// OpenAPI's `securitySchemes`.
pub(crate) fn schemes() -> Value {
    json!({
        "token": { "type": "http", "scheme": "bearer", "bearerFormat": "ut_…",
            "description": "A token of a site, of the scope `read` or `admin`: `universal-tracking token add`." },
        "session": { "type": "apiKey", "in": "cookie", "name": "__Host-ut_session",
            "description": "The owner's session, from `POST /login`; `ut_session` on plain http." },
        "csrf": { "type": "apiKey", "in": "header", "name": "X-CSRF-Token",
            "description": "For a change by cookie: the `csrf` of `/api/v1/me`." },
        "ticket": { "type": "apiKey", "in": "query", "name": "ticket",
            "description": "Opens one stream within 60 seconds, from `POST /api/v1/live/ticket`." },
        "site_secret": { "type": "http", "scheme": "bearer", "bearerFormat": "sk_…",
            "description": "The site's secret, for its own server." },
        "signature": { "type": "apiKey", "in": "header", "name": "X-UT-Signature",
            "description": "`t=<Unix seconds>,v1=<hex>`: HMAC-SHA256 of `t`, a dot and the raw body under the site's secret." },
        "shopify": { "type": "apiKey", "in": "header", "name": "X-Shopify-Hmac-Sha256",
            "description": "Base64 of the HMAC-SHA256 of the raw body under the secret that Shopify shows for webhooks." },
        "woocommerce": { "type": "apiKey", "in": "header", "name": "X-WC-Webhook-Signature",
            "description": "Base64 of the HMAC-SHA256 of the raw body under the integration's secret." },
        "orders": { "type": "apiKey", "in": "header", "name": "X-UT-Signature",
            "description": "`t=<Unix seconds>,v1=<hex>`: HMAC-SHA256 of `t`, a dot and the raw body under the integration's secret." },
    })
}
