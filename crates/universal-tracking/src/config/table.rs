//! The one table of settings: everything else about configuration (flags, help, `env.example`, refusals) is derived
//! from it. A setting is here only if something reads it.

use super::kind::{self, Kind};
use super::{Config, Environment, LogFormat, LogLevel, Secret};
use ut_http::proxies::TrustedProxies;
use ut_tracking::vault::Keyring;

/// One setting.
#[derive(Debug)]
pub struct Key {
    /// Its name as an environment variable; the flag is its kebab-case, the TOML key its lower case.
    pub name: &'static str,
    /// An older name that works too, in the environment and in `.env`.
    pub alias: Option<&'static str>,
    /// What its value is.
    pub kind: Kind,
    /// The value it has when nobody says anything, as one would write it.
    pub default: Option<&'static str>,
    /// A valid value, for the example file and the tests.
    pub example: &'static str,
    /// What it does, in a sentence.
    pub help: &'static str,
    /// Reads a value into the configuration; `None` when it is not of its kind.
    pub set: fn(&mut Config, &str) -> Option<()>,
}

impl Key {
    /// The flag, without the leading dashes.
    #[must_use]
    pub fn flag(&self) -> String {
        self.name.to_ascii_lowercase().replace('_', "-")
    }

    /// The key in a TOML file.
    #[must_use]
    pub fn toml(&self) -> String {
        self.name.to_ascii_lowercase()
    }

    /// Must its value never be shown?
    #[must_use]
    pub const fn secret(&self) -> bool {
        matches!(self.kind, Kind::Secret | Kind::Keys)
    }
}

const ENVIRONMENTS: &[&str] = &["development", "test", "production"];
const FORMATS: &[&str] = &["text", "json"];
const LEVELS: &[&str] = &["error", "warn", "info", "debug", "trace"];

/// Every setting, in the order in which the example file lists them.
pub const KEYS: &[Key] = &[
    Key {
        name: "APP_ENV",
        alias: Some("NODE_ENV"),
        kind: Kind::Choice(ENVIRONMENTS),
        default: Some("development"),
        example: "production",
        help: "Where this runs. `production` demands that secrets are given; `test` behaves as `development`.",
        set: |config, text| {
            config.environment = match kind::choice(text, ENVIRONMENTS)? {
                "production" => Environment::Production,
                _ => Environment::Development,
            };
            Some(())
        },
    },
    Key {
        name: "HOST",
        alias: None,
        kind: Kind::Host,
        default: Some("127.0.0.1"),
        example: "0.0.0.0",
        help: "The address to listen on. Until an owner exists, anything but loopback answers only the public routes.",
        set: |config, text| kind::host(text).map(|host| config.server.host = host),
    },
    Key {
        name: "PORT",
        alias: None,
        kind: Kind::Port,
        default: Some("3000"),
        example: "8080",
        help: "The port to listen on; 0 takes any free one.",
        set: |config, text| kind::port(text).map(|port| config.server.port = port),
    },
    Key {
        name: "ADMIN_HOST",
        alias: None,
        kind: Kind::Host,
        default: Some("127.0.0.1"),
        example: "10.0.0.5",
        help: "The address on which /metrics answers without a token; keep it private.",
        set: |config, text| kind::host(text).map(|host| config.server.admin_host = host),
    },
    Key {
        name: "ADMIN_PORT",
        alias: None,
        kind: Kind::Port,
        default: Some("9464"),
        example: "9465",
        help: "The port on which /metrics answers without a token; 0 takes any free one.",
        set: |config, text| kind::port(text).map(|port| config.server.admin_port = port),
    },
    Key {
        name: "PUBLIC_URL",
        alias: None,
        kind: Kind::Origin,
        default: None,
        example: "https://analytics.shop.example",
        help: "Where browsers reach this server: links start with it, and the dashboard answers for its host only. \
               Without it: http:// and the address it listens on.",
        set: |config, text| kind::origin(text).map(|url| config.server.public_url = Some(url)),
    },
    Key {
        name: "CORS_ORIGINS",
        alias: None,
        kind: Kind::Origins,
        default: None,
        example: "https://intranet.example",
        help: "Other origins whose pages may call the API (without credentials), separated by commas.",
        set: |config, text| kind::origins(text).map(|origins| config.server.cors_origins = origins),
    },
    Key {
        name: "TRUSTED_PROXIES",
        alias: None,
        kind: Kind::Proxies,
        default: None,
        example: "loopback,cloudflare",
        help: "The proxies in front of this server, from which X-Forwarded-For or Forwarded (and of Cloudflare \
               CF-Connecting-IP) and headers that name a country are believed. A proxy must overwrite or extend these, \
               and drop those it does not set. Without it: the peer's address counts, and no header.",
        set: |config, text| {
            TrustedProxies::parse(text).map(|proxies| config.server.trusted_proxies = proxies)
        },
    },
    Key {
        name: "DATA_DIR",
        alias: None,
        kind: Kind::Path,
        default: Some("./data"),
        example: "/var/lib/universal-tracking",
        help: "The folder that holds everything: the log, the embedded stores, made secrets. Created with mode 0700.",
        set: |config, text| kind::path(text).map(|path| config.data_dir = path),
    },
    Key {
        name: "DATABASE_URL",
        alias: None,
        kind: Kind::Store(&["sqlite:"]),
        default: Some("sqlite:"),
        example: "sqlite:/var/lib/universal-tracking/main.sqlite",
        help: "Where sites, users and tokens are kept: `sqlite:` is a file in DATA_DIR, `sqlite:PATH` another file.",
        set: |config, text| kind::store(text, "sqlite:").map(|path| config.stores.sqlite = path),
    },
    Key {
        name: "REDIS_URL",
        alias: None,
        kind: Kind::Store(&["memory:"]),
        default: Some("memory:"),
        example: "memory:",
        help: "Where the live picture is kept: `memory:` is this process (rebuilt from the log after a restart).",
        set: |_, text| (text == "memory:").then_some(()),
    },
    Key {
        name: "OLAP_URL",
        alias: None,
        kind: Kind::Store(&["embedded:"]),
        default: Some("embedded:"),
        example: "embedded:/var/lib/universal-tracking/olap",
        help: "Where history is kept: `embedded:` is ClickHouse in this process, in DATA_DIR; `embedded:PATH` elsewhere.",
        set: |config, text| kind::store(text, "embedded:").map(|path| config.stores.embedded = path),
    },
    Key {
        name: "UT_CHDB_LIB",
        alias: None,
        kind: Kind::Path,
        default: None,
        example: "/opt/chdb/libchdb.so",
        help: "The embedded ClickHouse library, when it is not the one that `universal-tracking engine install` got.",
        set: |config, text| kind::path(text).map(|path| config.stores.chdb_lib = Some(path)),
    },
    Key {
        name: "GEO_DB",
        alias: None,
        kind: Kind::Path,
        default: None,
        example: "/var/lib/GeoIP/GeoLite2-City.mmdb",
        help: "A database of addresses in MaxMind's format (MMDB): countries, regions and cities. Read anew when the \
               file changes. Without it: the countries that are built in.",
        set: |config, text| kind::path(text).map(|path| config.stores.geo_db = Some(path)),
    },
    Key {
        name: "JWT_SECRET",
        alias: None,
        kind: Kind::Secret,
        default: None,
        example: "3b1c0f9d5e7a42868d21c4b6a0f3e95788b2d6c14f0a9e37",
        help: "Signs the sessions of the dashboard; a new one signs everybody out. At least 32 bytes; required when \
               APP_ENV=production, otherwise made and kept in DATA_DIR. Make one with: openssl rand -hex 32",
        set: |config, text| Secret::new(text).map(|secret| config.secrets.jwt = Some(secret)),
    },
    Key {
        name: "HMAC_SECRET",
        alias: None,
        kind: Kind::Secret,
        default: None,
        example: "c7d4e1a29f6b80355d8e2f71b4c09a63e8f5d2170b6c9a48",
        help: "The root of the keys behind stored visitor, session and page-view ids: changing it starts new ones. At \
               least 32 bytes; required when APP_ENV=production, otherwise made and kept in DATA_DIR.",
        set: |config, text| Secret::new(text).map(|secret| config.secrets.hmac = Some(secret)),
    },
    Key {
        name: "SITE_SALT",
        alias: None,
        kind: Kind::Secret,
        default: None,
        example: "91f0b7c6e5d4a3829170f6e5d4c3b2a19f8e7d6c5b4a3928",
        help: "Pepper of the hashes by which customers are found (by e-mail address or the shop's own id for them); visitor \
               ids never use it. At least 32 bytes; required when APP_ENV=production, otherwise HMAC_SECRET is used. With \
               another one, nobody who is stored already is found.",
        set: |config, text| Secret::new(text).map(|secret| config.secrets.site_salt = Some(secret)),
    },
    Key {
        name: "ENCRYPTION_KEYS",
        alias: None,
        kind: Kind::Keys,
        default: None,
        example: "2026-11:5b0e8c7d41f2a6939c8e7f6a5b4d3c2e1f0a9b8c7d6e5f4a3b2c1d0e9f8a7b6c",
        help: "The keys behind what is sealed of people (in receipts of consent, and what the shop tells of them): ID:KEY, separated by commas, ID being a \
               word and KEY 32 bytes in hex or base64, made with: openssl rand -hex 32. The first seals what is new; who \
               loses one loses what it sealed. Without it, a key is made and kept in DATA_DIR, beside what it seals: in \
               production, keep them apart.",
        set: |config, text| {
            Keyring::parse(text)?;
            config.secrets.encryption_keys = Some(Secret::new(text)?);
            Some(())
        },
    },
    Key {
        name: "RATE_LIMIT_IP",
        alias: None,
        kind: Kind::Int,
        default: Some("600"),
        example: "1200",
        help: "Events per minute that one address (of IPv6: one /64) may send, as many heartbeats, and a tenth as many \
               events older than a day; 0 = no limit. A minute's worth may come at once.",
        set: |config, text| kind::int(text).map(|limit| config.limits.events_per_ip = limit),
    },
    Key {
        name: "RATE_LIMIT_SITE",
        alias: None,
        kind: Kind::Int,
        default: Some("0"),
        example: "60000",
        help: "The same for one site, whoever sends; calls of the shop's own server count here only; 0 = no limit \
               (except for events older than a day: ten times RATE_LIMIT_IP).",
        set: |config, text| kind::int(text).map(|limit| config.limits.events_per_site = limit),
    },
    Key {
        name: "SPOOL_MAX_BYTES",
        alias: None,
        kind: Kind::Bytes,
        default: Some("8GiB"),
        example: "50GiB",
        help: "How large the log may grow while a store is away; beyond it, events are refused with 503; 0 = no \
               limit but the disk.",
        set: |config, text| kind::bytes(text).map(|bytes| config.spool.max_bytes = bytes),
    },
    Key {
        name: "SPOOL_RESERVE_BYTES",
        alias: None,
        kind: Kind::Bytes,
        default: None,
        example: "1GiB",
        help: "Space that is left free on the log's disk: below it, events are refused with 503. Without it: the \
               smaller of 512 MiB and 5 % of the disk.",
        set: |config, text| kind::bytes(text).map(|bytes| config.spool.reserve_bytes = Some(bytes)),
    },
    Key {
        name: "LOG_FORMAT",
        alias: None,
        kind: Kind::Choice(FORMATS),
        default: Some("text"),
        example: "json",
        help: "How log lines are written to standard error: for people or one JSON object per line.",
        set: |config, text| {
            config.logs.format = match kind::choice(text, FORMATS)? {
                "json" => LogFormat::Json,
                _ => LogFormat::Text,
            };
            Some(())
        },
    },
    Key {
        name: "LOG_LEVEL",
        alias: None,
        kind: Kind::Choice(LEVELS),
        default: Some("info"),
        example: "debug",
        help: "The least important log lines that are written.",
        set: |config, text| kind::choice(text, LEVELS).map(|level| config.logs.level = LogLevel(level)),
    },
];

/// The setting with this name or alias.
#[must_use]
pub fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name || key.alias == Some(name))
}

/// A group of variables of the original system that need a store server, which this version does not speak to.
/// Silence would let an operator believe that the server is used.
#[derive(Debug, PartialEq, Eq)]
pub struct Refused {
    /// The variables.
    pub names: &'static [&'static str],
    /// What this version does instead, and what to do.
    pub because: &'static str,
}

/// Variables that are refused when set.
pub const REFUSED: &[Refused] = &[
    Refused {
        names: &["PG_HOST", "PG_PORT", "PG_USER", "PG_PASSWORD", "PG_DATABASE", "PG_SSLMODE"],
        because: "this version stores in SQLite only, not in PostgreSQL",
    },
    Refused {
        names: &["REDIS_HOST", "REDIS_PORT", "REDIS_PASSWORD", "REDIS_TLS"],
        because: "this version keeps the live picture in its own memory only, not in Redis",
    },
    Refused {
        names: &[
            "CLICKHOUSE_HOST",
            "CLICKHOUSE_PORT",
            "CLICKHOUSE_USER",
            "CLICKHOUSE_PASSWORD",
            "CLICKHOUSE_DATABASE",
            "CLICKHOUSE_TLS",
            "CLICKHOUSE_CLUSTER",
        ],
        because: "this version keeps history in its embedded ClickHouse only, not on a server",
    },
];
