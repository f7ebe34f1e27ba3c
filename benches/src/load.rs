//! The load: 256 connections on a core of their own, as fast as the server answers or at a fixed rate.

use crate::Outcome;
use crate::crowd::Crowd;
use crate::server::Server;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::task::{JoinSet, LocalSet};
use ut_core::{Clock, SystemClock};

/// Connections at once, as floor W says.
pub(crate) const CONNECTIONS: u64 = 256;
/// What is sent before this moment counts, but its latency does not: connections and caches are cold.
const WARM_UP: Duration = Duration::from_secs(1);
/// A request without an answer after so long fails the measurement.
const PATIENCE: Duration = Duration::from_secs(20);

/// How fast requests are sent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Pace {
    /// Each connection sends its next one when the last is answered.
    Closed,
    /// So many a second whatever the server does. The latency of each counts from the moment it was due: a server that
    /// hesitates makes all who come meanwhile wait.
    PerSecond(f64),
    /// Likewise, but due in steps of a millisecond or two, so that the load leaves its core to others in between.
    InSteps(f64),
}

/// A stretch of load on one server.
#[derive(Debug, Clone)]
pub(crate) struct Load<'a> {
    pub(crate) server: &'a Server,
    /// Events in each request.
    pub(crate) batch: u32,
    pub(crate) pace: Pace,
    pub(crate) seconds: f64,
    /// Tells this load's visitors from those of other loads.
    pub(crate) seed: u64,
}

/// What the senders saw.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    pub(crate) requests: u64,
    pub(crate) events: u64,
    pub(crate) seconds: f64,
    /// Microseconds, sorted.
    latencies: Vec<u32>,
    /// When how many events were acknowledged.
    pub(crate) acknowledged: Vec<(Instant, u64)>,
}

impl Seen {
    /// Requests answered per second.
    pub(crate) fn rate(&self) -> f64 {
        self.requests as f64 / self.seconds
    }

    /// A quantile of the latency in milliseconds.
    pub(crate) fn quantile_ms(&self, quantile: f64) -> f64 {
        let at = (self.latencies.len() as f64 * quantile) as usize;
        self.latencies
            .get(at.min(self.latencies.len().saturating_sub(1)))
            .map_or(f64::NAN, |us| f64::from(*us) / 1e3)
    }
}

struct Shared {
    pace: Pace,
    end: Instant,
    /// What is due and not sent, at a fixed rate.
    due: RefCell<VecDeque<Instant>>,
    turn: Semaphore,
    seen: RefCell<Seen>,
    measured_from: Instant,
}

/// Sends the load and returns what was seen. Any answer that is not what it should be fails the measurement.
pub(crate) fn run(load: &Load<'_>) -> Outcome<Seen> {
    run_with(load, |crowd| crowd)
}

/// The same; `made` changes the crowd of each connection before it sends.
pub(crate) fn run_with(load: &Load<'_>, made: impl Fn(Crowd) -> Crowd) -> Outcome<Seen> {
    // Connections are looked at between few other things: with the usual 61 in between, latencies would be ours.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().event_interval(8).build();
    let runtime = runtime.map_err(|error| format!("no runtime: {error}"))?;
    let sent = LocalSet::new().block_on(&runtime, send(load, made));
    sent.map_err(|error| format!("{}: {error}", load.server.name))
}

async fn send(load: &Load<'_>, made: impl Fn(Crowd) -> Crowd) -> Outcome<Seen> {
    let mut lines = Vec::new();
    for number in 0..CONNECTIONS {
        let stream = TcpStream::connect(("127.0.0.1", load.server.port)).await;
        let stream = stream.and_then(|stream| stream.set_nodelay(true).map(|()| stream));
        let stream = stream.map_err(|error| format!("no connection: {error}"))?;
        let crowd = Crowd::new(&load.server.site, load.batch, load.seed * CONNECTIONS + number);
        lines.push((stream, made(crowd)));
    }
    let start = Instant::now();
    let shared = Rc::new(Shared {
        pace: load.pace,
        end: start + Duration::from_secs_f64(load.seconds),
        due: RefCell::default(),
        turn: Semaphore::new(0),
        seen: RefCell::default(),
        measured_from: start + WARM_UP.min(Duration::from_secs_f64(load.seconds / 4.0)),
    });
    let mut tasks = JoinSet::new();
    for (stream, crowd) in lines {
        tasks.spawn_local(line(shared.clone(), stream, crowd, load.batch));
    }
    if let Pace::PerSecond(rate) | Pace::InSteps(rate) = load.pace {
        tasks.spawn_local(keep_pace(shared.clone(), start, rate));
    }
    while let Some(ended) = tasks.join_next().await {
        ended.map_err(|error| format!("a sender broke down: {error}"))??;
    }
    let mut seen = shared.seen.take();
    seen.seconds = start.elapsed().as_secs_f64();
    let events = seen.events;
    seen.acknowledged.push((Instant::now(), events));
    seen.latencies.sort_unstable();
    Ok(seen)
}

/// Says when each request is due. Where latencies are what is measured it looks at the clock all the time: a timer of a
/// millisecond would be seen in them.
async fn keep_pace(shared: Rc<Shared>, start: Instant, rate: f64) -> Outcome<()> {
    for number in 0u64.. {
        let due = start + Duration::from_secs_f64(number as f64 / rate);
        if due >= shared.end {
            break;
        }
        if matches!(shared.pace, Pace::InSteps(_)) {
            tokio::time::sleep_until(due.into()).await;
        }
        while Instant::now() < due {
            tokio::task::yield_now().await;
        }
        shared.due.borrow_mut().push_back(due);
        shared.turn.add_permits(1);
    }
    shared.turn.close();
    Ok(())
}

impl Shared {
    /// When the next request was due; `None` when there are no more.
    async fn next(&self) -> Option<Instant> {
        if self.pace == Pace::Closed {
            return Some(Instant::now()).filter(|now| *now < self.end);
        }
        match self.turn.acquire().await {
            Ok(permit) => permit.forget(),
            // What is due is still sent after the last was announced.
            Err(_closed) => return self.due.borrow_mut().pop_front(),
        }
        self.due.borrow_mut().pop_front()
    }

    fn answered(&self, due: Instant, events: u32) {
        let (now, mut seen) = (Instant::now(), self.seen.borrow_mut());
        seen.requests += 1;
        seen.events += u64::from(events);
        let events = seen.events;
        if due >= self.measured_from {
            seen.latencies.push(u32::try_from((now - due).as_micros()).unwrap_or(u32::MAX));
        }
        // One in ten milliseconds is enough to know when which event was acknowledged.
        if seen.acknowledged.last().is_none_or(|(at, _)| now - *at >= Duration::from_millis(10)) {
            seen.acknowledged.push((now, events));
        }
    }
}

/// One connection until there is nothing more to send.
async fn line(shared: Rc<Shared>, mut stream: TcpStream, mut crowd: Crowd, batch: u32) -> Outcome<()> {
    let expected = format!("\"accepted\":{batch},");
    let (mut request, mut answer) = (Vec::new(), vec![0; 4096]);
    while let Some(due) = shared.next().await {
        crowd.request(u64::try_from(SystemClock.now_ms()).unwrap_or(0), &mut request);
        let exchange = async {
            stream.write_all(&request).await?;
            read(&mut stream, &mut answer).await
        };
        let length = match tokio::time::timeout(PATIENCE, exchange).await {
            Ok(Ok(length)) => length,
            Ok(Err(error)) => return Err(format!("a connection broke: {error}")),
            Err(_) => return Err(format!("no answer within {} s", PATIENCE.as_secs())),
        };
        let text = String::from_utf8_lossy(&answer[..length]);
        if !(text.starts_with("HTTP/1.1 202") && text.contains(&expected)) {
            return Err(format!("an event was not accepted: {}", text.replace("\r\n", " ")));
        }
        shared.answered(due, batch);
    }
    Ok(())
}

/// Reads one answer; returns its length.
async fn read(stream: &mut TcpStream, answer: &mut [u8]) -> std::io::Result<usize> {
    let mut filled = 0;
    loop {
        let read = stream.read(answer.get_mut(filled..).unwrap_or_default()).await?;
        if read == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        filled += read;
        if is_whole(&answer[..filled]) {
            return Ok(filled);
        }
    }
}

/// Whether head and announced body are there.
fn is_whole(answer: &[u8]) -> bool {
    let Some(head) = answer.windows(4).position(|window| window == b"\r\n\r\n") else { return false };
    let text = String::from_utf8_lossy(&answer[..head]);
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    });
    answer.len() >= head + 4 + length.unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_whole_with_its_last_byte() {
        let answer = b"HTTP/1.1 202 Accepted\r\ncontent-length: 2\r\n\r\n{}";
        assert!(is_whole(answer));
        assert!((0..answer.len()).all(|end| !is_whole(&answer[..end])));
    }

    #[test]
    fn quantiles_are_read_from_the_sorted() {
        let seen = Seen { latencies: (1..=1000).map(|n| n * 1000).collect(), ..Seen::default() };
        assert_eq!((seen.quantile_ms(0.5), seen.quantile_ms(0.99)), (501.0, 991.0));
        assert!(Seen::default().quantile_ms(0.5).is_nan());
    }
}
