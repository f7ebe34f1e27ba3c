//! uap-core's names in the words people use.

use super::agent::Version;

/// Browsers whose names are more than a suffix away.
const BROWSERS: [(&str, &str); 14] = [
    ("Android", "Android Browser"),
    ("Chrome Mobile WebView", "Android WebView"),
    ("Edge Mobile", "Edge"),
    ("Firefox Mobile", "Firefox"),
    ("Google", "Google App"),
    ("HeadlessChrome", "Chrome Headless"),
    ("IE", "Internet Explorer"),
    ("IE Large Screen", "Internet Explorer"),
    ("IE Mobile", "Internet Explorer"),
    ("Mobile Safari", "Safari"),
    ("Mobile Safari UI/WKWebView", "Safari (in-app)"),
    ("Opera Coast", "Opera"),
    ("Opera Neon", "Opera"),
    ("Other", ""),
];

/// What a family says of the device; the same browser has several.
const SUFFIXES: [&str; 6] = [" Mobile iOS", " Mobile", " iOS", " Android", " Tablet", " Desktop"];

const SYSTEMS: [(&str, &str); 6] = [
    ("ATV OS X", "tvOS"),
    ("Chrome OS", "ChromeOS"),
    ("Chromium OS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Other", ""),
    ("WatchOS", "watchOS"),
];

/// Makers whose newer models uap-core does not know, by how the models begin.
const MAKERS: [(&str, &str); 14] = [
    ("CPH", "OPPO"),
    ("HUAWEI", "Huawei"),
    ("Infinix", "Infinix"),
    ("KF", "Amazon"),
    ("Lenovo", "Lenovo"),
    ("Mi ", "Xiaomi"),
    ("ONEPLUS", "OnePlus"),
    ("POCO", "Xiaomi"),
    ("Pixel", "Google"),
    ("RMX", "Realme"),
    ("Redmi", "Xiaomi"),
    ("SM-", "Samsung"),
    ("TECNO", "Tecno"),
    ("moto", "Motorola"),
];

/// Longer names are forged: no browser or phone is called so.
const LONGEST: usize = 64;

/// A browser's name.
pub(super) fn browser(family: &str) -> String {
    if let Some((_, name)) = BROWSERS.iter().find(|(raw, _)| *raw == family) {
        return (*name).to_owned();
    }
    let short = SUFFIXES.iter().find_map(|suffix| family.strip_suffix(suffix));
    tidy(short.unwrap_or(family))
}

/// An operating system's name. Linux distributions keep theirs.
pub(super) fn system(family: &str) -> String {
    if family.starts_with("Chromecast") {
        return "Chromecast".to_owned();
    }
    let known = SYSTEMS.iter().find(|(raw, _)| *raw == family);
    known.map_or_else(|| tidy(family), |(_, name)| (*name).to_owned())
}

/// The parts of a version that say something: `14.0.0` is `14`.
pub(super) fn version(parts: &Version) -> String {
    let parts: Vec<&str> = parts.iter().map_while(Option::as_deref).collect();
    trimmed(&parts.join("."))
}

/// A version without trailing zeros.
pub(super) fn trimmed(version: &str) -> String {
    let mut version = version;
    while let Some(shorter) = version.strip_suffix(".0") {
        version = shorter;
    }
    tidy(version)
}

/// Brand and model. A device that hides its name (`K`, since Chrome 110) or has none is a generic one.
pub(super) fn device(brand: &str, model: &str, os: &str) -> (String, String) {
    match (brand, model) {
        ("Spider", _) => Default::default(),
        ("Generic" | "Generic_Android" | "Generic_Android_Tablet", "" | "K" | "Smartphone" | "Tablet")
            if os == "Android" =>
        {
            ("Generic".to_owned(), "Android".to_owned())
        }
        (brand, model) if brand.starts_with("Generic") => {
            let maker = MAKERS.iter().find(|(beginning, _)| model.starts_with(beginning));
            (maker.map_or("Generic", |(_, maker)| maker).to_owned(), tidy(model))
        }
        _ => (tidy(brand), tidy(model)),
    }
}

/// No control characters, and not longer than a name.
pub(super) fn tidy(name: &str) -> String {
    name.trim().chars().filter(|letter| !letter.is_control()).take(LONGEST).collect()
}
