//! Set-up links: whoever reads the server's output becomes its owner, or is signed in, once.

use super::rules::{self, LINK_LIFE_MS, Link, WRONG_TRIES};
use super::statements::{
    COUNT_WRONG_TRY, FIND_SETUP_LINK, FORGET_SETUP_LINKS, INSERT_FIRST_OWNER, INSERT_SETUP_LINK,
    SPEND_SETUP_LINK, damaged, text,
};
use super::{AccountError, Accounts, LinkRefusal, NewOwner, User, hash};
use crate::sites::random_word;
use ut_core::ports::Value;

/// Expired links are kept for a day, so that "expired" can be told from "unknown".
const REMEMBER_MS: i64 = 24 * 3_600_000;

/// What a link is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Makes the first user, the owner.
    Owner,
    /// Signs the owner in.
    SignIn,
}

impl Purpose {
    const ALL: [Self; 2] = [Self::Owner, Self::SignIn];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::SignIn => "sign_in",
        }
    }
}

impl Accounts {
    /// A token of 128 random bits that opens once within 15 minutes; only its hash is stored.
    pub async fn create_setup_link_token(&self, purpose: Purpose) -> Result<String, AccountError> {
        let token = random_word::<16>("")?;
        let now = self.clock.now_ms();
        let link = vec![Value::Bytes(hash(&token)), text(purpose.as_str()), Value::Int(now + LINK_LIFE_MS)];
        let forget = vec![Value::Int(now - REMEMBER_MS)];
        self.store.run_all(&[(&FORGET_SETUP_LINKS, forget), (&INSERT_SETUP_LINK, link)]).await?;
        Ok(token)
    }

    /// Spends a link and returns who it signs in. A wrong token counts against every open link; refused input
    /// spends nothing.
    pub async fn redeem(&self, token: &str, new: Option<NewOwner>) -> Result<User, AccountError> {
        let hash = hash(token);
        let now = self.clock.now_ms();
        match rules::judge(self.link(&hash).await?, now) {
            Ok(Purpose::Owner) => self.become_owner(hash, new).await,
            Ok(Purpose::SignIn) => self.sign_in(hash).await,
            Err(LinkRefusal::Unknown) => {
                self.store.run(&COUNT_WRONG_TRY, &[Value::Int(now)]).await?;
                Err(LinkRefusal::Unknown.into())
            }
            Err(refusal) => Err(refusal.into()),
        }
    }

    async fn link(&self, hash: &[u8]) -> Result<Option<Link>, AccountError> {
        let rows = self.store.run(&FIND_SETUP_LINK, &[Value::Bytes(hash.to_vec())]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let [Value::Text(purpose), Value::Int(expires_at), Value::Int(wrong_tries), used_at] = row.as_slice()
        else {
            return Err(damaged(&FIND_SETUP_LINK, row));
        };
        let purpose = Purpose::ALL.into_iter().find(|known| known.as_str() == purpose);
        let purpose = purpose.ok_or_else(|| damaged(&FIND_SETUP_LINK, row))?;
        let used = *used_at != Value::Null;
        Ok(Some(Link { purpose, expires_at: *expires_at, wrong_tries: *wrong_tries, used }))
    }

    async fn become_owner(&self, link: Vec<u8>, new: Option<NewOwner>) -> Result<User, AccountError> {
        if self.owner_exists().await? {
            return Err(LinkRefusal::OwnerExists.into());
        }
        let new = rules::owner(new).map_err(AccountError::Refused)?;
        let password = self.hasher.hash(new.password).await?;
        let id = random_word::<16>("usr_")?;
        let owner = vec![
            text(&id),
            text(&new.email),
            text(&password),
            Value::Int(self.clock.now_ms()),
            Value::Bytes(link.clone()),
        ];
        // In one transaction, so that a link is never spent without an owner.
        let spend = self.spending(link, &id);
        self.store.run_all(&[(&SPEND_SETUP_LINK, spend), (&INSERT_FIRST_OWNER, owner)]).await?;
        self.user_by_id(&id).await?.ok_or_else(|| LinkRefusal::Used.into())
    }

    async fn sign_in(&self, link: Vec<u8>) -> Result<User, AccountError> {
        let owner = self.first_owner().await?.ok_or(LinkRefusal::NoOwner)?;
        let spent = self.store.run(&SPEND_SETUP_LINK, &self.spending(link, &owner.id)).await?;
        if spent.is_empty() { Err(LinkRefusal::Used.into()) } else { Ok(owner) }
    }

    fn spending(&self, link: Vec<u8>, user: &str) -> Vec<Value> {
        vec![Value::Bytes(link), Value::Int(self.clock.now_ms()), text(user), Value::Int(WRONG_TRIES)]
    }
}
