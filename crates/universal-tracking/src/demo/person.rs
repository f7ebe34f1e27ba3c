//! The visitors of the crowd: where they come from and what they browse with.

use super::random::Random;
use std::net::Ipv4Addr;

/// A simulated visitor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Their network, told to the door in `X-Forwarded-For`: its first address, which nobody has. Visitors are told
    /// apart by their network and browser, countries are networks', and so no address of a person is made up.
    pub address: Ipv4Addr,
    /// `User-Agent`.
    pub agent: String,
    /// Fingers the screen can feel.
    pub touch_points: u8,
    /// Language of the browser.
    pub lang: &'static str,
    /// Time zone (IANA).
    pub tz: &'static str,
    /// Viewport in CSS pixels.
    pub viewport: (u16, u16),
    /// Whether it is a crawler, which looks and never buys.
    pub crawler: bool,
}

/// Providers of a country: networks `first.(low..=high).x.0/24`, its language and time zone, and how many of a hundred
/// visitors live there.
struct Country {
    first: u8,
    low: u8,
    high: u8,
    lang: &'static str,
    tz: &'static str,
    share: u64,
}

const fn country(
    (first, low, high): (u8, u8, u8),
    lang: &'static str,
    tz: &'static str,
    share: u64,
) -> Country {
    Country { first, low, high, lang, tz, share }
}

const COUNTRIES: &[Country] = &[
    country((84, 128, 191), "de-DE", "Europe/Berlin", 28),
    country((86, 192, 255), "fr-FR", "Europe/Paris", 11),
    country((86, 128, 191), "en-GB", "Europe/London", 11),
    country((73, 0, 255), "en-US", "America/New_York", 11),
    country((77, 160, 175), "nl-NL", "Europe/Amsterdam", 6),
    country((79, 0, 63), "it-IT", "Europe/Rome", 6),
    country((83, 32, 63), "es-ES", "Europe/Madrid", 6),
    country((83, 0, 31), "pl-PL", "Europe/Warsaw", 4),
    country((90, 224, 239), "sv-SE", "Europe/Stockholm", 3),
    country((99, 224, 255), "en-CA", "America/Toronto", 3),
    country((126, 0, 255), "ja-JP", "Asia/Tokyo", 2),
    country((101, 160, 191), "en-AU", "Australia/Sydney", 2),
    // Networks for benchmarks (RFC 2544) are in no country: their visitors are placed by the time zone.
    country((198, 18, 19), "de-AT", "Europe/Vienna", 4),
    country((198, 18, 19), "de-CH", "Europe/Zurich", 3),
];

/// A browser on a device: user agent (with `{}` for its version), versions, viewports, and how many of a thousand
/// visitors have it.
struct Device {
    agent: &'static str,
    versions: (u64, u64),
    viewports: &'static [(u16, u16)],
    touch_points: u8,
    share: u64,
}

const ANDROID: &[(u16, u16)] = &[(360, 800), (384, 832), (412, 915)];
const IPHONES: &[(u16, u16)] = &[(390, 844), (393, 852), (430, 932)];
const TABLETS: &[(u16, u16)] = &[(820, 1180), (1024, 1366), (800, 1280)];
const SCREENS: &[(u16, u16)] = &[(1280, 720), (1440, 900), (1536, 864), (1920, 1080)];
const CRAWLERS: &[(u16, u16)] = &[(412, 12_140), (1024, 12_140)];
const CHROMES: (u64, u64) = (139, 145);

const fn device(
    share: u64,
    viewports: &'static [(u16, u16)],
    versions: (u64, u64),
    agent: &'static str,
) -> Device {
    Device { agent, versions, viewports, touch_points: 0, share }
}

const fn touched(device: Device) -> Device {
    Device { touch_points: 5, ..device }
}

#[rustfmt::skip]
const DEVICES: &[Device] = &[
    touched(device(230, ANDROID, CHROMES, "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.0.0 Mobile Safari/537.36")),
    touched(device(35, ANDROID, (27, 29), "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/{}.0 Chrome/136.0.0.0 Mobile Safari/537.36")),
    touched(device(12, ANDROID, (140, 145), "Mozilla/5.0 (Android 15; Mobile; rv:{}.0) Gecko/{}.0 Firefox/{}.0")),
    touched(device(15, ANDROID, CHROMES, "Mozilla/5.0 (Linux; Android 15; SM-S931B Build/AP3A.240905.015.A2; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/{}.0.0.0 Mobile Safari/537.36 Instagram 405.0.0.0.10 Android (35/15; 450dpi; 1080x2340; samsung; SM-S931B; pa1q; qcom; de_DE; 0)")),
    touched(device(120, IPHONES, (4, 7), "Mozilla/5.0 (iPhone; CPU iPhone OS 18_{} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.{} Mobile/15E148 Safari/604.1")),
    touched(device(110, IPHONES, (0, 2), "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.{} Mobile/15E148 Safari/604.1")),
    touched(device(20, IPHONES, CHROMES, "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/{}.0.0.0 Mobile/15E148 Safari/604.1")),
    touched(device(15, IPHONES, (400, 410), "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/22H20 Instagram {}.0.0.20.80 (iPhone16,1; iOS 18_7; de_DE; de; scale=3.00; 1179x2556; 800000000)")),
    touched(device(30, TABLETS, (0, 2), "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.{} Safari/605.1.15")),
    touched(device(10, TABLETS, CHROMES, "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.0.0 Safari/537.36")),
    touched(device(4, TABLETS, CHROMES, "Mozilla/5.0 (Linux; Android 11; KFTRWI) AppleWebKit/537.36 (KHTML, like Gecko) Silk/{}.0.0 like Chrome/{}.0.0.0 Safari/537.36")),
    device(160, SCREENS, CHROMES, "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.0.0 Safari/537.36"),
    device(50, SCREENS, CHROMES, "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.0.0 Safari/537.36 Edg/{}.0.0.0"),
    device(36, SCREENS, (140, 145), "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:{}.0) Gecko/20100101 Firefox/{}.0"),
    device(6, SCREENS, (121, 124), "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36 OPR/{}.0.0.0"),
    device(55, SCREENS, (4, 6), "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.{} Safari/605.1.15"),
    device(40, SCREENS, CHROMES, "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.0.0 Safari/537.36"),
    device(8, SCREENS, (140, 145), "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:{}.0) Gecko/20100101 Firefox/{}.0"),
    device(8, SCREENS, (140, 145), "Mozilla/5.0 (X11; Linux x86_64; rv:{}.0) Gecko/20100101 Firefox/{}.0"),
    device(8, SCREENS, CHROMES, "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.0.0 Safari/537.36"),
    device(5, SCREENS, CHROMES, "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.0.0 Safari/537.36"),
    device(2, &[(1920, 1080)], (7, 9), "Mozilla/5.0 (SMART-TV; LINUX; Tizen {}.0) AppleWebKit/537.36 (KHTML, like Gecko) Version/{}.0 Chrome/108.0.5359.1 TV Safari/537.36"),
    device(1, &[(1920, 1080)], (8, 9), "Mozilla/5.0 (PlayStation; PlayStation 5/{}.00) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/15.4 Safari/605.1.15"),
    device(9, CRAWLERS, CHROMES, "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.0.0 Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"),
    device(4, CRAWLERS, CHROMES, "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/{}.0.0.0 Safari/537.36"),
    device(3, CRAWLERS, (1, 3), "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.{}; +https://openai.com/gptbot)"),
    device(4, CRAWLERS, CHROMES, "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/{}.0.0.0 Safari/537.36"),
];

impl Person {
    /// Draws somebody.
    pub(super) fn draw(random: &mut Random) -> Self {
        let country = by_share(COUNTRIES, |country| country.share, random);
        let device = by_share(DEVICES, |device| device.share, random);
        let second = random.between(country.low.into(), country.high.into()) as u8;
        let third = random.between(0, 255) as u8;
        let version = random.between(device.versions.0, device.versions.1).to_string();
        Self {
            address: Ipv4Addr::new(country.first, second, third, 0),
            agent: device.agent.replace("{}", &version),
            touch_points: device.touch_points,
            lang: if random.chance(6) { "en-US" } else { country.lang },
            tz: country.tz,
            viewport: *random.pick(device.viewports),
            crawler: device.viewports == CRAWLERS,
        }
    }
}

/// One of `items`, as often as its share says among all of them.
pub(super) fn by_share<'a, T>(items: &'a [T], share: impl Fn(&T) -> u64, random: &mut Random) -> &'a T {
    let all: u64 = items.iter().map(&share).sum();
    let mut left = random.between(0, all.saturating_sub(1));
    for item in items {
        let share = share(item);
        if left < share {
            return item;
        }
        left -= share;
    }
    &items[0]
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;
    use ut_core::event::Client;
    use ut_tracking::modules::device_intel;
    use ut_tracking::modules::geo_time::GeoLookup;

    fn crowd(size: u64) -> Vec<Person> {
        (0..size).map(|stream| Person::draw(&mut Random::new(1, stream))).collect()
    }

    #[test]
    fn shares_are_of_a_hundred_and_of_a_thousand() {
        assert_eq!(COUNTRIES.iter().map(|country| country.share).sum::<u64>(), 100);
        assert_eq!(DEVICES.iter().map(|device| device.share).sum::<u64>(), 1000);
    }

    #[test]
    fn a_crowd_is_varied_and_each_of_it_is_somebody_else() {
        let crowd = crowd(2_000);
        let visitors: HashSet<_> = crowd.iter().map(|person| (person.address, &person.agent)).collect();
        let agents: HashSet<_> = crowd.iter().map(|person| &person.agent).collect();
        assert!(visitors.len() > 1_980 && agents.len() > 80, "{} {}", visitors.len(), agents.len());
        assert!(crowd.iter().all(|person| person.address.octets()[3] == 0), "nobody's own address");
    }

    #[test]
    fn networks_lie_where_the_language_is_spoken() {
        let geo = GeoLookup::open(None).unwrap();
        let codes = ["DE", "FR", "GB", "US", "NL", "IT", "ES", "PL", "SE", "CA", "JP", "AU", "", ""];
        assert_eq!(COUNTRIES.len(), codes.len());
        for (country, code) in COUNTRIES.iter().zip(codes) {
            let networks = (country.low..=country.high)
                .flat_map(|second| (0..=255).step_by(17).map(move |third| (second, third)));
            let places: Vec<_> = networks
                .map(|(second, third)| geo.lookup(Ipv4Addr::new(country.first, second, third, 0).into()))
                .collect();
            // Providers lend some networks to neighbours and islands.
            let there = places.iter().filter(|place| place.country == code).count();
            assert!(there * 100 >= places.len() * 95, "{}: {there} of {}", country.tz, places.len());
        }
    }

    #[test]
    fn one_in_fifty_is_a_program_and_the_others_are_on_every_kind_of_device() {
        let mut seen = HashSet::new();
        for device in DEVICES {
            let user_agent = device.agent.replace("{}", &device.versions.1.to_string());
            let client = Client { user_agent, touch_points: device.touch_points, ..Client::default() };
            let known = device_intel::device(&client);
            assert_eq!(known.bot.is_empty(), device.viewports != CRAWLERS, "{}", device.agent);
            assert!(!known.browser.is_empty(), "{known:?}");
            seen.extend(known.bot.is_empty().then(|| known.device_type.as_str()));
        }
        assert_eq!(seen, HashSet::from(["desktop", "mobile", "tablet", "tv", "console"]));
        let programs: u64 =
            DEVICES.iter().filter(|device| device.viewports == CRAWLERS).map(|device| device.share).sum();
        assert_eq!(programs, 20);
    }
}
