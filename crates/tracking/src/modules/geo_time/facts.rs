//! What proxies call the place of a visitor, and the codes that name no place.

/// The headers in which one kind of proxy says where a visitor is.
#[derive(Debug, Clone, Copy)]
pub(super) struct ProxyHeaders {
    /// The country, ISO 3166-1 alpha-2.
    pub(super) country: &'static str,
    /// The subdivision's code, if the proxy says it.
    pub(super) region: Option<&'static str>,
    /// The city, if the proxy says it.
    pub(super) city: Option<&'static str>,
}

/// Every kind of proxy that is understood; the first that names a country is believed.
pub(super) const PROXIES: &[ProxyHeaders] = &[
    // Cloudflare; region and city with the managed transform "Add visitor location headers".
    // https://developers.cloudflare.com/fundamentals/reference/http-headers/
    ProxyHeaders { country: "cf-ipcountry", region: Some("cf-region-code"), city: Some("cf-ipcity") },
    // https://vercel.com/docs/headers/request-headers
    ProxyHeaders {
        country: "x-vercel-ip-country",
        region: Some("x-vercel-ip-country-region"),
        city: Some("x-vercel-ip-city"),
    },
    // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/adding-cloudfront-headers.html
    ProxyHeaders {
        country: "cloudfront-viewer-country",
        region: Some("cloudfront-viewer-country-region"),
        city: Some("cloudfront-viewer-city"),
    },
    // https://cloud.google.com/appengine/docs/flexible/reference/request-headers
    ProxyHeaders {
        country: "x-appengine-country",
        region: Some("x-appengine-region"),
        city: Some("x-appengine-city"),
    },
];

/// Every header that names a place: a proxy that does not set one drops it.
pub fn proxy_headers() -> impl Iterator<Item = &'static str> {
    PROXIES.iter().flat_map(|proxy| [Some(proxy.country), proxy.region, proxy.city]).flatten()
}

/// Codes that proxies and databases write where they know no country: unknown (`XX`, `ZZ`), Tor (`T1`, which is not
/// even two letters), and the groups of older databases (`AP` Asia/Pacific, `EU` Europe).
pub(super) const NO_COUNTRIES: [&str; 4] = ["XX", "ZZ", "AP", "EU"];
