//! What this server is, and who is asking.

use super::{Owner, OwnerState};
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

/// `GET /api/v1/about`, for anyone.
pub(super) async fn about(State(state): State<OwnerState>) -> Result<Json<Value>, Problem> {
    let owner_exists = state.accounts.owner_exists().await?;
    let demo = state.settings.demo;
    Ok(Json(json!({ "version": env!("CARGO_PKG_VERSION"), "demo": demo, "owner_exists": owner_exists })))
}

/// `GET /api/v1/me`.
pub(super) async fn me(owner: Owner) -> Json<Value> {
    Json(json!({ "user": { "email": owner.user.email }, "csrf": owner.claims.csrf }))
}
