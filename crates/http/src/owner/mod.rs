//! The owner's surface: who may use it, and administration.
//!
//! | who | shows | extractor |
//! |---|---|---|
//! | the owner | the session cookie; for a change also `X-CSRF-Token` and an `Origin` of ours | [`Owner`] |
//! | a program | `Authorization: Bearer ut_…`, for one site | [`Reader`], or [`Admin`] with the scope `admin` |
//!
//! [`guard`] goes around everything that belongs to the owner: it answers for the host of `PUBLIC_URL` and loopback
//! only, keeps quiet until there is an owner, and sets the headers that keep other pages out.

mod about;
mod body;
mod caller;
mod cookie;
mod cors;
mod errors;
mod guard;
mod host;
mod limit;
mod origin;
mod sign_in;
mod sites;
mod state;
#[cfg(test)]
mod tests;
mod tokens;

pub use caller::{Admin, MaybeReader, Owner, Reader};
pub use state::OwnerState;

use crate::state::AppState;
use axum::Router;
use axum::extract::FromRef;
use axum::routing::{delete, get, post};

/// Signing in and administration. To be put inside [`guard`], together with everything else of the owner.
pub fn router() -> Router<AppState> {
    routes()
}

/// Puts a router behind the rules of the owner's surface.
pub fn guard(router: Router<AppState>, state: &AppState) -> Router<AppState> {
    guard::around(router, OwnerState::from_ref(state))
}

fn routes<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    OwnerState: FromRef<S>,
{
    Router::new()
        .route("/api/v1/about", get(about::about))
        .route("/api/v1/me", get(about::me))
        .route("/api/v1/sites", get(sites::list).post(sites::add))
        .route("/api/v1/sites/{id}", get(sites::show).patch(sites::change))
        .route("/api/v1/sites/{id}/secret", post(sites::rotate_secret))
        .route("/api/v1/tokens", get(tokens::list).post(tokens::add))
        .route("/api/v1/tokens/{id}", delete(tokens::remove))
        .route("/setup", post(sign_in::set_up))
        .route("/login", post(sign_in::log_in))
        .route("/logout", post(sign_in::log_out))
}
