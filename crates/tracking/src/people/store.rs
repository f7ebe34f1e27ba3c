//! The statements of this folder, and what their rows hold.

use super::{FieldName, PeopleError};
use ut_core::ports::{Row, Statement, Value};
use ut_core::{SiteId, VisitorId};

macro_rules! statements {
    ($($constant:ident = $name:literal),* $(,)?) => {
        $(pub(super) const $constant: Statement =
            Statement { name: $name, sql: include_str!(concat!("sql/", $name, ".transactional.sql")) };)*
    };
}

statements! {
    ADD_JOIN = "add_join",
    BLINDS_OF_VISITOR = "blinds_of_visitor",
    FIELDS_OF_VISITOR = "fields_of_visitor",
    FORGET_CONTACT = "forget_contact",
    FORGET_FIELDS = "forget_fields",
    FORGET_JOIN = "forget_join",
    FORGET_OLD_FIELDS = "forget_old_fields",
    FORGET_OLD_JOINS = "forget_old_joins",
    JOIN_OF_VISITOR = "join_of_visitor",
    OLDEST_TOLD = "oldest_told",
    PUT_FIELD = "put_field",
    RENEW_JOIN = "renew_join",
    VISITORS_BY_FIELD = "visitors_by_field",
    VISITORS_OF_CUSTOMER = "visitors_of_customer",
    VISITORS_OF_SITE = "visitors_of_site",
}

/// A blind index.
pub(super) type Blind = [u8; 32];

/// A field as it is kept: its name, its sealed value, when it was told.
pub(super) type Kept = (FieldName, Vec<u8>, i64);

pub(super) fn named(site: SiteId, visitor: VisitorId) -> [Value; 2] {
    [Value::Int(i64::from(site.0)), Value::Bytes(visitor.0.to_vec())]
}

pub(super) fn kept(row: &Row) -> Result<Kept, PeopleError> {
    let [Value::Text(name), Value::Bytes(sealed), Value::Int(at)] = row.as_slice() else {
        return Err(damaged(FIELDS, SHAPE));
    };
    Ok((field_name(name)?, sealed.clone(), *at))
}

pub(super) fn blind(row: &Row) -> Result<(FieldName, Blind), PeopleError> {
    let [Value::Text(name), Value::Bytes(blind)] = row.as_slice() else {
        return Err(damaged(FIELDS, SHAPE));
    };
    Ok((field_name(name)?, index(blind, FIELDS)?))
}

pub(super) fn visitor(row: &Row) -> Result<VisitorId, PeopleError> {
    let [Value::Bytes(id)] = row.as_slice() else { return Err(damaged(JOINS, SHAPE)) };
    let id = id.as_slice().try_into();
    id.map(VisitorId).map_err(|_| damaged(JOINS, "a visitor has 16 bytes"))
}

pub(super) fn join(row: &Row) -> Result<(Blind, i64), PeopleError> {
    let [Value::Bytes(customer), Value::Int(at)] = row.as_slice() else { return Err(damaged(JOINS, SHAPE)) };
    Ok((index(customer, JOINS)?, *at))
}

const FIELDS: &str = "people_fields";
const JOINS: &str = "people_joins";
const SHAPE: &str = "a column has another type";

fn field_name(word: &str) -> Result<FieldName, PeopleError> {
    FieldName::parse(word).ok_or_else(|| damaged(FIELDS, "there is no such field"))
}

fn index(bytes: &[u8], table: &'static str) -> Result<Blind, PeopleError> {
    bytes.try_into().map_err(|_| damaged(table, "a blind index has 32 bytes"))
}

fn damaged(table: &'static str, why: &'static str) -> PeopleError {
    PeopleError::Damaged { table, why }
}
