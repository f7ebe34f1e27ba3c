//! A new key of the ring takes the place of the older ones, while others seal and open.

use super::seal::{DataKey, WrappedKey};
use super::{Vault, VaultError, store};

/// So many keys are wrapped anew in one transaction.
const STEP: u32 = 500;

/// How far a rotation has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotation {
    /// The id of the newest key, which wraps all in the end.
    pub newest: String,
    /// Data keys wrapped anew now.
    pub wrapped_anew: u64,
    /// Data keys that an older key still wraps.
    pub left: u64,
    /// All data keys.
    pub keys: u64,
    /// Ids in `ENCRYPTION_KEYS` that wrap nothing any more and may be taken out.
    pub unused: Vec<String>,
}

impl Vault {
    /// Wraps the next keys anew that the newest key of the ring does not wrap; to be repeated until none is left. What
    /// is sealed is not touched: only the keys' wrappings change, each from one statement to the next.
    pub async fn rotate_some(&self) -> Result<Rotation, VaultError> {
        let before = store::count_by_kek(self.store.as_ref()).await?;
        // Said before anything is done, and not by whoever opens something next year.
        for (kek, _) in &before {
            self.keyring.find(kek)?;
        }
        let newest = self.keyring.newest();
        let rows = store::to_wrap_anew(self.store.as_ref(), newest, STEP).await?;
        let anew = |row: WrappedKey| {
            let wrapped = DataKey::unwrap(&row, self.keyring.find(&row.kek)?)?.wrap(newest)?;
            Ok((row, wrapped))
        };
        let keys = rows.into_iter().map(anew).collect::<Result<Vec<_>, VaultError>>()?;
        store::wrap_anew(self.store.as_ref(), newest, &keys).await?;
        let after = store::count_by_kek(self.store.as_ref()).await?;
        let of = |id: &str| after.iter().find(|(kek, _)| kek == id).map_or(0, |(_, count)| *count);
        let all = after.iter().map(|(_, count)| count).sum();
        Ok(Rotation {
            newest: newest.id.to_string(),
            wrapped_anew: u64::try_from(keys.len()).unwrap_or(u64::MAX),
            left: all - of(&newest.id),
            keys: all,
            unused: self.keyring.ids().skip(1).filter(|id| of(id) == 0).map(str::to_owned).collect(),
        })
    }

    /// Wraps all keys anew.
    pub async fn rotate(&self) -> Result<Rotation, VaultError> {
        let mut wrapped_anew = 0;
        loop {
            let step = self.rotate_some().await?;
            wrapped_anew += step.wrapped_anew;
            if step.left == 0 {
                return Ok(Rotation { wrapped_anew, ..step });
            }
        }
    }
}
