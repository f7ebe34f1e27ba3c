//! Tokens over rotations, changed, moved to another site, and made of something else.

use super::super::tests::{TRAITS, of_day, two_days};
use super::{JoinError, Joiner};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ut_core::event::{Client, Confidential};
use ut_core::{SiteId, VisitorId};

#[test]
fn a_token_says_whose_it_is_until_its_salts_are_destroyed() {
    for excluded in [false, true] {
        let joiner =
            Joiner { likeness: TRAITS.likeness(), excluded, cookie: excluded.then_some(VisitorId([7; 16])) };
        let today = two_days();
        let token = today.join_token(joiner).unwrap();
        assert_eq!(token.len(), 126);
        assert!(token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{token}");
        assert_ne!(
            today.join_token(joiner).unwrap(),
            token,
            "two of them are not known to be of one visitor"
        );
        let restarted = two_days();
        assert_eq!(restarted.joiner(&token), Ok(joiner));
        let next = of_day(SiteId(1), 11);
        let found = next.joiner(&token).unwrap();
        assert_eq!(found, joiner, "yesterday's key still lives");
        let before = today.ids(joiner.likeness).at(1_099_999).unwrap();
        let after = next.ids(found.likeness).at(1_100_000).unwrap();
        assert_eq!(after.previous, Some(before.hash), "it meets the session that is open over the rotation");
        assert_ne!(after.hash, before.hash, "and is somebody new on the new day");
        assert_eq!(of_day(SiteId(1), 12).joiner(&token), Err(JoinError::Expired));
    }
}

#[test]
fn a_token_that_was_changed_or_is_of_another_site_says_nothing() {
    let (today, joiner) = (two_days(), Joiner { likeness: TRAITS.likeness(), excluded: false, cookie: None });
    let token = today.join_token(joiner).unwrap();
    assert_eq!(
        of_day(SiteId(2), 10).joiner(&token),
        Err(JoinError::Wrong),
        "of another site, even with its key"
    );
    for place in 0..token.len() {
        let mut bytes = token.clone().into_bytes();
        bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
        assert!(today.joiner(&String::from_utf8(bytes).unwrap()).is_err(), "{place}");
        assert_eq!(today.joiner(&token[..place]), Err(JoinError::Wrong), "cut at {place}");
    }
    for text in [
        "",
        "x",
        "====",
        &format!("{token}AA"),
        &format!("{token}="),
        &token.replace(char::is_alphanumeric, "é"),
    ] {
        assert_eq!(today.joiner(text), Err(JoinError::Wrong), "{text}");
    }
    let client = Client { user_agent: "x".to_owned(), ..Client::default() };
    let sealed = today.seal(&Confidential { ids: Vec::new(), client: Some(client) }).unwrap();
    let of_the_log = [&[1], &10_i32.to_le_bytes()[..], &sealed.nonce, &sealed.bytes].concat();
    assert_eq!(
        today.joiner(&URL_SAFE_NO_PAD.encode(of_the_log)),
        Err(JoinError::Wrong),
        "sealed for another purpose"
    );
}
