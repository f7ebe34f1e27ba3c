//! The demo shop as the crowd knows it: its pages, below the shop's address, and its products. The shop itself is
//! `demo-shop/`; a test compares the two.

/// A product.
#[derive(Debug, PartialEq)]
pub(super) struct Product {
    /// `item_id`, also the last part of its page's address.
    pub(super) id: &'static str,
    /// Its name.
    pub(super) name: &'static str,
    /// Its category; in lower case, the value of the list's filter.
    pub(super) category: &'static str,
    /// Price in cents, with tax.
    pub(super) cents: u64,
}

impl Product {
    /// The price in cents without tax, which is what GA4 asks for.
    pub(super) const fn net(&self) -> u64 {
        // Rounds half up, as the shop does.
        (self.cents * 200 + 100 + VAT_PERCENT) / (2 * (100 + VAT_PERCENT))
    }
}

pub(super) const NAME: &str = "Kiln & Cove";
pub(super) const LIST: &str = "";
pub(super) const CART: &str = "cart";
pub(super) const CHECKOUT: &str = "checkout";
pub(super) const THANK_YOU: &str = "thank-you";
/// Standard delivery, in cents.
pub(super) const SHIPPING: u64 = 490;
const VAT_PERCENT: u64 = 19;

/// Values of the list's filter.
pub(super) const CATEGORIES: &[&str] = &["Light", "Table", "Home", "Desk"];

/// A product's further tabs, each a page of its own that is turned to without loading a document.
pub(super) const TABS: &[(&str, &str)] = &[("care", "Care and repair"), ("delivery", "Delivery")];

const fn product(id: &'static str, name: &'static str, category: &'static str, cents: u64) -> Product {
    Product { id, name, category, cents }
}

/// Its products.
pub(super) const PRODUCTS: &[Product] = &[
    product("ember-lamp", "Ember table lamp", "Light", 8_900),
    product("tide-mug", "Tide mug", "Table", 1_800),
    product("dune-vase", "Dune vase", "Home", 4_600),
    product("loom-throw", "Loom throw", "Home", 12_000),
    product("pebble-clock", "Pebble wall clock", "Home", 6_400),
    product("reed-chair", "Reed chair", "Desk", 24_900),
    product("fern-planter", "Fern planter", "Home", 3_400),
    product("drift-kettle", "Drift kettle", "Table", 7_200),
    product("murmur-radio", "Murmur radio", "Desk", 13_900),
    product("field-notebook", "Field notebook", "Desk", 1_450),
    product("halo-pendant", "Halo pendant", "Light", 15_900),
    product("cove-bowls", "Cove bowls, set of three", "Table", 5_800),
];

/// The address of a product's page.
pub(super) fn product_path(product: &Product) -> String {
    format!("p/{}", product.id)
}

/// Cents as the decimal text of the wire.
pub(super) fn money(cents: u64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shop_sells_what_the_crowd_buys() {
        let catalogue = include_str!("../../../../demo-shop/src/catalogue/index.ts");
        for Product { id, name, category, cents } in PRODUCTS {
            let row =
                format!("id: '{id}',\n    name: '{name}',\n    category: '{category}',\n    price: {cents},");
            assert!(catalogue.contains(&row), "{id} is another in the shop");
            assert!(CATEGORIES.contains(category));
        }
        assert_eq!(catalogue.matches("    id: '").count(), PRODUCTS.len());
    }

    #[test]
    fn prices_without_tax_are_rounded_to_cents() {
        assert_eq!(product("x", "x", "Desk", 11_900).net(), 10_000);
        assert_eq!(product("x", "x", "Desk", 1_800).net(), 1_513);
        assert_eq!(money(1_513), "15.13");
        assert_eq!(money(5), "0.05");
    }
}
