//! The request every server gets: one envelope with some events, about 600 bytes with one.

use serde_json::{Value, json};

/// A request with places for what differs from one to the next; `event.lua` and [`fill`] put it in.
pub(crate) fn template(site: &str, batch: u32) -> String {
    let events: Vec<Value> = (0..batch).map(event).collect();
    let body = json!({
        "site": site, "sent_at": "@MS@", "tz": "Europe/Berlin", "lang": "de-DE", "viewport": [390, 844],
        "consent": {"analytics": false, "marketing": false}, "ids": {"seed": "7d9f4c52-0a61-4b7e-9a43-0c8a2f1be6d1"},
        "events": events,
    });
    // Times are numbers, which a placeholder cannot be.
    let body = body.to_string().replace("\"@MS@\"", "@MS@");
    let length = fill(&body, 0).len();
    format!(
        "POST /ut/e HTTP/1.1\r\nHost: shop.example\r\nOrigin: https://shop.example\r\n\
         User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
         Chrome/140.0.7@UA@.0 Safari/537.36\r\nContent-Type: text/plain\r\nAccept: */*\r\n\
         Accept-Language: de-DE,de;q=0.9\r\nContent-Length: {length}\r\n\r\n{body}"
    )
}

fn event(seq: u32) -> Value {
    json!({
        "id": "@ID@", "name": "view_item", "ts": "@MS@", "page_view": "0193f0a0-5c1d-7f3e-8a52-6f0b7d3c9e10", "seq": seq,
        "url": "https://shop.example/p/42-linen-shirt?utm_source=newsletter&utm_medium=email",
        "referrer": "https://www.google.com/", "title": "Linen shirt", "value": "59.90", "currency": "EUR",
        "items": [{"item_id": "42", "item_name": "Linen shirt, white", "price": "59.90", "quantity": 1}],
    })
}

/// One request from a template, at `ms` (13 digits).
pub(crate) fn fill(template: &str, ms: u64) -> String {
    let mut text = template.replace("@MS@", &format!("{ms:013}")).replace("@UA@", "000");
    for number in 0u32.. {
        let id = format!("{:08x}-{:04x}-7fff-8000-{number:012x}", ms >> 16, ms & 0xffff);
        let next = text.replacen("@ID@", &id, 1);
        if next == text {
            break;
        }
        text = next;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filled_request_is_as_long_as_it_says_and_holds_its_events() {
        for batch in [1, 20] {
            let request = fill(&template("pk_1", batch), 1_763_800_000_000);
            let (head, body) = request.split_once("\r\n\r\n").unwrap();
            assert!(head.ends_with(&format!("Content-Length: {}", body.len())));
            let body: Value = serde_json::from_str(body).unwrap();
            let events = body["events"].as_array().unwrap();
            let ids: std::collections::BTreeSet<_> =
                events.iter().map(|event| event["id"].to_string()).collect();
            assert_eq!((events.len(), ids.len()), (batch as usize, batch as usize));
            assert_eq!(body["sent_at"], 1_763_800_000_000_u64);
            assert!(!request.contains('@'));
        }
        assert!((550..700).contains(&fill(&template("pk_1", 1), 0).split_once("\r\n\r\n").unwrap().1.len()));
    }
}
