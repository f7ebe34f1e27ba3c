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
mod consents;
mod cookie;
mod cors;
mod described;
mod errors;
mod guard;
mod host;
mod limit;
mod origin;
mod retention;
mod sign_in;
mod sites;
mod state;
#[cfg(test)]
mod tests;
mod tokens;
mod users;

pub(crate) use body::Entered;
pub use caller::{Admin, MaybeReader, Owner, Reader};
pub(crate) use described::{entered, of_site};
pub(crate) use errors::refused;
pub use state::OwnerState;

use crate::openapi::Routes;
use crate::state::AppState;
use axum::Router;
use axum::extract::FromRef;

/// Signing in and administration. To be put inside [`guard`], together with everything else of the owner.
pub fn router() -> Router<AppState> {
    routes().into_router()
}

/// Puts a router behind the rules of the owner's surface.
pub fn guard(router: Router<AppState>, state: &AppState) -> Router<AppState> {
    guard::around(router, OwnerState::from_ref(state))
}

pub(crate) fn routes<S>() -> Routes<S>
where
    S: Clone + Send + Sync + 'static,
    OwnerState: FromRef<S>,
{
    Routes::new()
        .get("/api/v1/about", described::about(), about::about)
        .get("/api/v1/me", described::me(), about::me)
        .get("/api/v1/sites", described::list_sites(), sites::list)
        .post("/api/v1/sites", described::add_site(), sites::add)
        .get("/api/v1/sites/{id}", described::show_site(), sites::show)
        .patch("/api/v1/sites/{id}", described::change_site(), sites::change)
        .post("/api/v1/sites/{id}/secret", described::rotate_secret(), sites::rotate_secret)
        .get("/api/v1/tokens", described::list_tokens(), tokens::list)
        .post("/api/v1/tokens", described::add_token(), tokens::add)
        .delete("/api/v1/tokens/{id}", described::remove_token(), tokens::remove)
        .get("/api/v1/consents", described::list_consents(), consents::list)
        .get("/api/v1/consents/verify", described::verify_consents(), consents::verify)
        .get("/api/v1/privacy/retention", described::list_retention(), retention::list)
        .get("/api/v1/users", described::list_users(), users::list)
        .post("/api/v1/users", described::add_user(), users::add)
        .delete("/api/v1/users/{id}", described::remove_user(), users::remove)
        .post("/setup", described::set_up(), sign_in::set_up)
        .post("/login", described::log_in(), sign_in::log_in)
        .post("/logout", described::log_out(), sign_in::log_out)
}
