//! `/api/v1/tokens`.

use super::body::Entered;
use super::errors::refused;
use super::{Admin, OwnerState};
use crate::problem::Problem;
use crate::site_name::SiteName;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ut_tracking::accounts::{AddedToken, Refusal, Scope, Token};

/// `POST /api/v1/tokens`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewToken")]
pub(super) struct Add {
    /// For which site.
    site: SiteName,
    /// `read` or `admin`.
    scope: String,
}

/// A token.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Token")]
pub(super) struct Shown {
    /// For revoking it.
    id: String,
    /// The end of its word, to tell it from others.
    hint: String,
    /// The number of its site.
    site: u32,
    /// `read` or `admin`.
    scope: &'static str,
    /// Unix milliseconds.
    created_at: i64,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Tokens {
    tokens: Vec<Shown>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AddedToken")]
pub(super) struct Added {
    #[serde(flatten)]
    shown: Shown,
    /// The word that opens, `ut_…`.
    token: String,
}

/// The tokens the caller may administer.
pub(super) async fn list(admin: Admin, State(state): State<OwnerState>) -> Result<Json<Tokens>, Problem> {
    let tokens = state.accounts.list_tokens().await?;
    let own = tokens.iter().filter(|token| admin.may_administer(token.site).is_ok());
    Ok(Json(Tokens { tokens: own.map(shown).collect() }))
}

pub(super) async fn add(
    admin: Admin,
    State(state): State<OwnerState>,
    Entered(entered): Entered<Add>,
) -> Result<(StatusCode, Json<Added>), Problem> {
    let name = entered.site.into_text();
    let wrong = |field: &str, code: &'static str, message: String| {
        refused(vec![Refusal { field: field.to_owned(), code, message }])
    };
    let scope = Scope::parse(&entered.scope).ok_or_else(|| {
        wrong("scope", "unknown_scope", format!("`{}` is neither read nor admin", entered.scope))
    })?;
    let found = state.sites.find(&name);
    if found.is_none() && admin.only_site().is_none() {
        return Err(wrong("site", "unknown_site", format!("there is no site `{name}`")));
    }
    let site = admin.site(found, &name)?;
    let AddedToken { token, word } = state.accounts.add_token(site.id, scope).await?;
    Ok((StatusCode::CREATED, Json(Added { shown: shown(&token), token: word })))
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

fn shown(token: &Token) -> Shown {
    Shown {
        id: token.id.clone(),
        hint: token.hint.clone(),
        site: token.site.0,
        scope: token.scope.as_str(),
        created_at: token.created_at,
    }
}
