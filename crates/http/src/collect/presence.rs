//! The heartbeat of a visible tab: it says who is here now, and nothing of it is logged or stored.

use super::accept::{read, site, unavailable};
use super::envelope::{self, Outline};
use super::head::Head;
use super::limits::{self, By, Counted, Standing};
use super::pii::Filter;
use super::{origin, record};
use crate::problem::Problem;
use crate::state::AppState;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use ut_core::Lsn;
use ut_core::ports::{LiveBatch, LiveOp};
use ut_tracking::modules::consent::Traits;

/// Largest body of a heartbeat.
const MAX_HEARTBEAT: usize = 1024;

/// `POST /ut/p`.
pub(super) async fn heartbeat(State(state): State<AppState>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let head = Head::new(&state, parts);
    let mut standing = None;
    let mut response = match seen(&state, &head, body, &mut standing).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(problem) => {
            state.metrics.refused(problem.code, 1);
            problem.into_response()
        }
    };
    if let Some(standing) = standing {
        standing.tell(response.headers_mut());
    }
    origin::echo(&state, &head, &mut response);
    response
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
    // Who is not counted is not here, and a program is nobody.
    if heartbeat.webdriver || head.is_excluded(&site) {
        return Ok(());
    }
    let now = state.deps.clock.now_ms();
    let down = |error: ut_core::ports::RealtimeError| unavailable(&error.to_string());
    let salts = state.identifier.salts(&site, now).await.map_err(down)?;
    let host = head.origin.host().unwrap_or_else(|| record::own_host(&site));
    let traits = Traits { address: head.sender.address, user_agent: head.user_agent(), host };
    let Some(ids) = salts.ids(now, &traits) else { return Ok(()) };
    let visitor = state.deps.realtime.whose(site.id, &ids, now).await.map_err(down)?;
    let filter = Filter::new(&site.settings.url_params, &state.metrics.removed);
    let page = filter.page_url(&heartbeat.url).and_then(|url| url::Url::parse(&url).ok());
    let page = page.map(|url| url.path().to_owned());
    let country = head.place(state).country;
    let seen = LiveOp::Seen { site: site.id, visitor, at: now, page, country };
    state.deps.realtime.live(&LiveBatch { until: Lsn(0), ops: vec![seen] }).await.map_err(down)?;
    Ok(())
}
