//! Everybody in the acceptance lists is known; the tables hold no contradiction.

use super::facts::{Entry, Reach, TABLES, entries};
use super::*;
use proptest::prelude::*;
use std::collections::HashMap;
use std::path::PathBuf;

fn kind(host: &str) -> Option<Kind> {
    by_host(host, "/").map(|known| known.kind)
}

/// The hosts of an acceptance list, one example for each star; `None`, with a note, where the lists are not beside the
/// checkout.
fn acceptance(list: &str) -> Option<Vec<String>> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/referrers"));
    let Ok(text) = std::fs::read_to_string(folder.join(list)) else {
        println!("skipped: the lists of referrers are not beside this checkout ({})", folder.display());
        return None;
    };
    let mut hosts = Vec::new();
    let mut in_urls = !text.contains("urls:");
    for line in text.lines() {
        let Some(item) = line.trim().strip_prefix("- ") else {
            in_urls = line.trim() == "urls:" || !text.contains("urls:");
            continue;
        };
        let item = item.trim_matches('\'');
        if in_urls {
            for country in if item.contains("{}") { &["de", "co.uk", "com.br"][..] } else { &[""] } {
                hosts.push(item.replace("{}", country));
            }
        }
    }
    Some(hosts)
}

/// At least 99 of 100 are known; which are not, and which as something else, is printed.
fn known(list: &str, expected: Kind, hosts: &[String]) {
    let mut unknown = Vec::new();
    let mut other = Vec::new();
    for address in hosts {
        let address = address.trim_start_matches("android-app//");
        let (host, path) = address.split_once('/').unwrap_or((address, ""));
        match by_host(host, &format!("/{path}")) {
            None => unknown.push(address),
            Some(known) if known.kind != expected => other.push((address, known.kind)),
            Some(_) => {}
        }
    }
    let share = 100.0 - 100.0 * unknown.len() as f64 / hosts.len() as f64;
    println!("{list}: {share:.2} % of {} hosts known; unknown {unknown:?}; other {other:?}", hosts.len());
    assert!(share >= 99.0, "{list}");
    assert!(other.len() * 50 <= hosts.len(), "{list}: {other:?}");
}

#[test]
fn everybody_of_the_acceptance_lists_is_known() {
    let lists = [
        ("SearchEngines.yml", Kind::Search, 600),
        ("Socials.yml", Kind::Social, 200),
        ("AIAssistants.yml", Kind::Assistant, 20),
    ];
    for (list, kind, at_least) in lists {
        let Some(hosts) = acceptance(list) else { return };
        assert!(hosts.len() >= at_least, "{list} was not read: {} hosts", hosts.len());
        known(list, kind, &hosts);
    }
}

#[test]
fn a_host_belongs_to_one_name_alone() {
    let mut owners: HashMap<String, (Kind, &str)> = HashMap::new();
    for (kind, table) in TABLES {
        for (name, entry) in entries(table) {
            assert!(!name.is_empty() && name == name.to_lowercase(), "{kind:?}: {name:?}");
            let written = match entry {
                Entry::Host(host, _) => host.to_owned(),
                Entry::Stem(stem, _) => format!("{stem}.*"),
                Entry::Path(host, path) => format!("{host}{path}"),
                Entry::Alias(..) => continue,
            };
            assert!(!written.starts_with("www.") && written == written.to_lowercase(), "{kind:?}: {written}");
            assert!(!written.contains(char::is_whitespace), "{kind:?}: {written}");
            if let Some(owner) = owners.insert(written.clone(), (kind, name)) {
                panic!("{written} is {owner:?} and {:?}", (kind, name));
            }
        }
    }
    println!("{} hosts", owners.len());
}

#[test]
fn an_alias_belongs_to_one_name_alone() {
    let mut owners: HashMap<String, (Kind, &str)> = HashMap::new();
    for (kind, table) in TABLES.into_iter().filter(|(kind, _)| *kind != Kind::Gateway) {
        for (name, entry) in entries(table) {
            let alias = match entry {
                Entry::Alias(alias, _) => key(alias),
                _ => key(name),
            };
            let owner = owners.entry(alias.clone()).or_insert((kind, name));
            assert_eq!(*owner, (kind, name), "{alias}");
            assert_eq!(by_name(&alias).map(|known| (known.kind, known.name)), Some((kind, name)), "{alias}");
        }
    }
}

#[test]
fn every_entry_of_the_tables_is_found() {
    for (kind, table) in TABLES {
        for (name, entry) in entries(table) {
            let (host, path) = match entry {
                Entry::Host(host, _) => (host.to_owned(), "/"),
                Entry::Stem(stem, _) => (format!("www.{stem}.com.tr"), "/"),
                Entry::Path(host, path) => (format!("www.{host}"), path),
                Entry::Alias(..) => continue,
            };
            let found = by_host(&host, path).map(|known| (known.kind, known.name));
            assert_eq!(found, Some((kind, name)), "{host}{path}");
        }
    }
}

#[test]
fn the_longest_match_wins() {
    let cases = [
        ("google.com", Some("google")),
        ("www.google.de", Some("google")),
        ("google.co.uk", Some("google")),
        ("google.com.hk", Some("google")),
        ("images.google.fr", Some("google")),
        ("gemini.google.com", Some("gemini")),
        ("mail.google.com", Some("gmail")),
        ("accounts.google.de", Some("google")),
        ("shopping.google.de", Some("google shopping")),
        ("docs.google.com", None),
        ("google.evil", None),
        ("notgoogle.com", None),
        ("google.com.evil.example", None),
        ("de.search.yahoo.com", Some("yahoo")),
        ("mail.yahoo.com", Some("yahoo mail")),
        ("finance.yahoo.com", None),
        ("l.facebook.com", Some("facebook")),
        ("pinterest.co.uk", Some("pinterest")),
        ("amazon.co.jp", Some("amazon")),
        ("aws.amazon.com", None),
        ("x.com", Some("x")),
        ("netflix.com", Some("netflix")),
        ("exx.com", None),
        ("com", None),
        ("de", None),
        ("", None),
        (".", None),
        ("..com", None),
        ("localhost", None),
        ("192.0.2.1", None),
        ("[2001:db8::1]", None),
    ];
    for (host, name) in cases {
        assert_eq!(by_host(host, "/").map(|known| known.name), name, "{host}");
    }
    assert_eq!(kind("accounts.google.de"), Some(Kind::Gateway));
}

#[test]
fn a_path_may_belong_to_somebody_else() {
    let cases = [
        ("x.com", "/i/grok", "grok"),
        ("x.com", "/i/grok/share/1", "grok"),
        ("x.com", "/i/grokking", "x"),
        ("x.com", "/", "x"),
        ("www.bing.com", "/chat", "copilot"),
        ("www.bing.com", "/search", "bing"),
    ];
    for (host, path, name) in cases {
        assert_eq!(by_host(host, path).map(|known| known.name), Some(name), "{host}{path}");
    }
}

#[test]
fn people_write_names_in_many_ways() {
    let cases = [
        ("facebook", Some(("facebook", false))),
        ("fb", Some(("facebook", false))),
        ("google_my-business", Some(("google", false))),
        ("adwords", Some(("google", true))),
        ("googleads", Some(("google", true))),
        ("google ads", Some(("google", true))),
        ("yt-ads", Some(("youtube", true))),
        ("facebook_ad", Some(("facebook", true))),
        ("threads", Some(("threads", false))),
        ("chatgpt.com", Some(("chatgpt", false))),
        ("l.facebook.com", Some(("facebook", false))),
        ("t-online", Some(("t-online", false))),
        ("ads", None),
        ("ad", None),
        ("", None),
        ("salads", None),
        ("paypal.com", None),
        ("spring-promo", None),
    ];
    for (name, expected) in cases {
        assert_eq!(by_name(name).map(|known| (known.name, known.bought)), expected, "{name}");
    }
}

#[test]
fn gateways_are_known() {
    let gateways = TABLES.into_iter().filter(|(kind, _)| *kind == Kind::Gateway);
    let count = gateways.flat_map(|(_, table)| entries(table)).count();
    println!("{count} gateways");
    assert!(count >= 60);
    for host in [
        "paypal.com",
        "www.paypal.com",
        "checkout.stripe.com",
        "pay.klarna.com",
        "checkoutshopper-live.adyen.com",
        "shop.app",
        "pay.shopify.com",
        "pay.amazon.de",
        "geoissuer.cardinalcommerce.com",
        "accounts.google.com",
        "login.microsoftonline.com",
        "login.live.com",
        "3ds.bank.example",
        "3ds2-auth.bank.example",
        "acs2.bank.example",
        "acs-issuer.bank.example",
        "emv-acs.bank.example",
        "tenant.eu.auth0.com",
    ] {
        assert!(gateway(host, &[]), "{host}");
    }
    for host in [
        "3ds.com",
        "acs.org",
        "pubs.acs.org",
        "klarna.example",
        "notpaypal.com",
        "shop.example",
        "",
        "stripe",
    ] {
        assert!(!gateway(host, &[]), "{host}");
    }
}

#[test]
fn a_site_adds_gateways_of_its_own() {
    let own = ["pay.example".to_owned(), "*.bank.example".to_owned()];
    for (host, expected) in [
        ("pay.example", true),
        ("www.pay.example", true),
        ("secure.pay.example", true),
        ("notpay.example", false),
        ("my.bank.example", true),
        ("example", false),
    ] {
        assert_eq!(gateway(host, &own), expected, "{host}");
    }
}

#[test]
fn entries_are_written_as_the_head_of_the_table_says() {
    let table = "# a comment\n\nname: a.b, =c.d, e.*,\n    =f.*, g.h/i, alias, bought$\nother: j.k\n";
    let read: Vec<_> = entries(table).collect();
    let expected = [
        ("name", Entry::Host("a.b", Reach::Below)),
        ("name", Entry::Host("c.d", Reach::Exact)),
        ("name", Entry::Stem("e", Reach::Below)),
        ("name", Entry::Stem("f", Reach::Exact)),
        ("name", Entry::Path("g.h", "/i")),
        ("name", Entry::Alias("alias", false)),
        ("name", Entry::Alias("bought", true)),
        ("other", Entry::Host("j.k", Reach::Below)),
    ];
    assert_eq!(read, expected);
}

proptest! {
    #[test]
    fn nothing_that_is_asked_panics(host in "\\PC{0,40}", dotted in "[a-zäß.*-]{0,20}\\.(com|co\\.uk|de|ü)", path in "\\PC{0,20}") {
        for host in [&host, &dotted] {
            by_host(host, &path);
            by_name(host);
            gateway(host, &[dotted.clone(), String::new()]);
        }
    }

    /// Whatever stands before a known host, its owner stays.
    #[test]
    fn sub_domains_belong_to_their_domain(label in "[a-z0-9]{6,12}") {
        for (host, name) in [("facebook.com", "facebook"), ("bing.com", "bing"), ("ebay.de", "ebay")] {
            prop_assert_eq!(by_host(&format!("{label}.{host}"), "/").map(|known| known.name), Some(name));
        }
    }
}
