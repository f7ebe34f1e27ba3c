//! What a signature says.

use ut_core::event::Draft;

/// The mood of a signature, in lower case; `None` for other events.
pub(super) fn mood(draft: &Draft) -> Option<String> {
    if draft.name.as_str() != "guestbook_sign" {
        return None;
    }
    let mood = draft.props.iter().find(|(key, _)| key == "mood").map_or("unsaid", |(_, mood)| mood);
    Some(mood.to_lowercase())
}
