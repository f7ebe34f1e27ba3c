//! What is sold: orders, and the way to them.

mod funnel;
pub mod orders;
pub mod platforms;
mod products;

use ut_core::module::{Aged, AgedBy, Module, Question, Schema};
use ut_core::rights::{Hands, Part, RightsError, Subject, Veil};
use ut_core::site::Class;

/// The module.
#[derive(Debug)]
pub struct Ecommerce;

#[async_trait::async_trait]
impl Module for Ecommerce {
    fn name(&self) -> &'static str {
        "ecommerce"
    }

    fn schema(&self) -> Schema {
        Schema {
            olap: orders::OLAP,
            transactional: orders::TRANSACTIONAL,
            aged: &[Aged { table: "ecommerce_orders", class: Class::Sums, by: AgedBy::Time("placed_at") }],
            ..Schema::default()
        }
    }

    fn questions(&self) -> &'static [Question] {
        &[orders::ORDERS, funnel::FUNNEL, funnel::FUNNEL_LIVE, products::PRODUCTS]
    }

    async fn export(&self, subject: &Subject, hands: &Hands<'_>) -> Result<Vec<Part>, RightsError> {
        orders::export(subject, hands).await
    }

    async fn forget(&self, subject: &Subject, veil: Veil, hands: &Hands<'_>) -> Result<(), RightsError> {
        orders::forget(subject, veil, hands).await
    }
}
