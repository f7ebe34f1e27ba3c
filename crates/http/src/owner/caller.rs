//! Who asks: extractors for the handlers of the owner's surface.

use super::guard::Renewal;
use super::origin::{Sender, sender};
use super::{OwnerState, cookie};
use crate::problem::Problem;
use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use std::convert::Infallible;
use std::sync::Arc;
use subtle::ConstantTimeEq;
use ut_core::SiteId;
use ut_core::site::Site;
use ut_tracking::accounts::{Claims, Scope, SignedIn, Token, User};

/// The owner, signed in by the session cookie. A request that changes something has shown that one of our own pages
/// sent it.
#[derive(Debug, Clone)]
pub struct Owner {
    /// Who.
    pub user: User,
    /// The session.
    pub claims: Claims,
}

/// The owner, or a program with a token of the scope `admin`: for handlers that administer.
#[derive(Debug, Clone)]
pub enum Admin {
    /// May administer everything.
    Owner(Owner),
    /// May add sites, and administer its own.
    Token(Token),
}

impl Admin {
    /// The only site it may administer; `None` for all.
    #[must_use]
    pub fn only_site(&self) -> Option<SiteId> {
        match self {
            Self::Owner(_) => None,
            Self::Token(token) => Some(token.site),
        }
    }

    /// The site it means, if it may administer it.
    pub(crate) fn site(&self, found: Option<Arc<Site>>, name: &str) -> Result<Arc<Site>, Problem> {
        own(self.only_site(), found, name)
    }

    /// Refuses another site than its own.
    pub fn may_administer(&self, site: SiteId) -> Result<(), Problem> {
        self.only_site().is_none_or(|only| only == site).then_some(()).ok_or_else(another_site)
    }
}

/// The owner, or a program with any token: for handlers that **change nothing**, because no CSRF token is asked for.
#[derive(Debug, Clone)]
pub struct Reader(Option<SiteId>);

impl Reader {
    /// The only site it may read; `None` for all.
    #[must_use]
    pub fn only_site(&self) -> Option<SiteId> {
        self.0
    }

    /// The site it means, if it may read it.
    pub(crate) fn site(&self, found: Option<Arc<Site>>, name: &str) -> Result<Arc<Site>, Problem> {
        own(self.0, found, name)
    }

    /// Refuses a token of another site.
    pub fn may_read(&self, site: SiteId) -> Result<(), Problem> {
        self.0.is_none_or(|only| only == site).then_some(()).ok_or_else(another_site)
    }
}

/// Anyone, and whether they are known: for handlers that tell the owner more.
#[derive(Debug, Clone)]
pub struct MaybeReader(Option<Reader>);

impl MaybeReader {
    /// Signed in, or with a token.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.0.is_some()
    }
}

enum Caller {
    Owner(Owner),
    Token(Token),
}

async fn caller<S>(parts: &Parts, state: &S) -> Result<Caller, Problem>
where
    OwnerState: FromRef<S>,
{
    let state = OwnerState::from_ref(state);
    if let Some(shown) = parts.headers.get(header::AUTHORIZATION) {
        let word = shown.to_str().ok().and_then(|text| text.split_once(' '));
        let word =
            word.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, word)| word.trim());
        let token = match word {
            Some(word) => state.accounts.authenticate_token(word).await?,
            None => None,
        };
        return token.map(Caller::Token).ok_or_else(unknown_token);
    }
    let Some(cookie) = cookie::read(&state.settings.public_url, &parts.headers) else {
        return Err(not_signed_in());
    };
    let SignedIn { user, claims } = state.accounts.session(cookie).await?.ok_or_else(not_signed_in)?;
    if let (Some(renewal), Some(session)) = (parts.extensions.get::<Renewal>(), state.accounts.renew(&claims))
    {
        renewal.set(session);
    }
    Ok(Caller::Owner(Owner { user, claims }))
}

/// A cookie goes along with every request, also with one that another page made up: a change needs more.
fn own_page(parts: &Parts, state: &OwnerState, owner: &Owner) -> Result<(), Problem> {
    if parts.method.is_safe() {
        return Ok(());
    }
    let refuse = |detail: &str| Problem::new(StatusCode::FORBIDDEN, "csrf", "Not from the dashboard", detail);
    if sender(&state.settings.public_url, &parts.uri, &parts.headers) != Sender::Own {
        return Err(refuse(
            "A change must come from the dashboard: `Origin` or `Sec-Fetch-Site` says otherwise.",
        ));
    }
    if !csrf_matches(&parts.headers, &owner.claims.csrf) {
        return Err(refuse("A change needs the header `X-CSRF-Token` with the `csrf` of /api/v1/me."));
    }
    Ok(())
}

fn csrf_matches(headers: &HeaderMap, expected: &str) -> bool {
    let shown = headers.get("x-csrf-token").map_or(&b""[..], |value| value.as_bytes());
    bool::from(shown.ct_eq(expected.as_bytes()))
}

impl<S> FromRequestParts<S> for Owner
where
    S: Send + Sync,
    OwnerState: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match caller(parts, state).await? {
            Caller::Owner(owner) => own_page(parts, &OwnerState::from_ref(state), &owner).map(|()| owner),
            Caller::Token(_) => {
                let detail = "This needs a signed-in owner; a token cannot do it.";
                Err(Problem::new(StatusCode::FORBIDDEN, "owner_only", "For the owner", detail))
            }
        }
    }
}

impl<S> FromRequestParts<S> for Admin
where
    S: Send + Sync,
    OwnerState: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match caller(parts, state).await? {
            Caller::Owner(owner) => {
                own_page(parts, &OwnerState::from_ref(state), &owner).map(|()| Self::Owner(owner))
            }
            Caller::Token(token) if token.scope >= Scope::Admin => Ok(Self::Token(token)),
            Caller::Token(_) => {
                let detail = "This needs a token of the scope `admin`; this one may only read.";
                Err(Problem::new(StatusCode::FORBIDDEN, "scope", "The token may not do this", detail))
            }
        }
    }
}

impl<S> FromRequestParts<S> for Reader
where
    S: Send + Sync,
    OwnerState: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        Ok(match caller(parts, state).await? {
            Caller::Owner(_) => Self(None),
            Caller::Token(token) => Self(Some(token.site)),
        })
    }
}

impl<S> FromRequestParts<S> for MaybeReader
where
    S: Send + Sync,
    OwnerState: FromRef<S>,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        Ok(Self(Reader::from_request_parts(parts, state).await.ok()))
    }
}

fn not_signed_in() -> Problem {
    let detail = "Sign in, or send `Authorization: Bearer ut_…` with a token of the site.";
    Problem::new(StatusCode::UNAUTHORIZED, "not_signed_in", "Not signed in", detail)
}

fn unknown_token() -> Problem {
    let detail = "`Authorization` holds no token of this server: `universal-tracking token add` makes one.";
    Problem::new(StatusCode::UNAUTHORIZED, "unknown_token", "Unknown token", detail)
}

/// What was found under `name`, if the caller may have it. To a token there is no difference between a site that is not
/// its own and one that does not exist: it need not know what else this server serves.
fn own(only: Option<SiteId>, found: Option<Arc<Site>>, name: &str) -> Result<Arc<Site>, Problem> {
    match (only, found) {
        (None, Some(site)) => Ok(site),
        (Some(only), Some(site)) if site.id == only => Ok(site),
        (Some(_), _) => Err(another_site()),
        (None, None) => {
            let detail = format!("There is no site {name:?}: give its number or one of its domains.");
            Err(Problem::new(StatusCode::NOT_FOUND, "unknown_site", "Unknown site", detail))
        }
    }
}

fn another_site() -> Problem {
    let detail = "This token is not for this site: it is another one, or there is none.";
    Problem::new(StatusCode::FORBIDDEN, "another_site", "Another site's token", detail)
}
