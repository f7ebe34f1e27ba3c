//! The heartbeat of a visible tab: it says who is here now, and nothing of it is logged or stored.

use super::accept::{read, site, unavailable};
use super::envelope::{self, Heartbeat, Outline};
use super::head::Head;
use super::limits::{self, By, Counted, Standing};
use super::origin::Echo;
use super::pii::Filter;
use super::will::Will;
use super::{answer, jar, origin, record};
use crate::problem::Problem;
use crate::state::AppState;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use url::Url;
use ut_core::event::{Client, Ids};
use ut_core::ports::{LiveBatch, LiveOp};
use ut_core::site::Site;
use ut_core::{Lsn, VisitorId};
use ut_tracking::modules::consent::{Collect, Traits};
use ut_tracking::modules::device_intel;

/// Largest body of a heartbeat.
const MAX_HEARTBEAT: usize = 1024;
/// Places come free when visitors have been away for half an hour.
const FULL_RETRY_S: u64 = 60;

/// `POST /ut/p`.
pub(super) async fn heartbeat(State(state): State<AppState>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let head = Head::of(&state, parts);
    let mut standing = None;
    let seen = seen(&state, &head, body, &mut standing).await;
    answer::told(&state, Echo::of(&state, &head), standing, seen.map(|()| StatusCode::NO_CONTENT))
}

async fn seen(
    state: &AppState,
    head: &Head,
    body: Body,
    standing: &mut Option<Standing>,
) -> Result<(), Problem> {
    let body = read(&head.headers, body, MAX_HEARTBEAT).await?;
    let outline = Outline::of(envelope::utf8(&body)?)?;
    let site = site(state, &outline.site()?)?;
    origin::check(state, &site, head)?;
    let heartbeat = outline.heartbeat()?;
    let by = By::Page(head.sender.address);
    limits::take(state, Counted::Heartbeats, by, site.id, 1, standing).await?;
    let filter = Filter::new(&site.settings.url_params, &state.metrics.removed);
    let page = filter.page_url(&heartbeat.url).and_then(|url| Url::parse(&url).ok());
    let host = head.origin.host().unwrap_or_else(|| record::own_host(&site));
    if head.is_excluded(&site) || !counts(&site, page.as_ref(), host) || is_program(head, &heartbeat) {
        return Ok(());
    }
    let now = state.deps.clock.now_ms();
    let down = |error: ut_core::ports::RealtimeError| unavailable(&error.to_string());
    let salts = state.identifier.salts(&site, now).await.map_err(down)?;
    let place = head.place(state);
    let will = Will::of_page(&site, head, heartbeat.consent, &place, now);
    if will.collect == Collect::Nothing {
        return Ok(());
    }
    let known =
        jar::visitor(&head.headers, &site, &state.deps.keys).filter(|_| will.collect == Collect::Cookie);
    let traits = Traits { address: head.sender.address, user_agent: head.user_agent(), host };
    let Some(ids) = salts.ids(traits.likeness()).at(now) else { return Ok(()) };
    let ids = Ids { cookie: known.map(|id| VisitorId(id.into_bytes())), ..ids };
    let visitor = state.deps.realtime.whose(site.id, &ids, now).await.map_err(down)?;
    let page = page.map(|url| url.path().to_owned());
    let country = place.country;
    let seen = LiveOp::Seen { site: site.id, visitor, at: now, page, country };
    let answer =
        state.deps.realtime.live(&LiveBatch { until: Lsn(0), ops: vec![seen] }).await.map_err(down)?;
    if answer.full { Err(full()) } else { Ok(()) }
}

fn full() -> Problem {
    let detail =
        "As many visitors of this site are shown as this server shows at a time. Events are taken as ever.";
    let status = StatusCode::SERVICE_UNAVAILABLE;
    Problem::new(status, "too_many_visitors", "Too many visitors", detail).retry_after(FULL_RETRY_S)
}

/// Does whoever looks at this page count? The same pages count as for events; a heartbeat that names none is of the
/// page's host.
fn counts(site: &Site, page: Option<&Url>, host: &str) -> bool {
    let (host, path) = match page {
        Some(page) => (page.host_str().unwrap_or(host), page.path()),
        None => (host, ""),
    };
    !site.excludes_page(host, path) && !site.is_staging(host)
}

/// A program is nobody.
fn is_program(head: &Head, heartbeat: &Heartbeat) -> bool {
    let user_agent = head.user_agent().to_owned();
    let client = Client { user_agent, hints: head.hints(), webdriver: heartbeat.webdriver, touch_points: 0 };
    !device_intel::device(&client).bot.is_empty()
}
