//! Installing, for real.

use ut_chdb::engine::{VERSION, install, locate};

#[test]
fn two_installs_at_once_give_the_same_whole_library() {
    let cache = crate::cache_root();
    let (first, second) = std::thread::scope(|scope| {
        let first = scope.spawn(|| install(&cache, |_| {}).unwrap());
        let second = scope.spawn(|| install(&cache, |_| {}).unwrap());
        (first.join().unwrap(), second.join().unwrap())
    });
    assert_eq!(first, second);
    assert_eq!(locate(None, &cache), Ok(first.clone()));
    assert!(first.to_string_lossy().contains(VERSION));
    assert!(std::fs::metadata(&first).unwrap().len() > 500_000_000);
}
