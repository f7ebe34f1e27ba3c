//! From a host or a name to its entry.

use super::facts::{DIRECTORY, Kind, Known, Reach};

/// Second-level labels under which countries register names.
const SECOND_LEVEL: [&str; 6] = ["co", "com", "org", "net", "ne", "or"];

/// A host without its `www.`.
pub(in crate::modules::attribution) fn plain(host: &str) -> &str {
    host.strip_prefix("www.").filter(|rest| rest.contains('.')).unwrap_or(host)
}

/// A name or alias as it is looked up: without what people write in different ways.
pub(in crate::modules::attribution) fn key(name: &str) -> String {
    let kept = name.chars().filter(|letter| !matches!(letter, ' ' | '_' | '-'));
    kept.flat_map(char::to_lowercase).collect()
}

/// Whose is this page? By its host (lower case) from the longest suffix to the shortest, so that
/// `mail.google.com` is found before `google.com`; pages that belong to somebody else than their host come first.
pub(in crate::modules::attribution) fn by_host(host: &str, path: &str) -> Option<Known> {
    let host = plain(host);
    let directory = &*DIRECTORY;
    let paths = directory.paths.get(host).into_iter().flatten();
    if let Some((_, known)) = paths.into_iter().find(|(start, _)| begins(path, start)) {
        return Some(*known);
    }
    let stem_end = host.len() - country(host).len();
    let mut start = 0;
    loop {
        let stem = host.get(start..stem_end).and_then(|stem| directory.stems.get(stem));
        let found = directory.hosts.get(&host[start..]).or(stem);
        if let Some((known, _)) = found.filter(|(_, reach)| start == 0 || *reach == Reach::Below) {
            return Some(*known);
        }
        start += host[start..].find('.')? + 1;
    }
}

/// Does a path begin with whole segments of `start`?
fn begins(path: &str, start: &str) -> bool {
    let start = start.trim_end_matches('/');
    path.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
}

/// What of a host `.*` in a table stands for, with its leading dot: `.com`, a country (`.de`), or a country's
/// second level (`.co.uk`); empty where there is none.
fn country(host: &str) -> &str {
    let Some((rest, last)) = host.rsplit_once('.') else { return "" };
    let is_country = last.len() == 2 && last.bytes().all(|letter| letter.is_ascii_lowercase());
    if !is_country && last != "com" {
        return "";
    }
    let second = rest.rsplit_once('.').filter(|(_, second)| is_country && SECOND_LEVEL.contains(second));
    &host[second.map_or(rest.len(), |(name, _)| name.len())..]
}

/// Whom does a campaign mean by this name or host (lower case)? A known name with `ads` behind it says that the click
/// was bought.
pub(in crate::modules::attribution) fn by_name(name: &str) -> Option<Known> {
    let names = &DIRECTORY.names;
    let key = key(name);
    if let Some(known) = names.get(&key) {
        return Some(*known);
    }
    if name.contains('.') {
        return by_host(name, "").filter(|known| known.kind != Kind::Gateway);
    }
    let advertiser = key.strip_suffix("ads").or_else(|| key.strip_suffix("ad"))?;
    names.get(advertiser).map(|known| Known { bought: true, ..*known })
}

/// Is this a host that buyers only pass through, by the tables, by what banks call theirs, or by the site's own list?
pub(in crate::modules::attribution) fn gateway(host: &str, extra: &[String]) -> bool {
    on_the_way(host, by_host(host, ""), extra)
}

/// The same for a host whose entry was looked up.
pub(in crate::modules::attribution) fn on_the_way(
    host: &str,
    known: Option<Known>,
    extra: &[String],
) -> bool {
    known.map_or_else(|| confirms_payments(host), |known| known.kind == Kind::Gateway)
        || extra.iter().any(|own| below(host, own))
}

/// Is `host` the host `parent` or one below it?
fn below(host: &str, parent: &str) -> bool {
    let parent = plain(parent.strip_prefix("*.").unwrap_or(parent));
    host.strip_suffix(parent).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Is it a bank's page for 3-D Secure? They stand under thousands of domains, but the access control server (ACS of
/// EMV 3-D Secure) is called so by nearly all: `3ds.bank.example`, `acs2.bank.example`.
fn confirms_payments(host: &str) -> bool {
    let domain = psl::domain_str(host).unwrap_or(host);
    let labels = host.strip_suffix(domain).unwrap_or_default().split('.');
    labels.filter(|label| !label.is_empty()).any(|label| {
        let word = label.trim_end_matches(|letter: char| letter.is_ascii_digit());
        matches!(word, "acs" | "threeds" | "emv" | "emv3ds" | "securecode")
            || ["3ds", "3d-secure", "3dsecure", "acs-", "emv3ds"].iter().any(|start| label.starts_with(start))
            || label.ends_with("-3ds")
            || label.ends_with("-acs")
    })
}
