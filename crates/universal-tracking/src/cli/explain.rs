//! `explain`: how a value is understood, line by line, with nothing stored and nothing started.

mod consent;

use crate::Failure;
use crate::config::Sources;
use crate::config::table;
use clap::Subcommand;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::io::{self, BufRead, BufReader, Write};
use std::net::IpAddr;
use std::path::Path;
use ut_core::event::{Client, Hints, Place};
use ut_tracking::modules::geo_time::GeoLookup;
use ut_tracking::modules::{attribution, device_intel};

/// What is explained.
#[derive(Debug, Clone, Copy, Subcommand)]
pub(super) enum Explain {
    /// The device behind a user agent, and whether it is taken for a bot
    ///
    /// A line of input is {"ua": …, "hints"?: {"brands", "mobile", "platform", "platform_version", "model"}}, hints as
    /// the headers Sec-CH-UA… say them. `raw` in the answer is what uap-core says, before names are made readable.
    #[command(after_help = "Example:\n  \
        echo '{\"ua\":\"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\"}' | \
        universal-tracking explain ua")]
    Ua,
    /// What brought a visitor to a page, and its channel
    ///
    /// A line of input is {"url": …, "referrer": …}; `rule` in the answer names the channel's rule.
    #[command(after_help = "Example:\n  \
        echo '{\"url\":\"https://shop.example/?gclid=x\",\"referrer\":\"https://www.google.com/\"}' | \
        universal-tracking explain source")]
    Source,
    /// The place of an address, and who knows it
    ///
    /// A line of input is {"ip": …}. GEO_DB or --geo-db is asked first, then the countries that are built in.
    #[command(after_help = "Example:\n  \
        echo '{\"ip\":\"8.8.8.8\"}' | universal-tracking explain ip --geo-db GeoLite2-City.mmdb")]
    Ip,
    /// What a visitor allows by their signals, and which of them decided
    ///
    /// A line of input is {"tcf"?: a TC string, "gpp"?: a GPP string, "gcm"?: {"ad_storage": "granted", …}, "at"?: when
    /// they were sent in Unix ms, "gpc"?: true, "opted_out"?: true, "signals"?: [{"source": "banner", "at"?,
    /// "analytics"?: true, …}], "mode"?: the site's, "country"?, "region"?, "regions"?: [{"region": "EEA", "mode":
    /// "strict"}]}. `error` in the answer names a text that was not understood; it grants nothing.
    #[command(after_help = "Example:\n  \
        echo '{\"gcm\":{\"analytics_storage\":\"granted\"},\"gpc\":true}' | universal-tracking explain consent")]
    Consent,
}

/// Answers every line of standard input with a line on standard output; fails at the end if a line was wrong.
pub(super) fn explain(sources: &Sources, what: Explain) -> Result<(), Failure> {
    let input = BufReader::new(io::stdin());
    let output = io::stdout().lock();
    let answered = match what {
        Explain::Ua => answer(input, output, ua),
        Explain::Source => answer(input, output, source),
        Explain::Consent => answer(input, output, consent::consent),
        Explain::Ip => {
            let lookup = lookup(sources)?;
            answer(input, output, |line| ip(line, &lookup))
        }
    };
    match answered {
        Ok(Counted { wrong: 0, .. }) => Ok(()),
        Ok(Counted { lines, wrong }) => {
            Err(Failure::new(format!("{wrong} of {lines} lines could not be explained")))
        }
        // `| head` has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Failure::new(format!("the lines could not be read or answered: {error}"))),
    }
}

/// The lines read, and how many of them were wrong.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counted {
    lines: usize,
    wrong: usize,
}

fn answer<I: BufRead, A: Serialize>(
    mut input: I,
    mut output: impl Write,
    explain: impl Fn(&[u8]) -> Result<A, String>,
) -> io::Result<Counted> {
    let mut counted = Counted::default();
    let mut line = Vec::new();
    loop {
        line.clear();
        if input.read_until(b'\n', &mut line)? == 0 {
            output.flush()?;
            return Ok(counted);
        }
        counted.lines += 1;
        let answer =
            explain(&line).and_then(|answer| serde_json::to_string(&answer).map_err(|e| e.to_string()));
        let text = answer.unwrap_or_else(|message| {
            counted.wrong += 1;
            json!({"error": {"line": counted.lines, "message": message}}).to_string()
        });
        writeln!(output, "{text}")?;
    }
}

/// Reads a line. What it says is not repeated in a message: it may be an address.
fn parse<'a, T: Deserialize<'a>>(line: &'a [u8], shape: &str) -> Result<T, String> {
    serde_json::from_slice(line).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => format!("expected {shape}"),
        _ => format!("this is no JSON; expected {shape}"),
    })
}

#[derive(Deserialize)]
struct UaLine {
    ua: String,
    hints: Option<HintsLine>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct HintsLine {
    brands: Option<String>,
    mobile: Option<Mobile>,
    platform: Option<String>,
    platform_version: Option<String>,
    model: Option<String>,
}

/// `Sec-CH-UA-Mobile`, as a truth value or as sent.
#[derive(Deserialize)]
#[serde(untagged)]
enum Mobile {
    Is(bool),
    Sent(String),
}

impl From<HintsLine> for Hints {
    fn from(line: HintsLine) -> Self {
        let unquoted = |text: Option<String>| text.unwrap_or_default().trim_matches('"').to_owned();
        let mobile = line.mobile.and_then(|mobile| match mobile {
            Mobile::Is(mobile) => Some(mobile),
            Mobile::Sent(text) => ["?0", "?1"].iter().position(|sent| *sent == text).map(|at| at == 1),
        });
        Self {
            brands: line.brands.unwrap_or_default(),
            mobile,
            platform: unquoted(line.platform),
            platform_version: unquoted(line.platform_version),
            model: unquoted(line.model),
        }
    }
}

fn ua(line: &[u8]) -> Result<impl Serialize + use<>, String> {
    let shape = r#"{"ua": text, "hints"?: {"brands", "mobile", "platform", "platform_version", "model"}}"#;
    let line: UaLine = parse(line, shape)?;
    let hints = line.hints.unwrap_or_default().into();
    Ok(device_intel::explain(&Client { user_agent: line.ua, hints, ..Client::default() }))
}

#[derive(Deserialize)]
struct SourceLine {
    url: String,
    referrer: Option<String>,
}

fn source(line: &[u8]) -> Result<impl Serialize + use<>, String> {
    let line: SourceLine = parse(line, r#"{"url": text, "referrer": text}"#)?;
    Ok(attribution::explain(&line.url, line.referrer.as_deref().unwrap_or_default()))
}

#[derive(Deserialize)]
struct IpLine {
    ip: IpAddr,
}

#[derive(Serialize)]
struct Located {
    country: String,
    region: String,
    city: String,
    source: &'static str,
}

fn ip(line: &[u8], lookup: &GeoLookup) -> Result<Located, String> {
    let line: IpLine = parse(line, r#"{"ip": an IPv4 or IPv6 address}"#)?;
    let Place { country, region, city, source } = lookup.lookup(line.ip);
    Ok(Located { country, region, city, source: source.as_str() })
}

/// The look-up with the database that flag, environment or file names. Other settings do not matter here, so they
/// may be missing or wrong.
fn lookup(sources: &Sources) -> Result<GeoLookup, Failure> {
    let file = table::find("GEO_DB").and_then(|key| sources.find(key));
    GeoLookup::open(file.as_ref().map(|found| Path::new(found.text)))
        .map_err(|error| Failure::refused(error.to_string()).fix("name a sound MMDB file, or none"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_answered_in_its_place() {
        let lookup = GeoLookup::open(None).unwrap();
        let input = b"{\"ip\":\"8.8.8.8\"}\r\nnonsense\n{\"ip\":\"8.8.8\"}\n\n\xff\n{\"ip\":\"::1\"}";
        let mut output = Vec::new();
        let counted = answer(&input[..], &mut output, |line| ip(line, &lookup)).unwrap();
        assert_eq!(counted, Counted { lines: 6, wrong: 4 });
        let lines: Vec<serde_json::Value> = String::from_utf8(output)
            .unwrap()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(lines.len(), 6);
        assert_eq!(lines[0], json!({"country": "US", "region": "", "city": "", "source": "embedded"}));
        assert_eq!(lines[5], json!({"country": "", "region": "", "city": "", "source": ""}));
        for (at, line) in lines[1..5].iter().enumerate() {
            assert_eq!(line["error"]["line"], at + 2);
            let message = line["error"]["message"].as_str().unwrap();
            assert!(message.contains(r#"{"ip": "#) && !message.contains("8.8.8"), "{message}");
        }
    }

    #[test]
    fn hints_are_read_as_values_and_as_headers() {
        for (text, mobile, platform) in [
            (r#"{"mobile":true,"platform":"Android"}"#, Some(true), "Android"),
            (r#"{"mobile":"?0","platform":"\"Windows\""}"#, Some(false), "Windows"),
            (r#"{"mobile":null}"#, None, ""),
            (r#"{"mobile":"yes"}"#, None, ""),
        ] {
            let hints: Hints = serde_json::from_str::<HintsLine>(text).unwrap().into();
            assert_eq!((hints.mobile, &*hints.platform), (mobile, platform), "{text}");
        }
    }
}
