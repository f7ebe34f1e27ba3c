//! Sessions, the rollup and the reports against the exported events themselves.

use super::{Server, Shop};
use serde_json::Value;
use std::collections::{BTreeMap, HashSet};

impl Shop {
    /// Checks that history agrees with itself, and returns the ids of the stored events. All of them must be page views.
    ///
    /// # Panics
    /// When an event is stored twice, or a figure is not what the events say.
    pub async fn agrees(&self, server: &Server) -> HashSet<String> {
        let rows = self.export(server).await;
        let ids: HashSet<_> = rows.iter().map(|row| text(row, "id").to_owned()).collect();
        assert_eq!(rows.len(), ids.len(), "doubled");
        self.compare_pages(server, &rows).await;
        self.compare_sessions(server, &rows).await;
        ids
    }

    /// Page views alone are answered from the rollup, with visitors from the events: both must be the events' truth.
    async fn compare_pages(&self, server: &Server, rows: &[Value]) {
        let mut pages = BTreeMap::<String, u64>::new();
        for row in rows {
            *pages.entry(text(row, "page").to_owned()).or_default() += 1;
        }
        for metrics in [&["page_views"][..], &["visitors", "page_views"]] {
            let answer = self.query(server, metrics, &["page"]).await;
            let told = answer["rows"].as_array().into_iter().flatten().map(|row| {
                let views = row["metrics"]["page_views"].as_u64().unwrap_or_default();
                (text(&row["dimensions"], "page").to_owned(), views)
            });
            assert_eq!(told.collect::<BTreeMap<_, _>>(), pages, "{metrics:?}");
        }
    }

    async fn compare_sessions(&self, server: &Server, rows: &[Value]) {
        let mut sessions = BTreeMap::<&str, u64>::new();
        for row in rows {
            *sessions.entry(text(row, "session")).or_default() += 1;
        }
        let visitors: HashSet<_> = rows.iter().map(|row| text(row, "visitor")).collect();
        let metrics = ["sessions", "visitors", "views_per_session", "bounce_rate"];
        let answer = self.query(server, &metrics, &[]).await;
        let totals = &answer["totals"];
        let number = |name: &str| totals[name].as_f64().unwrap_or(f64::NAN);
        let all = totals["sessions"].as_u64().unwrap_or_default();
        assert_eq!((all, totals["visitors"].as_u64()), (sessions.len() as u64, Some(visitors.len() as u64)));
        if sessions.is_empty() {
            return;
        }
        let views = number("views_per_session") * number("sessions");
        assert!((views - rows.len() as f64).abs() < 0.5, "{views} views in sessions, {} events", rows.len());
        let bounced = sessions.values().filter(|views| **views == 1).count() as f64;
        assert!((number("bounce_rate") * number("sessions") - bounced).abs() < 0.01, "{bounced} bounces");
    }
}

fn text<'a>(row: &'a Value, name: &str) -> &'a str {
    row[name].as_str().unwrap_or_else(|| panic!("no {name} in {row}"))
}
