//! Who is taken for a program, by other people's lists and our own.

use super::super::tests::{Case, IPHONE, RULES, Table, WEBKIT, WINDOWS, acceptance, client, hints, read};
use std::collections::BTreeMap;
use ut_core::event::Client;

#[test]
fn known_crawlers_are_tagged() {
    let Some(crawlers) = acceptance::<BTreeMap<String, Vec<String>>>("bots/crawlers.yml") else { return };
    let agents: Vec<&String> = crawlers.values().flatten().collect();
    let missed: Vec<&&String> = agents.iter().filter(|agent| read(agent).bot.is_empty()).collect();
    let share = 100.0 * (agents.len() - missed.len()) as f64 / agents.len() as f64;
    println!("{share:.2} % of {} crawlers are tagged; not: {missed:#?}", agents.len());
    assert!(share >= 99.0, "{share}");
}

/// What people browse with, in uap-core's words.
const BROWSERS: [&str; 34] = [
    "Amazon Silk",
    "Android",
    "Brave",
    "Chrome",
    "Chrome Mobile",
    "Chrome Mobile WebView",
    "Chrome Mobile iOS",
    "Chromium",
    "DuckDuckGo",
    "DuckDuckGo Mobile",
    "Ecosia Android",
    "Ecosia iOS",
    "Edge",
    "Edge Mobile",
    "Electron",
    "Facebook",
    "Firefox",
    "Firefox Mobile",
    "Firefox iOS",
    "HeyTap Browser",
    "IE",
    "IE Mobile",
    "Instagram",
    "Ladybird",
    "Mobile Safari",
    "Mobile Safari UI/WKWebView",
    "Opera",
    "Opera Mini",
    "Opera Mobile",
    "Safari",
    "Samsung Internet",
    "UC Browser",
    "Vivaldi",
    "Yandex Browser",
];

#[test]
fn no_browser_is_taken_for_a_program() {
    let Some(table) = acceptance::<Table>("ua/test_ua.yaml") else { return };
    // Previews and libraries in a browser's clothes, and what apps call themselves when no page is open.
    let programs =
        ["Google Web Preview", "Catchpoint", "Dalvik/", "CFNetwork/", "Android: Client", "Instagram 41"];
    let people = table.test_cases.iter().filter(|case| {
        BROWSERS.contains(&case.family.as_str())
            && !programs.iter().any(|word| case.user_agent_string.contains(word))
    });
    let people: Vec<&Case> = people.collect();
    assert!(people.len() > 150, "{}", people.len());
    let wrong = people.iter().map(|case| (&case.user_agent_string, read(&case.user_agent_string).bot));
    let wrong: Vec<_> = wrong.filter(|(_, bot)| !bot.is_empty()).collect();
    assert!(wrong.is_empty(), "{} of {}: {wrong:#?}", wrong.len(), people.len());
}

/// Systems as today's browsers name them, and whether they are phones'.
const PLATFORMS: [(&str, &str); 7] = [
    ("Windows NT 10.0; Win64; x64", ""),
    ("Macintosh; Intel Mac OS X 10_15_7", ""),
    ("X11; Linux x86_64", ""),
    ("X11; CrOS x86_64 14541.0.0", ""),
    ("Linux; Android 10; K", " Mobile"),
    ("Linux; Android 14; SM-S918B Build/UP1A.231005.007; wv", " Mobile"),
    ("Linux; Android 13; CUBOT KINGKONG 9 Build/TP1A.220624.014", " Mobile"),
];

/// What follows in Chromium's relatives and in the windows that apps open.
const RELATIVES: [&str; 22] = [
    "",
    "Edg/126.0.0.0",
    "EdgA/126.0.0.0",
    "OPR/111.0.0.0",
    "Vivaldi/6.8",
    "YaBrowser/24.6.0",
    "DuckDuckGo/5",
    "Ddg/17.5",
    "Brave/126",
    "Whale/3.27.254.15",
    "Electron/31.0.1",
    "NAVER(inapp; search; 1000; 12.5.1)",
    "Line/14.8.0/IAB",
    "[FB_IAB/FB4A;FBAV/468.0.0.52.82;]",
    "Instagram 336.0.0.35.90 Android (34/14; 450dpi; 1080x2177; samsung; SM-S918B; dm3q; qcom; de_DE; 609)",
    "GSA/15.24.37.28.arm64",
    "musical_ly_2023405030 JsSdk/1.0 NetType/WIFI Channel/googleplay AppName/musical_ly",
    "Snapchat/12.91.0.40",
    "[Pinterest/Android]",
    "Twitter for Android",
    "MicroMessenger/8.0.49.2600(0x28003133) WeChat/arm64",
    "(Ecosia android@126.0.6478.71)",
];

#[test]
fn what_people_browse_with_today_is_no_program() {
    let mut agents = Vec::new();
    for (platform, mobile) in PLATFORMS {
        for relative in RELATIVES {
            let chrome = format!(
                "Mozilla/5.0 ({platform}) {WEBKIT} Chrome/126.0.0.0{mobile} Safari/537.36 {relative}"
            );
            agents.push(chrome.trim_end().to_owned());
        }
        agents.push(format!("Mozilla/5.0 ({platform}; rv:127.0) Gecko/20100101 Firefox/127.0"));
    }
    for app in [
        "Version/17.5 Mobile/15E148 Safari/604.1",
        "Mobile/15E148",
        "CriOS/126.0.6478.54 Mobile/15E148 Safari/604.1",
        "FxiOS/127.0 Mobile/15E148 Safari/605.1.15",
        "EdgiOS/126.0.2592.56 Version/17.0 Mobile/15E148 Safari/604.1",
        "GSA/322.0.644999966 Mobile/15E148 Safari/604.1",
        "Mobile/15E148 Instagram 336.0.5.27.84 (iPhone15,2; iOS 17_4_1; de_DE; de; scale=3.00; 1179x2556; 609)",
        "Mobile/21E236 [FBAN/FBIOS;FBAV/468.0.0.36.102;FBBV/608;FBDV/iPhone15,2;FBMD/iPhone;FBSN/iOS;FBSV/17.4.1;FBSS/3;FBLC/de_DE]",
    ] {
        agents.push(format!("{IPHONE} {app}"));
    }
    agents.push(
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)".to_owned(),
    );
    let wrong: Vec<_> = agents.iter().filter(|agent| !read(agent).bot.is_empty()).collect();
    assert!(wrong.is_empty(), "{} of {}: {wrong:#?}", wrong.len(), agents.len());
}

#[test]
fn a_program_is_tagged_with_a_reason() {
    let cases = [
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "crawler:search-engine"),
        (
            "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
            "crawler:ai-crawler",
        ),
        ("curl/8.7.1", "crawler:http-library"),
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/126.0.0.0 Safari/537.36",
            "crawler:browser-automation",
        ),
        ("Mozilla/5.0 (compatible; BrandNewThing/1.0)", "automation"),
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 NovelCrawler/3",
            "automation",
        ),
        ("shopping-agent/0.1", "automation"),
        ("mozilla/5.0 (windows nt 10.0) applewebkit/537.36", "automation"),
        ("", "empty"),
        ("  ", "empty"),
        (
            "Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 WIRED/3.2",
            "",
        ),
        (
            "Mozilla/5.0 (Linux; Android 11; CUBOT X30) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36",
            "",
        ),
        ("Opera/9.80 (MAUI Runtime; Opera Mini/4.4.39008/37.9178; U; en) Presto/2.12.423 Version/12.16", ""),
    ];
    for (agent, expected) in cases {
        assert_eq!(read(agent).bot, expected, "{agent}");
    }
    let driven = Client { webdriver: true, ..client(WINDOWS) };
    assert_eq!(RULES.read(&driven).0.bot, "webdriver");
    let headless = hints(r#""HeadlessChrome";v="126", "Chromium";v="126""#, false, "Linux", "", "");
    assert_eq!(RULES.read(&Client { hints: headless, ..client(WINDOWS) }).0.bot, "automation");
}
