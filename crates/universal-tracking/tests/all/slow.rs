//! Clients that do nothing, or next to nothing, or only nonsense: others notice nothing of them, and memory neither.

use super::machine::{files_of, resident, room_for};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use ut_testkit::server::{Server, Shop, page_view};

const IDLE: usize = 10_000;
const SLOW: usize = 200;

fn connect(server: &Server) -> TcpStream {
    let address: SocketAddr = server.base.strip_prefix("http://").unwrap().parse().unwrap();
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(40))).unwrap();
    stream
}

/// A request that comes a byte at a time: its head never ends, or its body.
fn drips(number: usize) -> &'static [u8] {
    match number % 2 {
        0 => b"POST /ut/e HTTP/1.1\r\nHost: a\r\nX-Endless: ",
        _ => b"POST /ut/e HTTP/1.1\r\nHost: a\r\nOrigin: https://shop.example\r\nContent-Length: 500000\r\n\r\n{",
    }
}

fn health(server: &Server) -> Duration {
    let began = Instant::now();
    let mut stream = connect(server);
    stream.write_all(b"GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.contains("\"status\":\"ok\""), "{answer}");
    began.elapsed()
}

/// `/health` of two servers, one right after the other, in turns.
fn healths(servers: [&Server; 2], number: usize) -> [Duration; 2] {
    let first = number % 2;
    let (one, two) = (health(servers[first]), health(servers[1 - first]));
    if first == 0 { [one, two] } else { [two, one] }
}

/// Sends a byte to each now and then, until `stop`.
fn drip(slow: &mut [TcpStream], stop: &AtomicBool) {
    for (number, stream) in slow.iter_mut().enumerate() {
        stream.write_all(drips(number)).unwrap();
    }
    while !stop.load(Ordering::Relaxed) {
        // Whoever has been sent away takes nothing any more.
        slow.iter_mut().for_each(|stream| drop(stream.write_all(b"x")));
        std::thread::sleep(Duration::from_millis(500));
    }
}

/// Median and p99 of the first server within 50 ms of what the second one, whom nobody bothers, takes on this machine.
fn judge(tries: &[[Duration; 2]]) {
    let [bothered, calm] = [0, 1].map(|which| {
        let mut all: Vec<Duration> = tries.iter().map(|each| each[which]).collect();
        all.sort_unstable();
        [50, 99, 100].map(|share| all[(all.len() - 1) * share / 100])
    });
    println!(
        "/health, {} tries: median, p99 and worst {bothered:?}, of the other server {calm:?}",
        tries.len()
    );
    // On a quiet machine the other server's worst is a few milliseconds.
    for (bothered, calm) in [(bothered[0], calm[0]), (bothered[1], calm[2])] {
        assert!(bothered < calm + Duration::from_millis(50), "{bothered:?}, {calm:?}");
    }
}

/// 200 slow requests and 10,000 idle connections, for as long as they are let: nobody waits for them.
#[tokio::test(flavor = "multi_thread")]
async fn slow_and_idle_clients_hold_nobody_up_and_are_sent_away() {
    let dir = TempDir::new().unwrap();
    let shop = Shop::open(&super::binary(), dir.path());
    // The engine has its own threads and memory, which say nothing here.
    let server = Server::start(&super::binary(), dir.path(), &[("UT_CHDB_LIB", "/nowhere/libchdb.so")]);
    let quiet = files_of(server.pid());
    let before = resident(server.pid());
    let number = room_for(IDLE);
    let began = Instant::now();
    let idle: Vec<TcpStream> = (0..number).map(|_| connect(&server)).collect();
    println!("{number} connections made in {:?}", began.elapsed());
    let mut slow: Vec<TcpStream> = (0..SLOW).map(|_| connect(&server)).collect();
    let stop = AtomicBool::new(false);
    // One that nobody bothers, on the same machine, which other programs may keep busy: what that takes is not ours.
    let calm = TempDir::new().unwrap();
    let other = Server::start(&super::binary(), calm.path(), &[("UT_CHDB_LIB", "/nowhere/libchdb.so")]);
    // Accepted in the order in which they came: after this answer the others are all there, and idle.
    health(&server);
    let mut tries = Vec::new();
    std::thread::scope(|scope| {
        let slow = &mut slow;
        scope.spawn(|| drip(slow, &stop));
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(10) {
            tries.push(healths([&server, &other], tries.len()));
            std::thread::sleep(Duration::from_millis(20));
        }
        let open = files_of(server.pid());
        let after = resident(server.pid());
        println!(
            "{open} files open, {} KiB resident for {number} idle and {SLOW} slow clients",
            after - before
        );
        assert!(open >= number + SLOW, "they are all there: {open}");
        assert!((after - before) / (number + SLOW) < 32, "KiB per connection");
        // 20 s for a body, 30 s for a head, and the next look at them. Counting thousands of files costs this process
        // its turn on a busy machine: not before each try.
        while !tries.len().is_multiple_of(20) || files_of(server.pid()) > quiet + 20 {
            std::thread::sleep(Duration::from_millis(50));
            tries.push(healths([&server, &other], tries.len()));
            assert!(
                began.elapsed() < Duration::from_secs(60),
                "{} files are still open",
                files_of(server.pid())
            );
        }
        println!("all sent away after {:?}", began.elapsed());
        stop.store(true, Ordering::Relaxed);
    });
    let (status, _) = shop.send(&server, "x", &[page_view("/")]).await.unwrap();
    assert_eq!(status.as_u16(), 202);
    judge(&tries);
    // What a slow body was told before it was sent away.
    let mut told = String::new();
    let _ = slow[1].read_to_string(&mut told);
    assert!(told.is_empty() || told.contains("408"), "{told}");
    drop((idle, slow, server, dir));
}

/// Who asks and never reads is given up after 30 s; meanwhile nobody waits.
#[test]
fn an_answer_that_nobody_takes_is_given_up() {
    let dir = TempDir::new().unwrap();
    let server = Server::start(&super::binary(), dir.path(), &[("UT_CHDB_LIB", "/nowhere/libchdb.so")]);
    let quiet = files_of(server.pid());
    const ASK: &str = "GET /ut/ut.js HTTP/1.1\r\nHost: a\r\n\r\n";
    let asks = ASK.repeat(2000);
    let mut deaf: Vec<TcpStream> = (0..5).map(|_| connect(&server)).collect();
    let mut asked = [0; 5];
    // Until the server, which waits for us to read, reads no more itself.
    loop {
        let before = asked;
        for (stream, asked) in deaf.iter_mut().zip(&mut asked) {
            stream.set_nonblocking(true).unwrap();
            while let Ok(written @ 1..) = stream.write(&asks.as_bytes()[*asked % ASK.len()..]) {
                *asked += written;
            }
        }
        if asked == before {
            break;
        }
        std::thread::sleep(Duration::from_millis(500));
    }
    let began = Instant::now();
    println!("{asked:?} bytes of requests whose answers nobody reads");
    assert_eq!(files_of(server.pid()), quiet + deaf.len(), "they are still waited for");
    while files_of(server.pid()) > quiet {
        assert!(began.elapsed() < Duration::from_secs(60), "somebody is still waited for");
        health(&server);
        std::thread::sleep(Duration::from_millis(500));
    }
    println!("given up after {:?}", began.elapsed());
    assert!(began.elapsed() > Duration::from_secs(15), "patience is part of it");
    drop((deaf, server, dir));
}

/// One of many kinds of nonsense; `seed` makes each its own.
fn nonsense(seed: usize, key: &str) -> Vec<u8> {
    let post = |path: &str, headers: &str, body: &str| {
        let length = body.len();
        format!("POST {path} HTTP/1.1\r\nHost: a\r\n{headers}Content-Length: {length}\r\n\r\n{body}")
            .into_bytes()
    };
    let page = "Origin: https://shop.example\r\n";
    match seed % 10 {
        0 => post("/ut/e", page, &format!("{{\"site\":\"{key}\",\"events\":[{seed}")),
        1 => post("/ut/e", page, &format!("{{\"site\":\"pk_{seed}\",\"events\":[]}}")),
        2 => {
            let body = format!("{{\"site\":\"{key}\",\"events\":[]}}");
            post("/ut/e", &format!("Origin: https://evil{seed}.example\r\n"), &body)
        }
        3 => {
            let body = format!("{{\"site\":\"{key}\",\"events\":[]}}");
            post("/ut/e", &format!("X-UT-Signature: t={seed},v1={seed:064x}\r\n"), &body)
        }
        4 => {
            let body = format!("{{\"site\":\"{key}\",\"events\":[]}}");
            post("/ut/e", &format!("Authorization: Bearer sk_{seed}\r\n"), &body)
        }
        5 => {
            let body =
                format!("{{\"site\":\"{key}\",\"events\":[{{\"name\":\"N{seed}\",\"k{seed}\":{seed}}}]}}");
            let address =
                format!("X-Forwarded-For: 10.{}.{}.{}\r\n", seed >> 16 & 255, seed >> 8 & 255, seed & 255);
            post("/ut/e", &format!("{page}{address}"), &body)
        }
        6 => format!("GET /nowhere/{seed}?{seed} HTTP/1.1\r\nHost: a\r\n\r\n").into_bytes(),
        7 => post("/ut/p", page, &format!("{{\"site\":\"{key}\",\"url\":{seed}}}")),
        8 => post("/api/v1/q", &format!("Authorization: Bearer {seed}\r\n"), "{}"),
        _ => format!("PUT /ut/e HTTP/1.1\r\nHost: shop{seed}.example\r\n\r\n").into_bytes(),
    }
}

/// Sends and reads the answers, which all refuse.
fn be_refused(server: &Server, key: &str, seeds: std::ops::Range<usize>) {
    let mut stream = connect(server);
    let mut answers = BufReader::new(stream.try_clone().unwrap());
    for seed in seeds {
        stream.write_all(&nonsense(seed, key)).unwrap();
        let (mut line, mut length) = (String::new(), 0);
        answers.read_line(&mut line).unwrap();
        let status: u16 = line.split(' ').nth(1).unwrap().parse().unwrap();
        assert!((400..500).contains(&status) || seed % 10 == 5, "{}: {line}", seed % 10);
        while line.trim_end() != "" {
            line.clear();
            answers.read_line(&mut line).unwrap();
            if let Some(number) = line.to_lowercase().strip_prefix("content-length: ") {
                length = number.trim().parse().unwrap();
            }
        }
        answers.read_exact(&mut vec![0; length]).unwrap();
    }
}

#[test]
fn memory_stays_flat_under_a_hundred_thousand_bad_requests() {
    const THREADS: usize = 8;
    const MOST: usize = 100_000;
    let dir = TempDir::new().unwrap();
    let shop = Shop::open(&super::binary(), dir.path());
    let settings =
        [("UT_CHDB_LIB", "/nowhere/libchdb.so"), ("TRUSTED_PROXIES", "loopback"), ("RATE_LIMIT_IP", "600")];
    let server = Server::start(&super::binary(), dir.path(), &settings);
    let all = |from: usize, number: usize| {
        std::thread::scope(|scope| {
            for thread in 0..THREADS {
                let share = number / THREADS;
                let (server, key) = (&server, &shop.key);
                scope.spawn(move || {
                    be_refused(server, key, from + thread * share..from + (thread + 1) * share)
                });
            }
        });
        resident(server.pid())
    };
    // What every server grows to at work.
    let before = all(0, 10_000);
    let after = all(10_000, MOST);
    println!("{before} KiB resident before {MOST} bad requests, {after} KiB after");
    assert!(after < before + 8 * 1024, "{before} KiB grew to {after} KiB");
    drop((server, dir));
}
