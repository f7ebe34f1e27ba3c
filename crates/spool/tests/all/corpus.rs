//! What the fuzzers of `fuzz/` found worth keeping, run again: records, and programs of damage to the log's files.

#[path = "../../../../fuzz/src/frames.rs"]
mod frames;
#[path = "../../../../fuzz/src/log.rs"]
mod log;

use std::path::Path;

fn replay(name: &str, run: impl Fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(name);
    let mut inputs = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        run(&std::fs::read(entry.unwrap().path()).unwrap());
        inputs += 1;
    }
    assert!(inputs > 5, "{inputs} inputs of {name}");
}

#[test]
fn records_are_read_or_refused() {
    replay("frames", frames::decode);
}

#[test]
fn a_damaged_log_gives_back_what_was_written_or_names_it_lost() {
    replay("log", log::damage);
}
