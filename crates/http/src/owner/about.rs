//! What this server is, and who is asking.

use super::{Owner, OwnerState};
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;

#[derive(Serialize, JsonSchema)]
pub(super) struct About {
    /// Of this server.
    version: &'static str,
    /// Does it show a demo?
    demo: bool,
    /// Has somebody opened the set-up link?
    owner_exists: bool,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Me {
    user: Person,
    /// `X-CSRF-Token` of every change.
    csrf: String,
}

#[derive(Serialize, JsonSchema)]
struct Person {
    email: String,
}

/// `GET /api/v1/about`, for anyone.
pub(super) async fn about(State(state): State<OwnerState>) -> Result<Json<About>, Problem> {
    let owner_exists = state.accounts.owner_exists().await?;
    let demo = state.settings.demo;
    Ok(Json(About { version: env!("CARGO_PKG_VERSION"), demo, owner_exists }))
}

/// `GET /api/v1/me`.
pub(super) async fn me(owner: Owner) -> Json<Me> {
    Json(Me { user: Person { email: owner.user.email }, csrf: owner.claims.csrf })
}
