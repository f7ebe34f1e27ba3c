//! Sessions by their definition, of a model that forgets nothing.

use super::{MINUTE, is_late};
use ut_core::VisitorId;
use ut_core::event::{Happening, Identity, Ids, Opening, SessionState};
use ut_core::keys::Keys;
use ut_core::ports::Candidate;

/// A session, whether a late event opened it, and when its newest event was received.
pub(super) type Modelled = (SessionState, bool, i64);

/// The definition of "session", word by word.
pub(super) fn join(
    model: &mut Vec<Modelled>,
    candidate: &Candidate,
    ids: Ids,
    keys: &Keys,
) -> ut_core::SessionKey {
    let site = candidate.request.site;
    let (late, received_at) = (is_late(candidate), candidate.request.received_at);
    let takes = |state: &SessionState| {
        let (first, last) = (state.first_at.min(candidate.at), state.last_at.max(candidate.at));
        candidate.at >= state.first_at - candidate.timeout_ms
            && candidate.at <= state.last_at + candidate.timeout_ms
            && last - first <= 24 * 60 * MINUTE
    };
    let under = |visitor: VisitorId| {
        (0..model.len())
            .filter(|place| model[*place].0.site == site && model[*place].0.visitor == visitor)
            .filter(|place| (!late || model[*place].1) && takes(&model[*place].0))
            // One of late events ends 26 hours after it was heard of last.
            .filter(|place| !model[*place].1 || model[*place].2 + 26 * 60 * MINUTE >= received_at)
            .min_by_key(|place| model[*place].0.started_at)
    };
    let found = ids.cookie.and_then(under).or_else(|| under(ids.hash));
    if candidate.measures {
        return found.map_or(ut_core::SessionKey(0), |place| model[place].0.session);
    }
    let (visitor, identity) = ids.own();
    let place = found.unwrap_or_else(|| {
        let opening = Opening {
            session: keys.session(site, visitor, candidate.at),
            visitor,
            identity,
            at: candidate.at,
            staging: false,
            request: candidate.request.clone(),
        };
        model.push((SessionState::open(opening), late, received_at));
        model.len() - 1
    });
    // When consent comes, the session that is open takes the cookie, and no other.
    if identity == Identity::Cookie && model[place].0.visitor != visitor {
        model[place].0.upgrade(visitor);
    }
    model[place].2 = received_at;
    model[place].0.add(&Happening {
        at: candidate.at,
        page: candidate.page.as_ref(),
        source: None,
        engages: candidate.engages,
        engaged_ms: 0,
    });
    model[place].0.session
}
