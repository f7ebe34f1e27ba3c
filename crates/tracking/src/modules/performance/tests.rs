//! The story: what browsers measured, in a frame, and the rows it becomes.

use super::Performance;
use ut_core::event::{Frame, Identity, Vital, VitalMetric};
use ut_core::keys::Keys;
use ut_core::module::{Module, RowsContext};
use ut_core::ports::{Decision, Decisions, OlapBatch, Outcome, TableKind};
use ut_core::site::{Site, Sites};
use ut_core::{SessionKey, SiteId, VisitorId};
use ut_testkit::conformance::realtime::{START, candidate, frame};

/// No module needs the sites for its rows.
#[derive(Debug)]
struct Nowhere;

#[async_trait::async_trait]
impl Sites for Nowhere {
    fn by_key(&self, _: &str) -> Option<std::sync::Arc<Site>> {
        None
    }
    fn by_id(&self, _: SiteId) -> Option<std::sync::Arc<Site>> {
        None
    }
    fn all(&self) -> Vec<std::sync::Arc<Site>> {
        Vec::new()
    }
    fn to_be_summed_anew(&self) -> Vec<SiteId> {
        Vec::new()
    }
    async fn summed_anew(&self, _: SiteId, _: &jiff::tz::TimeZone) -> Result<(), String> {
        Ok(())
    }
}

fn rows(frame: &Frame) -> OlapBatch {
    let (keys, mut batch) = (Keys::new(b"a secret"), OlapBatch::default());
    Performance.rows(frame, &RowsContext { log: 1, sites: &Nowhere, keys: &keys }, &mut batch);
    batch
}

/// Two page views and a vital between them.
fn story(measures: bool) -> Frame {
    let mut chunk = [candidate(1, 1, 1, START), candidate(2, 2, 1, START + 1), candidate(3, 3, 1, START + 2)];
    chunk[1].measures = measures;
    let decision = Decision {
        visitor: VisitorId([1; 16]),
        identity: Identity::Cookieless,
        session: SessionKey(1),
        touch: false,
        engaged_ms: 0,
        orphan: false,
    };
    let outcomes = vec![Outcome::New(Some(decision)); 3];
    frame(&chunk, &Decisions { outcomes, sessions: Vec::new() })
}

#[test]
fn a_vital_is_a_row_and_nothing_else_is() {
    let batch = rows(&story(true));
    let tables: Vec<_> = batch.tables(TableKind::Replacing).collect();
    let [(name, vitals)] = tables[..] else { panic!("{} tables", tables.len()) };
    assert_eq!((name, vitals.rows()), ("performance_vitals", 1));
    vitals.check().unwrap();
    assert_eq!(rows(&story(false)).tables(TableKind::Replacing).count(), 0, "no vitals, no table");
}

#[test]
fn what_happened_and_what_was_measured_are_all_there_is() {
    let frame = story(true);
    assert_eq!(frame.events().count(), 3);
    assert_eq!(frame.happenings().map(|event| event.lsn.0).collect::<Vec<_>>(), [1, 3]);
    let vitals: Vec<Vital> = frame.vitals().map(|(_, vital)| vital).collect();
    assert_eq!(vitals.len(), 1);
    assert_eq!(vitals[0].metric, VitalMetric::Lcp);
}
