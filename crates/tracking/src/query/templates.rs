//! Which page templates a site's traffic suggests.

use super::{DateRange, QueryError, params};
use crate::modules::performance::{Suggestion, suggestions};
use ut_core::Deps;
use ut_core::site::Site;

/// The most viewed pages say enough; beyond them are addresses that somebody made up.
const MOST_PAGES: u64 = 50_000;

/// Learnt from the last 30 days.
pub async fn suggested_templates(deps: &Deps, site: &Site) -> Result<Vec<Suggestion>, QueryError> {
    let range = DateRange::Named("30d".to_owned()).resolve(deps, site).await?;
    let asked = params(site, &range, MOST_PAGES, 0);
    let pages = deps.olap.query(include_str!("sql/pages_of_range.sql"), &asked).await?;
    let page =
        |row: &Vec<serde_json::Value>| Some((row.first()?.as_str()?.to_owned(), row.get(1)?.as_u64()?));
    let pages: Vec<_> = pages.rows.iter().filter_map(page).collect();
    Ok(suggestions(&pages, &site.settings.page_templates))
}
