//! What is asked for, understood; and what was counted, read. Pure.

use super::facts::{Funnel, Step, Visits, Window};
use serde_json::{Map, Value, json};
use ut_core::event::EventName;
use ut_core::inquiry::{Arguments, Line, Reading, Wrong};
use ut_core::ports::OlapRows;

pub(super) const DEFAULT_STEPS: &str = "view_item,add_to_cart,begin_checkout,purchase";
/// What a key has bits for (sql/funnel.sql).
const MOST_STEPS: usize = 10;
/// As long as a person with a cookie is the same one.
const MOST_DAYS: u16 = 395;
const MAX_PATTERN: usize = 256;

fn wrong<T>(field: &str, code: &'static str, message: String) -> Result<T, Wrong> {
    Err(Wrong { field: field.to_owned(), code, message })
}

/// Understands the parameters.
pub(super) fn funnel(given: &Arguments) -> Result<Funnel, Wrong> {
    let said = |name: &str| given.get(name).map(String::as_str);
    Ok(Funnel {
        steps: steps(said("steps").unwrap_or(DEFAULT_STEPS))?,
        window: window(said("window").unwrap_or("session"))?,
        visits: Visits::Begun,
        breakdown: said("breakdown").map(ToOwned::to_owned),
    })
}

/// The usual steps of those who are on their way now.
pub(super) fn live() -> Result<Funnel, Wrong> {
    Ok(Funnel { visits: Visits::Late, ..funnel(&Arguments::new())? })
}

fn steps(text: &str) -> Result<Vec<Step>, Wrong> {
    let steps: Vec<_> = text.split(',').map(str::trim).collect();
    if !(2..=MOST_STEPS).contains(&steps.len()) {
        return wrong("steps", "out_of_range", format!("name 2 to {MOST_STEPS} steps, separated by commas"));
    }
    steps.into_iter().enumerate().map(|(n, text)| step(n, text)).collect()
}

fn step(n: usize, text: &str) -> Result<Step, Wrong> {
    let field = format!("steps[{n}]");
    let (name, page) = text.split_once(':').map_or((text, None), |(name, page)| (name, Some(page)));
    if let Err(error) = EventName::parse(name) {
        return wrong(&field, "invalid_name", format!("{name:?} is no event: {error}"));
    }
    if page.is_some_and(|page| !page.starts_with('/') || page.len() > MAX_PATTERN) {
        let message =
            format!("a page begins with / and has at most {MAX_PATTERN} bytes; * in it is anything");
        return wrong(&field, "invalid_page", message);
    }
    Ok(Step { text: text.to_owned(), name: name.to_owned(), page: page.map(ToOwned::to_owned) })
}

fn window(text: &str) -> Result<Window, Wrong> {
    let days = text.strip_suffix('d').and_then(|days| days.parse().ok());
    match (text, days) {
        ("session", _) => Ok(Window::Session),
        (_, Some(days)) if (1..=MOST_DAYS).contains(&days) => Ok(Window::Days(days)),
        _ => wrong("window", "unknown_name", format!("is session, or 1d to {MOST_DAYS}d")),
    }
}

/// A pattern of paths as `LIKE` writes it.
pub(super) fn like(pattern: &str) -> String {
    let mut like = String::with_capacity(pattern.len());
    for letter in pattern.chars() {
        match letter {
            '*' => like.push('%'),
            '%' | '_' | '\\' => like.extend(['\\', letter]),
            letter => like.push(letter),
        }
    }
    like
}

/// What was counted, as lines: of each value, or of all, one per step. Rows are total, value, how many took each step,
/// and the medians of the times between them in milliseconds, that of the whole way behind them.
pub(super) fn read(funnel: &Funnel, rows: OlapRows) -> Reading {
    let nothing = || Counted { value: Value::Null, counts: Vec::new(), medians: Vec::new() };
    let (mut whole, mut parts) = (nothing(), Vec::new());
    for row in rows.rows {
        let is_whole = row.first().and_then(Value::as_u64) == Some(1);
        let Some(counted) = Counted::of(row) else { continue };
        if is_whole { whole = counted } else { parts.push(counted) }
    }
    let groups = if funnel.breakdown.is_some() {
        parts.iter().map(|part| part.lines(funnel, Some(&part.value))).collect()
    } else {
        vec![whole.lines(funnel, None)]
    };
    Reading { groups, totals: whole.totals(funnel), warnings: Vec::new() }
}

/// One funnel.
struct Counted {
    value: Value,
    counts: Vec<u64>,
    medians: Vec<f64>,
}

impl Counted {
    fn of(row: Vec<Value>) -> Option<Self> {
        let mut values = row.into_iter().skip(1);
        let (value, counts, medians) = (values.next()?, values.next()?, values.next()?);
        let counts = counts.as_array()?.iter().map(|count| count.as_u64().unwrap_or_default()).collect();
        let medians = medians.as_array()?.iter().filter_map(Value::as_f64).collect();
        Some(Self { value, counts, medians })
    }

    fn count(&self, n: usize) -> u64 {
        self.counts.get(n).copied().unwrap_or_default()
    }

    /// The median at a place, in seconds.
    fn median(&self, n: usize) -> Value {
        self.medians.get(n).map_or(Value::Null, |ms| json!(ms / 1000.0))
    }

    fn lines(&self, funnel: &Funnel, value: Option<&Value>) -> Vec<Line> {
        let line = |(n, step): (usize, &Step)| {
            let before = n.checked_sub(1).map(|before| self.count(before));
            let metrics = [
                ("count", self.count(n).into()),
                ("rate", share(self.count(n), self.count(0))),
                ("drop", before.map_or(Value::Null, |before| share(before - self.count(n), before))),
                ("median_s", if n + 1 < funnel.steps.len() { self.median(n) } else { Value::Null }),
            ];
            let step = Value::from(step.text.as_str());
            Line { dimensions: value.cloned().into_iter().chain([step]).collect(), metrics: named(metrics) }
        };
        funnel.steps.iter().enumerate().map(line).collect()
    }

    fn totals(&self, funnel: &Funnel) -> Map<String, Value> {
        let last = funnel.steps.len() - 1;
        named([
            ("entered", self.count(0).into()),
            ("completed", self.count(last).into()),
            ("rate", share(self.count(last), self.count(0))),
            ("median_s", self.median(last)),
        ])
    }
}

fn named<const N: usize>(metrics: [(&str, Value); N]) -> Map<String, Value> {
    metrics.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Of nothing there is no share.
#[expect(clippy::cast_precision_loss, reason = "nobody counts beyond 2^53")]
fn share(part: u64, whole: u64) -> Value {
    if whole == 0 { Value::Null } else { json!(part as f64 / whole as f64) }
}
