//! Other people's tables of user agents, our own of what people should read, and what hostile clients send.

use super::agent::Version;
use super::facts::Devices;
use super::rules::Rules;
use super::{DeviceIntel, explain};
use proptest::prelude::*;
use serde::Deserialize;
use std::fs;
use std::path::Path;
use std::sync::{Arc, LazyLock};
use ut_core::event::{Circumstances, Client, Device, Hints};
use ut_core::module::Module;
use ut_testkit::builders::site;

pub(super) static RULES: LazyLock<Rules> = LazyLock::new(Rules::default);

pub(super) fn client(user_agent: &str) -> Client {
    Client { user_agent: user_agent.to_owned(), ..Client::default() }
}

pub(super) fn read(user_agent: &str) -> Device {
    RULES.read(&client(user_agent)).0
}

/// A file of the acceptance data, which lies beside the checkout; without it the test has nothing to compare with.
pub(super) fn acceptance<T: serde::de::DeserializeOwned>(name: &str) -> Option<T> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(name);
    let Ok(text) = fs::read_to_string(&path) else {
        println!("skipped: {} is not beside the checkout", path.display());
        return None;
    };
    Some(serde_saphyr::from_str(&text).unwrap())
}

#[derive(Deserialize)]
pub(super) struct Table {
    pub(super) test_cases: Vec<Case>,
}

#[derive(Deserialize)]
pub(super) struct Case {
    pub(super) user_agent_string: String,
    pub(super) family: String,
    #[serde(default)]
    major: Option<String>,
    #[serde(default)]
    minor: Option<String>,
    #[serde(default)]
    patch: Option<String>,
    #[serde(default)]
    patch_minor: Option<String>,
}

impl Case {
    fn version(&self) -> Version {
        let told = |part: &Option<String>| part.clone().filter(|part| !part.is_empty());
        [told(&self.major), told(&self.minor), told(&self.patch), told(&self.patch_minor)]
    }
}

#[test]
fn every_rule_is_read_and_compiles() {
    assert_eq!(RULES.agents.len(), 433 + 204 + 633, "as many as the pinned package has");
    assert_eq!(RULES.agents.counts().0, 0);
    assert_eq!((RULES.bots.len(), RULES.bots.broken()), (1499, 0));
}

#[test]
fn browsers_are_read_as_uap_core_says() {
    let Some(table) = acceptance::<Table>("ua/test_ua.yaml") else { return };
    assert!(table.test_cases.len() > 1000);
    for case in &table.test_cases {
        let agent = RULES.agents.read(&case.user_agent_string, "");
        let [major, minor, patch, rest] = case.version();
        assert_eq!(agent.family, case.family, "{}", case.user_agent_string);
        assert_eq!(agent.version[..3], [major, minor, patch], "{}", case.user_agent_string);
        // Most rows leave the fourth part open.
        assert!(rest.is_none() || rest == agent.version[3], "{}", case.user_agent_string);
        let raw = RULES.read(&client(&case.user_agent_string)).1;
        assert_eq!((raw.family, raw.major), (agent.family, agent.version[0].clone()));
    }
}

#[test]
fn systems_are_read_as_uap_core_says() {
    let Some(table) = acceptance::<Table>("ua/test_os.yaml") else { return };
    assert!(table.test_cases.len() > 400);
    for case in &table.test_cases {
        let agent = RULES.agents.read(&case.user_agent_string, "");
        assert_eq!(
            (agent.os_family, agent.os_version),
            (case.family.clone(), case.version()),
            "{}",
            case.user_agent_string
        );
    }
}

pub(super) const WINDOWS: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36";
const MAC: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15";
const ANDROID: &str = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36";
const ANDROID_TABLET: &str = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36";
pub(super) const IPHONE: &str =
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)";
pub(super) const WEBKIT: &str = "AppleWebKit/537.36 (KHTML, like Gecko)";

/// `browser version | system version | kind | brand model`.
fn line(device: &Device) -> String {
    let parts = [
        [device.browser.as_str(), &device.browser_version],
        [&device.os, &device.os_version],
        [device.device_type.as_str(), ""],
        [&device.brand, &device.model],
    ];
    parts.map(|part| part.join(" ").trim().to_owned()).join(" | ").trim_end().to_owned()
}

#[test]
fn devices_have_the_names_people_use() {
    let cases = [
        (WINDOWS.to_owned(), "Chrome 126 | Windows 10 | desktop |"),
        (format!("{WINDOWS} Edg/126.0.0.0"), "Edge 126 | Windows 10 | desktop |"),
        (format!("{WINDOWS} OPR/111.0.0.0"), "Opera 111 | Windows 10 | desktop |"),
        (MAC.to_owned(), "Safari 17 | macOS 10.15.7 | desktop | Apple Mac"),
        ("Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0".to_owned(), "Firefox 127 | Ubuntu | desktop |"),
        (format!("Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {WEBKIT} Chrome/126.0.0.0 Safari/537.36"), "Chrome 126 | ChromeOS 14541 | desktop |"),
        (ANDROID.to_owned(), "Chrome 126 | Android 10 | mobile | Generic Android"),
        (ANDROID_TABLET.to_owned(), "Chrome 126 | Android 10 | tablet | Generic Android"),
        ("Mozilla/5.0 (Android 14; Mobile; rv:127.0) Gecko/127.0 Firefox/127.0".to_owned(), "Firefox 127 | Android 14 | mobile | Generic Android"),
        (format!("Mozilla/5.0 (Linux; Android 14; SM-S918B Build/UP1A.231005.007; wv) {WEBKIT} Version/4.0 Chrome/126.0.6478.71 Mobile Safari/537.36"), "Android WebView 126 | Android 14 | mobile | Samsung SM-S918B"),
        (format!("Mozilla/5.0 (Linux; Android 13; SM-X900) {WEBKIT} SamsungBrowser/25.0 Chrome/121.0.0.0 Safari/537.36"), "Samsung Internet 25 | Android 13 | tablet | Samsung SM-X900"),
        (format!("{IPHONE} Version/17.5 Mobile/15E148 Safari/604.1"), "Safari 17 | iOS 17.5.1 | mobile | Apple iPhone"),
        (format!("{IPHONE} CriOS/126.0.6478.54 Mobile/15E148 Safari/604.1"), "Chrome 126 | iOS 17.5.1 | mobile | Apple iPhone"),
        (format!("{IPHONE} FxiOS/127.0 Mobile/15E148 Safari/605.1.15"), "Firefox 127 | iOS 17.5.1 | mobile | Apple iPhone"),
        (format!("{IPHONE} Mobile/15E148"), "Safari (in-app) | iOS 17.5.1 | mobile | Apple iPhone"),
        ("Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.6 Mobile/15E148 Safari/604.1".to_owned(), "Safari 16 | iPadOS 16.6 | tablet | Apple iPad"),
        ("Mozilla/5.0 (iPad; CPU OS 9_3 like Mac OS X) AppleWebKit/601.1.46 (KHTML, like Gecko) Version/9.0 Mobile/13E188a Safari/601.1".to_owned(), "Safari 9 | iOS 9.3 | tablet | Apple iPad"),
        ("Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko".to_owned(), "Internet Explorer 11 | Windows 10 | desktop |"),
        (format!("Mozilla/5.0 (SMART-TV; LINUX; Tizen 6.0) {WEBKIT} 76.0.3809.146/6.0 TV Safari/537.36"), "Safari | Tizen 6 | tv | Samsung SMART-TV"),
        ("Mozilla/5.0 (PlayStation; PlayStation 5/6.50) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/13.0 Safari/605.1.15".to_owned(), "Safari 13 |  | console | Sony PlayStation 5"),
        (format!("Mozilla/5.0 (X11; Linux x86_64; Quest 3) {WEBKIT} OculusBrowser/33.0.0.1 Chrome/124.0.0.0 VR Safari/537.36"), "Oculus Browser 33 | Android | wearable | Meta Quest 3"),
    ];
    for (agent, expected) in cases {
        let device = read(&agent);
        assert_eq!(line(&device), expected, "{agent}");
        assert_eq!(device.bot, "", "{agent}");
    }
}

pub(super) fn hints(brands: &str, mobile: bool, platform: &str, version: &str, model: &str) -> Hints {
    Hints {
        brands: brands.to_owned(),
        mobile: Some(mobile),
        platform: platform.to_owned(),
        platform_version: version.to_owned(),
        model: model.to_owned(),
    }
}

#[test]
fn hints_know_better_than_a_frozen_user_agent() {
    let chrome = r#""Chromium";v="126", "Google Chrome";v="126", "Not-A.Brand";v="99""#;
    let edge = r#""Not/A)Brand";v="8", "Chromium";v="125", "Microsoft Edge";v="125""#;
    let brave = r#""Brave";v="126", "Chromium";v="126", "Not.A/Brand";v="24""#;
    let odd = r#""Not;A=Brand";v="99", "Say \"hi, all\"";v="7" , "Chromium";v="126""#;
    let cases = [
        (WINDOWS, hints(chrome, false, "Windows", "15.0.0", ""), "Chrome 126 | Windows 11 | desktop |"),
        (WINDOWS, hints(edge, false, "Windows", "10.0.0", ""), "Edge 125 | Windows 10 | desktop |"),
        (WINDOWS, hints(brave, false, "Windows", "0.3.0", ""), "Brave 126 | Windows 8.1 | desktop |"),
        (WINDOWS, hints(odd, false, "Windows", "", ""), "Say \"hi, all\" 7 | Windows 10 | desktop |"),
        (WINDOWS, hints("nonsense", false, "Unknown", "x", ""), "Chrome 126 | Windows 10 | desktop |"),
        (WINDOWS, hints("\"half", false, "", "", ""), "Chrome 126 | Windows 10 | desktop |"),
        (
            ANDROID,
            hints(chrome, true, "Android", "14.0.0", "Pixel 8"),
            "Chrome 126 | Android 14 | mobile | Google Pixel 8",
        ),
        (
            ANDROID,
            hints(chrome, true, "Android", "14.0.0", "SM-A546B"),
            "Chrome 126 | Android 14 | mobile | Samsung SM-A546B",
        ),
        (
            ANDROID_TABLET,
            hints(chrome, false, "Android", "13.0.0", "SM-X700"),
            "Chrome 126 | Android 13 | tablet | Samsung SM-X700",
        ),
    ];
    for (agent, hints, expected) in cases {
        let (device, raw) = RULES.read(&Client { hints: hints.clone(), ..client(agent) });
        assert_eq!(line(&device), expected, "{agent} {hints:?}");
        assert!(raw.family.starts_with("Chrome"), "raw stays as uap-core says");
    }
    let mac = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36";
    let (device, _) =
        RULES.read(&Client { hints: hints(chrome, false, "macOS", "14.5.0", ""), ..client(mac) });
    assert_eq!(line(&device), "Chrome 126 | macOS 14.5 | desktop | Apple Mac");
}

#[test]
fn a_mac_with_a_touch_screen_is_an_ipad() {
    let (device, raw) = RULES.read(&Client { touch_points: 5, ..client(MAC) });
    assert_eq!(line(&device), "Safari 17 | iPadOS 17.5 | tablet | Apple iPad");
    assert_eq!(raw.os_family, "Mac OS X");
    let (windows, _) = RULES.read(&Client { touch_points: 10, ..client(WINDOWS) });
    assert_eq!(windows.device_type.as_str(), "desktop");
}

#[test]
fn the_module_writes_the_device_of_a_request() {
    let mut circumstances = Circumstances::default();
    DeviceIntel.request(&mut circumstances, Some(&client(MAC)), &site());
    assert_eq!(*circumstances.device, read(MAC));
    assert_eq!(explain(&client(MAC)).device_type, circumstances.device.device_type.as_str());
}

#[test]
fn people_need_few_of_the_rules() {
    let rules = Rules::default();
    assert_eq!(rules.agents.counts().1, 0, "none is compiled before it is needed");
    for agent in [WINDOWS, MAC, ANDROID, ANDROID_TABLET, IPHONE] {
        rules.read(&client(agent));
    }
    let compiled = rules.agents.counts().1;
    assert!((5..100).contains(&compiled), "{compiled} of {}", rules.agents.len());
}

#[test]
fn what_was_read_is_remembered_within_bounds() {
    let devices = Devices::default();
    let often = client(WINDOWS);
    let first = devices.device(&often);
    assert!(Arc::ptr_eq(&first, &devices.device(&often)), "the second answer is the first");
    let hinted = Client { hints: hints("", false, "Windows", "15.0.0", ""), ..often.clone() };
    assert_eq!(devices.device(&hinted).os_version, "11", "hints are part of the key");
    for number in 0..70_000_u32 {
        devices.device(&client(&format!("x{number}")));
        devices.device(&often);
    }
    let (entries, bytes) = devices.remembered();
    assert!((30_000..=65_536).contains(&entries), "{entries}");
    assert!(bytes <= 16 * 1024 * 1024, "{bytes}");
    assert!(
        Arc::ptr_eq(&first, &devices.device(&often)),
        "a flood of new ones does not push out a frequent one"
    );
}

#[test]
fn hostile_user_agents_are_read_like_others() {
    let long = [
        "(".repeat(64 * 1024),
        format!("Mozilla/5.0 ({}", "Android 4.4; ".repeat(8_000)),
        "Mozilla/5.0 AppleWebKit/ Build) Chrome/1 ".repeat(2_000),
        "é\u{10FFFF}".repeat(20_000),
        format!("Mozilla/5.0 \0{}\0", "\u{202e}".repeat(500)),
    ];
    for agent in &long {
        let whole = RULES.read(&client(agent));
        let start: String = agent[..agent.floor_char_boundary(1024)].to_owned();
        assert_eq!(whole, RULES.read(&client(&start)), "what follows 1 KiB is not read");
    }
    let forged = format!(
        "Mozilla/5.0 (Linux; Android 9; {}\0\n) AppleWebKit/537.36 Chrome/99.0 Mobile Safari/537.36",
        "X".repeat(900)
    );
    let model = read(&forged).model;
    assert!(model.len() <= 64 && !model.contains(['\0', '\n']), "{model:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_text_is_read_without_harm(agent in ".{0,200}", brands in ".{0,60}", model in ".{0,90}", touch_points: u8) {
        let hints = Hints { brands, model, mobile: None, ..Hints::default() };
        let (device, _) = RULES.read(&Client { user_agent: agent, hints, webdriver: false, touch_points });
        for text in [&device.browser, &device.browser_version, &device.os, &device.os_version, &device.brand, &device.model] {
            prop_assert!(text.chars().count() <= 64 && !text.chars().any(char::is_control), "{:?}", device);
        }
    }
}
