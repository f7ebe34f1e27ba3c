//! What the ledger holds of a person: the orders that lead to them.

use super::facts::Tellings;
use super::ledger::{Entry, LedgerError, ORDERS_OF_VISITOR, damaged, entry, int, put};
use crate::history::subject;
use std::collections::BTreeSet;
use ut_core::VisitorKey;
use ut_core::order::{Told, Visit};
use ut_core::ports::{Row, Value};
use ut_core::rights::{Hands, Part, RightsError, Subject, Veil};

/// Their orders, as they were told.
pub(in super::super) async fn export(subject: &Subject, hands: &Hands<'_>) -> Result<Vec<Part>, RightsError> {
    let mut rows = Vec::new();
    for visitor in visitors(subject) {
        for row in hands.deps.transactional.run(&ORDERS_OF_VISITOR, &values(subject, visitor)).await? {
            let (id, entry) = order(&row).map_err(failed)?;
            let Some(tellings) = entry.tellings else { continue };
            let names: BTreeSet<&str> = tellings.aliases().map(|alias| &*alias.name).collect();
            let names: Vec<&str> = names.into_iter().collect();
            let told = serde_json::to_value(&tellings).map_err(|error| failed(damaged(id, &error)))?;
            rows.push(vec![names.join(" ").into(), told]);
        }
    }
    Ok(vec![Part { name: "orders".to_owned(), columns: vec!["names".to_owned(), "told".to_owned()], rows }])
}

/// Their orders stay, as orders of nobody.
pub(in super::super) async fn forget(
    subject: &Subject,
    veil: Veil,
    hands: &Hands<'_>,
) -> Result<(), RightsError> {
    // One transaction for reading and writing: what is told of the order meanwhile comes after it.
    let mut transaction = hands.deps.transactional.begin().await?;
    for visitor in visitors(subject) {
        for row in transaction.run(&ORDERS_OF_VISITOR, &values(subject, visitor)).await? {
            let (id, mut entry) = order(&row).map_err(failed)?;
            entry.tellings.iter_mut().for_each(unlink);
            entry.version += 1;
            put(transaction.as_mut(), (subject.site, id), &entry).await.map_err(failed)?;
        }
    }
    transaction.commit().await?;
    let params = subject::params(subject, veil);
    Ok(hands.deps.olap.execute(include_str!("../sql/unlink_orders.sql"), &params[..2]).await?)
}

fn unlink(tellings: &mut Tellings) {
    let claimed = tellings.claim.iter_mut().map(|claimed| &mut claimed.first);
    let told = tellings.shop.iter_mut().filter_map(|kept| match &mut kept.told {
        Told::Claim(claim) => Some(&mut **claim),
        Told::Order(_) | Told::Refund(_) => None,
    });
    for claim in claimed.chain(told) {
        let Visit { session, visitor, .. } = &mut claim.visit;
        (*session, *visitor) = (ut_core::SessionKey::default(), VisitorKey::default());
    }
}

/// Those who may be named by an order.
fn visitors(subject: &Subject) -> impl Iterator<Item = VisitorKey> {
    subject.visitors.iter().copied().filter(|visitor| visitor.0 != 0)
}

fn values(subject: &Subject, visitor: VisitorKey) -> [Value; 2] {
    [int(subject.site), Value::Int(visitor.0.cast_signed())]
}

fn order(row: &Row) -> Result<(i64, Entry), LedgerError> {
    let [Value::Int(id), ..] = row.as_slice() else {
        return Err(damaged(0, &"a column has another type"));
    };
    Ok((*id, entry(*id, row)?))
}

fn failed(error: LedgerError) -> RightsError {
    RightsError(error.to_string())
}
