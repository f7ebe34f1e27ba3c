//! The visitor's cookies: what they chose, which names nobody, and with their consent who they are.

use super::head::Head;
use super::origin::Origin;
use crate::heads;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use ut_core::keys::Keys;
use ut_core::site::Site;
use ut_tracking::modules::consent::{Choice, registrable};
use uuid::Uuid;

pub(super) const VISITOR: &str = "_ut_id";
const CHOICE: &str = "_ut_c";
/// Thirteen months of 395 days: the longest that France's authority lets an audience measurement live.
const VISITOR_S: u32 = 34_128_000;
/// Half a year: after that, asking again is fair.
const CHOICE_S: u32 = 180 * 24 * 3600;
/// Says to the tracker that the browser keeps its cookie.
const KNOWN: HeaderName = HeaderName::from_static("x-ut-id");

/// A cookie of a request by its name.
pub(super) fn cookie<'a>(headers: &'a HeaderMap, name: &'a str) -> Option<&'a str> {
    heads::cookies(headers, name).next()
}

/// What the visitor chose before, as their browser keeps it.
pub(super) fn choice(headers: &HeaderMap) -> Choice {
    cookie(headers, CHOICE).and_then(|text| text.parse().ok()).unwrap_or_default()
}

/// Does the browser keep an id, whoever made it?
pub(super) fn has_visitor(headers: &HeaderMap) -> bool {
    cookie(headers, VISITOR).is_some()
}

/// The visitor's id, if it was made here for this site.
pub(super) fn visitor(headers: &HeaderMap, site: &Site, keys: &Keys) -> Option<Uuid> {
    checked(cookie(headers, VISITOR)?, site, keys)
}

/// The id of a cookie's value, likewise.
pub(super) fn checked(value: &str, site: &Site, keys: &Keys) -> Option<Uuid> {
    let (id, tag) = value.split_once('.')?;
    let id = Uuid::try_parse(id).ok()?;
    let mut given = [0; 16];
    hex::decode_to_slice(tag, &mut given).ok()?;
    bool::from(subtle::ConstantTimeEq::ct_eq(&given[..], &keys.cookie_tag(site.id, id)[..])).then_some(id)
}

/// What the answer does to the browser's cookies.
#[derive(Debug, Default)]
pub(super) struct Told {
    set: Vec<HeaderValue>,
    known: bool,
    /// The id that it keeps from now on.
    given: Option<Uuid>,
}

impl Told {
    /// The browser has shown a valid id.
    pub(super) fn know(&mut self) {
        self.known = true;
    }

    /// The id that the browser is given.
    pub(super) const fn given(&self) -> Option<Uuid> {
        self.given
    }

    /// Keeps the visitor's id.
    pub(super) fn keep(&mut self, site: &Site, head: &Head, keys: &Keys, id: Uuid) {
        self.given = Some(id);
        // Of two in one answer a browser would keep one, and not every browser the same.
        self.set.retain(|cookie| !cookie.as_bytes().starts_with(b"_ut_id="));
        let value = format!("{id}.{}", hex::encode(keys.cookie_tag(site.id, id)));
        self.set(site, head, &format!("{VISITOR}={value}; HttpOnly; Max-Age={VISITOR_S}"));
    }

    /// Keeps the id that the browser has shown for as long again.
    pub(super) fn renew(&mut self, site: &Site, head: &Head, keys: &Keys, id: Uuid) {
        if self.known {
            self.keep(site, head, keys, id);
        }
    }

    /// Deletes it.
    pub(super) fn forget(&mut self, site: &Site, head: &Head) {
        self.set(site, head, &format!("{VISITOR}=; HttpOnly; Max-Age=0"));
    }

    /// Keeps a choice. Scripts may read it.
    pub(super) fn choose(&mut self, site: &Site, head: &Head, choice: &Choice) {
        let life_s = if choice.opted_out.is_some() { VISITOR_S } else { CHOICE_S };
        self.set(site, head, &format!("{CHOICE}={choice}; Max-Age={life_s}"));
    }

    fn set(&mut self, site: &Site, head: &Head, cookie: &str) {
        let domain = domain(site, head).map(|domain| format!("; Domain={domain}")).unwrap_or_default();
        let secure = if head.is_https() { "; Secure" } else { "" };
        let text = format!("{cookie}; Path=/; SameSite=Lax{domain}{secure}");
        self.set.extend(HeaderValue::try_from(text));
    }

    /// Writes it into the head of an answer.
    pub(super) fn tell(self, headers: &mut HeaderMap) {
        if self.known {
            headers.insert(KNOWN, HeaderValue::from_static("set"));
        }
        for cookie in self.set {
            headers.append(header::SET_COOKIE, cookie);
        }
    }
}

/// Where a cookie is for all hosts of a site that has several: their registrable domain, if the request's own host
/// belongs to it. Elsewhere it stays with the host.
fn domain<'a>(site: &Site, head: &'a Head) -> Option<&'a str> {
    let Origin::Page(host) = &head.origin else { return None };
    let shared = registrable(host);
    let within =
        |host: &str| host == shared || host.strip_suffix(shared).is_some_and(|rest| rest.ends_with('.'));
    let hosts = site.domains.iter().filter(|domain| within(domain.trim_start_matches("*.")));
    let several = hosts.clone().count() > 1 || hosts.clone().any(|domain| domain.starts_with("*."));
    let asked = heads::host(&head.headers);
    // An address or a name without dots takes no domain cookie.
    let takes = shared.contains('.') && shared.parse::<std::net::IpAddr>().is_err();
    (several && takes && asked.is_some_and(|asked| within(asked.host()))).then_some(shared)
}
