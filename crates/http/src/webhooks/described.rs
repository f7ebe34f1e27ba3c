//! What the routes of shop systems say of themselves.

use super::Delivered;
use crate::openapi::{Access, Answer, Content, Operation, Parameter, Place, Tag};
use serde_json::json;
use ut_tracking::modules::ecommerce::platforms::ToldOrder;

fn delivery(scheme: &'static str, id: &'static str, summary: &'static str, body: Content) -> Operation {
    let site = Parameter::new(Place::Path, "site", "The site's key or number.", json!({ "type": "string" }));
    Operation::new(Tag::Collect, Access::ShopSystem(scheme), id, summary)
        .parameters([site.example("pk_0000000000000000")])
        .takes([body])
        .answers(Answer::json::<Delivered>(
            200,
            "What is taken is in the ledger, durably. What was told before, or is older, changes nothing.",
        ))
        .refuses(&["bad_request", "bad_json", "invalid_input", "wrong_shop", "store_unavailable"])
}

fn foreign() -> Content {
    Content::shaped("application/json", json!({ "type": "object" }))
}

pub(super) fn shopify() -> Operation {
    delivery("shopify", "tell_shopify", "A webhook of Shopify", foreign()).about(
        "Orders and refunds, as they stand in the signed body: topic and id of the delivery are not looked at. At most 5 \
         MiB. Nothing about the customer is read.",
    )
}

pub(super) fn woocommerce() -> Operation {
    delivery("woocommerce", "tell_woocommerce", "A webhook of WooCommerce", foreign()).about(
        "Orders, as they stand in the signed body: topic and id of the delivery are not looked at. At most 5 MiB. Nothing \
         about the customer is read. The unsigned test on saving is answered, and says nothing.",
    )
}

pub(super) fn orders() -> Operation {
    let example = json!({
        "id": "A-1042", "number": "1042", "status": "paid", "placed_at": "2026-11-20T11:00:00+01:00", "currency": "EUR",
        "total": "94.81", "tax": "15.14", "shipping": "4.12",
        "items": [{ "item_id": "4711", "item_name": "Shoe", "price": "75.55" }],
    });
    let body = Content::json::<ToldOrder>().example(example);
    delivery("orders", "tell_order", "An order of any other shop system", body)
        .about("The whole order, sent again after every change. At most 5 MiB.")
        .refuses(&["expired_signature"])
}
