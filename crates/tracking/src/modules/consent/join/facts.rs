//! What a token holds, and why one holds nothing.

use super::super::facts::{Likeness, SiteSalts};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ut_core::VisitorId;
use ut_core::ports::{RealtimeError, SaltDay};

const VERSION: u8 = 2;
/// Version and day, in clear.
const HEAD: usize = 1 + 4;
const NONCE: usize = 24;

/// Whom a token is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Joiner {
    /// From this follow the visitor's ids.
    pub likeness: Likeness,
    /// The site's settings, or the visitor, leave them out of all numbers.
    pub excluded: bool,
    /// Who they are by their cookie, if they have agreed to one.
    pub cookie: Option<VisitorId>,
}

/// Why a token says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JoinError {
    /// It was not made here for this site, or it was changed.
    Wrong,
    /// The salts of its day are destroyed.
    Expired,
}

impl SiteSalts {
    /// A token of a visitor. Every one is another text.
    pub fn join_token(&self, joiner: Joiner) -> Result<String, RealtimeError> {
        let mut token = vec![VERSION];
        token.extend(self.today().0.to_le_bytes());
        // Nobody's cookie is all zeros.
        let cookie = joiner.cookie.unwrap_or(VisitorId([0; 16]));
        let mut bytes = [&joiner.likeness.0[..], &[u8::from(joiner.excluded)], &cookie.0].concat();
        let nonce = self.seal_for(&self.purpose(&token), &mut bytes)?;
        token.extend(nonce);
        token.extend(bytes);
        Ok(URL_SAFE_NO_PAD.encode(token))
    }

    /// Whose a token is.
    pub fn joiner(&self, token: &str) -> Result<Joiner, JoinError> {
        let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| JoinError::Wrong)?;
        let Some((head, rest)) = bytes.split_first_chunk::<HEAD>() else { return Err(JoinError::Wrong) };
        let Some((nonce, sealed)) = rest.split_first_chunk::<NONCE>() else { return Err(JoinError::Wrong) };
        let [VERSION, day @ ..] = *head else { return Err(JoinError::Wrong) };
        let day = SaltDay(i32::from_le_bytes(day));
        if self.is_over(day) {
            return Err(JoinError::Expired);
        }
        let plain = self.open_for(&self.purpose(head), day, *nonce, sealed).ok_or(JoinError::Wrong)?;
        match plain.split_first_chunk::<32>() {
            Some((likeness, [excluded, cookie @ ..])) => {
                let cookie = VisitorId(cookie.try_into().map_err(|_| JoinError::Wrong)?);
                let cookie = Some(cookie).filter(|cookie| cookie.0 != [0; 16]);
                Ok(Joiner { likeness: Likeness(*likeness), excluded: *excluded != 0, cookie })
            }
            _ => Err(JoinError::Wrong),
        }
    }

    /// Binds a token to what it is, and to its site.
    fn purpose(&self, head: &[u8]) -> Vec<u8> {
        [b"join token", head, &self.site().0.to_le_bytes()].concat()
    }
}
