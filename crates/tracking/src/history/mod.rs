//! History: the tables `events`, `sessions` and `page_day`, their rows and how they are repaired.
//!
//! **Architecture invariant:** no table holds a cookie, an address or a user agent; visitors are keyed hashes, and no
//! rollup holds a visitor at all.

mod copy;
mod events;
mod facts;
mod page_day;
mod sessions;
pub(crate) mod subject;

pub use copy::{copy_to, count_events, put_back};
use ut_core::event::Frame;
use ut_core::module::{Aged, AgedBy, Migration, Module, Rollup, RowsContext, Schema};
use ut_core::ports::{OlapBatch, Param, ParamValue};
use ut_core::site::Class;
use ut_core::{SiteId, VisitorKey};

/// What the history keeps.
pub const SCHEMA: Schema = Schema {
    olap: &[
        migration(2_026_112_201, "events", include_str!("sql/2026112201_events.olap.sql")),
        migration(2_026_112_202, "sessions", include_str!("sql/2026112202_sessions.olap.sql")),
        migration(2_026_112_203, "page_day", include_str!("sql/2026112203_page_day.olap.sql")),
        migration(2_026_112_204, "facts", include_str!("sql/2026112204_facts.olap.sql")),
        migration(2_026_112_205, "events_compact", include_str!("sql/2026112205_events_compact.olap.sql")),
        migration(2_026_112_206, "sessions_lean", include_str!("sql/2026112206_sessions_lean.olap.sql")),
        migration(2_026_112_207, "page_day_sums", include_str!("sql/2026112207_page_day_sums.olap.sql")),
        migration(2_026_112_208, "merge_less", include_str!("sql/2026112208_merge_less.olap.sql")),
        migration(2_026_112_302, "read_less", include_str!("sql/2026112302_read_less.olap.sql")),
        migration(2_026_112_341, "erasures", include_str!("sql/2026112341_erasures.olap.sql")),
    ],
    transactional: &[],
    rollups: &[Rollup {
        table: "page_day",
        delete: include_str!("sql/page_day_delete.sql"),
        rebuild: include_str!("sql/page_day_rebuild.sql"),
    }],
    aged: &[
        Aged { table: "events", class: Class::Events, by: AgedBy::Time("ts") },
        Aged { table: "sessions", class: Class::Events, by: AgedBy::Time("started_at") },
        Aged { table: "page_day", class: Class::Sums, by: AgedBy::Day("day") },
    ],
};

/// Raw events as their owner, or a person, takes them away; parameters `site`, `from`, `to` (milliseconds), `everyone`
/// (1, or 0 for `visitors` alone).
const RAW_EVENTS: &str = include_str!("sql/raw_events.sql");

/// A site's raw events of a stretch of time, or only those of some visitors, in the order they were logged: the
/// statement and its parameters.
pub(crate) fn raw_events(
    site: SiteId,
    times: std::ops::Range<i64>,
    visitors: Option<&[VisitorKey]>,
) -> (&'static str, [Param; 5]) {
    let of = visitors.unwrap_or_default().iter().map(|visitor| visitor.0).collect();
    let params = [
        ("site", ParamValue::UInt(site.0.into())),
        ("from", ParamValue::Int(times.start)),
        ("to", ParamValue::Int(times.end)),
        ("everyone", ParamValue::UInt(visitors.is_none().into())),
        ("visitors", ParamValue::UInts(of)),
    ];
    (RAW_EVENTS, params)
}

/// Which numbers of a stretch a facts table holds; parameters `table`, `log`, `first`, `end`, `from`, `to`.
pub const STORED_LSNS: &str = include_str!("sql/stored_lsns.sql");

/// Which ids a site has events of; parameters `site`, `from`, `to`, `id_lows` (the low halves of the ids).
pub const KNOWN_IDS: &str = include_str!("sql/known_ids.sql");

/// From when to when a log has events of a site; parameters `site`, `log`.
pub const SITE_RANGE: &str = include_str!("sql/site_range.sql");

const fn migration(number: u32, name: &'static str, sql: &'static str) -> Migration {
    Migration { number, name, sql }
}

/// Every migration of the history and the modules, in rising order.
#[must_use]
pub fn migrations(modules: &[&dyn Module]) -> Vec<Migration> {
    let mut all: Vec<_> = SCHEMA.olap.to_vec();
    all.extend(modules.iter().flat_map(|module| module.schema().olap.iter().copied()));
    all.sort_unstable();
    all
}

/// Every rollup of the history and the modules.
#[must_use]
pub fn rollups(modules: &[&dyn Module]) -> Vec<Rollup> {
    let of_modules = modules.iter().flat_map(|module| module.schema().rollups.iter().copied());
    SCHEMA.rollups.iter().copied().chain(of_modules).collect()
}

/// Every table of the history and the modules, each with how long its rows are kept.
#[must_use]
pub fn aged(modules: &[&dyn Module]) -> Vec<Aged> {
    let of_modules = modules.iter().flat_map(|module| module.schema().aged.iter().copied());
    SCHEMA.aged.iter().copied().chain(of_modules).collect()
}

/// The rows of a batch, gathered frame by frame: the sums are those of the whole batch, and of several states of a
/// session only the newest is written.
#[derive(Debug, Default)]
pub struct Rows {
    batch: OlapBatch,
    known: events::Known,
    sums: page_day::Sums,
    sessions: sessions::Newest,
}

impl Rows {
    /// Adds the next frame of the log: the history's rows and every module's.
    pub fn add(&mut self, frame: &Frame, modules: &[&dyn Module], context: &RowsContext<'_>) {
        events::rows(frame, context, &mut self.known, &mut self.batch);
        self.sums.add(frame, context);
        for module in modules {
            module.rows(frame, context, &mut self.batch);
        }
        self.sessions.add(&frame.sessions);
    }

    /// All of them, table by table.
    #[must_use]
    pub fn finish(mut self, context: &RowsContext<'_>) -> OlapBatch {
        self.sessions.write(context, &mut self.batch);
        self.sums.write(context, &mut self.batch);
        self.batch
    }
}
