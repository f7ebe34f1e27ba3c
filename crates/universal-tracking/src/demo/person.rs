//! The visitors of the crowd: where they come from and what they browse with.

use super::random::Random;
use std::net::Ipv4Addr;

/// A simulated visitor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Their address, told to the door in `X-Forwarded-For`.
    pub address: Ipv4Addr,
    /// `User-Agent`.
    pub agent: &'static str,
    /// Language of the browser.
    pub lang: &'static str,
    /// Time zone (IANA).
    pub tz: &'static str,
    /// Viewport in CSS pixels.
    pub viewport: (u16, u16),
}

/// Home connections of a country: addresses `first.(low..=high).x.y`, its language and time zone, and how many of a
/// hundred visitors live there.
struct Country {
    first: u8,
    low: u8,
    high: u8,
    lang: &'static str,
    tz: &'static str,
    share: u64,
}

const fn country(first: u8, low: u8, high: u8, lang: &'static str, tz: &'static str, share: u64) -> Country {
    Country { first, low, high, lang, tz, share }
}

const COUNTRIES: &[Country] = &[
    country(84, 128, 191, "de-DE", "Europe/Berlin", 30),
    country(90, 0, 127, "fr-FR", "Europe/Paris", 12),
    country(86, 128, 191, "en-GB", "Europe/London", 12),
    country(73, 0, 255, "en-US", "America/New_York", 12),
    country(84, 80, 87, "nl-NL", "Europe/Amsterdam", 7),
    country(79, 0, 63, "it-IT", "Europe/Rome", 6),
    country(83, 32, 63, "es-ES", "Europe/Madrid", 6),
    country(83, 0, 31, "pl-PL", "Europe/Warsaw", 5),
    country(90, 224, 239, "sv-SE", "Europe/Stockholm", 3),
    country(99, 224, 255, "en-CA", "America/Toronto", 3),
    country(126, 0, 255, "ja-JP", "Asia/Tokyo", 2),
    country(101, 160, 191, "en-AU", "Australia/Sydney", 2),
];

/// A browser on a device: user agent, viewports, and how many of a hundred visitors have it.
struct Device {
    agent: &'static str,
    viewports: &'static [(u16, u16)],
    share: u64,
}

const PHONES: &[(u16, u16)] = &[(360, 800), (390, 844), (412, 915)];
const SCREENS: &[(u16, u16)] = &[(1280, 720), (1440, 900), (1536, 864), (1920, 1080)];

const DEVICES: &[Device] = &[
    Device {
        agent: "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile \
                Safari/537.36",
        viewports: PHONES,
        share: 30,
    },
    Device {
        agent: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                Version/26.0 Mobile/15E148 Safari/604.1",
        viewports: &[(390, 844), (393, 852), (430, 932)],
        share: 25,
    },
    Device {
        agent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 \
                Safari/537.36",
        viewports: SCREENS,
        share: 20,
    },
    Device {
        agent: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                Version/26.0 Safari/605.1.15",
        viewports: SCREENS,
        share: 9,
    },
    Device {
        agent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0",
        viewports: SCREENS,
        share: 6,
    },
    Device {
        agent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 \
                Safari/537.36 Edg/142.0.0.0",
        viewports: SCREENS,
        share: 6,
    },
    Device {
        agent: "Mozilla/5.0 (iPad; CPU OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 \
                Mobile/15E148 Safari/604.1",
        viewports: &[(820, 1180), (1024, 1366)],
        share: 4,
    },
];

impl Person {
    /// Draws somebody.
    pub(super) fn draw(random: &mut Random) -> Self {
        let country = by_share(COUNTRIES, |country| country.share, random);
        let device = by_share(DEVICES, |device| device.share, random);
        let second = random.between(country.low.into(), country.high.into()) as u8;
        let third = random.between(0, 255) as u8;
        // .0 and .255 are no hosts in the common /24.
        let fourth = random.between(1, 254) as u8;
        Self {
            address: Ipv4Addr::new(country.first, second, third, fourth),
            agent: device.agent,
            lang: country.lang,
            tz: country.tz,
            viewport: *random.pick(device.viewports),
        }
    }
}

/// One of `items`, as often as its share says; the shares add up to 100.
fn by_share<'a, T>(items: &'a [T], share: impl Fn(&T) -> u64, random: &mut Random) -> &'a T {
    let mut left = random.between(0, 99);
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

    #[test]
    fn shares_add_up_to_a_hundred() {
        assert_eq!(COUNTRIES.iter().map(|country| country.share).sum::<u64>(), 100);
        assert_eq!(DEVICES.iter().map(|device| device.share).sum::<u64>(), 100);
    }

    #[test]
    fn a_crowd_is_varied_and_each_of_it_is_somebody_else() {
        let crowd: Vec<Person> = (0..500).map(|stream| Person::draw(&mut Random::new(1, stream))).collect();
        let addresses: HashSet<_> = crowd.iter().map(|person| person.address).collect();
        let zones: HashSet<_> = crowd.iter().map(|person| person.tz).collect();
        let agents: HashSet<_> = crowd.iter().map(|person| person.agent).collect();
        assert!(addresses.len() > 490, "{}", addresses.len());
        assert_eq!((zones.len(), agents.len()), (COUNTRIES.len(), DEVICES.len()));
        assert!(crowd.iter().all(|person| !person.address.is_private() && !person.address.is_loopback()));
    }
}
