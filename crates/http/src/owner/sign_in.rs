//! Set-up link, login and logout.

use super::body::Entered;
use super::origin::{Sender, sender};
use super::{Owner, OwnerState, cookie, limit};
use crate::problem::Problem;
use axum::extract::State;
use axum::http::{Extensions, HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Deserialize;
use ut_tracking::accounts::{NewOwner, User};

/// `POST /setup`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SetUp {
    /// What stands behind `#` of the link.
    token: String,
    /// Of the new owner.
    email: Option<String>,
    /// At least 12 characters.
    password: Option<String>,
}

/// `POST /login`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LogIn {
    email: String,
    password: String,
}

pub(super) async fn set_up(
    State(state): State<OwnerState>,
    uri: Uri,
    headers: HeaderMap,
    Entered(entered): Entered<SetUp>,
) -> Result<Response, Problem> {
    not_foreign(&state, &uri, &headers)?;
    let new = match (entered.email, entered.password) {
        (None, None) => None,
        (email, password) => {
            Some(NewOwner { email: email.unwrap_or_default(), password: password.unwrap_or_default() })
        }
    };
    let user = state.accounts.redeem(entered.token.trim(), new).await?;
    tracing::info!(user = user.id, "signed in by a set-up link");
    signed_in(&state, &user)
}

pub(super) async fn log_in(
    State(state): State<OwnerState>,
    uri: Uri,
    headers: HeaderMap,
    extensions: Extensions,
    Entered(entered): Entered<LogIn>,
) -> Result<Response, Problem> {
    not_foreign(&state, &uri, &headers)?;
    limit::count_try(&state, &extensions, &headers, &entered.email).await?;
    let Some(user) = state.accounts.login(&entered.email, &entered.password).await? else {
        let detail = "The e-mail address or the password is wrong.";
        return Err(Problem::new(StatusCode::UNAUTHORIZED, "wrong_login", "Not signed in", detail));
    };
    signed_in(&state, &user)
}

pub(super) async fn log_out(owner: Owner, State(state): State<OwnerState>) -> Result<Response, Problem> {
    state.accounts.close_session(&owner.claims).await?;
    let cookie = cookie::remove(&state.settings.public_url);
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}

fn signed_in(state: &OwnerState, user: &User) -> Result<Response, Problem> {
    let session = state.accounts.open_session(user)?;
    let cookie = cookie::keep(&state.settings.public_url, &session);
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}

/// Another page must not sign its visitor in as someone else. A program that says nothing may.
fn not_foreign(state: &OwnerState, uri: &Uri, headers: &HeaderMap) -> Result<(), Problem> {
    if sender(&state.settings.public_url, uri, headers) != Sender::Foreign {
        return Ok(());
    }
    let detail = "Sign in on the dashboard: this came from another page (`Origin` or `Sec-Fetch-Site`).";
    Err(Problem::new(StatusCode::FORBIDDEN, "csrf", "Not from the dashboard", detail))
}
