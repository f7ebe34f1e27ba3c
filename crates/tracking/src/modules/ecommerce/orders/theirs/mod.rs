//! What the ledger holds of a person: the orders that lead to them.

use super::facts::Tellings;
use super::ledger::{Entry, LedgerError, ORDERS_OF_VISITOR, damaged, entry, int, put};
use ut_core::VisitorKey;
use ut_core::order::{Told, Visit};
use ut_core::ports::Value;
use ut_core::rights::{Hands, Part, RightsError, Subject};

/// Their orders, as they were told.
pub(in super::super) async fn export(subject: &Subject, hands: &Hands<'_>) -> Result<Vec<Part>, RightsError> {
    let mut rows = Vec::new();
    for (id, entry) in of(subject, hands).await? {
        let Some(tellings) = entry.tellings else { continue };
        let names: Vec<&str> = tellings.aliases().map(|alias| &*alias.name).collect();
        let told = serde_json::to_value(&tellings).map_err(|error| damaged(id, &error));
        rows.push(vec![names.join(" ").into(), told.map_err(failed)?]);
    }
    Ok(vec![Part { name: "orders".to_owned(), columns: vec!["names".to_owned(), "told".to_owned()], rows }])
}

/// Their orders stay, as orders of nobody.
pub(in super::super) async fn forget(subject: &Subject, hands: &Hands<'_>) -> Result<(), RightsError> {
    for (id, mut entry) in of(subject, hands).await? {
        if let Some(tellings) = &mut entry.tellings {
            unlink(tellings);
        }
        entry.version += 1;
        let store = &hands.deps.transactional;
        let mut transaction = store.begin().await.map_err(|error| failed(error.into()))?;
        put(transaction.as_mut(), (subject.site, id), &entry).await.map_err(failed)?;
        transaction.commit().await.map_err(|error| failed(error.into()))?;
    }
    Ok(())
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

async fn of(subject: &Subject, hands: &Hands<'_>) -> Result<Vec<(i64, Entry)>, RightsError> {
    let mut orders = Vec::new();
    for visitor in subject.visitors.iter().filter(|visitor| visitor.0 != 0) {
        let values = [int(subject.site), Value::Int(visitor.0.cast_signed())];
        let store = &hands.deps.transactional;
        let rows = store.run(&ORDERS_OF_VISITOR, &values).await.map_err(|error| failed(error.into()))?;
        for row in &rows {
            let [Value::Int(id), ..] = row.as_slice() else {
                return Err(failed(damaged(0, &"a column has another type")));
            };
            orders.push((*id, entry(*id, row).map_err(failed)?));
        }
    }
    Ok(orders)
}

fn failed(error: LedgerError) -> RightsError {
    RightsError(error.to_string())
}
