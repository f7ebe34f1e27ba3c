//! Rows of `sessions`: the complete state, once per batch and session.

use super::facts;
use std::collections::BTreeMap;
use std::sync::Arc;
use ut_core::event::{PageAddress, SessionState};
use ut_core::keys::Keys;
use ut_core::module::RowsContext;
use ut_core::ports::{Column, OlapBatch, RowWriter, TableKind};
use ut_core::{SessionKey, SiteId};

const COLUMNS: &[Column] = &[
    "site",
    "session",
    "visitor",
    "identity",
    "upgraded",
    "started_at",
    "early_ms",
    "length_ms",
    "entry_hostname",
    "entry_page",
    "exit_hostname",
    "exit_page",
    "page_views",
    "events",
    "engaged",
    "engaged_ms",
    "touches",
    "tz",
    "lang",
    "staging",
    "country",
    "region",
    "city",
    "country_source",
    "device_type",
    "browser",
    "browser_version",
    "os",
    "os_version",
    "brand",
    "model",
    "bot",
    "source",
    "medium",
    "campaign",
    "term",
    "content",
    "click_id",
    "referrer_host",
    "version",
];

/// The newest state of every session that a batch changes.
#[derive(Debug, Default)]
pub(super) struct Newest(BTreeMap<(SiteId, SessionKey), Arc<SessionState>>);

impl Newest {
    /// Adds the states of the next frame.
    pub(super) fn add(&mut self, states: &[Arc<SessionState>]) {
        self.0.extend(states.iter().map(|state| ((state.site, state.session), Arc::clone(state))));
    }

    pub(super) fn write(&self, context: &RowsContext<'_>, batch: &mut OlapBatch) {
        for session in self.0.values() {
            batch.row("sessions", TableKind::Replacing, COLUMNS, |row| write(session, context, row));
        }
    }
}

fn write(session: &SessionState, context: &RowsContext<'_>, row: &mut RowWriter) {
    let visitor = context.keys.visitor(session.site, session.visitor);
    let entry = parts(session.entry.as_ref());
    let exit = parts(session.exit.as_ref());
    row.u32(session.site.0).u64(session.session.0).u64(visitor.0).word(session.identity.as_str());
    row.u8(upgraded(session, context.keys).into()).time(session.started_at);
    row.u32(ms(session.first_at, session.started_at)).u32(ms(session.first_at, session.last_at));
    row.word(entry.0).word(entry.1).word(exit.0).word(exit.1);
    row.u32(session.page_views).u32(session.events).u8(session.engaged().into());
    row.u64(session.engaged_ms).u16(session.touches);
    row.word(&session.request.tz).word(&session.request.lang).u8(session.staging.into());
    facts::request(row, &session.request);
    let origin = session.origin.as_ref();
    facts::source(row, origin.and_then(|origin| origin.source.as_deref()));
    row.u64(session.version);
}

/// Did it begin with another visitor than it has now? Its key is of the first one.
fn upgraded(session: &SessionState, keys: &Keys) -> bool {
    let SessionState { site, visitor, started_at, .. } = *session;
    keys.session(site, visitor, started_at) != session.session
}

fn parts(page: Option<&(i64, Arc<PageAddress>)>) -> (&str, &str) {
    page.map_or(("", ""), |(_, page)| (&page.hostname, &page.path))
}

/// From one time to a later one. A session is at most a day long.
fn ms(from: i64, to: i64) -> u32 {
    u32::try_from(to - from).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ut_core::VisitorId;
    use ut_core::event::{Circumstances, Identity, Opening};

    #[test]
    fn a_session_is_upgraded_when_its_visitor_is_not_the_one_it_began_with() {
        let keys = Keys::new(b"a secret");
        let (site, visitor) = (SiteId(7), VisitorId([1; 16]));
        let mut session = SessionState::open(Opening {
            session: keys.session(site, visitor, 5),
            visitor,
            identity: Identity::Cookieless,
            at: 5,
            staging: false,
            request: Arc::new(Circumstances { site, ..Circumstances::default() }),
        });
        assert!(!upgraded(&session, &keys));
        session.visitor = VisitorId([2; 16]);
        assert!(upgraded(&session, &keys));
    }
}
