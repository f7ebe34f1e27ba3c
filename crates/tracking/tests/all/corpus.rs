//! What the fuzzer of consent texts (`fuzz/`) found worth keeping, run again.

#[path = "../../../../fuzz/src/consent.rs"]
mod consent;

use std::path::Path;

#[test]
fn texts_of_consent_grant_nothing_by_mistake() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/consent");
    let mut inputs = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        consent::read(&std::fs::read(entry.unwrap().path()).unwrap());
        inputs += 1;
    }
    assert!(inputs > 10, "{inputs} inputs");
}
