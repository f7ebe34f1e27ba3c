//! Everything a browser or a program can ask over HTTP, as axum routers that the server and a shop's own app mount.
//!
//! * [`collect`]: the door: events and heartbeats.
//! * [`owner`]: set-up, login, users, tokens, sites: the owner's surface and who may use it.
//! * [`webhooks`]: what shop systems tell of orders.
//! * [`rights`]: what people may ask of a shop.
//! * [`reports`]: questions about history; [`live`]: the presence stream.
//! * [`health`]: is it alive, can it acknowledge. [`assets`]: what a browser loads.
//! * [`openapi`]: all of it described, made of the routes and their types.
//! * [`surface`]: what holds for every answer. [`problem`]: the one error type (RFC 9457). [`state`]: what a request may touch.

pub mod assets;
mod body;
pub mod collect;
mod heads;
pub mod health;
pub mod live;
pub mod metrics;
mod network;
pub mod openapi;
pub mod owner;
pub mod problem;
pub mod proxies;
pub mod reports;
pub mod rights;
mod site_name;
pub mod state;
pub mod surface;
mod unnamed;
pub mod webhooks;
