//! Names of fields whose values are personal whatever they look like.

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

/// More words than these no name of ours has.
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
    /// Nothing.
    Plain,
}

/// What a name says.
pub(super) fn kind(key: &str) -> Kind {
    let mut kind = Kind::Plain;
    for part in key.split(['.', '[', ']', '/', ':']) {
        let mut words = [""; MOST_WORDS];
        let count = split(part, &mut words);
        let words = &words[..count];
        // `coupon`, `index`, `discount`: nearly every name ends here.
        if !words.iter().any(|word| may_be_known(word)) {
            continue;
        }
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

/// For each first letter, the lengths of the known words, a bit for each.
const LENGTHS: [u32; 256] = {
    let mut lengths = [0; 256];
    let mut at = 0;
    while at < NAMES.len() {
        note(&mut lengths, NAMES[at]);
        at += 1;
    }
    note(&mut lengths, &PHONE);
    note(&mut lengths, &PRODUCT);
    lengths
};

const fn note(lengths: &mut [u32; 256], words: &[&str]) {
    let mut at = 0;
    while at < words.len() {
        lengths[words[at].as_bytes()[0] as usize] |= 1 << words[at].len();
        at += 1;
    }
}

/// Does a known word begin with the same letter, and is it as long?
fn may_be_known(word: &str) -> bool {
    let lengths = word.bytes().next().map_or(0, |first| LENGTHS[usize::from(first.to_ascii_lowercase())]);
    word.len() < 32 && lengths >> word.len() & 1 == 1
}

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

/// The words of a name: `firstName`, `first-name`, `HTMLName`. Those beyond the most are left out.
fn split<'a>(name: &'a str, words: &mut [&'a str; MOST_WORDS]) -> usize {
    let mut count = 0;
    let mut push = |word: &'a str| {
        if let Some(place) = words.get_mut(count).filter(|_| !word.is_empty()) {
            *place = word;
            count += 1;
        }
    };
    for part in name.split(|letter: char| !letter.is_alphanumeric()) {
        let (bytes, mut start) = (part.as_bytes(), 0);
        for at in 1..bytes.len() {
            let small = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_lowercase);
            let humps = small(at - 1) || bytes[at - 1].is_ascii_uppercase() && small(at + 1);
            if bytes[at].is_ascii_uppercase() && humps {
                push(&part[start..at]);
                start = at;
            }
        }
        push(&part[start..]);
    }
    count
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
        ] {
            assert_eq!(kind(key), expected, "{key}");
        }
    }
}
