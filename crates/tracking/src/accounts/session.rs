//! Dashboard sessions: a JWT (HS256) in a cookie, and a list of those that were closed before their time.
//!
//! The JWT is made here rather than by a library, because the common one keeps its cryptography in a process-wide
//! place: in a shop's own binary two users of it with different features would panic. Only one header is ever
//! written or taken, so there is no algorithm to be confused about (RFC 8725 §2.1).

use super::statements::{CLOSE_SESSION, FORGET_CLOSED_SESSIONS, SESSION_USER, text};
use super::{AccountError, Accounts, User, hash};
use crate::sites::random_word;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use ut_core::ports::Value;

const HEADER: &str = r#"{"alg":"HS256","typ":"JWT"}"#;
/// A session lives for 12 hours after its last renewal, in seconds.
const LIFE_S: i64 = 12 * 3600;
/// A token is renewed when it is older than an hour, in seconds.
const RENEW_AFTER_S: i64 = 3600;

/// What the token says. Times are Unix seconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The user's id.
    pub sub: String,
    /// What the dashboard sends as `X-CSRF-Token`; stays the same through renewals and so names the session.
    pub csrf: String,
    /// Made at.
    pub iat: i64,
    /// Not valid from this second on.
    pub exp: i64,
}

/// A session to be put into a cookie.
#[derive(Clone)]
pub struct Session {
    /// The JWT.
    pub token: String,
    /// What it says.
    pub claims: Claims,
}

impl Session {
    /// Seconds it lives from when it was made: the cookie's `Max-Age`.
    pub const LIFE_S: i64 = LIFE_S;
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("sub", &self.claims.sub).finish_non_exhaustive()
    }
}

/// Whose session it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// The user.
    pub user: User,
    /// The token's claims.
    pub claims: Claims,
}

impl Accounts {
    /// Opens a session.
    pub fn open_session(&self, user: &User) -> Result<Session, AccountError> {
        Ok(self.signed(user.id.clone(), random_word::<16>("")?))
    }

    /// Whose session the token is; `None` when it is not ours, expired, closed, or its user is gone.
    pub async fn session(&self, token: &str) -> Result<Option<SignedIn>, AccountError> {
        let Some(claims) = self.signer.read(token, self.now_s()) else { return Ok(None) };
        let values = [text(&claims.sub), Value::Bytes(hash(&claims.csrf))];
        let user = self.one_user(&SESSION_USER, &values).await?;
        Ok(user.map(|user| SignedIn { user, claims }))
    }

    /// The same session for another 12 hours, when its token is older than an hour.
    #[must_use]
    pub fn renew(&self, claims: &Claims) -> Option<Session> {
        let old = self.now_s() - claims.iat > RENEW_AFTER_S;
        old.then(|| self.signed(claims.sub.clone(), claims.csrf.clone()))
    }

    /// Closes a session: neither this token nor an earlier or later one of the same session is taken again.
    pub async fn close_session(&self, claims: &Claims) -> Result<(), AccountError> {
        let now = self.clock.now_ms();
        let close = vec![Value::Bytes(hash(&claims.csrf)), Value::Int(now + LIFE_S * 1000)];
        let forget = vec![Value::Int(now)];
        Ok(self.store.run_all(&[(&FORGET_CLOSED_SESSIONS, forget), (&CLOSE_SESSION, close)]).await?)
    }

    fn signed(&self, sub: String, csrf: String) -> Session {
        let iat = self.now_s();
        let claims = Claims { sub, csrf, iat, exp: iat + LIFE_S };
        Session { token: self.signer.write(&claims), claims }
    }

    fn now_s(&self) -> i64 {
        self.clock.now_ms().div_euclid(1000)
    }
}

/// Writes and reads JWTs with a key derived from `JWT_SECRET`.
#[derive(Clone)]
pub(super) struct Signer(Hmac<Sha256>);

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Signer")
    }
}

impl Signer {
    pub(super) fn new(jwt_secret: &[u8]) -> Self {
        Self::with_key(&ut_core::keys::derive(jwt_secret, "dashboard-session"))
    }

    fn with_key(key: &[u8; 32]) -> Self {
        let mut block = [0; 64];
        block[..32].copy_from_slice(key);
        // HMAC pads a key with zeros to the block's 64 bytes itself (RFC 2104 §2).
        Self(Hmac::new(&block.into()))
    }

    fn write(&self, claims: &Claims) -> String {
        // Two texts and two numbers always serialise.
        let body = serde_json::to_vec(claims).unwrap_or_default();
        let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(HEADER), URL_SAFE_NO_PAD.encode(body));
        let signature = URL_SAFE_NO_PAD.encode(self.0.clone().chain_update(&signed).finalize().into_bytes());
        format!("{signed}.{signature}")
    }

    fn read(&self, token: &str, now_s: i64) -> Option<Claims> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, body) = signed.split_once('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        // Compares in constant time.
        self.0.clone().chain_update(signed).verify_slice(&signature).ok()?;
        if URL_SAFE_NO_PAD.decode(header).ok()? != HEADER.as_bytes() {
            return None;
        }
        let claims: Claims = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(body).ok()?).ok()?;
        (claims.exp > now_s).then_some(claims)
    }
}

#[cfg(test)]
mod tests {
    use super::{Claims, Signer};

    /// Made with Python's `hmac` from the key 00 01 … 1f.
    const TOKEN: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJ1c3JfMSIsImNzcmYiOiJ3b3JkIiwiaWF0IjoxNzk1MDAwMD\
        AwLCJleHAiOjE3OTUwNDMyMDB9.rELgXk3vp2KixK_zaF9eAzT6hoveJZFJBHcdwOgIzmc";
    /// Signed with the same key, under the header `{"alg":"none"}`.
    const OTHER_HEADER: &str = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1c3JfMSIsImNzcmYiOiJ3b3JkIiwiaWF0IjoxNzk1MDAwMDAwLCJleHAiOjE3OTU\
        wNDMyMDB9.lC3hiKBU43qGcj98bx1L66OuWOYDTOGJstgHFEVgIY8";

    fn signer() -> Signer {
        Signer::with_key(&std::array::from_fn(|index| index as u8))
    }

    fn claims() -> Claims {
        Claims { sub: "usr_1".into(), csrf: "word".into(), iat: 1_795_000_000, exp: 1_795_043_200 }
    }

    #[test]
    fn a_token_is_what_another_implementation_makes_and_reads() {
        assert_eq!(signer().write(&claims()), TOKEN);
        assert_eq!(signer().read(TOKEN, 1_795_043_199), Some(claims()));
        assert_eq!(signer().read(TOKEN, 1_795_043_200), None, "expired");
    }

    #[test]
    fn nothing_else_is_taken() {
        let now = 1_795_000_000;
        assert_eq!(signer().read(OTHER_HEADER, now), None, "another algorithm, though the signature holds");
        assert_eq!(Signer::new(b"another secret").read(TOKEN, now), None);
        let (signed, _) = TOKEN.rsplit_once('.').expect("three parts");
        for token in
            [signed, "", "..", &format!("{signed}."), &format!("{TOKEN}A"), &TOKEN.replacen("e", "f", 1)]
        {
            assert_eq!(signer().read(token, now), None, "{token}");
        }
        for index in 0..TOKEN.len() - 1 {
            let mut changed = TOKEN.as_bytes().to_vec();
            changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).expect("ASCII");
            assert_eq!(signer().read(&changed, now), None, "character {index} changed");
        }
    }
}
