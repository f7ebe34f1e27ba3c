//! What one visit does, drawn before it starts: pages in order, how long each is looked at, and what happens on it.

use super::random::Random;
use super::shop::{self, Product};
use std::time::Duration;

/// A visit.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Visit {
    /// Where it came from: an address, or empty.
    pub(super) referrer: &'static str,
    /// Campaign parameters of the first page's address, or empty.
    pub(super) campaign: &'static str,
    /// The pages, at least one.
    pub(super) pages: Vec<Page>,
}

/// A page of a visit.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Page {
    /// Path and query below the shop's address.
    pub(super) path: String,
    /// Its title.
    pub(super) title: String,
    /// What happens on it, beside the page view.
    pub(super) happenings: Vec<Happening>,
    /// How long it stays open.
    pub(super) open: Duration,
    /// For how much of that the tab lies in the background, from the middle on.
    pub(super) hidden: Duration,
}

/// An event beside the page view.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Happening {
    /// How long after the page view.
    pub(super) after: Duration,
    /// GA4's name.
    pub(super) name: &'static str,
    /// What it is about.
    pub(super) lines: Vec<Line>,
    /// For a purchase: the order's number.
    pub(super) order: Option<String>,
}

/// A product and how many of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Line {
    /// The product.
    pub(super) product: &'static Product,
    /// How many.
    pub(super) quantity: u32,
}

impl Line {
    /// One piece.
    const fn one(product: &'static Product) -> Self {
        Self { product, quantity: 1 }
    }
}

const ORIGINS: &[(&str, &str)] = &[
    ("", ""),
    ("", ""),
    ("https://www.google.com/", ""),
    ("https://www.google.com/", ""),
    ("https://www.bing.com/", ""),
    ("https://l.instagram.com/", "utm_source=instagram&utm_medium=social"),
    ("", "utm_source=newsletter&utm_medium=email&utm_campaign=autumn"),
    ("https://duckduckgo.com/", ""),
];

impl Visit {
    /// Draws a visit. Of a thousand, about 820 look at a product, 360 put something into the cart, 240 start the
    /// checkout and 140 buy.
    pub(super) fn draw(random: &mut Random) -> Self {
        let (referrer, campaign) = *random.pick(ORIGINS);
        let mut plan = Plan { random, pages: Vec::new(), cart: Vec::new() };
        plan.browse();
        if !plan.cart.is_empty() && plan.random.chance(85) {
            plan.buy();
        }
        Self { referrer, campaign, pages: plan.pages }
    }
}

struct Plan<'a> {
    random: &'a mut Random,
    pages: Vec<Page>,
    cart: Vec<Line>,
}

impl Plan<'_> {
    /// The list and some products, in turn; the way in is either.
    fn browse(&mut self) {
        let lands_on_product = self.random.chance(30);
        if !lands_on_product {
            self.list();
        }
        if !lands_on_product && !self.random.chance(75) {
            return;
        }
        loop {
            self.product();
            if !self.random.chance(45) {
                return;
            }
            if self.random.chance(60) {
                self.list();
            }
        }
    }

    /// The list of products; some go on to one of its categories.
    fn list(&mut self) {
        let all: Vec<Line> = shop::PRODUCTS.iter().map(Line::one).collect();
        self.page(shop::LIST, "Everyday objects, made slowly", (4, 18), &[("view_item_list", &all)]);
        if self.random.chance(25) {
            let category = *self.random.pick(shop::CATEGORIES);
            let some: Vec<Line> = all.into_iter().filter(|line| line.product.category == category).collect();
            let path = format!("{}?category={}", shop::LIST, category.to_lowercase());
            self.page(&path, category, (3, 14), &[("view_item_list", &some)]);
        }
    }

    /// A product; some read one of its further tabs, which turns the page without loading a document.
    fn product(&mut self) {
        let product = self.random.pick(shop::PRODUCTS);
        let line = [Line { product, quantity: 1 + u32::from(self.random.chance(15)) }];
        let adds = self.random.chance(30);
        let seen = [Line::one(product)];
        let happenings: &[(&str, &[Line])] =
            if adds { &[("view_item", &seen), ("add_to_cart", &line)] } else { &[("view_item", &seen)] };
        let path = shop::product_path(product);
        self.page(&path, product.name, (6, 60), happenings);
        if adds {
            self.cart.push(line[0]);
        }
        if self.random.chance(20) {
            let (slug, tab) = *self.random.pick(shop::TABS);
            self.page(&format!("{path}/{slug}"), &format!("{}: {tab}", product.name), (3, 15), &[]);
        }
    }

    /// From the cart to the thank-you page, as far as the patience goes.
    fn buy(&mut self) {
        let cart = self.cart.clone();
        self.page(shop::CART, "Cart", (4, 20), &[("view_cart", &cart)]);
        if !self.random.chance(78) {
            return;
        }
        let pays = self.random.chance(60);
        let paid: [(&str, &[Line]); 3] =
            [("begin_checkout", &cart), ("add_shipping_info", &cart), ("add_payment_info", &cart)];
        let happenings = if pays { &paid[..] } else { &paid[..1] };
        self.page(shop::CHECKOUT, "Checkout", (15, 70), happenings);
        if !pays {
            return;
        }
        self.page(shop::THANK_YOU, "Thank you", (3, 25), &[("purchase", &cart)]);
        let order = format!("D-{:08X}", self.random.next() as u32);
        if let Some(purchase) = self.pages.last_mut().and_then(|page| page.happenings.first_mut()) {
            purchase.order = Some(order);
        }
    }

    /// Adds a page that is open for `(from, to)` seconds; what happens on it is spread over that time.
    fn page(&mut self, path: &str, title: &str, seconds: (u64, u64), happenings: &[(&'static str, &[Line])]) {
        let open = Duration::from_millis(self.random.between(seconds.0 * 1_000, seconds.1 * 1_000));
        let hidden = if self.random.chance(8) {
            Duration::from_secs(self.random.between(20, 120))
        } else {
            Duration::ZERO
        };
        let parts = u32::try_from(happenings.len()).unwrap_or(1).max(1);
        // The first happens with the page (a view), the others one after the other before it is left.
        let happenings = (0..).zip(happenings).map(|(number, (name, lines))| Happening {
            after: open * number / parts,
            name,
            lines: lines.to_vec(),
            order: None,
        });
        let happenings = happenings.collect();
        self.pages.push(Page {
            path: path.into(),
            title: title.into(),
            happenings,
            open: open + hidden,
            hidden,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visits(count: u64) -> Vec<Visit> {
        (0..count).map(|stream| Visit::draw(&mut Random::new(42, stream))).collect()
    }

    fn with(visits: &[Visit], name: &str) -> usize {
        let has =
            |visit: &&Visit| visit.pages.iter().flat_map(|page| &page.happenings).any(|h| h.name == name);
        visits.iter().filter(has).count()
    }

    #[test]
    fn the_same_seed_gives_the_same_visits() {
        assert_eq!(visits(50), visits(50));
        assert_ne!(visits(2)[0], visits(2)[1]);
    }

    #[test]
    fn the_crowd_drops_off_step_by_step() {
        let visits = visits(10_000);
        let steps =
            ["view_item", "add_to_cart", "view_cart", "begin_checkout", "add_payment_info", "purchase"];
        let counts: Vec<usize> = steps.iter().map(|name| with(&visits, name)).collect();
        assert!(counts.windows(2).all(|pair| pair[0] >= pair[1]), "{counts:?}");
        let near = |count: usize, per_mille: usize| count.abs_diff(per_mille * 10) < 300;
        assert!(near(counts[0], 820) && near(counts[1], 360) && near(counts[5], 140), "{counts:?}");
    }

    #[test]
    fn every_visit_makes_sense() {
        for visit in visits(2_000) {
            assert!(!visit.pages.is_empty());
            let mut happened = Vec::new();
            for page in &visit.pages {
                assert!(page.hidden < page.open, "{page:?}");
                for happening in &page.happenings {
                    assert!(happening.after < page.open - page.hidden, "{page:?}");
                    assert_eq!(happening.order.is_some(), happening.name == "purchase");
                    happened.push(happening.name);
                }
            }
            if happened.contains(&"purchase") {
                for before in ["add_to_cart", "begin_checkout", "add_payment_info"] {
                    assert!(happened.contains(&before), "{happened:?}");
                }
            }
        }
    }
}
