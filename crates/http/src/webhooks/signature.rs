//! Which deliveries are the shop's: an HMAC over the bytes as they came, compared in constant time. Pure.

use crate::collect::signature::Credentials;
use crate::problem::Problem;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use ut_tracking::integrations::{Integration, Provider};

/// Shopify's newer deliveries write its headers without `X-`.
const SHOPIFY: [HeaderName; 2] =
    [HeaderName::from_static("x-shopify-hmac-sha256"), HeaderName::from_static("shopify-hmac-sha256")];
const SHOPIFY_SHOP: [HeaderName; 2] =
    [HeaderName::from_static("x-shopify-shop-domain"), HeaderName::from_static("shopify-shop-domain")];
const WOOCOMMERCE: [HeaderName; 1] = [HeaderName::from_static("x-wc-webhook-signature")];
const WOOCOMMERCE_SHOP: [HeaderName; 1] = [HeaderName::from_static("x-wc-webhook-source")];

const NOT_SIGNED: &str = "The signature is not the one of these bytes under the integration's secret.";

/// Checks that the body was signed with a secret that is valid at the moment.
pub(super) fn check<S: AsRef<str>>(
    provider: Provider,
    headers: &HeaderMap,
    secrets: &[S],
    body: &[u8],
    now_ms: i64,
) -> Result<(), Problem> {
    match provider {
        Provider::Shopify => base64(first(headers, &SHOPIFY), secrets, body),
        Provider::Woocommerce => base64(first(headers, &WOOCOMMERCE), secrets, body),
        Provider::Orders => match Credentials::of(headers)? {
            Some(signature @ Credentials::Signature { .. }) => {
                signature.check(secrets, body, now_ms).map_err(|problem| match problem.code {
                    "wrong_signature" => refused(problem.code, NOT_SIGNED),
                    _ => problem,
                })
            }
            _ => Err(refused(
                "malformed_signature",
                "Send X-UT-Signature: t=<Unix seconds>,v1=<64 hex digits>.",
            )),
        },
    }
}

/// Is this what WooCommerce sends when a webhook is saved? It is not signed, and says nothing.
pub(super) fn is_ping(provider: Provider, headers: &HeaderMap, body: &[u8]) -> bool {
    let number = body.strip_prefix(b"webhook_id=").filter(|number| (1..=20).contains(&number.len()));
    provider == Provider::Woocommerce
        && first(headers, &WOOCOMMERCE).is_none()
        && number.is_some_and(|number| number.iter().all(u8::is_ascii_digit))
}

/// Checks that the delivery names the shop that the integration does.
pub(super) fn check_shop(integration: &Integration, headers: &HeaderMap) -> Result<(), Problem> {
    let named = match integration.provider {
        Provider::Shopify => first(headers, &SHOPIFY_SHOP),
        Provider::Woocommerce => first(headers, &WOOCOMMERCE_SHOP),
        Provider::Orders => None,
    };
    let named = named.and_then(|value| value.to_str().ok()).unwrap_or_default();
    if integration.domain.is_empty() || host(named) == integration.domain {
        return Ok(());
    }
    let detail = format!(
        "The integration is of the shop {}; the delivery names another one, or none.",
        integration.domain
    );
    Err(Problem::new(StatusCode::FORBIDDEN, "wrong_shop", "Another shop", detail))
}

/// The host of an address, or a host by itself, in lower case.
fn host(text: &str) -> String {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    rest.split(['/', ':', '?']).next().unwrap_or_default().to_ascii_lowercase()
}

fn first<'a>(headers: &'a HeaderMap, names: &[HeaderName]) -> Option<&'a HeaderValue> {
    names.iter().find_map(|name| headers.get(name))
}

fn base64<S: AsRef<str>>(signature: Option<&HeaderValue>, secrets: &[S], body: &[u8]) -> Result<(), Problem> {
    let mac = signature.and_then(|value| STANDARD.decode(value.as_bytes().trim_ascii()).ok());
    let mac: Option<[u8; 32]> = mac.and_then(|mac| mac.try_into().ok());
    let Some(mac) = mac else {
        return Err(refused("malformed_signature", "The signature is the base64 of 32 bytes."));
    };
    // All are tried: how long it takes must not say which one is nearly right.
    let signed = |secret: &S| sign(secret.as_ref().as_bytes(), body).ct_eq(&mac);
    let known = secrets.iter().fold(subtle::Choice::from(0), |known, secret| known | signed(secret));
    bool::from(known).then_some(()).ok_or_else(|| refused("wrong_signature", NOT_SIGNED))
}

fn sign(secret: &[u8], body: &[u8]) -> [u8; 32] {
    // HMAC takes keys of every length.
    let Ok(mac) = Hmac::<Sha256>::new_from_slice(secret) else { return [0; 32] };
    mac.chain_update(body).finalize().into_bytes().into()
}

fn refused(code: &'static str, detail: &str) -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, code, "Not signed by the shop", detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = b"{\"id\":1}";
    /// printf '{"id":1}' | openssl dgst -sha256 -hmac a-secret-of-the-shop -binary | base64
    const KNOWN: &str = "tuKSrNERT14m1eIuBOlCJIYVedizb8nuIXvDyX24xro=";

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap())).collect()
    }

    fn outcome(
        provider: Provider,
        secrets: &[&str],
        body: &[u8],
        pairs: &[(&'static str, &str)],
    ) -> &'static str {
        check(provider, &headers(pairs), secrets, body, 0).map_or_else(|problem| problem.code, |()| "")
    }

    #[test]
    fn the_signature_is_the_one_any_tool_makes_and_of_these_bytes_alone() {
        let both = ["another-secret-of-16", "a-secret-of-the-shop"];
        for (provider, header) in [
            (Provider::Shopify, "x-shopify-hmac-sha256"),
            (Provider::Shopify, "shopify-hmac-sha256"),
            (Provider::Woocommerce, "x-wc-webhook-signature"),
        ] {
            assert_eq!(outcome(provider, &both, BODY, &[(header, KNOWN)]), "", "{header}");
            assert_eq!(outcome(provider, &both[..1], BODY, &[(header, KNOWN)]), "wrong_signature");
            assert_eq!(outcome(provider, &[], BODY, &[(header, KNOWN)]), "wrong_signature");
            assert_eq!(outcome(provider, &both, b"{\"id\": 1}", &[(header, KNOWN)]), "wrong_signature");
            assert_eq!(outcome(provider, &both, BODY, &[(header, "AAAA")]), "malformed_signature");
            assert_eq!(outcome(provider, &both, BODY, &[]), "malformed_signature");
        }
        let other = [("x-wc-webhook-signature", KNOWN)];
        assert_eq!(outcome(Provider::Shopify, &both, BODY, &other), "malformed_signature");
        let bearer = [("authorization", "Bearer a-secret-of-the-shop")];
        assert_eq!(outcome(Provider::Orders, &both, BODY, &bearer), "malformed_signature");
    }

    #[test]
    fn a_ping_is_a_number_and_unsigned() {
        let none = HeaderMap::new();
        assert!(is_ping(Provider::Woocommerce, &none, b"webhook_id=17"));
        assert!(!is_ping(Provider::Shopify, &none, b"webhook_id=17"));
        assert!(!is_ping(Provider::Woocommerce, &none, b"webhook_id="));
        assert!(!is_ping(Provider::Woocommerce, &none, b"webhook_id=1&x=2"));
        assert!(!is_ping(
            Provider::Woocommerce,
            &headers(&[("x-wc-webhook-signature", "x")]),
            b"webhook_id=1"
        ));
    }

    #[test]
    fn a_shop_is_its_host() {
        for (text, expected) in [
            ("https://Shop.example/wp/", "shop.example"),
            ("http://shop.example:8080", "shop.example"),
            ("myshop.myshopify.com", "myshop.myshopify.com"),
            ("", ""),
        ] {
            assert_eq!(host(text), expected);
        }
    }
}
