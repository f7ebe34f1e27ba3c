//! The system inside somebody else's program: the same stores, the same modules, the same checks as the server's, on the
//! app's own runtime. It installs nothing that belongs to a process as a whole: no signal handler, no log, no allocator.

pub(crate) mod build;
mod error;
mod event;
mod mount;
mod person;

pub use build::TrackingBuilder;
pub use error::TrackError;
pub use event::{Event, Item, Order};
pub use person::Person;
pub use ut_http::collect::own::{Identified, LeftOut, Visitor};

use crate::Failure;
use crate::data_dir::DataDir;
use crate::routes;
use crate::system::System;
use axum::Router;
use axum::http::request::Parts;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use ut_core::site::Site;
use ut_http::collect::own;
use ut_http::state::AppState;
use ut_tracking::accounts::{AccountError, Purpose};

/// How long [`Tracking::shutdown`] takes at most.
const GRACE: Duration = Duration::from_secs(10);

/// The system, running. Cloning it is cheap, and every clone is the same system.
///
/// ```no_run
/// # async fn shop() -> Result<(), Box<dyn std::error::Error>> {
/// use universal_tracking::{Config, Event, NewSite, Order, Tracking};
///
/// let config = Config::builder().data_dir("/var/lib/shop/tracking").build()?;
/// let site = NewSite {
///     domains: vec!["shop.example".into()],
///     currency: "EUR".into(),
///     time_zone: "Europe/Berlin".into(),
///     ..NewSite::default()
/// };
/// let tracking = Tracking::builder().config(config).site(site).build().await?;
/// let app: axum::Router = axum::Router::new().nest("/ut", tracking.router());
/// // … and where an order is placed:
/// tracking.track(Event::purchase(Order::new("1001").total("79.80", "EUR"))).await?;
/// // … and when the app has answered its last request:
/// tracking.shutdown().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Tracking(Arc<Running>);

#[derive(Debug)]
struct Running {
    system: System,
    /// Whose events are those that name no site.
    site: Option<u32>,
    /// Ends live streams.
    streams: CancellationToken,
    /// Ends everything beside the system itself.
    stop: CancellationToken,
    tasks: TaskTracker,
    /// Held until the end, and given back with it.
    data: Mutex<Option<DataDir>>,
}

impl Tracking {
    /// Says how the system shall be.
    #[must_use]
    pub fn builder() -> TrackingBuilder {
        TrackingBuilder::default()
    }

    /// What a shop's pages need: the tracker, events, heartbeats, join tokens, "do not count me". To be nested under `/ut` or any other
    /// prefix; the tracker finds its server by its own address.
    ///
    /// Every request must say who calls: serve the app with `into_make_service_with_connect_info::<SocketAddr>()`. Without,
    /// the answer is an error that says so, because a wrong address would make one visitor of all.
    pub fn router<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        mount::below("/ut", routes::shop(self.state()))
    }

    /// The dashboard, the API, `/health` and `/ready`, and all of [`Self::router`] below `/ut`: to be served by a listener
    /// or for a host of its own, because it begins at `/`. It answers for the host of `PUBLIC_URL` and for loopback.
    pub fn dashboard<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        mount::whole(routes::public(self.state()))
    }

    /// Tracks an event. When this returns, the event is on disk: whatever happens to the process then, it counts, once.
    /// The same event (a clone of it) tracked again changes nothing.
    ///
    /// # Errors
    /// [`TrackError::Refused`] names the field that is wrong; [`TrackError::Later`] that nothing was taken now.
    pub async fn track(&self, event: Event) -> Result<(), TrackError> {
        let site = self.site_of(event.site_name())?;
        let ignored = event.visitor_ignored();
        let allowed =
            event.whom().map(|visitor| own::allows(self.state(), &site, visitor)).unwrap_or_default();
        let envelope = event.into_envelope(&site.key, allowed, self.state().deps.clock.now_ms());
        let refused = own::take(self.state(), &envelope, ignored).await?;
        refused.into_iter().next().map_or(Ok(()), |refusal| Err(refusal.into()))
    }

    /// Keeps what the app knows of a visitor, as far as they agree to it; the answer says what was kept and what was not,
    /// and why. It is on disk then. Nothing of it is in the log or in the history.
    ///
    /// # Errors
    /// [`TrackError::Refused`] names the field that is wrong: `user.external_id` with the code `other_customer` when this
    /// browser is another customer's already. [`TrackError::Later`] says that nothing was taken now.
    pub async fn identify(&self, person: Person) -> Result<Identified, TrackError> {
        let site = self.site_of(person.site_name())?;
        let allowed = own::allows(self.state(), &site, person.whom());
        let envelope = person.into_envelope(&site.key, allowed);
        Ok(own::identify(self.state(), &envelope).await?)
    }

    /// Who sent a request: for [`Event::visitor`], so that an event of the server joins what their browser has sent.
    ///
    /// # Errors
    /// [`TrackError::NoPeer`] when the app does not say who calls.
    pub fn visitor(&self, request: &Parts) -> Result<Visitor, TrackError> {
        let peer = mount::peer(&request.extensions).ok_or(TrackError::NoPeer)?;
        Ok(own::visitor(self.state(), peer.ip(), &request.headers))
    }

    /// The public key of a site, by its number or one of its domains: `data-site` of the tracker's script.
    #[must_use]
    pub fn site_key(&self, site: &str) -> Option<String> {
        self.state().sites.find(site).map(|site| site.key.clone())
    }

    /// The link on which one becomes the owner of the dashboard, once, for 15 minutes; `None` when there is an owner.
    ///
    /// # Errors
    /// When the store cannot be asked.
    pub async fn setup_link(&self) -> Result<Option<String>, Failure> {
        let failed = |error: AccountError| Failure::new(error.to_string());
        let AppState { accounts, settings, .. } = self.state();
        if accounts.owner_exists().await.map_err(failed)? {
            return Ok(None);
        }
        let token = accounts.create_setup_link_token(Purpose::Owner).await.map_err(failed)?;
        Ok(Some(format!("{}setup#{token}", settings.public_url)))
    }

    /// Ends the dashboard's live streams. A server that waits for its last answer waits for them too: call this first
    /// where it serves [`Self::dashboard`].
    pub fn end_streams(&self) {
        self.0.streams.cancel();
    }

    /// Ends the system: what was acknowledged goes into history as far as time allows, the rest waits in the log for the
    /// next start. Nothing is taken any more. To be called when the app has answered its last request, and before its
    /// runtime ends.
    ///
    /// # Errors
    /// When it takes more than ten seconds. Nothing is lost then either.
    pub async fn shutdown(&self) -> Result<(), Failure> {
        let Running { system, streams, stop, tasks, data, .. } = &*self.0;
        streams.cancel();
        stop.cancel();
        let ending = async {
            let mut data = data.lock().await;
            if data.is_some() {
                tasks.close();
                tasks.wait().await;
                system.close().await;
                *data = None;
            }
        };
        let late =
            |_| Failure::new("the tracking did not end within 10 seconds; what was acknowledged is on disk");
        tokio::time::timeout(GRACE, ending).await.map_err(late)
    }

    fn state(&self) -> &AppState {
        &self.0.system.state
    }

    fn site_of(&self, name: Option<&str>) -> Result<Arc<Site>, TrackError> {
        let sites = &self.state().sites;
        let own = self.0.site.map(|number| number.to_string());
        if let Some(name) = name.or(own.as_deref()) {
            let message = || format!("there is no site {name:?}: it is a number or a domain of one");
            return sites.find(name).ok_or_else(|| TrackError::site("unknown_site", message()));
        }
        match sites.list().as_slice() {
            [only] => Ok(Arc::clone(only)),
            [] => Err(TrackError::site("unknown_site", "there is no site yet: name one to the builder")),
            _ => Err(TrackError::site(
                "missing",
                "must be said: there are several, and the builder named none",
            )),
        }
    }
}
