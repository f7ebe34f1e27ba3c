//! What the server says when it is ready: the few lines a person needs to go on.

use std::fmt::Write as _;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use url::Url;

/// A line of HTML for a shop's pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snippet {
    /// The site's domain.
    pub domain: String,
    /// The site's public key.
    pub key: String,
}

/// The lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Banner {
    /// Where browsers reach the server.
    pub public_url: Url,
    /// The token of the one-time set-up link; `None` when an owner exists.
    pub setup_token: Option<String>,
    /// The demo shop.
    pub shop: Option<Url>,
    /// One per site.
    pub snippets: Vec<Snippet>,
    /// Where everything is kept.
    pub data_dir: PathBuf,
    /// How the engine is, in words.
    pub engine: String,
    /// Where `/metrics` answers.
    pub admin: SocketAddr,
}

impl Banner {
    /// Prints the lines to standard output. A closed standard output does not stop a server.
    pub fn print(&self) {
        let mut out = std::io::stdout().lock();
        let _ = out.write_all(self.to_string().as_bytes()).and_then(|()| out.flush());
    }

    /// The dashboard's link: the set-up link as long as there is no owner.
    #[must_use]
    pub fn dashboard(&self) -> String {
        match &self.setup_token {
            // The token stands in the fragment: browsers do not send it, so no access log holds it.
            Some(token) => format!("{}setup#{token}", self.public_url),
            None => self.public_url.to_string(),
        }
    }
}

impl std::fmt::Display for Banner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "universal-tracking {}", env!("CARGO_PKG_VERSION"))?;
        let note = if self.setup_token.is_some() { "  (works once, for 15 minutes)" } else { "" };
        writeln!(f, "  dashboard  {}{note}", self.dashboard())?;
        if let Some(shop) = &self.shop {
            writeln!(f, "  demo shop  {shop}")?;
        }
        let mut snippets = String::new();
        for Snippet { domain, key } in &self.snippets {
            let script =
                format!("<script defer src=\"{}ut/ut.js\" data-site=\"{key}\"></script>", self.public_url);
            writeln!(snippets, "  snippet    {script}  for {domain}")?;
        }
        if snippets.is_empty() {
            snippets =
                "  snippet    add a site first: universal-tracking site add --domain shop.example\n".into();
        }
        f.write_str(&snippets)?;
        writeln!(f, "  data       {}", self.data_dir.display())?;
        writeln!(f, "  engine     {}", self.engine)?;
        writeln!(f, "  metrics    http://{}/metrics", self.admin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn banner() -> Banner {
        Banner {
            public_url: Url::parse("http://127.0.0.1:3000/").unwrap(),
            setup_token: Some("abc".into()),
            shop: Url::parse("http://127.0.0.1:3000/demo/").ok(),
            snippets: vec![Snippet { domain: "shop.example".into(), key: "pk_1".into() }],
            data_dir: "/data".into(),
            engine: "opening".into(),
            admin: ([127, 0, 0, 1], 9464).into(),
        }
    }

    #[test]
    fn the_lines_name_what_to_open_and_what_to_paste() {
        let text = banner().to_string();
        for line in [
            "dashboard  http://127.0.0.1:3000/setup#abc  (works once",
            "demo shop  http://127.0.0.1:3000/demo/\n",
            "<script defer src=\"http://127.0.0.1:3000/ut/ut.js\" data-site=\"pk_1\"></script>",
            "data       /data\n",
            "engine     opening\n",
            "metrics    http://127.0.0.1:9464/metrics\n",
        ] {
            assert!(text.contains(line), "{line} is missing in:\n{text}");
        }
    }

    #[test]
    fn with_an_owner_and_without_a_site() {
        let text = Banner { setup_token: None, shop: None, snippets: Vec::new(), ..banner() }.to_string();
        assert!(text.contains("dashboard  http://127.0.0.1:3000/\n"), "{text}");
        assert!(!text.contains("demo shop") && text.contains("site add"), "{text}");
    }
}
