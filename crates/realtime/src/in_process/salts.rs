//! The salts: random keys that live two salt days and are then destroyed.
//!
//! One file, mode 0600, overwritten in place and never copied: two slots per site, by the parity of the day, each
//! within one disk sector. Rotating overwrites the slot of the day before yesterday and syncs before the new key is
//! used, so nothing older survives in it. A torn slot fails its checksum and counts as missing: its day gets new
//! keys. So does a day that lies two or more before the newest stored one: the clock was wrong then or is wrong now, and
//! if the stored salts were kept, everybody would stay unidentified, and no salt would rotate, until that day has come.
//!
//! In-place overwriting destroys as far as the disk does what it is told: copy-on-write file systems and snapshots
//! of the volume keep old blocks, so the data directory must not be on one that does.

use parking_lot::{Mutex, RwLock};
use std::collections::HashMap;
use std::fs::{File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;
use ut_core::SiteId;
use ut_core::ports::{SaltDay, Salts};

/// Bytes of a slot: a divisor of every sector size, so that a slot never straddles two.
const SLOT: usize = 128;
/// Site, day, two keys.
const BODY: usize = 4 + 4 + 32 + 32;

/// Today's salts and yesterday's.
type Pair = (Salts, Option<Salts>);

/// The file, and what was read from it.
#[derive(Debug)]
pub(super) struct SaltFile {
    file: Mutex<File>,
    /// By site: the day that was asked for, and the answer.
    known: RwLock<HashMap<SiteId, (SaltDay, Pair)>>,
}

impl SaltFile {
    /// Opens the file, making it when it is missing.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let new = !path.exists();
        let file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)?;
        file.set_permissions(Permissions::from_mode(0o600))?;
        if new && let Some(folder) = path.parent() {
            file.sync_all()?;
            File::open(if folder.as_os_str().is_empty() { Path::new(".") } else { folder })?.sync_all()?;
        }
        Ok(Self { file: Mutex::new(file), known: RwLock::default() })
    }

    /// What `today` got before, without touching the disk.
    pub(super) fn known(&self, site: SiteId, today: SaltDay) -> Option<Pair> {
        let known = self.known.read();
        known.get(&site).filter(|(day, _)| *day == today).map(|(_, pair)| pair.clone())
    }

    /// See [`ut_core::ports::Realtime::salts`]. Blocks on the disk.
    pub(super) fn salts(&self, site: SiteId, today: SaltDay) -> io::Result<Pair> {
        let file = self.file.lock();
        if let Some(pair) = self.known(site, today) {
            return Ok(pair);
        }
        let stored = [read(&file, site, SaltDay(0))?, read(&file, site, SaltDay(1))?];
        let of = |day: i32| stored.iter().flatten().find(|salts| salts.day.0 == day).cloned();
        let pair = match of(today.0) {
            Some(current) => (current, of(today.0 - 1)),
            None => make(&file, site, stored, today)?,
        };
        if let Some((_, (mut old, older))) = self.known.write().insert(site, (today, pair.clone())) {
            wipe(&mut old);
            older.into_iter().for_each(|mut salts| wipe(&mut salts));
        }
        Ok(pair)
    }
}

/// Makes today's salts over the slot of a day of its parity, usually the day before yesterday, clears the other slot unless it is yesterday's,
/// and syncs.
fn make(file: &File, site: SiteId, stored: [Option<Salts>; 2], today: SaltDay) -> io::Result<Pair> {
    let yesterday = stored.into_iter().flatten().find(|salts| salts.day.0 == today.0 - 1);
    let mut salts = Salts { day: today, visitor: [0; 32], seal: [0; 32] };
    getrandom::fill(&mut salts.visitor).map_err(io::Error::other)?;
    getrandom::fill(&mut salts.seal).map_err(io::Error::other)?;
    if yesterday.is_none() {
        file.write_all_at(&[0; SLOT], place(site, SaltDay(today.0 - 1)))?;
    }
    let mut slot = encode(site, &salts);
    file.write_all_at(&slot, place(site, today))?;
    file.sync_data()?;
    scrub(&mut slot);
    Ok((salts, yesterday))
}

const fn place(site: SiteId, day: SaltDay) -> u64 {
    (site.0 as u64 * 2 + day.0.rem_euclid(2) as u64) * SLOT as u64
}

fn encode(site: SiteId, salts: &Salts) -> [u8; SLOT] {
    let mut slot = [0; SLOT];
    slot[..4].copy_from_slice(&site.0.to_le_bytes());
    slot[4..8].copy_from_slice(&salts.day.0.to_le_bytes());
    slot[8..40].copy_from_slice(&salts.visitor);
    slot[40..72].copy_from_slice(&salts.seal);
    let sum = crc32fast::hash(&slot[..BODY]);
    slot[BODY..BODY + 4].copy_from_slice(&sum.to_le_bytes());
    slot
}

/// The slot for days of the parity of `day`; `None` when it is empty, torn or another site's.
fn read(file: &File, site: SiteId, day: SaltDay) -> io::Result<Option<Salts>> {
    let mut slot = [0; SLOT];
    match file.read_exact_at(&mut slot, place(site, day)) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        other => other?,
    }
    let whole = crc32fast::hash(&slot[..BODY]).to_le_bytes() == slot[BODY..BODY + 4];
    let ours = slot[..4] == site.0.to_le_bytes();
    let mut salts = Salts { day: SaltDay(0), visitor: [0; 32], seal: [0; 32] };
    let mut number = [0; 4];
    number.copy_from_slice(&slot[4..8]);
    salts.day = SaltDay(i32::from_le_bytes(number));
    salts.visitor.copy_from_slice(&slot[8..40]);
    salts.seal.copy_from_slice(&slot[40..72]);
    scrub(&mut slot);
    Ok((whole && ours && salts.day.0.rem_euclid(2) == day.0.rem_euclid(2)).then_some(salts))
}

fn wipe(salts: &mut Salts) {
    scrub(&mut salts.visitor);
    scrub(&mut salts.seal);
}

/// Zeroes bytes; `black_box` keeps the compiler from leaving it out because nobody reads them again.
fn scrub(bytes: &mut [u8]) {
    bytes.fill(0);
    std::hint::black_box(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    const SITE: SiteId = SiteId(7);

    fn holds(path: &Path, salts: &Salts) -> bool {
        let bytes = std::fs::read(path).unwrap();
        bytes.windows(32).any(|window| window == salts.visitor || window == salts.seal)
    }

    #[test]
    fn two_rotations_destroy_a_salt_on_disk() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("salts");
        let file = SaltFile::open(&path).unwrap();
        let (first, none) = file.salts(SITE, SaltDay(100)).unwrap();
        assert!(none.is_none() && holds(&path, &first));
        let (_, previous) = file.salts(SITE, SaltDay(101)).unwrap();
        assert_eq!(previous.as_ref(), Some(&first));
        let (third, _) = file.salts(SITE, SaltDay(102)).unwrap();
        assert!(!holds(&path, &first) && holds(&path, &third));
        // A pause over several rotations destroys both.
        let (_, previous) = file.salts(SITE, SaltDay(109)).unwrap();
        assert!(previous.is_none() && !holds(&path, &third));
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn salts_are_the_same_after_a_restart_and_when_the_clock_goes_back_over_a_rotation() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("salts");
        let file = SaltFile::open(&path).unwrap();
        let old = file.salts(SITE, SaltDay(100)).unwrap().0;
        let new = file.salts(SITE, SaltDay(101)).unwrap().0;
        let file = SaltFile::open(&path).unwrap();
        assert_eq!(file.salts(SITE, SaltDay(101)).unwrap(), (new.clone(), Some(old.clone())));
        assert_eq!(file.salts(SITE, SaltDay(100)).unwrap(), (old.clone(), None));
        assert_eq!(file.salts(SITE, SaltDay(101)).unwrap(), (new, Some(old)));
    }

    /// The machine believed for a moment that it was years later.
    #[test]
    fn a_day_in_the_future_does_not_stop_the_rotation() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("salts");
        let file = SaltFile::open(&path).unwrap();
        for (wrong, today) in [(4000, 100), (4001, 101), (102, 101)] {
            file.salts(SITE, SaltDay(wrong)).unwrap();
            let (current, _) = file.salts(SITE, SaltDay(today)).unwrap();
            assert_eq!(current.day, SaltDay(today), "after {wrong}");
            assert_eq!(SaltFile::open(&path).unwrap().salts(SITE, SaltDay(today)).unwrap().0, current);
            let (next, previous) = file.salts(SITE, SaltDay(today + 1)).unwrap();
            assert_eq!((next.day, previous), (SaltDay(today + 1), Some(current)));
        }
    }

    #[test]
    fn a_torn_slot_gets_new_keys_and_leaves_yesterday_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("salts");
        let file = SaltFile::open(&path).unwrap();
        let old = file.salts(SITE, SaltDay(100)).unwrap().0;
        let torn = file.salts(SITE, SaltDay(101)).unwrap().0;
        file.file.lock().write_all_at(&[0; 40], place(SITE, SaltDay(101))).unwrap();
        let file = SaltFile::open(&path).unwrap();
        let (new, previous) = file.salts(SITE, SaltDay(101)).unwrap();
        assert!(new.visitor != torn.visitor && previous == Some(old) && !holds(&path, &torn));
    }

    #[test]
    fn sites_do_not_touch_each_other() {
        let folder = tempfile::tempdir().unwrap();
        let file = SaltFile::open(&folder.path().join("salts")).unwrap();
        let pairs: Vec<_> = (1..20).map(|site| file.salts(SiteId(site), SaltDay(5)).unwrap().0).collect();
        for (site, salts) in (1..20).zip(&pairs) {
            assert_eq!(&file.salts(SiteId(site), SaltDay(6)).unwrap().1, &Some(salts.clone()));
        }
    }
}
