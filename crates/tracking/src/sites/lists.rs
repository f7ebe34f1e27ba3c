//! The entries of a site's lists. Pure.

use super::{Refusal, rules};
use ipnet::IpNet;
use ut_core::site::{ChannelOp, ChannelRule, RegionRule, is_region};

/// Every request and event is compared with each entry.
const MAX_ENTRIES: usize = 100;
const MAX_PATH: usize = 256;
const MAX_PARAMETER: usize = 64;
const MAX_VALUE: usize = 256;
const MAX_CHANNEL: usize = 64;

/// What is wrong with an entry: a word for programs and a sentence for people.
type Wrong = (&'static str, String);

/// Checks every entry of a list and leaves out those that stand in it already.
pub(super) fn checked<I, O: PartialEq>(
    field: &str,
    given: &[I],
    refusals: &mut Vec<Refusal>,
    check: impl Fn(&I) -> Result<O, Wrong>,
) -> Vec<O> {
    if given.len() > MAX_ENTRIES {
        refusals.push(Refusal::new(
            field,
            "out_of_range",
            format!("a list has at most {MAX_ENTRIES} entries"),
        ));
    }
    let mut list = Vec::new();
    for (index, entry) in given.iter().take(MAX_ENTRIES).enumerate() {
        match check(entry) {
            Ok(entry) if list.contains(&entry) => {}
            Ok(entry) => list.push(entry),
            Err((code, message)) => refusals.push(Refusal::new(format!("{field}[{index}]"), code, message)),
        }
    }
    list
}

/// A place with a mode of its own.
pub(super) fn region_rule(rule: &RegionRule) -> Result<RegionRule, Wrong> {
    let region = rule.region.trim().to_ascii_uppercase();
    if is_region(&region) {
        return Ok(RegionRule { region, mode: rule.mode });
    }
    let message = format!("`{region}` is no place; e.g. DE, US-CA, EU, EEA or UK");
    Err(("not_a_region", message))
}

/// A network in CIDR notation, or an address.
pub(super) fn network(text: &str) -> Result<IpNet, Wrong> {
    let text = text.trim();
    let network =
        text.parse::<IpNet>().ok().or_else(|| text.parse::<std::net::IpAddr>().ok().map(IpNet::from));
    let network = network.ok_or_else(|| {
        let message = format!("`{text}` is no network; e.g. 203.0.113.0/24, 203.0.113.9 or 2001:db8::/32");
        ("not_a_network", message)
    })?;
    if network.prefix_len() == 0 {
        return Err(("out_of_range", format!("`{text}` is the whole internet: nothing would be counted")));
    }
    Ok(network.trunc())
}

/// A path as a browser writes it in an address.
pub(super) fn path(text: &str) -> Result<String, Wrong> {
    let text = text.trim();
    let wrong = |message: String| Err(("not_a_path", message));
    if !text.starts_with(['/', '*']) {
        return wrong(format!("`{text}` begins with neither `/` nor `*`; e.g. /admin or /*/preview"));
    }
    if text.contains(['?', '#']) || text.len() > MAX_PATH {
        return wrong(format!(
            "`{text}` is longer than {MAX_PATH} bytes, or has a `?` or `#`: give the path alone"
        ));
    }
    if text.bytes().all(|b| b == b'/' || b == b'*') {
        return Err(("out_of_range", format!("`{text}` is every page: nothing would be counted")));
    }
    let path = as_in_an_address(text)?;
    // A URL's path begins with `/`; a pattern such as `*.pdf` need not.
    Ok(if text.starts_with('*') { path.trim_start_matches('/').to_owned() } else { path })
}

/// `/büro` is `/b%C3%BCro` in an address.
fn as_in_an_address(path: &str) -> Result<String, Wrong> {
    let mut url = url::Url::parse("http://host").map_err(|error| ("not_a_path", error.to_string()))?;
    url.set_path(path);
    Ok(url.path().to_owned())
}

/// A pattern of pages: a path in which `*` stands for one segment, or a part of one, and `**` at its end for the rest.
pub(super) fn page_template(text: &str) -> Result<String, Wrong> {
    let text = text.trim();
    if text.len() > MAX_PATH {
        let message = format!("`{text}` is {} bytes long, at most {MAX_PATH} are taken", text.len());
        return Err(("too_long", message));
    }
    let wrong = |why: &str| Err(("not_a_path", format!("`{text}` {why}; e.g. /p/* or /blog/**")));
    if !text.starts_with('/') || text.contains(['?', '#']) {
        return wrong("does not begin with `/`, or has a `?` or `#`: give the path alone");
    }
    if text.strip_suffix("/**").unwrap_or(text).contains("**") {
        return wrong("has a `**` that is not all of its last segment");
    }
    as_in_an_address(text)
}

/// A host, or `*.` and a host.
pub(super) fn host(text: &str) -> Result<String, Wrong> {
    rules::domain(text).map_err(|message| ("not_a_domain", format!("`{text}`: {message}")))
}

/// The name of a URL's parameter.
pub(super) fn parameter(text: &str) -> Result<String, Wrong> {
    let text = text.trim();
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"_-.[]~".contains(&b);
    if text.is_empty() || text.len() > MAX_PARAMETER || !text.bytes().all(plain) {
        let message =
            format!("`{text}` is no parameter's name: 1 to {MAX_PARAMETER} letters, digits, `_-.[]~`");
        return Err(("invalid_key", message));
    }
    Ok(text.to_owned())
}

/// A rule for a channel, its value in lower case, as sources are.
pub(super) fn channel_rule(rule: &ChannelRule) -> Result<ChannelRule, Wrong> {
    let (value, channel) = (rule.value.trim().to_lowercase(), rule.channel.trim());
    let sound = |text: &str, max| (1..=max).contains(&text.len()) && !text.contains(char::is_control);
    if !sound(channel, MAX_CHANNEL) {
        return Err(("out_of_range", format!("a channel's name has 1 to {MAX_CHANNEL} bytes")));
    }
    // A field can be empty: `is` may ask for that.
    if !(sound(&value, MAX_VALUE) || value.is_empty() && rule.op == ChannelOp::Is) {
        return Err(("out_of_range", format!("a value to compare with has 1 to {MAX_VALUE} bytes")));
    }
    Ok(ChannelRule { value, channel: channel.to_owned(), ..rule.clone() })
}
