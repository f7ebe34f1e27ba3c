//! Rows of `vault_keys`.

use super::seal::{DataKey, Handle, WrappedKey};
use super::{Kek, Subject, VaultError};
use ut_core::SiteId;
use ut_core::ports::{Row, Statement, Transactional, TransactionalError, Value};

macro_rules! statements {
    ($($constant:ident = $name:literal),* $(,)?) => {
        $(const $constant: Statement =
            Statement { name: $name, sql: include_str!(concat!("sql/", $name, ".transactional.sql")) };)*
    };
}

statements! {
    COUNT_BY_KEK = "count_by_kek",
    INSERT_KEY = "insert_key",
    KEYS_TO_WRAP_ANEW = "keys_to_wrap_anew",
    KEY_BY_HANDLE = "key_by_handle",
    KEY_OF_SUBJECT = "key_of_subject",
    SHRED = "shred",
    SUBJECTS = "subjects",
    WRAP_ANEW = "wrap_anew",
}

pub(super) async fn by_handle(
    store: &dyn Transactional,
    handle: Handle,
) -> Result<Option<WrappedKey>, VaultError> {
    let rows = store.run(&KEY_BY_HANDLE, &[Value::Bytes(handle.to_vec())]).await?;
    rows.first().map(wrapped).transpose()
}

pub(super) async fn of_subject(
    store: &dyn Transactional,
    site: SiteId,
    subject: Subject,
) -> Result<Option<WrappedKey>, VaultError> {
    let rows = store.run(&KEY_OF_SUBJECT, &named(site, subject)).await?;
    rows.first().map(wrapped).transpose()
}

pub(super) async fn subjects(store: &dyn Transactional, site: SiteId) -> Result<Vec<Subject>, VaultError> {
    let rows = store.run(&SUBJECTS, &[Value::Int(i64::from(site.0))]).await?;
    let subject = |row: &Row| match row.as_slice() {
        [Value::Bytes(subject)] => subject.as_slice().try_into().map(Subject).map_err(|_| damaged()),
        _ => Err(damaged()),
    };
    rows.iter().map(subject).collect()
}

/// Writes a new key; a conflict means that somebody else has just made one for this subject.
pub(super) async fn insert(
    store: &dyn Transactional,
    key: &DataKey,
    kek: &Kek,
    now_ms: i64,
) -> Result<(), VaultError> {
    let [site, subject] = named(key.site, key.subject);
    let row = [
        Value::Bytes(key.handle.to_vec()),
        site,
        subject,
        Value::Text(kek.id.to_string()),
        Value::Bytes(key.wrap(kek)?),
        Value::Int(now_ms),
    ];
    store.run(&INSERT_KEY, &row).await?;
    Ok(())
}

/// Deletes a subject's key; was there one?
pub(super) async fn shred(
    store: &dyn Transactional,
    site: SiteId,
    subject: Subject,
) -> Result<bool, TransactionalError> {
    store.run(&SHRED, &named(site, subject)).await.map(|rows| !rows.is_empty())
}

/// How many keys each key of the ring wraps, by its id.
pub(super) async fn count_by_kek(store: &dyn Transactional) -> Result<Vec<(String, u64)>, VaultError> {
    let rows = store.run(&COUNT_BY_KEK, &[]).await?;
    let count = |row: &Row| match row.as_slice() {
        [Value::Text(kek), Value::Int(count)] => Ok((kek.clone(), u64::try_from(*count).unwrap_or(0))),
        _ => Err(damaged()),
    };
    rows.iter().map(count).collect()
}

/// At most `limit` keys that are not wrapped with `kek`.
pub(super) async fn to_wrap_anew(
    store: &dyn Transactional,
    kek: &Kek,
    limit: u32,
) -> Result<Vec<WrappedKey>, VaultError> {
    let values = [Value::Text(kek.id.to_string()), Value::Int(i64::from(limit))];
    store.run(&KEYS_TO_WRAP_ANEW, &values).await?.iter().map(wrapped).collect()
}

/// Puts new wrappings, each with its row as it was read, in the place of the old ones. A row that went meanwhile stays away.
pub(super) async fn wrap_anew(
    store: &dyn Transactional,
    kek: &Kek,
    keys: &[(WrappedKey, Vec<u8>)],
) -> Result<(), VaultError> {
    let change = |(row, wrapped): &(WrappedKey, Vec<u8>)| {
        let values = vec![
            Value::Bytes(row.handle.to_vec()),
            Value::Text(row.kek.clone()),
            Value::Text(kek.id.to_string()),
            Value::Bytes(wrapped.clone()),
        ];
        (&WRAP_ANEW, values)
    };
    store.run_all(&keys.iter().map(change).collect::<Vec<_>>()).await?;
    Ok(())
}

fn named(site: SiteId, subject: Subject) -> [Value; 2] {
    [Value::Int(i64::from(site.0)), Value::Bytes(subject.0.to_vec())]
}

fn wrapped(row: &Row) -> Result<WrappedKey, VaultError> {
    let [
        Value::Bytes(handle),
        Value::Int(site),
        Value::Bytes(subject),
        Value::Text(kek),
        Value::Bytes(wrapped),
    ] = row.as_slice()
    else {
        return Err(damaged());
    };
    let site = u32::try_from(*site).map_err(|_| damaged())?;
    Ok(WrappedKey {
        handle: handle.as_slice().try_into().map_err(|_| damaged())?,
        site: SiteId(site),
        subject: Subject(subject.as_slice().try_into().map_err(|_| damaged())?),
        kek: kek.clone(),
        wrapped: wrapped.clone(),
    })
}

/// A row that no version of this program writes.
fn damaged() -> VaultError {
    VaultError::DoesNotOpen { what: "a row of vault_keys".to_owned() }
}
