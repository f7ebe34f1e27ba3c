//! What one visit does, drawn before it starts: pages in order, how long each is looked at, and what happens on it.

use super::person::by_share;
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
    /// How far down it is seen, in percent.
    pub(super) scrolled: u8,
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

const LIST_TITLE: &str = "Everyday objects, made slowly";

/// A way into the shop: the referrer, parameters of the first page's address, and how many of a hundred visits take it.
/// Click ids are words: only their kind is of interest, and no network has issued these.
struct Origin {
    referrer: &'static str,
    campaign: &'static str,
    share: u64,
}

const fn origin(share: u64, referrer: &'static str, campaign: &'static str) -> Origin {
    Origin { referrer, campaign, share }
}

const ORIGINS: &[Origin] = &[
    origin(22, "", ""),
    origin(20, "https://www.google.com/", ""),
    origin(7, "https://www.google.com/", "utm_source=google&utm_medium=cpc&utm_campaign=brand&gclid=demo"),
    origin(6, "https://www.google.com/", "utm_source=google&utm_medium=cpc&utm_campaign=shopping&gclid=demo"),
    origin(4, "https://www.bing.com/", ""),
    origin(2, "https://www.bing.com/", "utm_source=bing&utm_medium=cpc&utm_campaign=brand&msclkid=demo"),
    origin(3, "https://duckduckgo.com/", ""),
    origin(6, "https://l.instagram.com/", "utm_source=instagram&utm_medium=social&utm_campaign=lookbook"),
    origin(4, "https://l.facebook.com/", "fbclid=demo"),
    origin(
        3,
        "https://l.facebook.com/",
        "utm_source=facebook&utm_medium=paid_social&utm_campaign=autumn&fbclid=demo",
    ),
    origin(3, "https://www.pinterest.com/", ""),
    origin(1, "https://www.reddit.com/", ""),
    origin(2, "https://www.youtube.com/", "utm_source=youtube&utm_medium=video&utm_campaign=how_it_is_made"),
    origin(4, "https://chatgpt.com/", "utm_source=chatgpt.com"),
    origin(1, "https://www.perplexity.ai/", ""),
    origin(7, "", "utm_source=newsletter&utm_medium=email&utm_campaign=autumn&utm_content=hero"),
    origin(1, "", "utm_source=newsletter&utm_medium=email&utm_campaign=forgotten_cart"),
    origin(2, "https://slow-living.example/lamps", ""),
    origin(2, "https://partners.example/", "utm_source=partners&utm_medium=affiliate&utm_campaign=autumn"),
];

impl Visit {
    /// Draws a visit. Of a thousand, about 400 bounce, 670 look at a product, 230 put something into the cart, 150 start
    /// the checkout and 90 buy.
    pub(super) fn draw(random: &mut Random) -> Self {
        if random.chance(36) {
            return Self::glance(random);
        }
        Self::planned(random, |plan| {
            plan.browse();
            if !plan.cart.is_empty() && plan.random.chance(85) {
                plan.buy();
            }
        })
    }

    /// Draws the visit of somebody who leaves after one look, or of a crawler.
    pub(super) fn glance(random: &mut Random) -> Self {
        Self::planned(random, |plan| plan.glance())
    }

    fn planned(random: &mut Random, walk: impl Fn(&mut Plan<'_>)) -> Self {
        let origin = by_share(ORIGINS, |origin| origin.share, random);
        let mut plan = Plan { random, pages: Vec::new(), cart: Vec::new() };
        walk(&mut plan);
        Self { referrer: origin.referrer, campaign: origin.campaign, pages: plan.pages }
    }
}

struct Plan<'a> {
    random: &'a mut Random,
    pages: Vec<Page>,
    cart: Vec<Line>,
}

impl Plan<'_> {
    /// One page for a few seconds.
    fn glance(&mut self) {
        let all: Vec<Line> = shop::PRODUCTS.iter().map(Line::one).collect();
        if self.random.chance(60) {
            return self.page(shop::LIST, LIST_TITLE, (2, 9), &[("view_item_list", &all)]);
        }
        let product = self.random.pick(shop::PRODUCTS);
        let seen = [Line::one(product)];
        self.page(&shop::product_path(product), product.name, (2, 9), &[("view_item", &seen)]);
    }

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
        self.page(shop::LIST, LIST_TITLE, (4, 18), &[("view_item_list", &all)]);
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
            scrolled: self.random.between(30, 100) as u8,
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
        assert!(near(counts[0], 670) && near(counts[1], 230) && near(counts[5], 90), "{counts:?}");
        let bounces = visits.iter().filter(|visit| bounces(visit)).count();
        assert!(near(bounces, 400), "{bounces}");
        assert_eq!(ORIGINS.iter().map(|origin| origin.share).sum::<u64>(), 100);
    }

    /// Not an engaged session: one page, for less than 10 s, and nothing put into the cart.
    fn bounces(visit: &Visit) -> bool {
        let [page] = visit.pages.as_slice() else { return false };
        page.open - page.hidden < Duration::from_secs(10)
            && page.happenings.iter().all(|happening| happening.name != "add_to_cart")
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
