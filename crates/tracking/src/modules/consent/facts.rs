//! The salts of a site at work: making ids, sealing and opening them.

use super::rules;
use chacha20::{R20, hchacha};
use chacha20poly1305::aead::{Aead, AeadInOut, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Nonce, XChaCha20Poly1305, XNonce};
use parking_lot::RwLock;
use std::cell::OnceCell;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use ut_core::event::{Confidential, Ids, Sealed};
use ut_core::ports::{Realtime, RealtimeError, SaltDay, Salts};
use ut_core::site::Site;
use ut_core::{SiteId, VisitorId};

/// Bytes of a browser's name and hints, with the cipher's tag; longer ones make the buffer grow.
const ROOM: usize = 512;

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

impl Traits<'_> {
    /// What the ids are made from.
    #[must_use]
    pub fn likeness(&self) -> Likeness {
        let network = rules::network(self.address);
        Likeness(rules::likeness(&network, self.user_agent, rules::registrable(self.host)))
    }
}

/// What tells a visitor from others, as a digest of their [`Traits`]: from it follow their ids of every day whose salt
/// lives.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Likeness(pub(super) [u8; 32]);

impl std::fmt::Debug for Likeness {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Likeness")
    }
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
    sealing: Sealing,
}

/// Seals under one key, as XChaCha20-Poly1305 with nonces that never repeat: 16 random bytes, drawn once, and a counter.
/// That cipher is ChaCha20-Poly1305 with the rest of the nonce under a key made of its first 16 bytes
/// (draft-irtf-cfrg-xchacha-03 §2.3), which is made once here.
struct Sealing {
    prefix: [u8; 16],
    cipher: ChaCha20Poly1305,
    next: AtomicU64,
}

impl std::fmt::Debug for Sealing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sealing").finish_non_exhaustive()
    }
}

impl Sealing {
    fn new(key: [u8; 32]) -> Result<Self, RealtimeError> {
        let mut prefix = [0; 16];
        let drawn = getrandom::fill(&mut prefix);
        drawn.map_err(|error| RealtimeError(format!("no random numbers: {error}")))?;
        let cipher = ChaCha20Poly1305::new(&hchacha::<R20>(&key.into(), &prefix.into()));
        Ok(Self { prefix, cipher, next: AtomicU64::new(0) })
    }

    /// Seals in place, for what `purpose` says; the nonce.
    fn seal(&self, purpose: &[u8], bytes: &mut Vec<u8>) -> Result<[u8; 24], chacha20poly1305::Error> {
        let counter = self.next.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        let (mut short, mut nonce) = ([0; 12], [0; 24]);
        short[4..].copy_from_slice(&counter);
        self.cipher.encrypt_in_place(&Nonce::from(short), purpose, bytes)?;
        nonce[..16].copy_from_slice(&self.prefix);
        nonce[16..].copy_from_slice(&counter);
        Ok(nonce)
    }
}

/// One visitor's ids under the salts of a site; each hash is made once.
#[derive(Debug)]
pub struct VisitorIds<'a> {
    salts: &'a SiteSalts,
    likeness: Likeness,
    today: OnceCell<VisitorId>,
    yesterday: OnceCell<VisitorId>,
}

impl VisitorIds<'_> {
    /// The ids of an event at `at` (corrected): under the salt of its time, and under the one before it within a
    /// session timeout after the rotation. `None` when that salt is destroyed.
    #[must_use]
    pub fn at(&self, at: i64) -> Option<Ids> {
        let SiteSalts { today, today_began, yesterday, timeout_ms, .. } = self.salts;
        let yesterdays = |salts| *self.yesterday.get_or_init(|| self.salts.hash(salts, self.likeness));
        if at >= *today_began {
            let fresh = at - today_began < *timeout_ms;
            let previous = yesterday.as_ref().filter(|_| fresh).map(|(salts, _)| yesterdays(salts));
            let hash = *self.today.get_or_init(|| self.salts.hash(today, self.likeness));
            return Some(Ids { previous, ..Ids::hash(hash) });
        }
        let (salts, began) = yesterday.as_ref()?;
        (at >= *began).then(|| Ids::hash(yesterdays(salts)))
    }
}

impl SiteSalts {
    /// The ids of whoever has this likeness.
    #[must_use]
    pub const fn ids(&self, likeness: Likeness) -> VisitorIds<'_> {
        VisitorIds { salts: self, likeness, today: OnceCell::new(), yesterday: OnceCell::new() }
    }

    fn hash(&self, salts: &Salts, likeness: Likeness) -> VisitorId {
        rules::visitor(&salts.visitor, self.site, &likeness.0)
    }

    /// Seals what identifies a request with today's key: it dies with it.
    pub fn seal(&self, confidential: &Confidential) -> Result<Sealed, RealtimeError> {
        let room = Vec::with_capacity(ROOM + confidential.ids.len() * size_of::<Ids>());
        let mut bytes = postcard::to_extend(confidential, room)
            .map_err(|error| RealtimeError(format!("identities could not be written: {error}")))?;
        let nonce = self.seal_for(b"", &mut bytes)?;
        Ok(Sealed { day: self.today.day, nonce, bytes })
    }

    /// Opens what was sealed under one of the two living keys.
    #[must_use]
    pub fn open(&self, sealed: &Sealed) -> Option<Confidential> {
        let plain = self.open_for(b"", sealed.day, sealed.nonce, &sealed.bytes)?;
        postcard::from_bytes(&plain).ok()
    }

    /// Seals in place with today's key; the nonce. What is sealed for one purpose does not open for another.
    pub(super) fn seal_for(&self, purpose: &[u8], bytes: &mut Vec<u8>) -> Result<[u8; 24], RealtimeError> {
        self.sealing
            .seal(purpose, bytes)
            .map_err(|_| RealtimeError("sealing failed: too much was sealed with one key".to_owned()))
    }

    /// What [`Self::seal_for`] sealed on `day`, if its key lives.
    pub(super) fn open_for(
        &self,
        purpose: &[u8],
        day: SaltDay,
        nonce: [u8; 24],
        bytes: &[u8],
    ) -> Option<Vec<u8>> {
        let cipher = XChaCha20Poly1305::new(&self.living(day)?.seal.into());
        cipher.decrypt(&XNonce::from(nonce), Payload { msg: bytes, aad: purpose }).ok()
    }

    /// The salts of `day`, if they are not destroyed.
    fn living(&self, day: SaltDay) -> Option<&Salts> {
        let salts = [Some(&self.today), self.yesterday.as_ref().map(|(salts, _)| salts)];
        salts.into_iter().flatten().find(|salts| salts.day == day)
    }

    /// Are the salts of a day that has been destroyed?
    pub(super) fn is_over(&self, day: SaltDay) -> bool {
        day < self.today.day && self.living(day).is_none()
    }

    /// The site.
    pub(super) const fn site(&self) -> SiteId {
        self.site
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
        let sealing = Sealing::new(today.seal).unwrap();
        Self { site, timeout_ms: 60_000, today, today_began: began, tomorrow: i64::MAX, yesterday, sealing }
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
            sealing: Sealing::new(today.seal)?,
            today,
        });
        self.known.write().insert(site.id, salts.clone());
        Ok(salts)
    }
}
