//! The salts of a site at work: making ids, sealing and opening them.

use super::rules;
use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use parking_lot::RwLock;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use ut_core::event::{Confidential, Ids, Sealed};
use ut_core::ports::{Realtime, RealtimeError, SaltDay, Salts};
use ut_core::site::Site;
use ut_core::{SiteId, VisitorId};

/// What a request says about its visitor. Lives in memory for as long as the request.
#[derive(Debug, Clone, Copy)]
pub struct Traits<'a> {
    /// The full address; only its network is used.
    pub address: IpAddr,
    /// The `User-Agent` header, or empty.
    pub user_agent: &'a str,
    /// The host of the page.
    pub host: &'a str,
}

/// The salts of one site today and yesterday.
#[derive(Debug)]
pub struct SiteSalts {
    site: SiteId,
    timeout_ms: i64,
    today: Salts,
    today_began: i64,
    tomorrow: i64,
    yesterday: Option<(Salts, i64)>,
}

impl SiteSalts {
    /// The ids of an event at `at` (corrected): under the salt of its time, and under the one before it within a
    /// session timeout after the rotation. `None` when that salt is destroyed.
    #[must_use]
    pub fn ids(&self, at: i64, traits: &Traits<'_>) -> Option<Ids> {
        let hash = |salts: &Salts| self.hash(salts, traits);
        if at >= self.today_began {
            let fresh = at - self.today_began < self.timeout_ms;
            let previous = self.yesterday.as_ref().filter(|_| fresh).map(|(salts, _)| hash(salts));
            return Some(Ids { hash: hash(&self.today), previous });
        }
        let (salts, began) = self.yesterday.as_ref()?;
        (at >= *began).then(|| Ids { hash: hash(salts), previous: None })
    }

    fn hash(&self, salts: &Salts, traits: &Traits<'_>) -> VisitorId {
        let network = rules::network(traits.address);
        rules::visitor(
            &salts.visitor,
            self.site,
            &network,
            traits.user_agent,
            rules::registrable(traits.host),
        )
    }

    /// Seals what identifies a request with today's key: it dies with it.
    pub fn seal(&self, confidential: &Confidential) -> Result<Sealed, RealtimeError> {
        let failed = |what: &str| RealtimeError(format!("sealing identities failed: {what}"));
        let plain = postcard::to_stdvec(confidential).map_err(|error| failed(&error.to_string()))?;
        let mut nonce = [0; 24];
        getrandom::fill(&mut nonce).map_err(|error| failed(&error.to_string()))?;
        let cipher = XChaCha20Poly1305::new(&self.today.seal.into());
        let bytes = cipher.encrypt(&XNonce::from(nonce), plain.as_slice()).map_err(|_| failed("cipher"))?;
        Ok(Sealed { day: self.today.day, nonce, bytes })
    }

    /// Opens what was sealed under one of the two living keys.
    #[must_use]
    pub fn open(&self, sealed: &Sealed) -> Option<Confidential> {
        let salts = [Some(&self.today), self.yesterday.as_ref().map(|(salts, _)| salts)];
        let salts = salts.into_iter().flatten().find(|salts| salts.day == sealed.day)?;
        let cipher = XChaCha20Poly1305::new(&salts.seal.into());
        let plain = cipher.decrypt(&XNonce::from(sealed.nonce), sealed.bytes.as_slice()).ok()?;
        postcard::from_bytes(&plain).ok()
    }

    #[cfg(test)]
    pub(super) fn for_tests(
        site: SiteId,
        today: Salts,
        began: i64,
        yesterday: Salts,
        yesterday_began: i64,
    ) -> Self {
        let yesterday = Some((yesterday, yesterday_began));
        Self { site, timeout_ms: 60_000, today, today_began: began, tomorrow: i64::MAX, yesterday }
    }

    /// The day of the newer salt.
    #[must_use]
    pub const fn today(&self) -> SaltDay {
        self.today.day
    }
}

/// Hands out each site's salts; asks the real-time store once per site and salt day.
#[derive(Debug)]
pub struct Identifier {
    realtime: Arc<dyn Realtime>,
    known: RwLock<HashMap<SiteId, Arc<SiteSalts>>>,
}

impl Identifier {
    /// On a real-time store.
    #[must_use]
    pub fn new(realtime: Arc<dyn Realtime>) -> Self {
        Self { realtime, known: RwLock::new(HashMap::new()) }
    }

    /// The salts of a site at receipt time `now`.
    pub async fn salts(&self, site: &Site, now: i64) -> Result<Arc<SiteSalts>, RealtimeError> {
        if let Some(salts) = self.known.read().get(&site.id) {
            let current =
                salts.today_began <= now && now < salts.tomorrow && salts.timeout_ms == site.timeout_ms();
            if current {
                return Ok(salts.clone());
            }
        }
        let zone = &site.time_zone;
        let (today, yesterday) = self.realtime.salts(site.id, rules::salt_day(zone, now)).await?;
        let salts = Arc::new(SiteSalts {
            site: site.id,
            timeout_ms: site.timeout_ms(),
            today_began: rules::began(zone, today.day),
            tomorrow: rules::began(zone, SaltDay(today.day.0 + 1)),
            yesterday: yesterday.map(|salts| {
                let began = rules::began(zone, salts.day);
                (salts, began)
            }),
            today,
        });
        self.known.write().insert(site.id, salts.clone());
        Ok(salts)
    }
}
