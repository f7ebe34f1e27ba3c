//! Who answers goes before who works behind the door, on a processor that is busy.

use tempfile::TempDir;
use ut_testkit::server::{Server, Shop, page_view};

/// Name and nice value of every thread (proc(5), `/proc/PID/task/TID/stat`: what follows the name in brackets, 17th).
fn threads(pid: u32) -> Vec<(String, i32)> {
    let tasks = std::fs::read_dir(format!("/proc/{pid}/task")).unwrap();
    let stat = |task: std::io::Result<std::fs::DirEntry>| {
        std::fs::read_to_string(task.unwrap().path().join("stat")).unwrap_or_default()
    };
    let thread = |stat: String| {
        let (before, after) = stat.rsplit_once(") ")?;
        let name = before.split_once('(')?.1.to_owned();
        Some((name, after.split(' ').nth(16)?.parse().ok()?))
    };
    tasks.map(stat).filter_map(thread).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_behind_the_door_steps_back() {
    let dir = TempDir::new().unwrap();
    let shop = Shop::open(&super::binary(), dir.path());
    let server = Server::start(&super::binary(), dir.path(), &[]);
    let (status, _) = shop.send(&server, "x", &[page_view("/")]).await.unwrap();
    assert_eq!(status.as_u16(), 202);
    shop.settled(&server).await;
    let threads = threads(server.pid());
    let of = |prefix: &str| -> Vec<i32> {
        threads.iter().filter(|(name, _)| name.starts_with(prefix)).map(|(_, nice)| *nice).collect()
    };
    let door = of("ut-http").into_iter().chain(of("ut-log")).max();
    let behind = of("ut-work");
    let history = of("ThreadPool").into_iter().chain(of("MergeMutate")).min();
    assert!(of("ut-log").len() == 2 && !of("MergeMutate").is_empty(), "{threads:?}");
    assert!(door < behind.iter().min().copied(), "{threads:?}");
    assert!(behind.iter().max().copied() < history, "what happens now goes before reports: {threads:?}");
}
