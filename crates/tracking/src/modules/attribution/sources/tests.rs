//! What a URL and a referrer say, case by case, and what holds whatever comes.

use super::facts::CLICK_IDS;
use super::rules::{Reason, Resolution};
use super::*;
use proptest::prelude::*;

fn resolved(url: &str, referrer: &str) -> Resolution {
    let domains = ["shop.example".to_owned(), "*.shop.example".to_owned(), "laden.example".to_owned()];
    let gateways = ["pay.partner.example".to_owned()];
    resolve(url, referrer, &Surroundings { domains: &domains, gateways: &gateways })
}

/// `source / medium / campaign / click id`, trailing empty parts left out; `-` where there is no source.
fn short(query: &str, referrer: &str) -> String {
    let Some(source) = resolved(&format!("https://shop.example/p?{query}"), referrer).source else {
        return "-".to_owned();
    };
    let all = [source.source, source.medium, source.campaign, source.click_id].join(" / ");
    all.trim_end_matches([' ', '/']).to_owned()
}

const GOOGLE: &str = "https://www.google.com/";

/// Query, referrer, answer.
const CASES: &[(&str, &str, &str)] = &[
    // Nothing says anything.
    ("", "", "-"),
    ("q=shoes&page=2", "", "-"),
    ("", "about:blank", "-"),
    ("", "null", "-"),
    ("", "not a url", "-"),
    ("", "https://", "-"),
    ("", "data:text/html,x", "-"),
    ("utm_source=&utm_medium=%20&gad=1", "", "-"),
    ("utm_source=(direct)&utm_medium=(none)", "", "-"),
    ("utm_source=(not set)", "", "-"),
    // Referrers: search, in every country.
    ("", GOOGLE, "google / organic"),
    ("", "https://www.google.de/search?q=shoes", "google / organic"),
    ("", "https://google.co.uk", "google / organic"),
    ("", "https://www.google.com.br/", "google / organic"),
    ("", "https://images.google.fr/imgres", "google / organic"),
    ("", "http://WWW.GOOGLE.COM:443/", "google / organic"),
    ("", "https://www.google.com./", "google / organic"),
    ("", "https://www.bing.com/search", "bing / organic"),
    ("", "https://cn.bing.com/", "bing / organic"),
    ("", "https://duckduckgo.com/", "duckduckgo / organic"),
    ("", "https://search.yahoo.co.jp/", "yahoo japan / organic"),
    ("", "https://de.search.yahoo.com/", "yahoo / organic"),
    ("", "https://yandex.com.tr/", "yandex / organic"),
    ("", "https://ya.ru/", "yandex / organic"),
    ("", "https://www.ecosia.org/", "ecosia / organic"),
    // Referrers: networks, assistants, mail, films, shops.
    ("", "https://l.instagram.com/", "instagram / social"),
    ("", "https://lm.facebook.com/l.php", "facebook / social"),
    ("", "https://t.co/abc", "x / social"),
    ("", "https://x.com/", "x / social"),
    ("", "https://out.reddit.com/", "reddit / social"),
    ("", "https://www.pinterest.at/pin/1", "pinterest / social"),
    ("", "https://vk.com/", "vk / social"),
    ("", "https://chatgpt.com/", "chatgpt / ai-assistant / (ai-assistant)"),
    ("", "https://gemini.google.com/app", "gemini / ai-assistant / (ai-assistant)"),
    ("", "https://claude.ai/", "claude / ai-assistant / (ai-assistant)"),
    ("", "https://www.perplexity.ai/", "perplexity / ai-assistant / (ai-assistant)"),
    ("", "https://x.com/i/grok", "grok / ai-assistant / (ai-assistant)"),
    ("", "https://mail.google.com/", "gmail / email"),
    ("", "https://deref-gmx.net/mail/client", "gmx / email"),
    ("", "https://m.youtube.com/watch", "youtube / referral"),
    ("", "https://www.amazon.de/dp/1", "amazon / referral"),
    ("", "https://www.idealo.de/", "idealo / referral"),
    // Referrers: others, as they are.
    ("", "https://www.partner.example/a?b=c", "partner.example / referral"),
    ("", "https://blog.partner.example:8080/a", "blog.partner.example / referral"),
    ("", "https://user:secret@partner.example/", "partner.example / referral"),
    ("", "https://münchen.example/", "xn--mnchen-3ya.example / referral"),
    ("", "https://192.0.2.7/", "192.0.2.7 / referral"),
    ("", "http://[2001:db8::1]/", "[2001:db8::1] / referral"),
    ("", "https://docs.google.com/", "docs.google.com / referral"),
    ("", "https://google.com.evil.example/", "google.com.evil.example / referral"),
    ("", "https://notshop.example/", "notshop.example / referral"),
    // Apps.
    ("", "android-app://com.google.android.googlequicksearchbox/", "google / organic"),
    ("", "android-app://com.google.android.googlequicksearchbox/https/www.google.com", "google / organic"),
    ("", "android-app://com.google.android.gm/", "gmail / email"),
    ("", "android-app://com.Reddit.Frontpage", "reddit / social"),
    ("", "android-app://org.telegram.messenger/", "telegram / social"),
    ("", "android-app://com.partner.app/x", "android-app://com.partner.app / referral"),
    // The site itself and what buyers pass through.
    ("", "https://shop.example/cart", "-"),
    ("", "https://www.shop.example/cart", "-"),
    ("", "https://blog.shop.example/", "-"),
    ("", "https://www.laden.example/", "-"),
    ("", "https://konto.laden.example/", "-"),
    ("", "https://www.paypal.com/checkoutnow", "-"),
    ("", "https://checkout.stripe.com/c/pay", "-"),
    ("", "https://pay.klarna.com/", "-"),
    ("", "https://3ds.bank.example/acs", "-"),
    ("", "https://accounts.google.com/", "-"),
    ("", "https://pay.partner.example/", "-"),
    ("ref=menu", "https://shop.example/", "-"),
    ("source=banner", "https://www.paypal.com/", "-"),
    ("utm_source=newsletter", "https://shop.example/", "newsletter / email"),
    ("gclid=x", "https://shop.example/", "google / cpc /  / gclid"),
    ("fbclid=", "https://www.paypal.com/", "facebook / social /  / fbclid"),
    ("utm_campaign=spring", "https://shop.example/", "(not set) / referral / spring"),
    // Campaigns.
    (
        "utm_source=Newsletter&utm_medium=Email&utm_campaign=Spring+Sale",
        "",
        "newsletter / email / Spring Sale",
    ),
    ("utm_source=google&utm_medium=cpc&utm_campaign=brand", GOOGLE, "google / cpc / brand"),
    ("UTM_Source=Google&utm_MEDIUM=CPC", "", "google / cpc"),
    ("utm_source=%20ig%20", "", "instagram / social"),
    ("utm_source=IG&utm_medium=paid_social", "", "instagram / paid_social"),
    ("utm_source=fb", "", "facebook / social"),
    ("utm_source=yt", "", "youtube / referral"),
    ("utm_source=www.facebook.com", "", "facebook / social"),
    ("utm_source=https://www.producthunt.com/posts/x", "", "product hunt / social"),
    ("utm_source=chatgpt.com", "", "chatgpt / ai-assistant / (ai-assistant)"),
    ("utm_source=chatgpt.com&utm_campaign=x", "", "chatgpt / ai-assistant / x"),
    ("utm_source=Partner.Example/", "", "partner.example / referral"),
    ("utm_source=spring_promo", "", "spring_promo / referral"),
    ("utm_source=anna&utm_content=story", "https://l.instagram.com/", "anna / social"),
    ("utm_source=paypal.com", "", "paypal.com / referral"),
    ("utm_source=a&utm_source=b", "", "a / referral"),
    ("utm_source=&utm_source=b", "", "b / referral"),
    ("utm_medium=email", "", "(not set) / email"),
    ("utm_campaign=spring", GOOGLE, "google / organic / spring"),
    ("utm_term=shoes", "https://partner.example/", "partner.example / referral"),
    // Names that say that somebody paid.
    ("utm_source=adwords", "", "google / cpc"),
    ("utm_source=facebook_ads", "", "facebook / cpc"),
    ("utm_source=yt-ads&utm_medium=cpv_paid", "", "youtube / cpv_paid"),
    ("utm_source=FB-Ads&utm_medium=cpc", "", "facebook / cpc"),
    ("utm_source=Facebook_Ads&utm_medium=social", "", "facebook_ads / social"),
    // The order: utm_source, source, ref, click id, referrer.
    ("ref=c&source=b&utm_source=a&gclid=x", "https://partner.example/", "a / referral /  / gclid"),
    ("ref=c&source=b&gclid=x", "https://partner.example/", "b / referral /  / gclid"),
    ("ref=c&gclid=x", "https://partner.example/", "c / referral /  / gclid"),
    ("gclid=x", "https://partner.example/", "google / cpc /  / gclid"),
    ("source=producthunt", "", "product hunt / social"),
    ("ref=producthunt.com", "https://partner.example/", "product hunt / social"),
    ("utm_source=&source=b", "", "b / referral"),
    // Click ids.
    ("gclid=", GOOGLE, "google / cpc /  / gclid"),
    ("GCLID=x", "", "google / cpc /  / gclid"),
    ("gclid=x&utm_campaign=shoes", GOOGLE, "google / cpc / shoes / gclid"),
    ("utm_source=google&gclid=x", "", "google / cpc /  / gclid"),
    ("utm_source=google&utm_medium=display&gclid=x", "", "google / display /  / gclid"),
    ("gbraid=x", "", "google / cpc /  / gbraid"),
    ("wbraid=x", "", "google / cpc /  / wbraid"),
    ("gad_source=1&gclid=x&gad_campaignid=2", "", "google / cpc /  / gclid"),
    ("gad_source=1", "", "google / cpc /  / gad_source"),
    ("dclid=x", "", "google / display /  / dclid"),
    ("srsltid=x", GOOGLE, "google / organic /  / srsltid"),
    ("msclkid=x", "https://www.bing.com/", "bing / cpc /  / msclkid"),
    ("fbclid=x", "", "facebook / social /  / fbclid"),
    ("fbclid=x", "https://l.instagram.com/", "instagram / social /  / fbclid"),
    ("fbclid=x", "https://www.threads.net/", "threads / social /  / fbclid"),
    ("fbclid=x", GOOGLE, "facebook / social /  / fbclid"),
    ("utm_source=ig&utm_medium=cpc&fbclid=x", "", "instagram / cpc /  / fbclid"),
    ("ScCid=x", "", "snapchat / cpc /  / sccid"),
    ("ttclid=x", "", "tiktok / cpc /  / ttclid"),
    ("twclid=x", "https://t.co/x", "x / social /  / twclid"),
    ("li_fat_id=x", "", "linkedin / social /  / li_fat_id"),
    ("epik=x", "", "pinterest / social /  / epik"),
    ("rdt_cid=x", "", "reddit / cpc /  / rdt_cid"),
    ("igshid=x", "", "instagram / social /  / igshid"),
    ("irclickid=x", "https://partner.example/", "impact / affiliate /  / irclickid"),
    ("awc=x", "", "awin / affiliate /  / awc"),
    ("_kx=x", "", "klaviyo / email /  / _kx"),
    ("mc_cid=x&mc_eid=y", "", "mailchimp / email /  / mc_cid"),
    ("utm_source=klaviyo&_kx=x", "", "klaviyo / email /  / _kx"),
    // Bought at one place, shared at another.
    ("gclid=x&fbclid=y", "https://www.facebook.com/", "facebook / social /  / fbclid"),
    ("gclid=x&fbclid=y", "", "google / cpc /  / gclid"),
    ("utm_source=bing&gclid=x&msclkid=y", "", "bing / cpc /  / msclkid"),
];

#[test]
fn every_case() {
    assert!(CASES.len() >= 80);
    println!("{} cases", CASES.len());
    let answers: Vec<_> = CASES.iter().map(|(query, referrer, _)| short(query, referrer)).collect();
    let wrong: Vec<_> =
        CASES.iter().zip(&answers).filter(|(case, answer)| case.2 != answer.as_str()).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_reason_is_told() {
    let cases = [
        ("https://shop.example/?utm_source=x", GOOGLE, "utm_source"),
        ("https://shop.example/?source=x", GOOGLE, "source"),
        ("https://shop.example/?ref=x", GOOGLE, "ref"),
        ("https://shop.example/?utm_campaign=x", GOOGLE, "campaign without a source"),
        ("https://shop.example/?GCLID=", GOOGLE, "click id: gclid"),
        ("https://shop.example/", GOOGLE, "referrer: search table"),
        ("https://shop.example/", "https://chatgpt.com", "referrer: assistant table"),
        ("https://shop.example/", "https://partner.example", "referrer: in no table"),
        ("https://shop.example/", "https://www.paypal.com/x", "gateway: paypal.com"),
        ("https://shop.example/", "https://www.shop.example/x", "self-referral: shop.example"),
        ("https://unlisted.example/", "https://www.unlisted.example/x", "self-referral: unlisted.example"),
        ("https://shop.example/", "", "no campaign, click id or referrer"),
        ("nonsense", "", "no campaign, click id or referrer"),
        ("nonsense", GOOGLE, "referrer: search table"),
    ];
    for (url, referrer, reason) in cases {
        assert_eq!(resolved(url, referrer).reason.to_string(), reason, "{url} {referrer}");
    }
}

#[test]
fn a_source_keeps_the_referrers_host_and_nothing_of_its_query() {
    let source = resolved(
        "https://shop.example/?utm_source=a&utm_term=T&utm_content=C",
        "https://www.Partner.example/x?token=1",
    );
    let source = source.source.unwrap();
    assert_eq!((&*source.referrer, &*source.term, &*source.content), ("partner.example", "T", "C"));
    let app = resolved("https://shop.example/", "android-app://com.google.android.gm/").source.unwrap();
    assert_eq!(app.referrer, "com.google.android.gm");
    let internal = resolved("https://shop.example/?utm_source=a", "https://shop.example/").source.unwrap();
    assert_eq!(internal.referrer, "");
}

#[test]
fn a_value_of_a_click_id_is_never_kept() {
    for click in CLICK_IDS {
        for name in [click.kind.to_owned(), click.kind.to_uppercase()] {
            let url = format!("https://shop.example/?{name}=planted-value");
            let resolution = resolved(&url, "");
            assert!(!format!("{resolution:?}").contains("planted"), "{resolution:?}");
            let source = resolution.source.unwrap();
            assert_eq!((&*source.click_id, &*source.source), (click.kind, click.network), "{url}");
        }
    }
}

/// The page's own host and the owner's hosts, but nobody else's under a domain where anybody can have one.
#[test]
fn a_site_on_a_shared_domain_owns_only_its_host() {
    let domains = ["shop.github.io".to_owned(), "github.io".to_owned()];
    let surroundings = Surroundings { domains: &domains, gateways: &[] };
    let source = |referrer: &str| {
        resolve("https://shop.github.io/", referrer, &surroundings).source.map(|source| source.source)
    };
    assert_eq!(source("https://shop.github.io/x"), None);
    assert_eq!(source("https://a.shop.github.io/x"), None);
    assert_eq!(source("https://other.github.io/x").as_deref(), Some("other.github.io"));
}

#[test]
fn paid_media_are_googles() {
    for medium in ["cpc", "ppc", "cpm", "cpv", "retargeting", "paid", "paidsocial", "paid_social", "xcpx"] {
        assert!(is_paid(medium), "{medium}");
    }
    for medium in ["", "organic", "social", "unpaid", "ppcx", "retargetingx", "display", "email"] {
        assert!(!is_paid(medium), "{medium}");
    }
}

#[test]
fn a_click_within_the_shop_needs_no_parsing() {
    let cases = [
        ("https://shop.example/a", "https://shop.example/b?c", true),
        ("https://shop.example", "https://shop.example/#x", true),
        ("https://shop.example/a?ref=b", "https://shop.example/b", false),
        ("https://shop.example/a", "https://shop.example.evil/b", false),
        ("https://shop.example/a", "https://www.shop.example/b", false),
        ("https://shop.example/a", "", false),
        ("https:///a", "https:///b", false),
        ("", "", false),
    ];
    for (url, referrer, expected) in cases {
        assert_eq!(stays(url, referrer), expected, "{url} {referrer}");
    }
}

proptest! {
    /// The short cut never hides a source.
    #[test]
    fn what_stays_has_no_source(
        origin in "(https?|android-app|ftp)://[a-z.@:/\\\\%0-9 \t]{0,14}",
        path in "[/#a-z.@]{0,12}",
        from in "[/?#a-z.@]{0,12}",
    ) {
        let (url, referrer) = (format!("{origin}{path}"), format!("{origin}{from}"));
        if stays(&url, &referrer) {
            let found = resolve(&url, &referrer, &Surroundings::default());
            prop_assert_eq!(found.source, None, "{} {}", url, referrer);
        }
    }

    #[test]
    fn what_stays_keeps_nothing_of_a_space_at_the_end(
        host in "[a-z0-9.]{1,6}", space in "[ \t\n]{1,2}", path in "[/#][a-z]{0,3}",
    ) {
        let (url, referrer) = (format!("http://{host}{space}{path}"), format!("http://{host}{space}"));
        prop_assert!(!stays(&url, &referrer) && !stays(&referrer, &url));
    }

    #[test]
    fn nothing_panics(url in "\\PC{0,80}", query in "\\PC{0,80}", referrer in "\\PC{0,80}", host in "[a-z.%:@\\[\\]*-]{0,30}") {
        resolved(&url, &referrer);
        resolved(&format!("https://shop.example/?{query}"), &format!("https://{host}/{referrer}"));
        resolved(&format!("https://{host}?utm_source={query}&ref={url}"), &format!("android-app://{host}"));
    }

    /// What was lowered once is not changed by being read again.
    #[test]
    fn names_are_stable(value in "[\\PC&&[^&#+%]]{1,30}", medium in "[A-Za-zÄÖÜẞİΣ_ -]{0,12}") {
        let read = |source: &str, medium: &str| {
            let mut url = url::Url::parse("https://shop.example/").unwrap();
            url.query_pairs_mut().append_pair("utm_source", source).append_pair("utm_medium", medium);
            resolved(url.as_str(), "").source
        };
        if let Some(once) = read(&value, &medium) {
            let twice = read(&once.source, &once.medium).unwrap_or_default();
            prop_assert_eq!(&once.source, &once.source.to_lowercase());
            prop_assert_eq!((&twice.source, &twice.medium), (&once.source, &once.medium));
        }
    }

    /// A page of the site, or of a host below it, is never a source by itself.
    #[test]
    fn the_site_never_sends_visitors_to_itself(
        label in "([a-z0-9]{1,8}\\.){0,3}",
        domain in prop::sample::select(vec!["shop.example", "laden.example"]),
        rest in "[a-z/?=&]{0,20}",
        query in "(utm_(source|campaign)=x|gclid=|ref=y|q=z)?",
    ) {
        let url = format!("https://shop.example/?{query}");
        let resolution = resolved(&url, &format!("https://{label}{domain}/{rest}"));
        prop_assert_eq!(resolution.source.is_some(), resolution.tagged);
        prop_assert_eq!(resolution.source.map(|source| source.referrer).unwrap_or_default(), "");
        if !resolution.tagged {
            prop_assert!(matches!(resolution.reason, Reason::Internal(_)));
        }
    }
}
