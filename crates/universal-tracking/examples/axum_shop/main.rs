//! A shop with its tracking inside: its own routes, middleware and state, and the tracker under `/shop-data`.
//!
//! `cargo run --example axum_shop -- FOLDER [PORT [DASHBOARD_PORT]]`, then open the address it prints. Ctrl-C ends it.

#![expect(clippy::print_stdout, reason = "it says where it can be found")]

mod shop;

use axum::Router;
use axum::extract::Request;
use axum::http::HeaderValue;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::{get, post};
use shop::Shop;
use std::error::Error;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::net::TcpListener;
use universal_tracking::{Config, NewSite, Tracking};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().unwrap_or_else(|| "./shop-tracking".to_owned());
    let mut port = || arguments.next().map_or(Ok(0), |port| port.parse::<u16>());
    let (port, dashboard_port) = (port()?, port()?);

    let config = Config::builder().data_dir(folder).build()?;
    let site = NewSite {
        domains: vec!["127.0.0.1".into()],
        currency: "EUR".into(),
        time_zone: "Europe/Berlin".into(),
        ..NewSite::default()
    };
    let tracking = Tracking::builder().config(config).site(site).build().await?;

    let app = Router::new()
        .route("/", get(shop::page))
        .route("/buy/{item}", post(shop::buy))
        .nest("/shop-data", tracking.router())
        .layer(from_fn(number_requests))
        .with_state(Shop::new(tracking.clone()));
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    println!("shop       http://{}/", listener.local_addr()?);
    // The dashboard has a port of its own: whoever sees the shop does not see it.
    let owners = TcpListener::bind(("127.0.0.1", dashboard_port)).await?;
    println!("dashboard  http://{}/", owners.local_addr()?);

    // Who calls must be known: visitors are told apart by it, and limits are kept by it.
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    let dashboard = tracking.dashboard::<()>().into_make_service_with_connect_info::<SocketAddr>();
    let (for_app, for_owners) = (asked_to_end(tracking.clone()), asked_to_end(tracking.clone()));
    tokio::try_join!(
        axum::serve(listener, app).with_graceful_shutdown(for_app).into_future(),
        axum::serve(owners, dashboard).with_graceful_shutdown(for_owners).into_future(),
    )?;
    tracking.shutdown().await?;
    println!("ended");
    Ok(())
}

/// The app's own affair, like every signal.
async fn asked_to_end(tracking: Tracking) {
    // Without signals it runs until it is killed; what was tracked is safe then, too.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
    tracking.end_streams();
}

/// The shop's own middleware: it sees the tracker's requests like its own.
async fn number_requests(request: Request, next: Next) -> Response {
    static LAST: AtomicU64 = AtomicU64::new(0);
    let number = LAST.fetch_add(1, Ordering::Relaxed) + 1;
    let mut response = next.run(request).await;
    response.headers_mut().insert("x-request-number", HeaderValue::from(number));
    response
}
