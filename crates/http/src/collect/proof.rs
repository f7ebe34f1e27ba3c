//! The proof that a page's visitor is a customer: hex HMAC-SHA256 under the site's secret of the customer's id. Only the
//! shop's own server can make one, for whom it has logged in. Pure.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// Is it the proof of this id under one of the secrets that are valid at the moment? All are tried: how long it takes
/// must not say which one is nearly right.
pub(super) fn holds<S: AsRef<str>>(secrets: &[S], external_id: &str, proof: &[u8; 32]) -> bool {
    let proves = |secret: &S| sign(secret.as_ref().as_bytes(), external_id).ct_eq(proof);
    bool::from(secrets.iter().fold(subtle::Choice::from(0), |known, secret| known | proves(secret)))
}

fn sign(secret: &[u8], external_id: &str) -> [u8; 32] {
    // HMAC takes keys of every length.
    let Ok(mac) = Hmac::<Sha256>::new_from_slice(secret) else { return [0; 32] };
    mac.chain_update(external_id.as_bytes()).finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn it_is_what_any_tool_makes() {
        // printf 4711 | openssl dgst -sha256 -hmac sk_1
        let text = "11d707f31fae8df7841c9b0d65ea7b199bf4f4abe263b9744c730138a27af2fe";
        let mut proof = [0; 32];
        hex::decode_to_slice(text, &mut proof).unwrap();
        assert!(holds(&["sk_1"], "4711", &proof));
    }

    proptest! {
        #[test]
        fn it_holds_for_its_id_and_secret_alone(id in "\\PC{1,20}", other in "\\PC{1,20}", bit in 0..256_usize) {
            let mut proof = sign(b"sk_old", &id);
            prop_assert!(holds(&["sk_new", "sk_old"], &id, &proof), "both secrets of a rotation are valid");
            prop_assert!(!holds(&["sk_new"], &id, &proof) && !holds::<&str>(&[], &id, &proof));
            prop_assert_eq!(holds(&["sk_old"], &other, &proof), id == other);
            proof[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(!holds(&["sk_old"], &id, &proof));
        }
    }
}
