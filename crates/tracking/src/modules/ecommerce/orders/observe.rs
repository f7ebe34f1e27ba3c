//! What decided events tell of orders.

use super::rules;
use ut_core::event::{Amount, Draft, Event, Frame, Identity, Item, SessionState};
use ut_core::keys::Keys;
use ut_core::module::RowsContext;
use ut_core::order::{
    Alias, Claim, OrderBody, OrderItem, OrderReport, OrderSource, OrderStatus, Refund, SalesChannel, Told,
    Visit,
};
use ut_core::site::{Mode, Sites};

/// The fact by which the door says that the shop's own server has signed an event.
pub const SIGNED: &str = "ecommerce.signed";

/// What a frame's events tell of orders. Nearly every frame tells nothing.
pub(crate) fn reports(frame: &Frame, context: &RowsContext<'_>) -> Vec<OrderReport> {
    let told = frame.events().filter(|event| matches!(event.draft.name.as_str(), "purchase" | "refund"));
    told.filter_map(|event| report(event, frame, context)).collect()
}

fn report(event: &Event, frame: &Frame, context: &RowsContext<'_>) -> Option<OrderReport> {
    let draft = &event.draft;
    let signed = draft.facts.iter().any(|(key, _)| key == SIGNED);
    let (source, told) = match (draft.name.as_str(), signed) {
        ("purchase", false) => (OrderSource::Page, Told::Claim(Box::new(claim(event, frame, context)))),
        ("purchase", true) => {
            (OrderSource::Server, Told::Order(Box::new(order(draft, event, context.sites)?)))
        }
        // A page's refund is stored as an event, and never booked.
        (_, false) => return None,
        (_, true) => (OrderSource::Server, Told::Refund(refund(draft, event, context.sites)?)),
    };
    let mut aliases = aliases(draft);
    if aliases.is_empty() {
        // Nothing else will ever tell of it.
        aliases.extend(Alias::new(&draft.id.to_string(), false));
    }
    Some(OrderReport { site: event.site(), source, received_at: event.request.received_at, aliases, told })
}

/// `transaction_id` is the order's name in the browser; a pixel knows tokens of the shop's system too.
fn aliases(draft: &Draft) -> Vec<Alias> {
    let names = ["transaction_id", "order_id", "checkout_token"];
    // What the door has taken out names nothing.
    let said = names.iter().map(|name| prop(draft, name)).filter(|name| !name.contains('['));
    let mut aliases: Vec<Alias> = said.filter_map(|name| Alias::new(name, false)).collect();
    aliases.dedup();
    aliases
}

fn prop<'a>(draft: &'a Draft, name: &str) -> &'a str {
    let known = draft.props.binary_search_by(|(key, _)| key.as_str().cmp(name));
    known.map_or("", |at| &draft.props[at].1)
}

fn amount(draft: &Draft, name: &str) -> Option<Amount> {
    Amount::parse(prop(draft, name)).ok()
}

fn claim(event: &Event, frame: &Frame, context: &RowsContext<'_>) -> Claim {
    let draft = &event.draft;
    Claim {
        at: draft.at,
        currency: draft.currency,
        value: draft.value,
        tax: amount(draft, "tax"),
        shipping: amount(draft, "shipping"),
        discount: amount(draft, "discount"),
        items: draft.items.iter().map(item).collect(),
        coupon: prop(draft, "coupon").to_owned(),
        payment_type: prop(draft, "payment_type").to_owned(),
        shipping_tier: prop(draft, "shipping_tier").to_owned(),
        customer_type: prop(draft, "customer_type").to_owned(),
        visit: visit(event, frame, context),
    }
}

fn item(item: &Item) -> OrderItem {
    let discount = item.props.iter().find(|(key, _)| key == "discount");
    OrderItem {
        item_id: item.item_id.clone(),
        item_name: item.item_name.clone(),
        item_brand: item.item_brand.clone(),
        item_category: item.item_category.clone(),
        item_variant: item.item_variant.clone(),
        price: item.price,
        quantity: item.quantity,
        // GA4: what one of them is cheaper by.
        discount: discount.and_then(|(_, text)| Amount::parse(text).ok()).map(|one| one.times(item.quantity)),
    }
}

/// Where it happened. Without consent nothing leads from the order to the visitor (definitions: "order and consent").
fn visit(event: &Event, frame: &Frame, context: &RowsContext<'_>) -> Visit {
    let site = context.sites.by_id(event.site());
    let place = &event.request.place;
    let mode = site.map(|site| site.settings.consent.mode_in(&place.country, &place.region));
    let cnil = mode == Some(Mode::Cnil);
    let named = event.identity == Identity::Cookie && event.request.consent.analytics && !cnil;
    let session = frame.sessions.iter().find(|state| state.session == event.session);
    let request = session.map_or(&event.request, |state| &state.request);
    let (landing_hostname, landing_page) = landing(session.map(|state| &**state));
    Visit {
        session: if named { event.session } else { ut_core::SessionKey::default() },
        visitor: if named { visitor(event, context.keys) } else { ut_core::VisitorKey::default() },
        source: session.and_then(|state| state.origin.as_ref()?.source.as_deref().cloned()),
        landing_hostname,
        landing_page,
        country: request.place.country.clone(),
        device_type: request.device.device_type.as_str().to_owned(),
        browser: request.device.browser.clone(),
        os: request.device.os.clone(),
        bot: request.device.bot.clone(),
        staging: event.draft.staging,
    }
}

fn visitor(event: &Event, keys: &Keys) -> ut_core::VisitorKey {
    event.visitor.map(|id| keys.visitor(event.site(), id)).unwrap_or_default()
}

fn landing(session: Option<&SessionState>) -> (String, String) {
    let entry = session.and_then(|state| state.entry.as_ref());
    entry.map(|(_, page)| (page.hostname.clone(), page.path.clone())).unwrap_or_default()
}

/// The shop's server tells of an order by GA4's `purchase`: its value is read as a page's is.
fn order(draft: &Draft, event: &Event, sites: &dyn Sites) -> Option<OrderBody> {
    let currency = draft.currency?;
    let (tax, shipping) = (amount(draft, "tax"), amount(draft, "shipping"));
    Some(OrderBody {
        status: OrderStatus::Placed,
        captured: false,
        placed_at: draft.at,
        updated_at: draft.at,
        number: prop(draft, "transaction_id").to_owned(),
        sales_channel: SalesChannel::Web,
        test: matches!(prop(draft, "test"), "true" | "1"),
        currency,
        total: total(draft, event, sites)?,
        tax: tax.unwrap_or_default(),
        shipping: shipping.unwrap_or_default(),
        discount: amount(draft, "discount").unwrap_or_default(),
        items: draft.items.iter().map(item).collect(),
        coupon: prop(draft, "coupon").to_owned(),
        payment_type: prop(draft, "payment_type").to_owned(),
        shipping_tier: prop(draft, "shipping_tier").to_owned(),
        customer_type: prop(draft, "customer_type").to_owned(),
        refunds: Vec::new(),
    })
}

/// With tax and shipping, by the site's reading of `value`.
fn total(draft: &Draft, event: &Event, sites: &dyn Sites) -> Option<Amount> {
    let read = sites.by_id(event.site()).map(|site| site.settings.orders.browser_value).unwrap_or_default();
    let (tax, shipping) = (amount(draft, "tax"), amount(draft, "shipping"));
    Some(rules::total(draft.value?, tax.unwrap_or_default(), shipping.unwrap_or_default(), read))
}

/// GA4's `refund`: its value is read as that of a `purchase`.
fn refund(draft: &Draft, event: &Event, sites: &dyn Sites) -> Option<Refund> {
    let id = match prop(draft, "refund_id") {
        "" => draft.id.to_string(),
        id => id.to_owned(),
    };
    Some(Refund { id, at: draft.at, amount: total(draft, event, sites)?, tax: amount(draft, "tax") })
}
