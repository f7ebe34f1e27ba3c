//! Numbers in a text: groups of digits with what people put between them, and whose number it may be.

use super::label::{self, Label};
use super::view::LETTER;
use super::{Hint, card, phone};
use std::ops::Range;

/// More characters between two groups than these make two numbers of them (`) / `).
const WIDEST_GAP: usize = 4;

/// More groups than these are a list, not a number. It also bounds the work on a text of nothing but digits.
const MOST_GROUPS: usize = 10;

/// Digits in one piece.
#[derive(Debug, Clone, Copy)]
pub(super) struct Group {
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Group {
    pub(super) fn len(&self) -> usize {
        self.end - self.start
    }
}

/// Groups that may belong together.
pub(super) struct Run<'a> {
    pub(super) view: &'a [u8],
    pub(super) groups: Vec<Group>,
    pub(super) hint: Hint,
}

/// Nobody can be called by fewer, also where a name says phone.
pub(super) const FEWEST_DIGITS: usize = 6;

/// Some of a run's groups, as one number.
pub(super) struct Number<'a> {
    pub(super) groups: &'a [Group],
    pub(super) digits: Vec<u8>,
}

/// Finds cards and phone numbers.
pub(super) fn find(view: &[u8], hint: Hint, found: &mut Vec<Range<usize>>) {
    if view.iter().filter(|byte| byte.is_ascii_digit()).count() < FEWEST_DIGITS {
        return;
    }
    let mut at = 0;
    while let Some(run) = next_run(view, at, hint) {
        at = run.groups.last().map_or(view.len(), |group| group.end);
        let digits: usize = run.groups.iter().map(Group::len).sum();
        if digits >= FEWEST_DIGITS {
            run.find(found);
        }
    }
}

fn next_run(view: &[u8], from: usize, hint: Hint) -> Option<Run<'_>> {
    let mut groups = vec![next_group(view, from)?];
    while let Some(group) = next_group(view, groups[groups.len() - 1].end) {
        if !joins(&view[groups[groups.len() - 1].end..group.start]) {
            break;
        }
        groups.push(group);
    }
    Some(Run { view, groups, hint })
}

fn next_group(view: &[u8], from: usize) -> Option<Group> {
    let start = from + view[from..].iter().position(u8::is_ascii_digit)?;
    let end =
        view[start..].iter().position(|byte| !byte.is_ascii_digit()).map_or(view.len(), |len| start + len);
    Some(Group { start, end })
}

/// Is this between two groups of one number? A `+` begins another one, unless it stands for a space in an address.
fn joins(gap: &[u8]) -> bool {
    let all = |taken: &[u8]| gap.iter().all(|byte| taken.contains(byte));
    gap.len() <= WIDEST_GAP
        && (all(b" -./()") || all(b"+()") && gap.iter().filter(|byte| **byte == b'+').count() == 1)
}

impl Run<'_> {
    fn find(&self, found: &mut Vec<Range<usize>>) {
        let mut at = 0;
        while at < self.groups.len() {
            let next = if !self.may_begin(at) {
                None
            } else if let Some(last) = self.product(at) {
                Some(last)
            } else if let Some(last) = self.card(at).or_else(|| phone::find(self, at)) {
                found.push(self.span(at, last));
                Some(last)
            } else {
                phone::date(self, at)
            };
            at = next.unwrap_or(at) + 1;
        }
    }

    /// The groups from `first` to `last` with the `+` and the bracket before them.
    fn span(&self, first: usize, last: usize) -> Range<usize> {
        let mut start = self.groups[first].start;
        while start > 0 && matches!(self.view[start - 1], b'+' | b'(') {
            start -= 1;
        }
        start..self.groups[last].end
    }

    /// The card that begins at a group; the group it ends with.
    fn card(&self, first: usize) -> Option<usize> {
        self.ends(first)
            .filter(|last| (13..=19).contains(&self.count(first, *last)))
            .find(|last| card::is_card(&self.number(first, *last)))
    }

    /// A product's number in the writings of its trade, which begins at a group; the group it ends with.
    fn product(&self, first: usize) -> Option<usize> {
        if self.plus(first) {
            return None;
        }
        let long = |last: &usize| matches!(self.count(first, *last), 12..=14);
        self.ends(first).filter(long).find(|last| {
            let number = self.number(first, *last);
            let shape: Vec<usize> = number.groups.iter().map(Group::len).collect();
            let book = number.digits.len() == 13 && number.digits.starts_with(b"97") && shape.len() == 5;
            let written = matches!(shape[..], [12..=14] | [1, 6, 6] | [6, 6] | [1, 5, 5, 1] | [2, 5, 5, 1]);
            // German mobile numbers of twelve digits are as long as a UPC.
            let mobile = shape == [12] && self.hint != Hint::Product && phone::german_mobile(&number.digits);
            // Diners Club's cards are as long as a carton's number.
            let card = shape == [14] && card::is_card(&number);
            let known = self.label(first) == Label::Phone;
            (book || written) && !mobile && !card && !known && card::gs1(&number.digits)
        })
    }

    /// What the word before a group says. Before another group there is none, or they were not in one run.
    pub(super) fn label(&self, group: usize) -> Label {
        if group > 0 { Label::None } else { label::before(self.view, self.groups[0].start) }
    }

    /// Where a number that begins at a group may end, the longest first.
    pub(super) fn ends(&self, first: usize) -> impl Iterator<Item = usize> + '_ {
        let ends = first..self.groups.len().min(first + MOST_GROUPS);
        ends.rev().filter(|last| self.may_end(*last))
    }

    pub(super) fn count(&self, first: usize, last: usize) -> usize {
        self.groups[first..=last].iter().map(Group::len).sum()
    }

    pub(super) fn number(&self, first: usize, last: usize) -> Number<'_> {
        let groups = &self.groups[first..=last];
        let digits = groups.iter().flat_map(|group| &self.view[group.start..group.end]).copied().collect();
        Number { groups, digits }
    }

    pub(super) fn digits(&self, group: usize) -> &[u8] {
        &self.view[self.groups[group].start..self.groups[group].end]
    }

    /// What stands between a group and the next.
    pub(super) fn gap(&self, group: usize) -> &[u8] {
        match self.groups.get(group + 1) {
            Some(next) => &self.view[self.groups[group].end..next.start],
            None => b"",
        }
    }

    /// Does a `+` stand before a group, and nothing before that?
    pub(super) fn plus(&self, group: usize) -> bool {
        let before = &self.view[..self.groups[group].start];
        let before = before.strip_suffix(b"(").unwrap_or(before);
        let before = before.strip_suffix(b" ").unwrap_or(before);
        let Some(before) = before.strip_suffix(b"+") else { return false };
        // `S20+ 128`
        before.last().is_none_or(|byte| !is_word(*byte))
    }

    /// Is a group in brackets?
    pub(super) fn bracketed(&self, group: usize) -> bool {
        let Group { start, end } = self.groups[group];
        start > 0 && self.view[start - 1] == b'(' && self.view.get(end) == Some(&b')')
    }

    /// May a number begin here: not within a word, an article number (`AB-030`), a price or a decimal?
    fn may_begin(&self, group: usize) -> bool {
        if group > 0 {
            return self.gap(group - 1).iter().any(|byte| matches!(byte, b' ' | b'/' | b'(' | b'+'));
        }
        let start = self.groups[0].start;
        if self.plus(0) || matches!(self.label(0), Label::Phone | Label::PerhapsPhone) {
            return true;
        }
        match &self.view[..start] {
            [.., before, b'-' | b'_' | b'.' | b','] if is_word(*before) => false,
            [.., b'#' | b'$'] => false,
            [.., before] => !is_word(*before),
            [] => true,
        }
    }

    /// May a number end here?
    pub(super) fn may_end(&self, group: usize) -> bool {
        if group + 1 < self.groups.len() {
            return self.gap(group).iter().any(|byte| matches!(byte, b' ' | b'/' | b'(' | b'+'));
        }
        match &self.view[self.groups[group].end..] {
            [b',', after, ..] => !after.is_ascii_digit(),
            [b'-' | b'_', after, ..] | [after, ..] => !is_word(*after),
            [] => true,
        }
    }
}

pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == LETTER
}
