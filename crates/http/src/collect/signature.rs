//! Server-to-server calls: `Authorization: Bearer <site secret>`, or `X-UT-Signature: t=<unix>,v1=<hex>` with the
//! HMAC-SHA256 of `t`, a dot and the raw body under the site's secret. Pure.

use crate::problem::Problem;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

const X_UT_SIGNATURE: HeaderName = HeaderName::from_static("x-ut-signature");

/// A signature is taken for so long after, and before, the time it names.
const WINDOW_MS: i64 = 5 * 60_000;

/// What a request shows to be the shop's own server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Credentials<'a> {
    /// The secret itself.
    Secret(&'a [u8]),
    /// A signature.
    Signature {
        /// The time as it was signed, Unix seconds.
        time: &'a str,
        /// The same, read.
        at_ms: i64,
        /// HMAC-SHA256.
        mac: [u8; 32],
    },
}

impl<'a> Credentials<'a> {
    /// What the headers hold; `None` for a browser's request.
    pub(crate) fn of(headers: &'a HeaderMap) -> Result<Option<Self>, Problem> {
        let secret = bearer(headers)?;
        let mut signatures = headers.get_all(&X_UT_SIGNATURE).into_iter();
        let Some(signature) = signatures.next() else { return Ok(secret) };
        if signatures.next().is_some() || secret.is_some() {
            return Err(malformed(
                "send one X-UT-Signature, or the site's secret as a bearer, and nothing beside",
            ));
        }
        let signature = signature.to_str().ok().and_then(parse);
        signature
            .map(Some)
            .ok_or_else(|| malformed("X-UT-Signature is `t=<Unix seconds>,v1=<64 hex digits>`"))
    }

    /// Checks them against the secrets of a site that are valid at the moment, in constant time.
    pub(crate) fn check<S: AsRef<str>>(self, secrets: &[S], body: &[u8], now_ms: i64) -> Result<(), Problem> {
        match self {
            Self::Secret(shown) => {
                let equal = |secret: &S| secret.as_ref().as_bytes().ct_eq(shown);
                // Every secret is compared: how long it takes must not say which one is nearly right.
                let known =
                    secrets.iter().fold(subtle::Choice::from(0), |known, secret| known | equal(secret));
                let detail = "The bearer is none of the site's secrets (sk_…).";
                bool::from(known).then_some(()).ok_or_else(|| refused("wrong_secret", detail))
            }
            Self::Signature { time, at_ms, mac } => {
                if at_ms.abs_diff(now_ms) > WINDOW_MS.unsigned_abs() {
                    let detail = format!(
                        "`t` is {} s away from this server's time; at most 300 are taken. It is Unix time in seconds.",
                        at_ms.abs_diff(now_ms) / 1000
                    );
                    return Err(refused("expired_signature", detail));
                }
                let signed = |secret: &S| sign(secret.as_ref().as_bytes(), time, body).ct_eq(&mac);
                let known =
                    secrets.iter().fold(subtle::Choice::from(0), |known, secret| known | signed(secret));
                let detail = "The signature does not match: it is the HMAC-SHA256 of t, a dot and the bytes of the body as \
                              they are sent, under the site's secret (sk_…).";
                bool::from(known).then_some(()).ok_or_else(|| refused("wrong_signature", detail))
            }
        }
    }
}

/// The bearer. Other schemes belong to a proxy in front (a shop under construction asks its visitors for a password).
fn bearer(headers: &HeaderMap) -> Result<Option<Credentials<'_>>, Problem> {
    let lines = headers.get_all(header::AUTHORIZATION).into_iter().map(HeaderValue::as_bytes);
    let mut bearers = lines.filter_map(|line| {
        let (scheme, rest) = line.split_at_checked("bearer".len())?;
        let is_bearer =
            scheme.eq_ignore_ascii_case(b"bearer") && rest.first().is_none_or(u8::is_ascii_whitespace);
        // Also one that shows nothing, or nonsense: it is a server that has no secret, not a page.
        is_bearer.then_some(Credentials::Secret(rest.trim_ascii()))
    });
    let first = bearers.next();
    if bearers.next().is_some() {
        return Err(malformed("send one Authorization"));
    }
    Ok(first)
}

fn parse(text: &str) -> Option<Credentials<'_>> {
    let (mut time, mut mac) = (None, None);
    for part in text.split(',') {
        match part.trim().split_once('=')? {
            ("t", seconds) if time.is_none() => time = Some(seconds),
            ("v1", hex) if mac.is_none() => mac = Some(hex),
            _ => return None,
        }
    }
    let time = time.filter(|time| time.bytes().all(|digit| digit.is_ascii_digit()))?;
    let mut bytes = [0; 32];
    hex::decode_to_slice(mac?, &mut bytes).ok()?;
    Some(Credentials::Signature { time, at_ms: time.parse::<i64>().ok()?.checked_mul(1000)?, mac: bytes })
}

fn sign(secret: &[u8], time: &str, body: &[u8]) -> [u8; 32] {
    // HMAC takes keys of every length.
    let Ok(mac) = Hmac::<Sha256>::new_from_slice(secret) else { return [0; 32] };
    mac.chain_update(time.as_bytes()).chain_update(b".").chain_update(body).finalize().into_bytes().into()
}

fn malformed(detail: &str) -> Problem {
    refused("malformed_signature", format!("The request is not understood as signed: {detail}."))
}

fn refused(code: &'static str, detail: impl Into<String>) -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, code, "Not signed by the site", detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_795_000_000_000;
    const BODY: &[u8] = b"{\"site\":\"pk_1\"}";

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    fn signature(secret: &str, seconds: i64, body: &[u8]) -> String {
        let time = seconds.to_string();
        format!("t={time},v1={}", hex::encode(sign(secret.as_bytes(), &time, body)))
    }

    fn outcome(pairs: &[(&'static str, &str)]) -> Result<bool, &'static str> {
        let headers = headers(pairs);
        let found = Credentials::of(&headers).map_err(|problem| problem.code)?;
        let Some(found) = found else { return Ok(false) };
        assert_eq!(
            found
                .check(&["sk_new", "sk_old"], BODY, NOW)
                .map_err(|problem| problem.status.as_u16())
                .err()
                .unwrap_or(401),
            401
        );
        found.check(&["sk_new", "sk_old"], BODY, NOW).map_err(|problem| problem.code).map(|()| true)
    }

    /// The key and the text of RFC 4231's second case, and a signature computed by another program
    /// (`printf '%s' '1795000000.{"site":"pk_1"}' | openssl dgst -sha256 -hmac sk_new`).
    #[test]
    fn the_signature_is_hmac_sha_256() {
        let rfc = sign(b"Jefe", "what do ya want for nothing?", b"");
        assert_ne!(
            hex::encode(rfc),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            "the dot is signed too"
        );
        let known = hex::encode(sign(b"sk_new", "1795000000", BODY));
        assert_eq!(known, "27314ba9be335bb546353dce70a7a0d5aaa1e4812b9712517d44830e9ab9bfd5");
    }

    #[test]
    fn only_the_sites_own_server_can_sign() {
        const SIGNATURE: &str = "x-ut-signature";
        let at = NOW / 1000;
        let good = signature("sk_new", at, BODY);
        let table = [
            ("good", good.clone(), Ok(true)),
            ("the old secret", signature("sk_old", at, BODY), Ok(true)),
            ("spaces", good.replace(',', " , "), Ok(true)),
            ("upper case", good.to_uppercase().replace("T=", "t=").replace("V1", "v1"), Ok(true)),
            ("five minutes ago", signature("sk_new", at - 300, BODY), Ok(true)),
            ("in five minutes", signature("sk_new", at + 300, BODY), Ok(true)),
            ("expired", signature("sk_new", at - 301, BODY), Err("expired_signature")),
            ("from the future", signature("sk_new", at + 301, BODY), Err("expired_signature")),
            ("milliseconds", signature("sk_new", NOW, BODY), Err("expired_signature")),
            ("another body", signature("sk_new", at, b"{}"), Err("wrong_signature")),
            ("another time", good.replace(&at.to_string(), &(at + 1).to_string()), Err("wrong_signature")),
            ("another secret", signature("sk_none", at, BODY), Err("wrong_signature")),
            ("no secret", signature("", at, BODY), Err("wrong_signature")),
            ("empty", String::new(), Err("malformed_signature")),
            ("empty parts", "t=,v1=".to_owned(), Err("malformed_signature")),
            ("only commas", ",,".to_owned(), Err("malformed_signature")),
            ("a time long ago", format!("t=3,v1={:064x}", 3), Err("expired_signature")),
            ("no time", good.split_once(',').unwrap().1.to_owned(), Err("malformed_signature")),
            ("no digest", format!("t={at}"), Err("malformed_signature")),
            ("a short digest", good[..good.len() - 2].to_owned(), Err("malformed_signature")),
            ("no hex", good.replace("v1=", "v1=zz"), Err("malformed_signature")),
            ("two times", format!("t={at},{good}"), Err("malformed_signature")),
            ("another version", good.replace("v1", "v2"), Err("malformed_signature")),
            ("a negative time", good.replace("t=", "t=-"), Err("malformed_signature")),
            ("an endless time", good.replace("t=", "t=9999999999999999999"), Err("malformed_signature")),
        ];
        for (name, value, expected) in table {
            assert_eq!(outcome(&[(SIGNATURE, &value)]), expected, "{name}: {value}");
        }
        assert_eq!(outcome(&[(SIGNATURE, &good), (SIGNATURE, &good)]), Err("malformed_signature"));
        assert_eq!(outcome(&[(SIGNATURE, ""), (SIGNATURE, &good)]), Err("malformed_signature"));
        assert_eq!(
            outcome(&[(SIGNATURE, ""), ("origin", "https://shop.example")]),
            Err("malformed_signature")
        );
        let hidden = HeaderMap::from_iter([(X_UT_SIGNATURE, HeaderValue::from_bytes(b"\xff").unwrap())]);
        assert_eq!(Credentials::of(&hidden).unwrap_err().code, "malformed_signature");
        assert_eq!(
            outcome(&[(SIGNATURE, &good), ("authorization", "Bearer sk_new")]),
            Err("malformed_signature")
        );
    }

    #[test]
    fn the_secret_itself_will_do() {
        for (value, expected) in [
            ("Bearer sk_new", Ok(true)),
            ("bearer sk_old", Ok(true)),
            ("Bearer sk_ne", Err("wrong_secret")),
            ("Bearer sk_neww", Err("wrong_secret")),
            ("Bearer ", Err("wrong_secret")),
            ("Bearer", Err("wrong_secret")),
            ("Bearer\tsk_new", Ok(true)),
            ("Bearersk_new", Ok(false)),
            ("Basic c2hvcDpzaG9w", Ok(false)),
            ("sk_new", Ok(false)),
        ] {
            assert_eq!(outcome(&[("authorization", value)]), expected, "{value}");
        }
        let two = [("authorization", "Bearer sk_new"), ("authorization", "Bearer sk_old")];
        assert_eq!(outcome(&two), Err("malformed_signature"));
        assert_eq!(outcome(&[]), Ok(false));
        let headers = headers(&[("authorization", "Bearer sk_new")]);
        let bearer = Credentials::of(&headers).unwrap().unwrap();
        let nonsense = HeaderValue::from_bytes(b"Bearer \xff").unwrap();
        let nonsense = HeaderMap::from_iter([(header::AUTHORIZATION, nonsense)]);
        let shown = Credentials::of(&nonsense).unwrap().unwrap();
        assert_eq!(shown.check(&["sk_new"], BODY, NOW).unwrap_err().code, "wrong_secret");
        assert_eq!(bearer.check::<&str>(&[], BODY, NOW).unwrap_err().code, "wrong_secret");
    }
}
