//! Programs among the visitors: a list of known ones, and what no browser calls itself.

#[cfg(test)]
mod tests;

use super::hints;
use super::patterns::{Case, Patterns, Source};
use regex::Regex;
use ut_core::event::Client;

/// Known crawlers, `tag<TAB>pattern` per line; see `datasets/`.
const CRAWLERS: &str = include_str!(concat!(env!("OUT_DIR"), "/crawlers.tsv"));

/// Entries of the list that are builds of Android on people's phones.
const PEOPLE: [&str; 1] = [r"AP3A\.240617\.008"];

/// Words of crawlers, monitors, previews, automated browsers and libraries that begin like a browser. `cubot` is a
/// brand of phones.
const WORDS: &str = r"(?ix)
      (?: ^ | [^u] ) bot (?: s? \b | [_/\d-] )  |  (?-i: [a-z] Bot (?: [^a-z] | $ ) )  |  crawl  |  spider  |  scrap (?: er | ing ) \b
    | fetch (?: er | ing )? \b  |  archiver  |  grabber  |  validator  |  link .? check  |  link .? preview  |  uripreview
    | headless  |  phantomjs  |  playwright  |  puppeteer  |  selenium  |  webdriver  |  cypress /  |  cursor / \d
    | synthetic  |  monitor  |  observatory  |  inspector  |  classifier  |  gomezagent  |  dejaclick  |  site24x7
    | page .? speed  |  search \x20 console  |  web-google  |  googlemessages  |  weblight  |  transcoder  |  devtools
    | mediapartners  |  pageburst  |  yottaa  |  _scanner  |  \b feed  |  (?-i: RSS [/\d\s] )
    | curl  |  python  |  libwww  |  wget  |  \b http-  |  , \s? gzip \(  |  \b proxy \)  |  firephp";

/// How every browser of the last twenty years begins. Some embedded ones put their maker before it.
const BEGINNING: &str =
    r"(?x) ^ (?: [\w.-]+ (?: / [\w./-]+ )? (?: \x20 \( [^()]* \) )? [\x20/] )? (?: Mozilla | Opera ) / \d";

/// Browsers of old phones and of televisions that begin otherwise.
const OTHER_BEGINNINGS: &str = r"MIDP|CLDC|Symbian|Series60|UP\.Browser|UCWEB|UC ?Browser|QQBrowser|Obigo|Opera M|NetFront|BlackBerry|DoCoMo|KDDI|BREW|HbbTV/|^\[FBAN/";

/// Names of engines, and of machines whose browsers name none.
const ENGINES: &str = r"(?i)AppleWebKit|KHTML|Gecko|Trident|MSIE|Presto|Opera|Servo|LibWeb|Ladybird|Goanna|NetFront|PlayStation|Nintendo|BlackBerry|X11";

/// Names of the systems that browsers run on.
const SYSTEMS: &str = r"(?i)Windows|Win(?:9|NT)|Mac|X11|Linux|Android|iPhone|iPad|iPod|CrOS|Tizen|Web0S|webOS|PlayStation|Nintendo|Xbox|KaiOS|BlackBerry|BB10|PlayBook|Symbian|Series ?[46]0|S60|MIDP|J2ME|BREW|UCWEB|MAUI|Nokia|Samsung|SonyEricsson|LG|Palm|HbbTV|BSD|SunOS|Fuchsia|Haiku|Amiga|OS/2|Bada|WebTV|Opera Mini|\((?:Mobile|Tablet); rv";

/// `(compatible; Somebody/1.0)` is a program that introduces itself, unless it is one of these.
const COMPATIBLE: &str =
    r"(?i)compatible;\s*(?:MSIE[ :]+\d|Konqueror|Opera|U;|iCab|OmniWeb|NetSurf|Linux 2|Windows NT|X11)";

/// An address of a page or a mailbox: contact data of a crawler's owner.
const CONTACT: &str = r"(?i)https?:|\bwww\.|\w@[\w-]+(?:\.[\w-]+)*\.[a-z]{2}";

/// The list and the tail.
pub(super) struct Bots {
    crawlers: Patterns<Crawler, Regex>,
    words: Option<Regex>,
    beginning: Option<Regex>,
    other_beginnings: Option<Regex>,
    engines: Option<Regex>,
    systems: Option<Regex>,
    compatible: Option<Regex>,
    contact: Option<Regex>,
}

/// An entry of the list.
pub(super) struct Crawler {
    tag: &'static str,
    regex: String,
}

impl Default for Bots {
    fn default() -> Self {
        Self {
            crawlers: Patterns::new(sources(), 3, |crawler| Regex::new(&crawler.regex).ok()),
            words: Regex::new(WORDS).ok(),
            beginning: Regex::new(BEGINNING).ok(),
            other_beginnings: Regex::new(OTHER_BEGINNINGS).ok(),
            engines: Regex::new(ENGINES).ok(),
            systems: Regex::new(SYSTEMS).ok(),
            compatible: Regex::new(COMPATIBLE).ok(),
            contact: Regex::new(CONTACT).ok(),
        }
    }
}

fn sources() -> impl Iterator<Item = Source<Crawler>> {
    let entries = CRAWLERS.lines().filter_map(|line| line.split_once('\t'));
    entries.filter(|(_, pattern)| !PEOPLE.contains(pattern)).map(|(tag, pattern)| {
        // The list is meant for whole words: `RED/` is a crawler, `WIRED/` a magazine.
        let whole = if pattern.starts_with(char::is_alphanumeric) { r"(?-u:\b)" } else { "" };
        let regex = format!("{whole}(?:{pattern})");
        Source { rule: Crawler { tag, regex: regex.clone() }, regex, case: Case::Same }
    })
}

impl Bots {
    /// Why the client is a program; empty for people. `text` is its user agent, cut to the length that is read.
    pub(super) fn reason(&self, client: &Client, text: &str) -> String {
        let listed = self.crawlers.first(text, |crawler, regex| regex.is_match(text).then_some(crawler.tag));
        if let Some(tag) = listed {
            return format!("crawler:{tag}");
        }
        let reason = if client.webdriver {
            "webdriver"
        } else if text.trim().is_empty() {
            "empty"
        } else if self.is_program(text) || is_headless(&client.hints.brands) {
            "automation"
        } else {
            ""
        };
        reason.to_owned()
    }

    fn is_program(&self, text: &str) -> bool {
        let matches = |regex: &Option<Regex>| regex.as_ref().is_some_and(|regex| regex.is_match(text));
        let complete = matches(&self.beginning) && matches(&self.engines) && matches(&self.systems);
        !(complete || matches(&self.other_beginnings))
            || self.introduces_itself(text)
            || matches(&self.contact)
            || matches(&self.words)
    }

    fn introduces_itself(&self, text: &str) -> bool {
        let said = text.to_ascii_lowercase().matches("compatible;").count();
        said > self.compatible.as_ref().map_or(said, |regex| regex.find_iter(text).count())
    }

    /// How many entries the list has.
    pub(super) fn len(&self) -> usize {
        self.crawlers.len()
    }

    /// How many patterns do not compile.
    #[cfg(test)]
    pub(super) fn broken(&self) -> usize {
        let begin = [&self.beginning, &self.other_beginnings, &self.compatible];
        let tail = begin.into_iter().chain([&self.words, &self.engines, &self.systems, &self.contact]);
        self.crawlers.broken() + tail.filter(|regex| regex.is_none()).count()
    }
}

fn is_headless(brands: &str) -> bool {
    hints::brands(brands).iter().any(|brand| brand.name.contains("Headless"))
}
