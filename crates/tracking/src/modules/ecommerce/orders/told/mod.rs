//! What the shop's own system tells, entered while it waits for the answer.

use super::ledger::{Book, LedgerError};
use crate::engine::Core;
use ut_core::order::OrderReport;
use ut_core::ports::{Statement, Value};

/// Enters a telling, and runs `beside` in the same transaction; durable when it returns. True if it says anything new.
pub(crate) async fn tell(
    core: &Core,
    report: OrderReport,
    beside: (&Statement, Vec<Value>),
) -> Result<bool, LedgerError> {
    let mut transaction = core.deps.transactional.begin().await?;
    let mut book = Book::new(transaction.as_mut());
    let new = book.enter(report).await?;
    book.write().await?;
    transaction.run(beside.0, &beside.1).await?;
    transaction.commit().await?;
    if new && let Some(ledger) = &core.ledger {
        ledger.wake();
    }
    Ok(new)
}
