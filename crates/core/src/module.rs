//! What a feature is: one folder, one line in `MODULES`, this trait.

use crate::Deps;
use crate::event::{Circumstances, Client, Draft, DropReason, Frame, Received};
use crate::inquiry::{Arguments, Inquiry, Parameter, Wrong};
use crate::ports::{LiveBatch, OlapBatch};
use crate::rights::{Hands, Part, RightsError, Subject, Veil};
use crate::site::{Class, Site};

/// A numbered, forward-only change of a store. Numbers are unique across modules and the history (`YYYYMMDDnn`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Migration {
    /// Its number; applied in rising order.
    pub number: u32,
    /// Its file's name without ending.
    pub name: &'static str,
    /// The statements, separated by `;` at the end of a line.
    pub sql: &'static str,
}

/// Sums over `events` that a module (or the history) keeps, and how they are rebuilt.
///
/// Both statements have the parameters `{log:UInt16} {site:UInt32} {day:Int32}` (days since 1970-01-01, local),
/// `{from:Int64} {to:Int64}` (that day in Unix milliseconds, half open).
#[derive(Debug, Clone, Copy)]
pub struct Rollup {
    /// The table.
    pub table: &'static str,
    /// Deletes this log's rows of one (site, day).
    pub delete: &'static str,
    /// Makes them anew from `events`.
    pub rebuild: &'static str,
}

/// A table of history whose rows go when they are as old as their site says. It has a column `site`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Aged {
    /// The table.
    pub table: &'static str,
    /// How long its rows are kept.
    pub class: Class,
    /// Which of its columns says how old a row is.
    pub by: AgedBy,
}

/// A column that says how old a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgedBy {
    /// An instant, `DateTime64`.
    Time(&'static str),
    /// A local day of the site, `Date32`.
    Day(&'static str),
}

/// What a module keeps in the stores.
#[derive(Debug, Clone, Copy, Default)]
pub struct Schema {
    /// Changes of history.
    pub olap: &'static [Migration],
    /// Changes of the transactional store.
    pub transactional: &'static [Migration],
    /// Its rollups.
    pub rollups: &'static [Rollup],
    /// Its tables of history, each with how long its rows are kept.
    pub aged: &'static [Aged],
}

/// A named report: `GET /api/v1/report/{name}`.
#[derive(Debug, Clone, Copy)]
pub struct Question {
    /// Its name in the URL.
    pub name: &'static str,
    /// What it is made of.
    pub source: Source,
}

/// What a report is made of.
#[derive(Debug, Clone, Copy)]
pub enum Source {
    /// A query of the shared tables, most of the first metric first. Filters, comparisons and pages work on it as on
    /// any query.
    Query {
        /// Names of dimensions; `time` is the unit that fits the range.
        dimensions: &'static [&'static str],
        /// Names of metrics.
        metrics: &'static [&'static str],
        /// Which lines it has.
        lines: Lines,
    },
    /// Two statements on a module's own tables, with the parameters `{site:UInt32} {from:Int64} {to:Int64}` (Unix
    /// milliseconds, half open), `{from_day:Int32} {to_day:Int32}` (days since 1970-01-01, inclusive),
    /// `{limit:UInt64} {offset:UInt64}`. They answer one row per line: first the dimensions, then the metrics.
    Statement {
        /// The names of its leading columns.
        dimensions: &'static [&'static str],
        /// The rows, in the report's order.
        sql: &'static str,
        /// One row with the metrics over everything.
        totals: &'static str,
    },
    /// A statement that the module writes from parameters of the report's own. Comparisons work on it as on any query.
    Inquiry {
        /// Its parameters.
        parameters: &'static [Parameter],
        /// Understands them.
        ask: fn(&Arguments) -> Result<Box<dyn Inquiry>, Wrong>,
    },
    /// The last half hour, from the real-time store.
    Live,
}

/// Which lines a report has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lines {
    /// All.
    All,
    /// Those whose first dimension has a value: a list of campaigns has no line for visits without one.
    Named,
}

/// What the pure stage of the pipeline knows about an event's surroundings.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The site.
    pub site: &'a Site,
    /// The request it came with (its drafts are being admitted one by one).
    pub received: &'a Received,
}

/// The verdict of one module on one draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It stays.
    Keep,
    /// It is not counted, and why.
    Drop(DropReason),
}

/// What `rows` may look at besides the frame.
#[derive(Debug, Clone, Copy)]
pub struct RowsContext<'a> {
    /// Number of the log in rows.
    pub log: u16,
    /// The sites.
    pub sites: &'a dyn crate::site::Sites,
    /// Keys for the ids that history stores.
    pub keys: &'a crate::keys::Keys,
}

/// A feature. Each method is called by exactly one place. All default to nothing but `name`, and `export` and `forget`:
/// nobody adds a module without saying how it answers and how it forgets.
#[async_trait::async_trait]
pub trait Module: Send + Sync + std::fmt::Debug {
    /// The one word for the Rust module, its tracker and dashboard folders, its tables and its metrics.
    fn name(&self) -> &'static str;

    /// What it keeps.
    fn schema(&self) -> Schema {
        Schema::default()
    }

    /// Fills in what this module knows of a request. Pure; called by the pipeline once per request, before its drafts
    /// are admitted. Without a `client` nobody said what device it was, or the key that sealed it is destroyed.
    fn request(&self, _circumstances: &mut Circumstances, _client: Option<&Client>, _site: &Site) {}

    /// Fills in what this module knows of a draft, or drops it. Pure; called by the pipeline, in the order of the
    /// module list.
    fn admit(&self, _draft: &mut Draft, _context: &Context<'_>) -> Verdict {
        Verdict::Keep
    }

    /// Rows for the module's own history tables. Pure; called by the `olap` consumer.
    fn rows(&self, _frame: &Frame, _context: &RowsContext<'_>, _batch: &mut OlapBatch) {}

    /// Idempotent changes of the live picture. Pure; called by the `realtime` consumer.
    fn live(&self, _frame: &Frame, _batch: &mut LiveBatch) {}

    /// The reports it answers.
    fn questions(&self) -> &'static [Question] {
        &[]
    }

    /// Everything it keeps of a person. Events and sessions are the history's, with the columns that modules fill in.
    async fn export(&self, subject: &Subject, hands: &Hands<'_>) -> Result<Vec<Part>, RightsError>;

    /// Takes a person out of what it keeps: sums stay, and so do rows that reports are made of, without what says who it
    /// was, under ids made with `veil`. May be called again. Events and sessions are the history's.
    async fn forget(&self, subject: &Subject, veil: Veil, hands: &Hands<'_>) -> Result<(), RightsError>;

    /// Housekeeping, every few seconds; called by the ticker.
    async fn tick(&self, _deps: &Deps) {}
}
