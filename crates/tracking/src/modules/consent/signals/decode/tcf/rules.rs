//! The core of a TC string, and whether it is whole.

use super::super::bits::Bits;
use super::super::{Decoded, NotUnderstood};

const VERSION: u64 = 2;
const PURPOSES: usize = 24;
/// 2026-03-01T00:00:00Z in tenths of a second: strings since then list the vendors that were disclosed.
const DISCLOSING: u64 = 17_723_232_000;
const DISCLOSED_VENDORS: u64 = 1;

pub(super) fn read(text: &str) -> Result<Decoded, NotUnderstood> {
    let mut segments = text.split('.');
    let mut core = Bits::new(segments.next().unwrap_or_default())?;
    if core.take(6)? != VERSION {
        return Err(NotUnderstood::Version);
    }
    let (created, updated) = (core.take(36)?, core.take(36)?);
    // The platform, its version, screen and language, the versions of list and policy, two flags, special features.
    core.skip(12 + 12 + 6 + 12 + 12 + 6 + 1 + 1 + 12)?;
    let consent = Purposes(core.take(PURPOSES)?);
    let interest = Purposes(core.take(PURPOSES)?);
    // Purpose one treatment, the publisher's country.
    core.skip(1 + 12)?;
    // What follows is not used; a string that was cut before its end is no consent, though.
    vendors(&mut core)?;
    vendors(&mut core)?;
    restrictions(&mut core)?;
    let mut disclosed = false;
    for segment in segments {
        disclosed |= Bits::new(segment)?.take(3)? == DISCLOSED_VENDORS;
    }
    if created >= DISCLOSING && !disclosed {
        return Err(NotUnderstood::NoDisclosedVendors);
    }
    let either = |purpose| consent.has(purpose) || interest.has(purpose);
    let all = |purposes: &[usize]| purposes.iter().all(|purpose| consent.has(*purpose));
    Ok(Decoded {
        at: i64::try_from(updated).ok().map(|tenths| tenths * 100),
        analytics: Some(consent.has(1) && (either(8) || either(9))),
        marketing: Some(all(&[1, 3, 4]) && either(2) && either(7)),
        personalization: Some(all(&[1, 5, 6])),
    })
}

/// One bit per purpose, purpose 1 the highest.
#[derive(Clone, Copy)]
struct Purposes(u64);

impl Purposes {
    const fn has(self, purpose: usize) -> bool {
        self.0 >> (PURPOSES - purpose) & 1 == 1
    }
}

/// A list of vendors: a bit for each, or ranges.
fn vendors(bits: &mut Bits<'_>) -> Result<(), NotUnderstood> {
    let most = bits.take(16)?;
    if bits.flag()? { ranges(bits) } else { bits.skip(usize::try_from(most).unwrap_or(usize::MAX)) }
}

fn ranges(bits: &mut Bits<'_>) -> Result<(), NotUnderstood> {
    for _ in 0..bits.take(12)? {
        let several = bits.flag()?;
        bits.skip(if several { 32 } else { 16 })?;
    }
    Ok(())
}

/// What the publisher forbids to vendors.
fn restrictions(bits: &mut Bits<'_>) -> Result<(), NotUnderstood> {
    for _ in 0..bits.take(12)? {
        // The purpose, and how it is restricted.
        bits.skip(6 + 2)?;
        ranges(bits)?;
    }
    Ok(())
}
