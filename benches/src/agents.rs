//! The browsers of the crowd: some hundreds, as the shops of this world see them.

use std::sync::LazyLock;

const CHROME: [&str; 3] =
    ["Windows NT 10.0; Win64; x64", "Macintosh; Intel Mac OS X 10_15_7", "X11; Linux x86_64"];
const PHONES: [&str; 10] = [
    "K",
    "SM-S918B",
    "SM-A546B",
    "SM-G991B",
    "Pixel 8",
    "Pixel 7a",
    "moto g84 5G",
    "Redmi Note 12",
    "CPH2581",
    "XQ-DC54",
];
const FIREFOX: [&str; 4] = [
    "Windows NT 10.0; Win64; x64",
    "Macintosh; Intel Mac OS X 10.15",
    "X11; Linux x86_64",
    "X11; Ubuntu; Linux x86_64",
];
const SAFARI: [&str; 8] = ["16.6", "17.0", "17.4", "17.6", "18.0", "18.3", "18.5", "18.6"];

/// Every `User-Agent` there is here.
pub(crate) static AGENTS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut agents = Vec::new();
    let webkit = "AppleWebKit/537.36 (KHTML, like Gecko)";
    for version in 126..=143 {
        for system in CHROME {
            agents.push(format!("Mozilla/5.0 ({system}) {webkit} Chrome/{version}.0.0.0 Safari/537.36"));
        }
        for phone in PHONES {
            let system = if phone == "K" { 10 } else { 12 + version % 4 };
            agents.push(format!(
                "Mozilla/5.0 (Linux; Android {system}; {phone}) {webkit} Chrome/{version}.0.0.0 Mobile Safari/537.36"
            ));
        }
        agents.push(format!(
            "Mozilla/5.0 ({}) {webkit} Chrome/{version}.0.0.0 Safari/537.36 Edg/{version}.0.0.0",
            CHROME[0]
        ));
        for system in FIREFOX {
            agents.push(format!("Mozilla/5.0 ({system}; rv:{version}.0) Gecko/20100101 Firefox/{version}.0"));
        }
    }
    for version in SAFARI {
        let system = version.replace('.', "_");
        for phone in ["iPhone; CPU iPhone OS", "iPad; CPU OS"] {
            agents.push(format!(
                "Mozilla/5.0 ({phone} {system} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                 Version/{version} Mobile/15E148 Safari/604.1"
            ));
        }
        agents.push(format!(
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) \
             Version/{version} Safari/605.1.15"
        ));
    }
    agents
});

#[cfg(test)]
mod tests {
    use super::AGENTS;
    use std::collections::BTreeSet;

    #[test]
    fn there_are_some_hundreds_and_none_twice() {
        let distinct: BTreeSet<_> = AGENTS.iter().collect();
        assert_eq!(distinct.len(), AGENTS.len());
        assert!((300..600).contains(&distinct.len()), "{}", distinct.len());
    }
}
