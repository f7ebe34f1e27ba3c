//! Who brought the visitor, in this order: what the campaign says, the click id, the referrer.

use super::facts::{CLICK_IDS, ClickId, META_NETWORKS, click_id, is_paid};
use crate::modules::attribution::hosts::{Kind, Known, by_host, by_name, on_the_way, plain};
use std::borrow::Cow;
use std::fmt;
use url::Url;
use ut_core::event::Source;

/// Parameters that name the source, the first that says something wins.
const SOURCE_PARAMETERS: [&str; 3] = ["utm_source", "source", "ref"];
/// Reports show it where a campaign does not say who sent the visitor.
const NOT_SET: &str = "(not set)";
/// What templates send when they have nothing to say.
const PLACEHOLDERS: [&str; 3] = ["(direct)", "(none)", NOT_SET];
/// The medium and the campaign that Google gives to visits from AI assistants.
const ASSISTANT: (&str, &str) = ("ai-assistant", "(ai-assistant)");

/// What is the site's own, or on the way of its buyers.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::modules::attribution) struct Surroundings<'a> {
    /// The site's domains; `*.example` like `example` means all hosts below it.
    pub(in crate::modules::attribution) domains: &'a [String],
    /// Its gateways beside those everybody has.
    pub(in crate::modules::attribution) gateways: &'a [String],
}

/// Why a source was chosen, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::modules::attribution) enum Reason {
    /// This parameter named it.
    Parameter(&'static str),
    /// The URL has a campaign that does not name its source; the referrer does, if there is one.
    Campaign,
    /// A click id of this kind.
    ClickId(&'static str),
    /// The referrer, and what the tables say of it.
    Referrer(Option<Kind>),
    /// Nothing says anything.
    Direct,
    /// The referrer is a page of the site.
    Internal(String),
    /// The referrer is only on the way.
    Gateway(String),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Parameter(name) => f.write_str(name),
            Self::Campaign => f.write_str("campaign without a source"),
            Self::ClickId(kind) => write!(f, "click id: {kind}"),
            Self::Referrer(Some(kind)) => write!(f, "referrer: {} table", format!("{kind:?}").to_lowercase()),
            Self::Referrer(None) => f.write_str("referrer: in no table"),
            Self::Direct => f.write_str("no campaign, click id or referrer"),
            Self::Internal(host) => write!(f, "self-referral: {host}"),
            Self::Gateway(host) => write!(f, "gateway: {host}"),
        }
    }
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::modules::attribution) struct Resolution {
    /// What brought the visitor; `None` = nobody, the site itself, or a gateway.
    pub(in crate::modules::attribution) source: Option<Source>,
    /// Why.
    pub(in crate::modules::attribution) reason: Reason,
    /// The URL itself has a campaign (`utm_*`) or a click id.
    pub(in crate::modules::attribution) tagged: bool,
}

/// What brought the visitor who sees `url` and came from `referrer`.
pub(in crate::modules::attribution) fn resolve(
    url: &str,
    referrer: &str,
    surroundings: &Surroundings<'_>,
) -> Resolution {
    let url = Url::parse(url).ok();
    let said = url.as_ref().map(Said::of).unwrap_or_default();
    let tagged = said.is_tagged();
    let (external, passage) = match Referrer::of(referrer) {
        None => (None, None),
        Some(from) => match from.passage(url.as_ref().and_then(Url::host_str), surroundings) {
            None => (Some(from), None),
            passage => (None, passage),
        },
    };
    // A shop's own links use `ref` and `source` for purposes of its own.
    if tagged || (passage.is_none() && said.source.is_some()) {
        let (source, reason) = said.resolve(external.as_ref());
        return Resolution { source: Some(source), reason, tagged };
    }
    match (external, passage) {
        (Some(from), _) => from.resolve(),
        (None, Some(reason)) => Resolution { source: None, reason, tagged },
        (None, None) => Resolution { source: None, reason: Reason::Direct, tagged },
    }
}

/// Is this a click from page to page of one origin, on a URL without parameters? Most page views are; they have no
/// source, and to see that nothing needs to be parsed.
pub(in crate::modules::attribution) fn stays(url: &str, referrer: &str) -> bool {
    !url.contains('?') && origin(url).is_some_and(|page| origin(referrer) == Some(page))
}

/// Scheme and authority as written; what is written alike means the same host. (Spaces at the end of a URL are none of it,
/// in front of a path they are wrong.)
fn origin(url: &str) -> Option<&str> {
    let start = url.find("://")? + 3;
    let end = url[start..].find(['/', '?', '#']).map_or(url.len(), |length| start + length);
    Some(&url[..end]).filter(|origin| end > start && !origin.ends_with(|end| end <= ' '))
}

/// What the URL's parameters say.
#[derive(Debug, Default)]
struct Said {
    /// The source and the place of its parameter in [`SOURCE_PARAMETERS`].
    source: Option<(usize, String)>,
    medium: String,
    campaign: String,
    term: String,
    content: String,
    clicks: Vec<&'static ClickId>,
}

impl Said {
    fn of(url: &Url) -> Self {
        let mut said = Self::default();
        if url.query().is_none() {
            return said;
        }
        for (name, value) in url.query_pairs() {
            said.take(&name, &value);
        }
        said
    }

    fn take(&mut self, name: &str, value: &str) {
        if let Some(click) = click_id(name) {
            self.clicks.push(click);
            return;
        }
        let value = value.trim();
        if value.is_empty() || PLACEHOLDERS.iter().any(|word| value.eq_ignore_ascii_case(word)) {
            return;
        }
        if let Some(rank) = SOURCE_PARAMETERS.iter().position(|other| name.eq_ignore_ascii_case(other)) {
            if self.source.as_ref().is_none_or(|(before, _)| rank < *before) {
                self.source = Some((rank, value.to_lowercase()));
            }
            return;
        }
        let field = match name.to_ascii_lowercase().as_str() {
            "utm_medium" => &mut self.medium,
            "utm_campaign" => &mut self.campaign,
            "utm_term" => &mut self.term,
            "utm_content" => &mut self.content,
            _ => return,
        };
        if field.is_empty() {
            *field = value.to_owned();
        }
    }

    fn is_tagged(&self) -> bool {
        let named = self.source.as_ref().is_some_and(|(rank, _)| *rank == 0);
        let parts = [&self.medium, &self.campaign, &self.term, &self.content];
        named || !self.clicks.is_empty() || parts.iter().any(|part| !part.is_empty())
    }

    fn resolve(self, external: Option<&Referrer>) -> (Source, Reason) {
        let sender = external.map(Referrer::name);
        let said = self.source.as_ref().map(|(rank, value)| (SOURCE_PARAMETERS[*rank], named(value)));
        let click = self.click(said.as_ref().map(|(_, name)| &*name.0), sender.as_deref());
        let (name, known, reason) = match (said, click) {
            (Some((parameter, (name, known))), _) => (name, known, Reason::Parameter(parameter)),
            (None, Some(click)) => {
                let name = network(click, sender.as_deref());
                (name.to_owned(), by_name(name), Reason::ClickId(click.kind))
            }
            (None, None) => {
                let name = sender.map_or_else(|| NOT_SET.to_owned(), Cow::into_owned);
                (name, external.and_then(|from| from.known), Reason::Campaign)
            }
        };
        let medium = match self.medium.to_lowercase() {
            said if !said.is_empty() => said,
            _ => medium(&name, known, click, external).to_owned(),
        };
        let campaign = match (&*medium, self.campaign) {
            (medium, said) if said.is_empty() && medium == ASSISTANT.0 => ASSISTANT.1.to_owned(),
            (_, said) => said,
        };
        let source = Source {
            source: self.source.map_or(name.clone(), |(_, value)| spelled(value, name, known, &medium)),
            medium,
            campaign,
            term: self.term,
            content: self.content,
            click_id: click.map_or("", |click| click.kind).to_owned(),
            referrer: external.map_or_else(String::new, |from| plain(&from.host).to_owned()),
        };
        (source, reason)
    }

    /// The click id to keep: that of whoever is named as source, else of whoever sent the visitor, else the more
    /// telling one. A link that was bought here and shared there carries both.
    fn click(&self, named: Option<&str>, sender: Option<&str>) -> Option<&'static ClickId> {
        let of = |name: Option<&str>| name.and_then(|name| self.first(|click| click.network == name));
        of(named).or_else(|| of(sender)).or_else(|| self.first(|_| true))
    }

    fn first(&self, fits: impl Fn(&ClickId) -> bool) -> Option<&'static ClickId> {
        CLICK_IDS.iter().find(|click| self.clicks.contains(click) && fits(click))
    }
}

/// Who added a click id.
fn network<'a>(click: &ClickId, sender: Option<&'a str>) -> &'a str {
    match sender.filter(|sender| click.kind == "fbclid" && META_NETWORKS.contains(sender)) {
        Some(sender) => sender,
        None => click.network,
    }
}

/// The name people know for what a campaign calls its source (lower case): an alias, a host, or itself.
fn named(value: &str) -> (String, Option<Known>) {
    let address = value.split_once("://").map_or(value, |(_, rest)| rest);
    let host = plain(address.split(['/', '?', '#']).next().unwrap_or_default());
    let is_host = host.contains('.') && !host.contains(char::is_whitespace);
    let name = if is_host { host } else { value };
    let known = by_name(name);
    (known.map_or(name, |known| known.name).to_owned(), known)
}

/// `facebook_ads` becomes `facebook`, for the medium says that it was bought; where it does not, the spelling is all
/// that does, and stays.
fn spelled(value: String, name: String, known: Option<Known>, medium: &str) -> String {
    if known.is_some_and(|known| known.bought) && !is_paid(medium) { value } else { name }
}

/// The medium where none is said.
fn medium(
    name: &str,
    known: Option<Known>,
    click: Option<&ClickId>,
    external: Option<&Referrer>,
) -> &'static str {
    if known.is_some_and(|known| known.bought) {
        return "cpc";
    }
    if let Some(click) = click.filter(|click| click.network == name) {
        return click.medium;
    }
    let known = known.or_else(|| external.and_then(|from| from.known));
    match known.map(|known| known.kind) {
        Some(Kind::Search) => "organic",
        Some(Kind::Social) => "social",
        Some(Kind::Email) => "email",
        Some(Kind::Assistant) => ASSISTANT.0,
        Some(Kind::Shopping | Kind::Video | Kind::Gateway) | None => "referral",
    }
}

/// The page or app the visitor came from.
#[derive(Debug)]
struct Referrer {
    /// Its host in lower case, or the app's package.
    host: String,
    app: bool,
    known: Option<Known>,
}

impl Referrer {
    fn of(referrer: &str) -> Option<Self> {
        if referrer.is_empty() {
            return None;
        }
        let url = Url::parse(referrer).ok()?;
        let app = url.scheme() == "android-app";
        if !app && !matches!(url.scheme(), "http" | "https") {
            return None;
        }
        let host = url.host_str()?.trim_end_matches('.').to_lowercase();
        if host.is_empty() {
            return None;
        }
        let known = by_host(&host, url.path());
        Some(Self { host, app, known })
    }

    /// Why this referrer is no source, if it is none.
    fn passage(&self, page: Option<&str>, surroundings: &Surroundings<'_>) -> Option<Reason> {
        let host = plain(&self.host);
        let page = page.map(|page| page.trim_end_matches('.'));
        let own = page.into_iter().chain(surroundings.domains.iter().map(String::as_str));
        if own.into_iter().any(|domain| owns(domain, host)) {
            return Some(Reason::Internal(host.to_owned()));
        }
        on_the_way(host, self.known, surroundings.gateways).then(|| Reason::Gateway(host.to_owned()))
    }

    fn name(&self) -> Cow<'static, str> {
        match self.known {
            Some(known) => Cow::Borrowed(known.name),
            None if self.app => Cow::Owned(format!("android-app://{}", self.host)),
            None => Cow::Owned(plain(&self.host).to_owned()),
        }
    }

    fn resolve(self) -> Resolution {
        let source = self.name().into_owned();
        let medium = medium(&source, self.known, None, None);
        let campaign = if medium == ASSISTANT.0 { ASSISTANT.1 } else { "" };
        let source = Source {
            source,
            medium: medium.to_owned(),
            campaign: campaign.to_owned(),
            referrer: plain(&self.host).to_owned(),
            ..Source::default()
        };
        let reason = Reason::Referrer(self.known.map(|known| known.kind));
        Resolution { source: Some(source), reason, tagged: false }
    }
}

/// Does the owner of `domain` own `host`, which is without `www.`? The domain itself and all below it, unless it is
/// one under which anybody can have a host (`github.io`).
fn owns(domain: &str, host: &str) -> bool {
    let domain = plain(domain.strip_prefix("*.").unwrap_or(domain));
    match host.strip_suffix(domain) {
        Some("") => true,
        Some(rest) => rest.ends_with('.') && psl::domain_str(domain).is_some(),
        None => false,
    }
}
