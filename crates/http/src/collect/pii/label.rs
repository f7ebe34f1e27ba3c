//! What a number is called: the word before it.

use super::view::LETTER;

/// What the word before a number says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Label {
    /// A person's number: `Tel.: 1234567`.
    Phone,
    /// A person's number, or a product's: `Telefon 1234567`.
    PerhapsPhone,
    /// A number of a product, an order or a parcel.
    Product,
    /// Nothing.
    None,
}

const PHONE: [&str; 24] = [
    "tel",
    "telefon",
    "telefono",
    "telefoon",
    "telephone",
    "fon",
    "phone",
    "mobil",
    "mobile",
    "mobiltelefon",
    "movil",
    "cell",
    "cellphone",
    "handy",
    "handynummer",
    "telefonnummer",
    "rufnummer",
    "fax",
    "telefax",
    "whatsapp",
    "call",
    "callto",
    "sms",
    "gsm",
];

const PRODUCT: [&str; 40] = [
    "isbn",
    "ean",
    "gtin",
    "upc",
    "asin",
    "sku",
    "mpn",
    "art",
    "artikel",
    "artikelnr",
    "artikelnummer",
    "article",
    "item",
    "ref",
    "reference",
    "model",
    "modell",
    "order",
    "orders",
    "bestellung",
    "bestellnr",
    "bestellnummer",
    "auftrag",
    "auftragsnummer",
    "commande",
    "pedido",
    "ordine",
    "invoice",
    "rechnung",
    "rechnungsnummer",
    "receipt",
    "tracking",
    "trackingnummer",
    "sendung",
    "sendungsnummer",
    "imei",
    "serial",
    "seriennummer",
    "sn",
    "vin",
];

/// Words that say only that a number follows.
const NUMBER: [&str; 9] = ["nr", "no", "num", "number", "nummer", "numero", "id", "is", "ist"];

/// Farther back nobody looks.
const REACH: usize = 40;

/// The label of the number that begins at `start`.
pub(super) fn before(view: &[u8], start: usize) -> Label {
    let mut rest = &view[start.saturating_sub(REACH)..start];
    if rest.ends_with(b"wa.me/") {
        return Label::Phone;
    }
    let mut marked = false;
    // `Tel. Nr.: +49 (0) …`: one word of that kind may stand between.
    for _ in 0..2 {
        let between = |byte: &u8| !(byte.is_ascii_alphabetic() || *byte == LETTER);
        let gap = rest.iter().rev().take_while(|byte| between(byte)).count();
        if rest[rest.len() - gap..].iter().any(u8::is_ascii_digit) || gap > 4 {
            return Label::None;
        }
        marked |= rest[rest.len() - gap..].iter().any(|byte| matches!(byte, b'.' | b':' | b'=' | b'/'));
        rest = &rest[..rest.len() - gap];
        let length = rest.iter().rev().take_while(|byte| !between(byte)).count();
        let word = &rest[rest.len() - length..];
        let is_in = |words: &[&str]| words.iter().any(|known| word.eq_ignore_ascii_case(known.as_bytes()));
        match () {
            () if is_in(&PHONE) && marked => return Label::Phone,
            () if is_in(&PHONE) => return Label::PerhapsPhone,
            () if is_in(&PRODUCT) => return Label::Product,
            () if is_in(&NUMBER) => rest = &rest[..rest.len() - length],
            () => return Label::None,
        }
    }
    Label::None
}
