//! The events of a request: decided together, without a copy of their session for each.

use super::{chunks, drawn, empty, folded, stream};
use proptest::prelude::*;
use std::sync::Arc;
use ut_core::ports::Candidate;
use ut_core::{EventId, Lsn};
use ut_testkit::conformance::realtime::{START, candidate, frame};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Events of one request, asked together, get the answers they get when nothing is known to belong together; and get
    /// them again.
    #[test]
    fn what_comes_in_one_request_is_decided_like_anything_else(
        drawn in proptest::collection::vec(drawn(true), 1..120),
        sizes in proptest::collection::vec(1_usize..9, 1..8),
        ahead in 0_usize..3,
    ) {
        let mut together = stream(&drawn);
        let mut rest = together.as_mut_slice();
        for size in sizes.iter().cycle() {
            let Some((first, others)) = rest.split_first_mut() else { break };
            let (same, later) = others.split_at_mut((*size - 1).min(others.len()));
            same.iter_mut().for_each(|candidate| candidate.request = first.request.clone());
            rest = later;
        }
        let alone = |one: &Candidate| Candidate { request: Arc::new((*one.request).clone()), ..one.clone() };
        let apart: Vec<Candidate> = together.iter().map(alone).collect();
        let (mut one, mut other, mut waiting) = (empty(), empty(), Vec::new());
        for (whole, parts) in chunks(&together, &sizes).into_iter().zip(chunks(&apart, &sizes)) {
            let decisions = one.answer(whole).unwrap();
            prop_assert_eq!(&decisions, &other.answer(parts).unwrap());
            prop_assert_eq!(&decisions, &one.answer(whole).unwrap());
            waiting.push(frame(whole, &decisions));
            if waiting.len() > ahead {
                let frame = waiting.remove(0);
                one.fold(&frame).unwrap();
                other.fold(&frame).unwrap();
                prop_assert_eq!(folded(&one), folded(&other));
            }
        }
    }
}

#[test]
fn a_request_that_was_decided_is_not_cut() {
    let mut state = empty();
    let first = candidate(1, 1, 1, START);
    let second = Candidate { lsn: Lsn(2), id: EventId::from_u128(2), ..first.clone() };
    let chunk = [first, second];
    let decisions = state.answer(&chunk).unwrap();
    assert!(state.answer(&chunk[..1]).is_err(), "nobody knows how its session stood");
    assert_eq!(state.answer(&chunk).unwrap(), decisions);
}
