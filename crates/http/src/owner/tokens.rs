//! `/api/v1/tokens`.

use super::body::Entered;
use super::errors::refused;
use super::{Admin, OwnerState};
use crate::problem::Problem;
use crate::site_name::SiteName;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use ut_tracking::accounts::{AddedToken, Refusal, Scope, Token};

/// `POST /api/v1/tokens`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Add {
    site: SiteName,
    scope: String,
}

/// The tokens the caller may administer.
pub(super) async fn list(admin: Admin, State(state): State<OwnerState>) -> Result<Json<Value>, Problem> {
    let tokens = state.accounts.list_tokens().await?;
    let own = tokens.iter().filter(|token| admin.may_administer(token.site).is_ok());
    Ok(Json(json!({ "tokens": own.map(shown).collect::<Vec<_>>() })))
}

pub(super) async fn add(
    admin: Admin,
    State(state): State<OwnerState>,
    Entered(entered): Entered<Add>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let name = entered.site.into_text();
    let wrong = |field: &str, code: &'static str, message: String| {
        refused(vec![Refusal { field: field.to_owned(), code, message }])
    };
    let scope = Scope::parse(&entered.scope).ok_or_else(|| {
        wrong("scope", "unknown_scope", format!("`{}` is neither read nor admin", entered.scope))
    })?;
    let site = state.sites.find(&name);
    let site = site.ok_or_else(|| wrong("site", "unknown_site", format!("there is no site `{name}`")))?;
    admin.may_administer(site.id)?;
    let AddedToken { token, word } = state.accounts.add_token(site.id, scope).await?;
    let mut answer = shown(&token);
    answer["token"] = word.into();
    Ok((StatusCode::CREATED, Json(answer)))
}

pub(super) async fn remove(
    admin: Admin,
    State(state): State<OwnerState>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let tokens = state.accounts.list_tokens().await?;
    let known = tokens.iter().find(|token| token.id == id && admin.may_administer(token.site).is_ok());
    if known.is_some() && state.accounts.remove_token(&id).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(Problem::new(
        StatusCode::NOT_FOUND,
        "unknown_token",
        "Unknown token",
        "There is no token with this id.",
    ))
}

fn shown(token: &Token) -> Value {
    json!({
        "id": token.id,
        "hint": token.hint,
        "site": token.site.0,
        "scope": token.scope.as_str(),
        "created_at": token.created_at,
    })
}
