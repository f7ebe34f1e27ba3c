//! `/api/v1/users`: who may sign in. For the owner alone: a token must not be able to make itself an owner.

use super::body::Entered;
use super::{Owner, OwnerState};
use crate::problem::Problem;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ut_tracking::accounts::{ListedUser, NewOwner, Removal};

/// `POST /api/v1/users`: what is missing is refused like what is wrong, with the field's name.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewUser")]
pub(super) struct Add {
    /// To sign in with.
    #[serde(default)]
    email: String,
    /// At least 12 characters.
    #[serde(default)]
    password: String,
}

/// A user.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "User")]
pub(super) struct Shown {
    /// For removing them.
    id: String,
    /// In lower case.
    email: String,
    /// Unix milliseconds.
    created_at: i64,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Users {
    users: Vec<Shown>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AddedUser")]
pub(super) struct Added {
    /// For removing them.
    id: String,
    /// In lower case.
    email: String,
}

pub(super) async fn list(_owner: Owner, State(state): State<OwnerState>) -> Result<Json<Users>, Problem> {
    let users = state.accounts.list_users().await?;
    Ok(Json(Users { users: users.into_iter().map(shown).collect() }))
}

pub(super) async fn add(
    _owner: Owner,
    State(state): State<OwnerState>,
    Entered(entered): Entered<Add>,
) -> Result<(StatusCode, Json<Added>), Problem> {
    let new = NewOwner { email: entered.email, password: entered.password };
    let user = state.accounts.add_owner(new).await?;
    tracing::info!(user = user.id, "user {} was added", user.id);
    Ok((StatusCode::CREATED, Json(Added { id: user.id, email: user.email })))
}

pub(super) async fn remove(
    _owner: Owner,
    State(state): State<OwnerState>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    match state.accounts.remove_user(&id).await? {
        Removal::Removed => {
            tracing::info!(user = id, "user {id} was removed");
            Ok(StatusCode::NO_CONTENT)
        }
        Removal::Unknown => {
            let detail = "There is no user with this id.";
            Err(Problem::new(StatusCode::NOT_FOUND, "unknown_user", "Unknown user", detail))
        }
        Removal::LastOwner => {
            let detail = "The last user stays: nobody could sign in any more. Add another one first.";
            Err(Problem::new(StatusCode::CONFLICT, "last_owner", "The last user", detail))
        }
    }
}

fn shown(ListedUser { user, created_at }: ListedUser) -> Shown {
    Shown { id: user.id, email: user.email, created_at }
}
