//! What is measured, in the visitor's words, and the way out of it: a page on the shop's own domain, without script.

use super::consent::{self, Effective};
use super::head::Head;
use super::ignore::{POLICY, from_own_page};
use super::jar;
use super::will::Will;
use crate::body;
use crate::heads;
use crate::problem::Problem;
use crate::state::AppState;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use std::sync::Arc;
use url::form_urlencoded;
use ut_core::site::Site;
use ut_tracking::modules::consent::{Axis, Choice, Collect};

const PAGE: &str = include_str!("privacy.html");
/// The form's one field.
const MAX_FORM: usize = 256;

/// `GET /ut/privacy`.
pub(super) async fn page(State(state): State<AppState>, request: Request) -> Result<Response, Problem> {
    let head = Head::of(&state, request.into_parts().0);
    let site = site(&state, &head.headers)?;
    let choice = jar::choice(&head.headers);
    let now = state.deps.clock.now_ms();
    let will = Will::of_choice(&site, head.asks_for_privacy(), &choice, None, &head.place(&state), now);
    let opted_out = choice.opted_out.is_some();
    let gpc = head.asks_for_privacy() || choice.gpc.is_some();
    let (value, button) =
        if opted_out { ("0", "Measure my visits again") } else { ("1", "Do not measure my visits") };
    let texts = [
        ("{{now}}", collected(&will, opted_out)),
        ("{{choice}}", &*chosen(&choice)),
        ("{{gpc}}", if gpc { HONOURED } else { "Your browser does not send this signal." }),
        ("{{cookies}}", cookies(&will)),
        ("{{value}}", value),
        ("{{button}}", button),
    ];
    let page = texts.iter().fold(PAGE.to_owned(), |page, (place, text)| page.replace(place, text));
    let head = [(header::CONTENT_SECURITY_POLICY, POLICY), (header::CACHE_CONTROL, "no-store")];
    Ok((head, Html(page)).into_response())
}

const HONOURED: &str = "Your browser sends this signal, and it is honoured: nothing about your visits is passed on to \
                        advertisers or used to personalise what you see.";

fn collected(will: &Will, opted_out: bool) -> &'static str {
    match will.collect {
        Collect::Nothing if opted_out => "You have opted out: nothing is collected of your visits.",
        Collect::Nothing => "Nothing is collected of your visits: you have not agreed to it.",
        Collect::Cookieless => {
            "Your visits are counted without a cookie. A visitor is told from others for one day, by a number made with a \
             key that is destroyed afterwards; your address is not stored."
        }
        Collect::Cookie => {
            "Your visits are counted, and your browser is recognised by a random number in a cookie. Your address is not \
             stored."
        }
    }
}

fn cookies(will: &Will) -> &'static str {
    if will.collect == Collect::Cookie {
        "<code>_ut_c</code>, what you chose; <code>_ut_id</code>, a random number, for at most thirteen months."
    } else {
        "<code>_ut_c</code>, what you chose, and none until you choose."
    }
}

/// What the visitor chose, axis by axis.
fn chosen(choice: &Choice) -> String {
    let said = choice.signals().flat_map(|signal| {
        Axis::ALL.into_iter().filter_map(move |axis| {
            let word = if signal.of(axis)? { "agreed" } else { "refused" };
            Some(format!("{}: {word}", axis.as_str()))
        })
    });
    let said: Vec<_> = said.collect();
    if said.is_empty() { "You have made none.".to_owned() } else { said.join(" · ") }
}

/// `POST /ut/privacy`, from the page's form.
pub(super) async fn choose(State(state): State<AppState>, request: Request) -> Result<Response, Problem> {
    let (parts, form) = request.into_parts();
    let head = Head::of(&state, parts);
    if !from_own_page(&head.headers) {
        let detail = "This form is sent by its own page, /ut/privacy.";
        return Err(Problem::new(StatusCode::FORBIDDEN, "wrong_origin", "Not from this page", detail));
    }
    let form = body::read(&head.headers, form, MAX_FORM).await?;
    let field = form_urlencoded::parse(&form).find(|(name, _)| name == "opted_out");
    let Some(opted_out) = field.map(|(_, value)| value == "1") else {
        let detail = "The field `opted_out` is 1 (nothing is collected) or 0.";
        return Err(Problem::new(StatusCode::BAD_REQUEST, "bad_request", "Not the page's form", detail));
    };
    let site = site(&state, &head.headers)?;
    let mut choice = jar::choice(&head.headers);
    choice.opted_out = opted_out.then(|| state.deps.clock.now_ms());
    let Effective { told, .. } = consent::opted(&state, (&site, &head), &choice).await?;
    // Relative: the page may be mounted under another prefix.
    let back = [(header::LOCATION, HeaderValue::from_static("privacy"))];
    let mut response = (StatusCode::SEE_OTHER, back).into_response();
    told.tell(response.headers_mut());
    Ok(response)
}

/// The site whose page this is: by the host that was asked, or the only one there is.
fn site(state: &AppState, headers: &HeaderMap) -> Result<Arc<Site>, Problem> {
    let asked = heads::host(headers);
    let host = asked.as_ref().map_or("", |asked| asked.host());
    let only = || {
        Some(state.sites.list()).filter(|sites| sites.len() == 1).and_then(|sites| sites.into_iter().next())
    };
    state.sites.by_domain(host).or_else(only).ok_or_else(|| {
        let detail = format!("No site has the domain {host:?}; open this page on the shop's own domain.");
        Problem::new(StatusCode::NOT_FOUND, "unknown_site", "Unknown site", detail)
    })
}
