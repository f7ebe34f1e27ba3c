//! What shop systems tell of orders, in the ledger's words. Pure: the bytes have been found to be the shop's already.
//!
//! What a body is, and what it says, follows from the body alone: headers are not signed. E-mail, phone, names,
//! addresses and the customer have no place in these types, so they are never read.

mod field;
mod generic;
mod shopify;
#[cfg(test)]
mod tests;
mod woocommerce;

pub use generic::ToldOrder;

use crate::integrations::Provider;
use crate::sites::Refusal;
use ut_core::SiteId;
use ut_core::order::OrderReport;

/// What a delivery tells; `None` when it is about something else than orders.
pub fn parse(
    provider: Provider,
    site: SiteId,
    received_at: i64,
    body: &[u8],
) -> Result<Option<OrderReport>, Refusal> {
    let told = match provider {
        Provider::Shopify => shopify::parse(body)?,
        Provider::Woocommerce => woocommerce::parse(body)?,
        Provider::Orders => Some(generic::parse(body)?),
    };
    let source = provider.source();
    Ok(told.map(|(aliases, told)| OrderReport { site, source, received_at, aliases, told }))
}
