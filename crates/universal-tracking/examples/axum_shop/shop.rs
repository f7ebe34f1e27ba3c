//! The shop itself: one page, and one button.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Html;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use universal_tracking::{Event, Item, Order, Tracking};

const ITEMS: [(&str, &str, &str); 2] = [("chair", "Chair", "59.90"), ("lamp", "Lamp", "19.90")];

/// What the shop's handlers share: its tracking is a part of it like any other.
#[derive(Clone)]
pub(crate) struct Shop {
    tracking: Tracking,
    orders: Arc<AtomicU64>,
}

impl Shop {
    pub(crate) fn new(tracking: Tracking) -> Self {
        Self { tracking, orders: Arc::default() }
    }
}

/// `GET /`
pub(crate) async fn page(State(shop): State<Shop>) -> Html<String> {
    let key = shop.tracking.site_key("127.0.0.1").unwrap_or_default();
    let buttons = ITEMS.map(|(id, name, price)| {
        format!("<form method=post action=/buy/{id}><button>Buy a {name} for {price} EUR</button></form>")
    });
    let script = format!("<script defer src=/shop-data/ut.js data-site={key}></script>");
    Html(format!("<!doctype html><title>Shop</title>{script}<h1>Shop</h1>{}", buttons.concat()))
}

/// `POST /buy/{item}`: the order counts when this has answered, whatever the browser does and whichever script it
/// blocks.
pub(crate) async fn buy(
    State(shop): State<Shop>,
    Path(item): Path<String>,
    request: Parts,
) -> Result<String, (StatusCode, String)> {
    let failed =
        |error: universal_tracking::TrackError| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string());
    let Some((id, name, price)) = ITEMS.into_iter().find(|(id, ..)| *id == item) else {
        return Err((StatusCode::NOT_FOUND, format!("there is no {item}")));
    };
    let number = format!("{}-{id}", shop.orders.fetch_add(1, Ordering::Relaxed) + 1);
    let order = Order::new(&number).total(price, "EUR").item(Item::new(id).name(name).price(price));
    let visitor = shop.tracking.visitor(&request).map_err(failed)?;
    shop.tracking.track(Event::purchase(order).visitor(&visitor)).await.map_err(failed)?;
    Ok(format!("Thank you for order {number}."))
}
