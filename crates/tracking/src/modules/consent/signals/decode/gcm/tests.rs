//! Which keys are which axis, and which objects are none.

use super::super::{Decode, Decoded, NotUnderstood};
use super::Gcm;
use serde_json::json;

#[test]
fn keys_make_axes() {
    for (object, expected) in [
        (json!({}), [None; 3]),
        (json!({"analytics_storage": "granted"}), [Some(true), None, None]),
        (json!({"analytics_storage": "denied"}), [Some(false), None, None]),
        (json!({"ad_storage": "granted", "ad_user_data": "granted"}), [None, Some(true), None]),
        (json!({"ad_storage": "granted"}), [None; 3]),
        (json!({"ad_user_data": "granted"}), [None; 3]),
        (json!({"ad_storage": "granted", "ad_user_data": "denied"}), [None, Some(false), None]),
        (json!({"ad_storage": "denied"}), [None, Some(false), None]),
        (json!({"ad_personalization": "granted"}), [None, None, Some(true)]),
        (json!({"ad_personalization": "denied", "wait_for_update": 500}), [None, None, Some(false)]),
        (json!({"functionality_storage": "granted", "security_storage": "granted"}), [None; 3]),
    ] {
        let [analytics, marketing, personalization] = expected;
        let expected = Decoded { at: None, analytics, marketing, personalization };
        assert_eq!(Gcm.decode(&object.to_string()), Ok(expected), "{object}");
    }
}

#[test]
fn what_is_no_such_object_is_refused() {
    for text in [
        "",
        "granted",
        "null",
        r#"["granted","granted","granted","granted"]"#,
        r#"{"analytics_storage":"Granted"}"#,
        r#"{"analytics_storage":true}"#,
        r#"{"analytics_storage":null}"#,
        r#"{"ad_storage":["granted"],"ad_user_data":"granted"}"#,
        r#"{"analytics_storage":"granted""#,
        &"[".repeat(100_000),
    ] {
        assert_eq!(Gcm.decode(text), Err(NotUnderstood::Object), "{:.60}", text);
    }
}
