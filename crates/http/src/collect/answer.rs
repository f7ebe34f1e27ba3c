//! How the door answers.

use super::limits::Standing;
use super::origin::Echo;
use crate::problem::Problem;
use crate::state::AppState;
use axum::response::{IntoResponse, Response};

/// The answer to a request. A refusal is counted; the sender is told how it stands, and its page may read it.
pub(super) fn told(
    state: &AppState,
    echo: Echo,
    standing: Option<Standing>,
    outcome: Result<impl IntoResponse, Problem>,
) -> Response {
    let mut response = match outcome {
        Ok(answer) => answer.into_response(),
        Err(problem) => {
            state.metrics.refused(problem.code, 1);
            problem.into_response()
        }
    };
    if let Some(standing) = standing {
        standing.tell(response.headers_mut());
    }
    echo.tell(response.headers_mut());
    response
}
