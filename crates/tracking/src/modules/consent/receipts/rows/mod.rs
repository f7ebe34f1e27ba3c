//! Every statement of this folder, and what its rows hold.

use super::facts::Stored;
use ut_core::ports::{Row, Statement, Value};

macro_rules! statements {
    ($($constant:ident = $name:literal),* $(,)?) => {
        $(pub(super) const $constant: Statement =
            Statement { name: $name, sql: include_str!(concat!("../sql/", $name, ".transactional.sql")) };)*
    };
}

statements! {
    CHAIN_HEAD = "chain_head",
    CHAIN_SITES = "chain_sites",
    COUNT_OF = "count_of",
    CHAIN_START = "chain_start",
    DELETE_RECEIPTS_UNTIL = "delete_receipts_until",
    INSERT_RECEIPT = "insert_receipt",
    LAST_OLD_RECEIPT = "last_old_receipt",
    MOVE_CHAIN_HEAD = "move_chain_head",
    MOVE_CHAIN_START = "move_chain_start",
    OLDEST_RECEIPT = "oldest_receipt",
    RECEIPTS_AFTER = "receipts_after",
    RECEIPTS_BEFORE = "receipts_before",
    RECEIPTS_OF = "receipts_of",
    RECEIPT_NUMBERS_AFTER = "receipt_numbers_after",
}

/// The number and the hash of a receipt: the last there is, or the last that went.
pub(super) fn head(row: &Row) -> Option<(i64, Vec<u8>)> {
    match row.as_slice() {
        [Value::Int(number), Value::Bytes(hash)] => Some((*number, hash.clone())),
        _ => None,
    }
}

/// A receipt, or what is wrong with the row.
pub(super) fn stored(row: &Row) -> Result<Stored, &'static str> {
    let [
        Value::Int(site),
        Value::Int(number),
        Value::Bytes(id),
        Value::Int(at),
        Value::Text(axes),
        Value::Text(source),
        policy_version,
        region,
        sealed,
        Value::Bytes(prev_hash),
        Value::Bytes(hash),
    ] = row.as_slice()
    else {
        return Err("a column has another type");
    };
    let text = |value: &Value| match value {
        Value::Null => Ok(None),
        Value::Text(text) => Ok(Some(text.clone())),
        _ => Err("a column has another type"),
    };
    let sealed = match sealed {
        Value::Null => None,
        Value::Bytes(bytes) => Some(bytes.clone()),
        _ => return Err("a column has another type"),
    };
    Ok(Stored {
        site: *site,
        number: *number,
        id: id.clone(),
        at: *at,
        axes: axes.clone(),
        source: source.clone(),
        policy_version: text(policy_version)?,
        region: text(region)?,
        sealed,
        prev_hash: prev_hash.clone(),
        hash: hash.clone(),
    })
}
