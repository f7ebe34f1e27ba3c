//! `init`: what to write into the configuration of a proxy, so that a shop's own host passes the tracker on.

use super::print::{Output, print};
use crate::Failure;
use crate::config::kind;
use clap::{Args, Subcommand};
use std::fmt::Write as _;
use ut_http::proxies;
use ut_tracking::modules::geo_time;

/// For which proxy.
#[derive(Debug, Subcommand)]
pub(super) enum Init {
    /// A block for nginx
    Nginx(Place),
    /// A block for a Caddyfile
    Caddy(Place),
    /// A Cloudflare Worker
    Cloudflare(Place),
    /// Rewrites for next.config.mjs
    Next(Place),
    /// What to enter in Shopify so that it tells of orders
    Shopify(Webhook),
    /// What to enter in WooCommerce so that it tells of orders
    Woocommerce(Webhook),
}

/// Where a shop system sends what it tells.
#[derive(Debug, Clone, Args)]
pub(super) struct Webhook {
    /// This server as the shop system reaches it: https:// and a host
    #[arg(long, value_name = "URL", default_value = "https://analytics.shop.example", value_parser = upstream)]
    url: String,
    /// The site's key
    #[arg(long, value_name = "KEY", default_value = "pk_…")]
    site: String,
}

/// What goes where.
#[derive(Debug, Clone, Args)]
pub(super) struct Place {
    /// Where the proxy reaches this server: scheme, host and port
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:3000", value_parser = upstream)]
    upstream: String,
    /// The shop's host
    #[arg(long, value_name = "HOST", default_value = "shop.example", value_parser = host)]
    domain: String,
    /// The folder of the shop's host that is passed on
    #[arg(long, value_name = "PATH", default_value = "/ut/", value_parser = prefix)]
    prefix: String,
    /// A host of its own for the dashboard; without, its block is left out (nginx, caddy)
    #[arg(long, value_name = "HOST", value_parser = host)]
    dashboard: Option<String>,
}

/// Prints it.
pub(super) fn init(proxy: Init) -> Result<(), Failure> {
    print(Output::Text(snippet(&proxy)))
}

fn shop_system(template: &str, webhook: &Webhook) -> String {
    template.replace("{{url}}", &webhook.url).replace("{{site}}", &webhook.site)
}

fn snippet(proxy: &Init) -> String {
    let (template, dashboard, place) = match proxy {
        Init::Nginx(place) => (include_str!("nginx.txt"), include_str!("nginx_dashboard.txt"), place),
        Init::Caddy(place) => (include_str!("caddy.txt"), include_str!("caddy_dashboard.txt"), place),
        Init::Cloudflare(place) => (include_str!("cloudflare.txt"), "", place),
        Init::Next(place) => (include_str!("next.txt"), "", place),
        Init::Shopify(webhook) => return shop_system(include_str!("shopify.txt"), webhook),
        Init::Woocommerce(webhook) => return shop_system(include_str!("woocommerce.txt"), webhook),
    };
    let mut text = template.to_owned();
    if let Some(host) = &place.dashboard {
        text.push_str(&dashboard.replace("{{dashboard}}", host));
    }
    let dropped = |indent: usize| match proxy {
        Init::Nginx(_) => dropped(|name| format!("{:indent$}proxy_set_header {name} \"\";", "")),
        Init::Caddy(_) => dropped(|name| format!("{:indent$}header_up -{name}", "")),
        _ => dropped(|name| format!("  '{name}',")),
    };
    text.replace("{{drop}}", &dropped(if matches!(proxy, Init::Caddy(_)) { 12 } else { 4 }))
        .replace("{{drop_deeper}}", &dropped(8))
        .replace("{{drop_less_deep}}", &dropped(8))
        .replace("{{upstream}}", &place.upstream)
        .replace("{{domain}}", &place.domain)
        .replace("{{prefix}}", &place.prefix)
}

/// A line for every header by which a visitor could say who they are through a trusted proxy that does not set it: each
/// that is read, but for the one the proxy writes itself and those believed of Cloudflare alone.
fn dropped(line: impl Fn(&str) -> String) -> String {
    let believed = proxies::of_any_proxy().chain(geo_time::proxy_headers());
    let names = believed.filter(|name| *name != "x-forwarded-for" && !name.starts_with("cf-"));
    let mut lines = String::new();
    for name in names {
        let _ = writeln!(lines, "{}", line(name));
    }
    lines.trim_end().to_owned()
}

fn upstream(text: &str) -> Result<String, String> {
    // A URL may hold what ends a line of a configuration; a host may not.
    let url = kind::origin(text).filter(|url| url.host_str().is_some_and(|host| kind::host(host).is_some()));
    let url = url.ok_or("expected http:// or https://, a host, and nothing after the port")?;
    Ok(url.origin().ascii_serialization())
}

fn host(text: &str) -> Result<String, String> {
    kind::host(text)
        .ok_or_else(|| "expected a host without scheme, port and path, e.g. shop.example".to_owned())
}

/// Of what a path may hold only what no proxy reads as anything else.
fn prefix(text: &str) -> Result<String, String> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let inner = text.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')).unwrap_or_default();
    let sound = inner.split('/').all(|part| !part.is_empty() && part.bytes().all(plain));
    let wrong = "expected a folder of letters, digits, - and _, which begins and ends with /, e.g. /ut/";
    sound.then(|| text.to_owned()).ok_or_else(|| wrong.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> Place {
        Place {
            upstream: "http://127.0.0.1:9".to_owned(),
            domain: "shop.test".to_owned(),
            prefix: "/data/x/".to_owned(),
            dashboard: Some("stats.test".to_owned()),
        }
    }

    #[test]
    fn every_snippet_is_complete_and_names_the_setting_beside() {
        for proxy in
            [Init::Nginx(place()), Init::Caddy(place()), Init::Cloudflare(place()), Init::Next(place())]
        {
            let text = snippet(&proxy);
            assert!(!text.contains("{{") && !text.contains("}}"), "{text}");
            for part in ["http://127.0.0.1:9", "shop.test", "/data/x/", "TRUSTED_PROXIES=", "/data/x/ut.js"] {
                assert!(text.contains(part), "{part} is missing in:\n{text}");
            }
            let has_dashboard = matches!(proxy, Init::Nginx(_) | Init::Caddy(_));
            assert_eq!(text.contains("PUBLIC_URL=https://stats.test"), has_dashboard, "{text}");
        }
        let alone = snippet(&Init::Nginx(Place { dashboard: None, ..place() }));
        assert!(!alone.contains("server_name"), "{alone}");
    }

    #[test]
    fn a_shop_system_is_told_its_address() {
        let webhook = Webhook { url: "https://stats.test".to_owned(), site: "pk_1".to_owned() };
        for (init, word) in
            [(Init::Shopify(webhook.clone()), "shopify"), (Init::Woocommerce(webhook), "woocommerce")]
        {
            let text = snippet(&init);
            let address = format!("https://stats.test/webhooks/{word}/pk_1");
            assert!(
                text.contains(&address) && text.contains("integration add") && !text.contains("{{"),
                "{text}"
            );
        }
    }

    #[test]
    fn what_would_be_read_as_something_else_is_refused() {
        for good in ["/ut/", "/a-b/c_1/"] {
            assert!(prefix(good).is_ok(), "{good}");
        }
        for bad in ["/", "//", "ut/", "/ut", "/../", "/a//b/", "/a b/", "/a;}/", "/ü/", "/a*/"] {
            assert!(prefix(bad).is_err(), "{bad}");
        }
        assert_eq!(upstream("http://[::1]:3000/").as_deref(), Ok("http://[::1]:3000"));
        for bad in ["127.0.0.1:3000", "http://a/b", "http://u:p@a", "ftp://a", "http://a;b"] {
            assert!(upstream(bad).is_err(), "{bad}");
        }
        for bad in ["https://shop.example", "a b", "a{", ""] {
            assert!(host(bad).is_err(), "{bad}");
        }
    }
}
