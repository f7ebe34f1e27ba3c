//! Names of fields whose values are personal whatever they look like.

use super::words::Words;

/// The names (contract: "PII filter"), word by word.
const NAMES: [&[&str]; 17] = [
    &["email"],
    &["e", "mail"],
    &["phone"],
    &["tel"],
    &["name"],
    &["firstname"],
    &["first", "name"],
    &["lastname"],
    &["last", "name"],
    &["address"],
    &["street"],
    &["token"],
    &["auth"],
    &["password"],
    &["userdata"],
    &["user", "data"],
    &["customer"],
];

/// Names that say nothing personal at the end of a longer one: `item_name`, `cart_token`, `favourite_customer`.
const ALONE_ONLY: [&str; 4] = ["name", "token", "auth", "customer"];

/// Names of phone numbers that are not on the list: what they hold is read as one.
const PHONE: [&str; 8] = ["phone", "tel", "telephone", "telefon", "mobile", "mobil", "fax", "whatsapp"];

/// Names of products' own numbers: a check digit that fits is believed.
const PRODUCT: [&str; 10] =
    ["isbn", "ean", "gtin", "gtin8", "gtin12", "gtin13", "gtin14", "upc", "asin", "sku"];

/// More words than these no name of ours has; those beyond are left out.
const MOST_WORDS: usize = 12;

/// What a field's name says of its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// It is personal, whatever it looks like: `user_data`, `userData`, `User-Data`, `billing_phone`,
    /// `order.customer.id`.
    Personal,
    /// A number in it is a phone number.
    Phone,
    /// A number in it is a product's.
    Product,
    /// It names an order: what looks like a card's number there is the shop's own.
    Order,
    /// Nothing.
    Plain,
}

/// Names of orders' own names.
const ORDER: [&str; 5] = ["transaction_id", "order_id", "refund_id", "checkout_token", "cart_token"];

/// What a name says.
pub(super) fn kind(key: &str) -> Kind {
    if ORDER.contains(&key) {
        return Kind::Order;
    }
    // `coupon`, `index`, `discount`: most names end here.
    if words(key).any(|word| KNOWN.may_hold(word)) { closer(key) } else { Kind::Plain }
}

/// The same, with every word compared.
pub(super) fn closer(key: &str) -> Kind {
    let mut kind = Kind::Plain;
    for part in key.split(['.', '[', ']', '/', ':']) {
        let mut all = [""; MOST_WORDS];
        let count = all.iter_mut().zip(words(part)).map(|(place, word)| *place = word).count();
        let words = &all[..count];
        if is_personal(words) {
            return Kind::Personal;
        }
        let is_in = |known: &[&str]| words.iter().any(|word| known.iter().any(|known| same(word, known)));
        if is_in(&PHONE) {
            kind = Kind::Phone;
        } else if kind == Kind::Plain && is_in(&PRODUCT) {
            kind = Kind::Product;
        }
    }
    kind
}

const KNOWN: Words = {
    let (mut known, mut at) = (Words::none().and(&PHONE).and(&PRODUCT), 0);
    while at < NAMES.len() {
        known = known.and(NAMES[at]);
        at += 1;
    }
    known
};

fn is_personal(words: &[&str]) -> bool {
    let ends_with = |name: &[&str]| {
        words.len() >= name.len()
            && words[words.len() - name.len()..].iter().zip(name).all(|(word, known)| same(word, known))
    };
    NAMES.iter().any(|name| {
        let alone = name.len() == 1 && ALONE_ONLY.contains(&name[0]);
        ends_with(name) && (words.len() == name.len() || !alone)
    })
}

fn same(word: &str, known: &str) -> bool {
    word.eq_ignore_ascii_case(known)
}

/// The words of a name: `firstName`, `first-name`, `HTMLName`.
fn words(name: &str) -> impl Iterator<Item = &str> {
    let mut rest = name;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|letter: char| !letter.is_alphanumeric());
        let ends = |(at, letter): &(usize, char)| !letter.is_alphanumeric() || humps(rest.as_bytes(), *at);
        let end = rest.char_indices().find(ends).map_or(rest.len(), |(at, _)| at);
        let (word, after) = rest.split_at(end);
        rest = after;
        (!word.is_empty()).then_some(word)
    })
}

/// Does another word begin here?
fn humps(letters: &[u8], at: usize) -> bool {
    let small = |at: usize| letters.get(at).is_some_and(u8::is_ascii_lowercase);
    at > 0
        && letters[at].is_ascii_uppercase()
        && (small(at - 1) || letters[at - 1].is_ascii_uppercase() && small(at + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_personal_in_every_writing() {
        for key in [
            "email",
            "e_mail",
            "E-Mail",
            "eMail",
            "EMAIL",
            "phone",
            "tel",
            "name",
            "Name",
            "first_name",
            "firstName",
            "first-name",
            "FirstName",
            "FIRST_NAME",
            "firstname",
            "last_name",
            "lastName",
            "address",
            "street",
            "token",
            "auth",
            "password",
            "user_data",
            "userData",
            "User Data",
            "customer",
            "customer.id",
            "user_data.city",
            "order[customer][id]",
            "checkout/email",
            "customer_email",
            "billing_phone",
            "shippingAddress",
            "billing_first_name",
            "userEmail",
            "contact.phone",
            "user_e_mail",
        ] {
            assert_eq!(kind(key), Kind::Personal, "{key}");
        }
    }

    #[test]
    fn a_name_that_only_holds_such_a_word_is_not() {
        for key in [
            "item_name",
            "itemName",
            "hotel",
            "promotion_name",
            "creative_name",
            "username_hint",
            "customer_type",
            "customerType",
            "email_campaign",
            "phone_model",
            "token_type",
            "cart_token",
            "author",
            "authority",
            "streetwear",
            "telescope",
            "item_list_name",
            "renamed",
            "addressable",
            "transaction_id",
            "",
        ] {
            assert_ne!(kind(key), Kind::Personal, "{key}");
        }
        for (key, expected) in [
            ("phone_number", Kind::Phone),
            ("mobileNumber", Kind::Phone),
            ("smartphone", Kind::Plain),
            ("product_gtin", Kind::Product),
            ("GTIN13", Kind::Product),
            ("ocean", Kind::Plain),
            ("transaction_id", Kind::Order),
        ] {
            assert_eq!(kind(key), expected, "{key}");
        }
    }
}
