//! API tokens: what a program shows instead of a login, for one site.

use super::statements::{FIND_TOKEN, INSERT_TOKEN, LIST_TOKENS, REMOVE_TOKEN, damaged, text};
use super::{AccountError, Accounts, Refusal, hash};
use crate::sites::random_word;
use ut_core::SiteId;
use ut_core::ports::{Row, Statement, Value};

/// Characters of a token that are stored and shown, prefix included.
const HINT_CHARS: usize = 7;

/// What a token may do; each includes the ones before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Read reports, live numbers and exports of its site.
    Read,
    /// Also add sites, and list, add and remove tokens of its site.
    Admin,
}

impl Scope {
    const ALL: [Self; 2] = [Self::Read, Self::Admin];

    /// The word for it: `read` or `admin`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Admin => "admin",
        }
    }

    /// From its word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == word)
    }
}

/// A token without its secret part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// `tok_` and 128 random bits.
    pub id: String,
    /// Its first characters (`ut_Ab12`).
    pub hint: String,
    /// The only site it opens.
    pub site: SiteId,
    /// What it may do there.
    pub scope: Scope,
    /// Unix milliseconds.
    pub created_at: i64,
}

/// A token that was just made, with the word itself, which is shown this once.
#[derive(Clone)]
pub struct AddedToken {
    /// What is stored of it.
    pub token: Token,
    /// `ut_…`, for `Authorization: Bearer`.
    pub word: String,
}

impl std::fmt::Debug for AddedToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AddedToken").field("token", &self.token).finish_non_exhaustive()
    }
}

impl Accounts {
    /// Makes a token for a site; only its hash is stored.
    pub async fn add_token(&self, site: SiteId, scope: Scope) -> Result<AddedToken, AccountError> {
        let word = random_word::<32>("ut_")?;
        let token = Token {
            id: random_word::<16>("tok_")?,
            hint: word[..HINT_CHARS].to_owned(),
            site,
            scope,
            created_at: self.clock.now_ms(),
        };
        let values = [
            text(&token.id),
            Value::Bytes(hash(&word)),
            text(&token.hint),
            Value::Int(i64::from(site.0)),
            text(scope.as_str()),
            Value::Int(token.created_at),
        ];
        if self.store.run(&INSERT_TOKEN, &values).await?.is_empty() {
            let refusal = Refusal::new("site", "unknown_site", format!("there is no site {}", site.0));
            return Err(AccountError::Refused(vec![refusal]));
        }
        Ok(AddedToken { token, word })
    }

    /// The token a caller shows, if it is one.
    pub async fn authenticate_token(&self, word: &str) -> Result<Option<Token>, AccountError> {
        if !word.starts_with("ut_") {
            return Ok(None);
        }
        let rows = self.store.run(&FIND_TOKEN, &[Value::Bytes(hash(word))]).await?;
        rows.first().map(|row| token(&FIND_TOKEN, row)).transpose()
    }

    /// All tokens, oldest first.
    pub async fn list_tokens(&self) -> Result<Vec<Token>, AccountError> {
        self.store.run(&LIST_TOKENS, &[]).await?.iter().map(|row| token(&LIST_TOKENS, row)).collect()
    }

    /// Removes a token by its id; false when there is none.
    pub async fn remove_token(&self, id: &str) -> Result<bool, AccountError> {
        Ok(!self.store.run(&REMOVE_TOKEN, &[text(id)]).await?.is_empty())
    }
}

fn token(statement: &Statement, row: &Row) -> Result<Token, AccountError> {
    let [Value::Text(id), Value::Text(hint), Value::Int(site), Value::Text(scope), Value::Int(created_at)] =
        row.as_slice()
    else {
        return Err(damaged(statement, row));
    };
    let (Ok(site), Some(scope)) = (u32::try_from(*site), Scope::parse(scope)) else {
        return Err(damaged(statement, row));
    };
    let (id, hint) = (id.clone(), hint.clone());
    Ok(Token { id, hint, site: SiteId(site), scope, created_at: *created_at })
}
