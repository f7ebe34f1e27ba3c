//! Connections: accepted, bounded in number, size and time, and closed without cutting an answer off.

use super::patient::Patient;
use super::places::{Place, Places};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::GracefulShutdown;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use ut_http::surface::{MAX_HEADER_BYTES, Surface};

/// A client has so long for the next request, first to last header: longer than the 15 s between two heartbeats, so
/// that these share a connection. When places run out, who waits goes earlier.
const HEADER_TIMEOUT: Duration = Duration::from_secs(30);
/// What is read of a request before it is looked at; from here on the connection is cut without an explanation.
const MAX_BUFFER: usize = 2 * MAX_HEADER_BYTES;
/// A client that takes nothing of its answer for so long is cut off.
const SEND_TIMEOUT: Duration = Duration::from_secs(30);
/// Answers that are under way at shutdown have so long.
const GRACE: Duration = Duration::from_secs(3);
/// After accepting failed (no file descriptors left), a moment of rest.
const REST: Duration = Duration::from_millis(50);

/// Serves `surface` on `listener` until `shutdown`, at most `connections` at a time; returns when they are closed.
pub(super) async fn serve(
    listener: TcpListener,
    surface: Surface,
    connections: usize,
    shutdown: CancellationToken,
) {
    let surface = Arc::new(surface);
    let graceful = GracefulShutdown::new();
    let places = Places::new(connections);
    let tracker = TaskTracker::new();
    let mut failing = false;
    loop {
        let accepted = tokio::select! {
            () = shutdown.cancelled() => break,
            accepted = accept(&listener, &places) => accepted,
        };
        match accepted {
            Ok((stream, peer, place)) => {
                failing = false;
                tracker.spawn(connection(stream, peer, place, Arc::clone(&surface), &graceful));
            }
            Err(error) => {
                if !failing {
                    tracing::warn!(%error, "connections cannot be accepted: {error}; tried again all the time");
                }
                failing = true;
                tokio::time::sleep(REST).await;
            }
        }
    }
    drop(listener);
    tracker.close();
    if tokio::time::timeout(GRACE, graceful.shutdown()).await.is_err() {
        tracing::warn!("connections were still open after {} s and are cut", GRACE.as_secs());
    }
}

async fn accept(
    listener: &TcpListener,
    places: &Arc<Places>,
) -> std::io::Result<(TcpStream, SocketAddr, Place)> {
    // Accepted first: room is made only for somebody who is there.
    let (stream, peer) = listener.accept().await?;
    let place = places.take().await.ok_or_else(|| std::io::Error::other("no place"))?;
    Ok((stream, peer, place))
}

fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    place: Place,
    surface: Arc<Surface>,
    graceful: &GracefulShutdown,
) -> impl Future<Output = ()> + Send + 'static {
    prepare(&stream);
    let place = Arc::new(place);
    let at_work = Arc::clone(&place);
    let service = hyper::service::service_fn(move |request: hyper::Request<Incoming>| {
        let (surface, at_work) = (Arc::clone(&surface), at_work.at_work());
        async move {
            let response = surface.answer(peer, request.map(|body| at_work.receiving(body))).await;
            Ok::<_, std::convert::Infallible>(response.map(|body| at_work.until_sent(body)))
        }
    });
    // The time for a head is kept by the place: hyper would set a clock for every request.
    let connection = http1::Builder::new()
        .header_read_timeout(None)
        .max_buf_size(MAX_BUFFER)
        .serve_connection(TokioIo::new(Patient::new(stream, SEND_TIMEOUT)), service);
    let connection = graceful.watch(connection);
    async move {
        tokio::select! {
            biased;
            // A client that goes away in the middle is its own affair.
            _ = connection => {}
            () = place.wanted() => {}
            () = place.headless(HEADER_TIMEOUT) => {}
        }
    }
}

/// Options that make it better; where the system refuses one, it is only slower, or patient for longer.
fn prepare(stream: &TcpStream) {
    // Small answers must not wait for an acknowledgement.
    let _ = stream.set_nodelay(true);
    #[cfg(target_os = "linux")]
    {
        let milliseconds = u32::try_from(SEND_TIMEOUT.as_millis()).unwrap_or(u32::MAX);
        let _ = rustix::net::sockopt::set_tcp_user_timeout(stream, milliseconds);
    }
}
