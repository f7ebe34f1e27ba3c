//! Desktop, phone, tablet, …: what kind of device a user agent and its hints describe.

use super::agent::Agent;
use ut_core::event::{Client, DeviceType};

/// What televisions and the boxes beside them say of themselves; `AFT…` is Amazon's.
const TELEVISIONS: [&str; 21] = [
    "smart-tv",
    "smarttv",
    "smart tv",
    "hbbtv",
    "appletv",
    "apple tv",
    "googletv",
    "google tv",
    "android tv",
    "androidtv",
    "bravia",
    "netcast",
    "nettv",
    "web0s",
    "webos.tv",
    "vidaa",
    "roku",
    "crkey",
    "; aft",
    "brightsign",
    "tv safari",
];

const CONSOLES: [&str; 6] = ["playstation", "xbox", "nintendo", "steam deck", "ouya", "dreamcast"];

/// Watches, and glasses with a browser.
const WEARABLES: [&str; 6] = ["watchos", "apple watch", "sm-r8", "sm-r9", "wear os", "oculusbrowser"];

/// Devices that call themselves tablets, or whose makers call them so.
const TABLETS: [&str; 9] =
    ["ipad", "tablet", "kindle", "silk/", "playbook", "; sm-t", "; sm-x", "; gt-p", "; kf"];

const PHONES: [&str; 10] = [
    "iphone",
    "ipod",
    "windows phone",
    "blackberry",
    "bb10",
    "symbian",
    "kaios",
    "opera mini",
    "opera mobi",
    "midp",
];

/// Systems of computers; distributions of Linux besides.
const COMPUTERS: [&str; 4] = ["windows", "macintosh", "x11", "cros"];

/// The kind. `os` is the system in people's words, after hints.
pub(super) fn kind(client: &Client, text: &str, agent: &Agent, os: &str) -> DeviceType {
    let text = text.to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if says(&TELEVISIONS) || has_word(&text, "tv") || ["tvOS", "Chromecast"].contains(&os) {
        return DeviceType::Tv;
    }
    if says(&CONSOLES) {
        return DeviceType::Console;
    }
    if says(&WEARABLES) || os == "watchOS" {
        return DeviceType::Wearable;
    }
    if is_tablet(client, &text, agent, os) || says(&TABLETS) {
        return DeviceType::Tablet;
    }
    let mobile = client.hints.mobile == Some(true) || has_word(&text, "mobile") || os == "Android";
    if mobile || ["iOS", "KaiOS"].contains(&os) || says(&PHONES) {
        return DeviceType::Mobile;
    }
    let computer = says(&COMPUTERS) || ["Windows", "macOS", "Linux", "ChromeOS"].contains(&os);
    if computer || text.contains("linux") { DeviceType::Desktop } else { DeviceType::Unknown }
}

/// Android's convention: phones say `Mobile`, tablets do not
/// (<https://developer.chrome.com/docs/privacy-security/user-agent>).
fn is_tablet(client: &Client, text: &str, agent: &Agent, os: &str) -> bool {
    if os == "iPadOS" || agent.brand == "Generic_Android_Tablet" {
        return true;
    }
    let browser = text.starts_with("mozilla/") && text.contains("android");
    os == "Android" && browser && !has_word(text, "mobile") && client.hints.mobile != Some(true)
}

/// A word that stands alone.
fn has_word(text: &str, word: &str) -> bool {
    text.split(|letter: char| !letter.is_ascii_alphanumeric()).any(|part| part == word)
}
