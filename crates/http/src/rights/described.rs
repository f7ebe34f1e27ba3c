//! What the routes of people's requests say of themselves.

use crate::openapi::{Access, Answer, Content, Operation, Tag};
use crate::owner::{entered, of_site};
use serde_json::json;
use ut_tracking::rights::Found;

/// A person is named by exactly one of three.
fn person(operation: Operation) -> Operation {
    let example = json!({ "site": "shop.example", "email": "ada@example.org" });
    entered(operation, Content::json::<super::Person>().example(example))
        .refuses(&["unknown_person", "history_unavailable"])
}

pub(super) fn find() -> Operation {
    person(Operation::new(Tag::Administration, Access::Admin, "find_person", "How much is kept of a person"))
        .answers(Answer::json::<Found>(200, "How much; nothing of it is shown."))
}

pub(super) fn export() -> Operation {
    person(Operation::new(
        Tag::Administration,
        Access::Admin,
        "export_person",
        "Everything that is kept of a person",
    ))
    .about("From every store: `everything.json`, and a CSV file per part.")
    .answers(Answer::of(200, "The archive.", vec![Content::text("application/zip")]))
}

pub(super) fn erase() -> Operation {
    person(Operation::new(Tag::Administration, Access::Admin, "erase_person", "Forget a person"))
        .about("From this answer on nothing of them is taken. Every store follows as soon as it can, and again if it is put back from a back-up. Sums stay.")
        .answers(Answer::json::<super::Taken>(202, "The request is taken, for ever."))
}

pub(super) fn erasures() -> Operation {
    Operation::new(Tag::Administration, Access::Admin, "list_erasures", "Erasures and how they stand")
        .parameters(of_site())
        .answers(Answer::json::<Vec<super::Erasure>>(200, "The newest first."))
        .refuses(&["invalid_input"])
}
