//! `GET /api/v1/sites/{id}/page_templates`.

use super::site;
use crate::owner::Reader;
use crate::problem::Problem;
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use schemars::JsonSchema;
use serde::Serialize;
use ut_tracking::modules::performance::Suggestion;
use ut_tracking::query::suggested_templates;

/// Patterns of pages that are not set yet.
#[derive(Serialize, JsonSchema)]
pub(super) struct PageTemplates {
    /// At most 20, those with the most views first.
    suggestions: Vec<Suggestion>,
}

pub(super) async fn suggested(
    reader: Reader,
    State(state): State<AppState>,
    Path(name): Path<String>,
) -> Result<Json<PageTemplates>, Problem> {
    let site = site(&state, &reader, &name)?;
    Ok(Json(PageTemplates { suggestions: suggested_templates(&state.deps, &site).await? }))
}
