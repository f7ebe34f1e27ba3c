//! The header, and the sections one by one.

use super::super::bits::Bits;
use super::super::tcf::Tcf;
use super::super::{Decode, Decoded, NotUnderstood};
use super::facts;

const TCF_EU: u64 = 2;
const US_PRIVACY: u64 = 6;
/// The type of a segment that holds Global Privacy Control.
const GPC: u64 = 1;

pub(super) fn read(text: &str) -> Result<Decoded, NotUnderstood> {
    let (header, sections) = text.split_once('~').ok_or(NotUnderstood::Header)?;
    let sections: Vec<&str> = sections.split('~').collect();
    let numbers = numbers(header, sections.len())?;
    let mut said: Option<Decoded> = None;
    for (number, section) in numbers.into_iter().zip(sections) {
        let one = match number {
            TCF_EU => Some(Tcf.decode(section)?),
            US_PRIVACY => us_privacy(section)?,
            _ => us(number, section)?,
        };
        said = match (said, one) {
            (Some(all), Some(one)) => Some(all.and(one)),
            (all, one) => all.or(one),
        };
    }
    said.ok_or(NotUnderstood::Unknown)
}

/// The numbers of the sections, as many as there are sections.
fn numbers(header: &str, sections: usize) -> Result<Vec<u64>, NotUnderstood> {
    let mut bits = Bits::new(header)?;
    if (bits.take(6)?, bits.take(6)?) != (3, 1) {
        return Err(NotUnderstood::Header);
    }
    let (mut numbers, mut last) = (Vec::with_capacity(sections), 0_u64);
    for _ in 0..bits.take(12)? {
        let several = bits.flag()?;
        let first = last.checked_add(bits.fibonacci()?).ok_or(NotUnderstood::Header)?;
        last =
            if several { first.checked_add(bits.fibonacci()?).ok_or(NotUnderstood::Header)? } else { first };
        // A few bits can name more sections than there is memory for.
        if last - first >= (sections - numbers.len()) as u64 {
            return Err(NotUnderstood::Header);
        }
        numbers.extend(first..=last);
    }
    if numbers.len() == sections { Ok(numbers) } else { Err(NotUnderstood::Header) }
}

/// `1YNN`: version, notice, opt-out of sale, agreement.
fn us_privacy(section: &str) -> Result<Option<Decoded>, NotUnderstood> {
    let [version, notice, opt_out, agreement] = section.as_bytes() else { return Err(NotUnderstood::Short) };
    if *version != b'1' {
        return Ok(None);
    }
    if ![notice, opt_out, agreement].iter().all(|flag| b"YyNn-".contains(flag)) {
        return Err(NotUnderstood::Value);
    }
    let marketing = opt_out.eq_ignore_ascii_case(&b'Y').then_some(false);
    Ok(Some(Decoded { marketing, ..Decoded::default() }))
}

/// A section of the United States; `None` if it is none, or of another version.
fn us(number: u64, section: &str) -> Result<Option<Decoded>, NotUnderstood> {
    let mut segments = section.split('.');
    let mut next = || Bits::new(segments.next().unwrap_or_default());
    let headed = facts::is_headed(number);
    let mut core = next()?;
    if headed && core.take(6)? != number {
        return Err(NotUnderstood::Header);
    }
    let Some(layout) = core.take(6).ok().and_then(|version| facts::layout(number, version)) else {
        return Ok(None);
    };
    if headed {
        core = next()?;
        // The version of the agreement.
        core.skip(6)?;
    }
    core.skip(2 * layout.before)?;
    let opted_out = any_is_one(&mut core, layout.opt_outs)?;
    core.skip(2 * layout.sensitive)?;
    let child = any_is_one(&mut core, layout.children)?;
    let mut gpc = false;
    for segment in segments.filter(|_| layout.gpc) {
        let mut bits = Bits::new(segment)?;
        gpc |= bits.take(2)? == GPC && bits.flag()?;
    }
    Ok(Some(Decoded {
        marketing: (opted_out || child || gpc).then_some(false),
        personalization: gpc.then_some(false),
        ..Decoded::default()
    }))
}

/// Fields of two bits: 0 does not apply, 1 opted out or without consent, 2 the opposite.
fn any_is_one(bits: &mut Bits<'_>, fields: usize) -> Result<bool, NotUnderstood> {
    let mut any = false;
    for _ in 0..fields {
        match bits.take(2)? {
            3 => return Err(NotUnderstood::Value),
            value => any |= value == 1,
        }
    }
    Ok(any)
}
