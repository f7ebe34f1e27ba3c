//! How often someone may try a password.

use super::OwnerState;
use crate::network;
use crate::problem::Problem;
use axum::extract::ConnectInfo;
use axum::http::{Extensions, HeaderMap, StatusCode};
use std::net::SocketAddr;
use ut_core::ports::{RateVerdict, Take};
use ut_tracking::accounts::Accounts;

/// Tries per minute from one address.
const PER_ADDRESS: u32 = 15;
/// Tries per minute for one account, from wherever. With 12 characters and more that is no way in; and it is so much
/// more than one address has that a single stranger cannot keep the owner out.
const PER_ACCOUNT: u32 = 60;

/// Counts a try, before its password is looked at: one that is refused costs no hash and tells nothing.
pub(super) async fn count_try(
    state: &OwnerState,
    extensions: &Extensions,
    headers: &HeaderMap,
    email: &str,
) -> Result<(), Problem> {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>();
    // Behind a proxy everybody would be one address, and a stranger could keep all owners out.
    let sender = |peer: &ConnectInfo<SocketAddr>| state.settings.proxies.sender(peer.0.ip(), headers).address;
    let address = peer.map_or_else(|| "unknown".to_owned(), |peer| network::of(sender(peer)).to_string());
    // As the account is looked for: one address can be written in very many ways. What is none has no account.
    let account = Accounts::address(email).unwrap_or_default();
    for (key, per_minute) in
        [(format!("login:address:{address}"), PER_ADDRESS), (format!("login:account:{account}"), PER_ACCOUNT)]
    {
        let take = Take { bucket: &key, cost: 1, per_minute };
        match state.realtime.allow(&[take], state.clock.now_ms()).await {
            Ok(RateVerdict::Allowed(_)) => {}
            Ok(RateVerdict::Refused { after_ms, .. }) => return Err(too_many(after_ms)),
            Err(error) => {
                tracing::error!(%error, "a login could not be counted: {error}");
                let detail = "Logins cannot be counted at the moment, so none is taken.";
                let status = StatusCode::SERVICE_UNAVAILABLE;
                return Err(
                    Problem::new(status, "store_unavailable", "Store not available", detail).retry_after(5)
                );
            }
        }
    }
    Ok(())
}

fn too_many(wait_ms: u64) -> Problem {
    let seconds = wait_ms.div_ceil(1000).max(1);
    let detail = format!("Too many tries to sign in. Try again in {seconds} s.");
    Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_logins", "Too many tries", detail)
        .retry_after(seconds)
}
