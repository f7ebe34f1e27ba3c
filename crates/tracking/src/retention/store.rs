//! The runs in the transactional store.

use super::Run;
use std::collections::BTreeMap;
use ut_core::SiteId;
use ut_core::ports::{Statement, Transactional, TransactionalError, Value};
use ut_core::site::Class;

macro_rules! statement {
    ($name:literal) => {
        Statement { name: $name, sql: include_str!(concat!("sql/", $name, ".transactional.sql")) }
    };
}

const BEGIN: Statement = statement!("begin_retention_run");
const END: Statement = statement!("end_retention_run");
const RUNS: Statement = statement!("retention_runs");

/// The last run of every site and class.
pub(super) type Runs = BTreeMap<(SiteId, Class), Run>;

pub(super) async fn runs(store: &dyn Transactional) -> Result<Runs, TransactionalError> {
    let rows = store.run(&RUNS, &[]).await?;
    // A class this program does not know is a newer one's.
    Ok(rows.iter().filter_map(|row| read(row)).collect())
}

fn read(row: &[Value]) -> Option<((SiteId, Class), Run)> {
    let [Value::Int(site), Value::Text(class), Value::Int(gone_before), ran_at, Value::Int(removed), error] =
        row
    else {
        return None;
    };
    let class = Class::ALL.into_iter().find(|known| known.as_str() == class)?;
    let run = Run {
        gone_before: *gone_before,
        ran_at: if let Value::Int(at) = ran_at { Some(*at) } else { None },
        removed: u64::try_from(*removed).unwrap_or(0),
        error: if let Value::Text(error) = error { Some(error.clone()) } else { None },
    };
    Some(((SiteId(u32::try_from(*site).ok()?), class), run))
}

/// Notes that what is older than `before_ms` goes now.
pub(super) async fn begin(
    store: &dyn Transactional,
    site: SiteId,
    class: Class,
    before_ms: i64,
) -> Result<(), TransactionalError> {
    let [site, class] = named(site, class);
    store.run(&BEGIN, &[site, class, Value::Int(before_ms)]).await.map(drop)
}

/// Notes what became of it.
pub(super) async fn end(
    store: &dyn Transactional,
    site: SiteId,
    class: Class,
    ran_at: i64,
    (removed, error): (u64, Option<String>),
) -> Result<(), TransactionalError> {
    let [site, class] = named(site, class);
    let removed = Value::Int(i64::try_from(removed).unwrap_or(i64::MAX));
    let values = [site, class, Value::Int(ran_at), removed, error.map_or(Value::Null, Value::Text)];
    store.run(&END, &values).await.map(drop)
}

fn named(site: SiteId, class: Class) -> [Value; 2] {
    [Value::Int(i64::from(site.0)), Value::Text(class.as_str().to_owned())]
}
