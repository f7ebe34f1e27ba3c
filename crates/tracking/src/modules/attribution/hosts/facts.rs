//! The tables, parsed once. Their format is explained in `tables/search.txt`.

use super::rules::key;
use std::collections::HashMap;
use std::sync::LazyLock;

/// What somebody who sends visitors is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::modules::attribution) enum Kind {
    /// A search engine.
    Search,
    /// A social network or community.
    Social,
    /// A marketplace, price comparison or deal site.
    Shopping,
    /// A place to watch films.
    Video,
    /// An AI assistant.
    Assistant,
    /// A mail reader or a service that sends newsletters.
    Email,
    /// No source at all: payment, checkout, sign-in.
    Gateway,
}

/// Every table.
pub(super) const TABLES: [(Kind, &str); 7] = [
    (Kind::Search, include_str!("tables/search.txt")),
    (Kind::Social, include_str!("tables/social.txt")),
    (Kind::Shopping, include_str!("tables/shopping.txt")),
    (Kind::Video, include_str!("tables/video.txt")),
    (Kind::Assistant, include_str!("tables/assistants.txt")),
    (Kind::Email, include_str!("tables/email.txt")),
    (Kind::Gateway, include_str!("tables/gateways.txt")),
];

/// Somebody in the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::modules::attribution) struct Known {
    /// The name reports show.
    pub(in crate::modules::attribution) name: &'static str,
    /// What they are.
    pub(in crate::modules::attribution) kind: Kind,
    /// The name used says that the click was bought (`adwords`).
    pub(in crate::modules::attribution) bought: bool,
}

/// Whether an entry also means the hosts below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// It does.
    Below,
    /// That host alone.
    Exact,
}

/// How an entry of a table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entry {
    /// `host.tld`, `=host.tld`
    Host(&'static str, Reach),
    /// `host.*`, `=host.*`: what stands before the star and its dot.
    Stem(&'static str, Reach),
    /// `host/path`: the path with its slash.
    Path(&'static str, &'static str),
    /// An alias, and whether it says that the click was bought.
    Alias(&'static str, bool),
}

impl Entry {
    fn parse(text: &'static str) -> Self {
        if let Some(alias) = text.strip_suffix('$') {
            return Self::Alias(alias, true);
        }
        if let Some(slash) = text.find('/') {
            return Self::Path(&text[..slash], &text[slash..]);
        }
        let (host, reach) = text.strip_prefix('=').map_or((text, Reach::Below), |host| (host, Reach::Exact));
        match host.strip_suffix(".*") {
            Some(stem) => Self::Stem(stem, reach),
            None if host.contains('.') => Self::Host(host, reach),
            None => Self::Alias(host, false),
        }
    }
}

/// Every entry of a table with the name it belongs to; a line that starts with a blank goes on with the one before.
pub(super) fn entries(table: &'static str) -> impl Iterator<Item = (&'static str, Entry)> {
    let mut name = "";
    table.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).flat_map(move |line| {
        let list = match line.split_once(": ") {
            Some((own, list)) if !line.starts_with(' ') => {
                name = own;
                list
            }
            _ => line,
        };
        let name = name;
        let words = list.split(',').map(str::trim).filter(|word| !word.is_empty());
        words.map(move |word| (name, Entry::parse(word)))
    })
}

/// The tables, ready to be asked.
#[derive(Debug, Default)]
pub(super) struct Directory {
    /// By host.
    pub(super) hosts: HashMap<&'static str, (Known, Reach)>,
    /// By host without the country: `google` of `google.de`.
    pub(super) stems: HashMap<&'static str, (Known, Reach)>,
    /// By host: paths that belong to somebody else than the rest of it.
    pub(super) paths: HashMap<&'static str, Vec<(&'static str, Known)>>,
    /// By name or alias, as [`key`] writes it.
    pub(super) names: HashMap<String, Known>,
}

impl Directory {
    fn new() -> Self {
        let mut directory = Self::default();
        for (kind, table) in TABLES {
            for (name, entry) in entries(table) {
                directory.add(Known { name, kind, bought: false }, entry);
            }
        }
        directory
    }

    fn add(&mut self, known: Known, entry: Entry) {
        // Nobody advertises as a payment page: names of gateways would only catch campaigns called alike.
        if known.kind != Kind::Gateway {
            self.names.insert(key(known.name), known);
        }
        match entry {
            Entry::Host(host, reach) => drop(self.hosts.insert(host, (known, reach))),
            Entry::Stem(stem, reach) => drop(self.stems.insert(stem, (known, reach))),
            Entry::Path(host, path) => self.paths.entry(host).or_default().push((path, known)),
            Entry::Alias(alias, bought) => drop(self.names.insert(key(alias), Known { bought, ..known })),
        }
    }
}

/// All that is known.
pub(super) static DIRECTORY: LazyLock<Directory> = LazyLock::new(Directory::new);
