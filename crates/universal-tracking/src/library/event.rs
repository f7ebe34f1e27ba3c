//! Events as an app makes them: GA4's names, checked by the door when they are tracked.

use super::Visitor;
use serde_json::{Map, Value, json};
use ut_core::event::Consent;
use uuid::Uuid;

/// An event of the app. What it holds is checked by [`Tracking::track`](super::Tracking::track), by the rules for what the
/// shop's own server sends (`docs/server-to-server.md`): personal data is taken out, and a field that is wrong is named.
///
/// Without a [`visitor`](Self::visitor) or a [`join_token`](Self::join_token) it counts, and belongs to nobody's session.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    fields: Map<String, Value>,
    site: Option<String>,
    visitor: Option<Visitor>,
    join_token: Option<String>,
    consent: Option<Consent>,
}

impl Event {
    /// An event by its name: one of GA4's (`sign_up`, `refund`, …) or one of the shop's own. Its id is made here, so that a
    /// clone is the same event.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let fields = Map::from_iter([
            ("id".to_owned(), Value::String(Uuid::new_v4().to_string())),
            ("name".to_owned(), name.into()),
        ]);
        Self { fields, site: None, visitor: None, join_token: None, consent: None }
    }

    /// An order.
    #[must_use]
    pub fn purchase(order: Order) -> Self {
        order.0.into_iter().fold(Self::new("purchase"), |event, (name, value)| event.param(&name, value))
    }

    /// A page that was shown, by its whole address.
    #[must_use]
    pub fn page_view(url: &str) -> Self {
        Self::new("page_view").url(url)
    }

    /// An id of the app's own: an event with the same id is the same event.
    #[must_use]
    pub fn id(self, id: Uuid) -> Self {
        self.param("id", id.to_string())
    }

    /// When it happened, Unix milliseconds; without, when it is tracked.
    #[must_use]
    pub fn at_ms(self, at: i64) -> Self {
        self.param("ts", at)
    }

    /// The address of the page it happened on.
    #[must_use]
    pub fn url(self, url: &str) -> Self {
        self.param("url", url)
    }

    /// Its value, a decimal, and the currency of it.
    #[must_use]
    pub fn value(self, amount: &str, currency: &str) -> Self {
        self.param("value", amount).param("currency", currency)
    }

    /// One more item it is about.
    #[must_use]
    pub fn item(mut self, item: Item) -> Self {
        push(&mut self.fields, item);
        self
    }

    /// Any other parameter, GA4's (`title`, `referrer`, `search_term`, …) or one of the shop's own.
    #[must_use]
    pub fn param(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.fields.insert(name.to_owned(), value.into());
        self
    }

    /// Whom it is about: see [`Tracking::visitor`](super::Tracking::visitor).
    #[must_use]
    pub fn visitor(mut self, visitor: &Visitor) -> Self {
        self.visitor = Some(visitor.clone());
        self
    }

    /// Whom it is about, by what `ut.joinToken()` gave to their browser: for events that no request of theirs brings about,
    /// such as a payment that is confirmed later. It decides over a [`visitor`](Self::visitor), who may be named beside.
    #[must_use]
    pub fn join_token(mut self, token: &str) -> Self {
        self.join_token = Some(token.to_owned());
        self
    }

    /// What they agreed to. Without, it is what the [`visitor`](Self::visitor)'s browser keeps as their choice, and of
    /// nobody's nothing.
    #[must_use]
    pub const fn consent(mut self, consent: Consent) -> Self {
        self.consent = Some(consent);
        self
    }

    /// The site, by its number or one of its domains; without, the one the builder named.
    #[must_use]
    pub fn site(mut self, site: &str) -> Self {
        self.site = Some(site.to_owned());
        self
    }

    pub(super) fn site_name(&self) -> Option<&str> {
        self.site.as_deref()
    }

    pub(super) fn visitor_ignored(&self) -> bool {
        self.visitor.as_ref().is_some_and(|visitor| visitor.ignored)
    }

    pub(super) const fn whom(&self) -> Option<&Visitor> {
        self.visitor.as_ref()
    }

    /// The request that a server would send; `allowed` by the visitor themselves, who have this id.
    pub(super) fn into_envelope(
        mut self,
        site_key: &str,
        (allowed, id): (Consent, Option<Uuid>),
        now_ms: i64,
    ) -> String {
        self.fields.entry("ts").or_insert(now_ms.into());
        let Consent { analytics, marketing, personalization } = self.consent.unwrap_or(allowed);
        let consent =
            json!({ "analytics": analytics, "marketing": marketing, "personalization": personalization });
        let mut context = Map::new();
        if let Some(visitor) = self.visitor {
            context.insert("ip".to_owned(), visitor.address.to_string().into());
            context.insert("user_agent".to_owned(), visitor.user_agent.into());
        }
        context.extend(id.map(|id| ("visitor_id".to_owned(), id.to_string().into())));
        context.extend(self.join_token.map(|token| ("join_token".to_owned(), token.into())));
        json!({ "site": site_key, "consent": consent, "context": context, "events": [self.fields] })
            .to_string()
    }
}

/// What was bought, for [`Event::purchase`]. Amounts are decimals as text: they stay exact.
#[derive(Debug, Clone, PartialEq)]
pub struct Order(Map<String, Value>);

impl Order {
    /// An order by the number the shop has given it.
    #[must_use]
    pub fn new(id: &str) -> Self {
        Self(Map::from_iter([("transaction_id".to_owned(), id.into())]))
    }

    /// What the customer pays, and in which currency.
    #[must_use]
    pub fn total(self, amount: &str, currency: &str) -> Self {
        self.with("value", amount).with("currency", currency)
    }

    /// The tax in it.
    #[must_use]
    pub fn tax(self, amount: &str) -> Self {
        self.with("tax", amount)
    }

    /// The shipping in it.
    #[must_use]
    pub fn shipping(self, amount: &str) -> Self {
        self.with("shipping", amount)
    }

    /// The code that made it cheaper.
    #[must_use]
    pub fn coupon(self, code: &str) -> Self {
        self.with("coupon", code)
    }

    /// One more item.
    #[must_use]
    pub fn item(mut self, item: Item) -> Self {
        push(&mut self.0, item);
        self
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }
}

/// An item of an order, or of any other event.
#[derive(Debug, Clone, PartialEq)]
pub struct Item(Map<String, Value>);

impl Item {
    /// An item by the number the shop has given it.
    #[must_use]
    pub fn new(id: &str) -> Self {
        Self(Map::from_iter([("item_id".to_owned(), id.into())]))
    }

    /// Its name.
    #[must_use]
    pub fn name(self, name: &str) -> Self {
        self.param("item_name", name)
    }

    /// The price of one, a decimal.
    #[must_use]
    pub fn price(self, amount: &str) -> Self {
        self.param("price", amount)
    }

    /// How many; without, one.
    #[must_use]
    pub fn quantity(self, quantity: u32) -> Self {
        self.param("quantity", quantity)
    }

    /// Any other field, GA4's (`item_brand`, `item_category`, …) or one of the shop's own.
    #[must_use]
    pub fn param(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }
}

fn push(fields: &mut Map<String, Value>, item: Item) {
    let items = fields.entry("items").or_insert_with(|| Value::Array(Vec::new()));
    // What is no list was put there as `items` by hand: the door refuses it by that name.
    if let Value::Array(items) = items {
        items.push(Value::Object(item.0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_becomes_the_request_a_server_would_send() {
        let visitor = Visitor::new([203, 0, 113, 9].into(), "browser");
        let order = Order::new("1001").total("79.80", "EUR").tax("12.74").shipping("4.90").coupon("NOV");
        let order = order.item(Item::new("42").name("Chair").price("59.90").quantity(2));
        let id = Uuid::from_u128(7);
        let event = Event::purchase(order).id(id).visitor(&visitor).at_ms(5);
        let event = event.consent(Consent { marketing: true, ..Consent::default() });
        let sent: Value = serde_json::from_str(&event.into_envelope("pk_1", <_>::default(), 9)).unwrap();
        let expected = json!({
            "site": "pk_1",
            "consent": { "analytics": false, "marketing": true, "personalization": false },
            "context": { "ip": "203.0.113.9", "user_agent": "browser" },
            "events": [{
                "id": id, "name": "purchase", "ts": 5, "transaction_id": "1001", "value": "79.80", "currency": "EUR",
                "tax": "12.74", "shipping": "4.90", "coupon": "NOV",
                "items": [{ "item_id": "42", "item_name": "Chair", "price": "59.90", "quantity": 2 }],
            }],
        });
        assert_eq!(sent, expected);
    }

    #[test]
    fn a_clone_is_the_same_event_and_another_one_is_not() {
        let event = Event::new("sign_up");
        let id = |event: &Event| event.fields["id"].clone();
        assert_eq!(id(&event), id(&event.clone()));
        assert_ne!(id(&event), id(&Event::new("sign_up")));
        let sent: Value =
            serde_json::from_str(&event.clone().into_envelope("pk_1", <_>::default(), 9)).unwrap();
        assert_eq!((&sent["events"][0]["ts"], &sent["context"]), (&json!(9), &json!({})));
        let sent: Value =
            serde_json::from_str(&event.join_token("t").into_envelope("pk_1", <_>::default(), 9)).unwrap();
        assert_eq!(sent["context"], json!({ "join_token": "t" }));
    }
}
