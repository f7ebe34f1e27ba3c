//! The demo shop as the crowd knows it: its pages, below the shop's address, and some of its products.

/// A product.
#[derive(Debug, PartialEq)]
pub(super) struct Product {
    /// `item_id`, also the last part of its page's address.
    pub(super) id: &'static str,
    /// Its name.
    pub(super) name: &'static str,
    /// Its category.
    pub(super) category: &'static str,
    /// Price in cents.
    pub(super) cents: u64,
}

pub(super) const LIST: &str = "";
pub(super) const CART: &str = "cart";
pub(super) const CHECKOUT: &str = "checkout";
pub(super) const THANK_YOU: &str = "thank-you";

/// Values of the list's filter.
pub(super) const CATEGORIES: &[&str] = &["chairs", "lamps", "tables"];

/// Some of its products.
pub(super) const PRODUCTS: &[Product] = &[
    Product { id: "101", name: "Oak chair", category: "chairs", cents: 12_900 },
    Product { id: "102", name: "Rocking chair", category: "chairs", cents: 24_900 },
    Product { id: "201", name: "Desk lamp", category: "lamps", cents: 5_990 },
    Product { id: "202", name: "Floor lamp", category: "lamps", cents: 11_900 },
    Product { id: "301", name: "Side table", category: "tables", cents: 8_900 },
    Product { id: "302", name: "Dining table", category: "tables", cents: 54_900 },
];

/// The address of a product's page.
pub(super) fn product_path(product: &Product) -> String {
    format!("p/{}", product.id)
}

/// Cents as the decimal text of the wire.
pub(super) fn money(cents: u64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}
