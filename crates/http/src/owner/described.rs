//! What the owner's routes say of themselves.

use super::sites::{Added, Sites};
use super::{about, consents, retention, sign_in, sites, tokens, users};
use crate::openapi::{Access, Answer, Content, Operation, Parameter, Place, Tag};
use serde_json::json;
use ut_tracking::sites::SiteChange;

fn site() -> Parameter {
    Parameter::new(Place::Path, "id", "The site's number or one of its domains.", json!({ "type": "string" }))
        .example("1")
}

/// A JSON body that someone enters: what is wrong with it is said field by field.
pub(crate) fn entered(operation: Operation, content: Content) -> Operation {
    operation.takes([content]).refuses(&["not_json", "bad_json", "invalid_input"])
}

const COOKIE: &str = "The session's cookie.";

pub(super) fn about() -> Operation {
    Operation::new(Tag::Server, Access::Visitor, "about", "What this server is").answers(Answer::json::<
        about::About,
    >(
        200,
        "Version and state.",
    ))
}

pub(super) fn me() -> Operation {
    Operation::new(Tag::SignIn, Access::Owner, "me", "Who is signed in")
        .answers(Answer::json::<about::Me>(200, "The owner, and the CSRF token that changes need."))
}

pub(super) fn list_sites() -> Operation {
    Operation::new(Tag::Administration, Access::Reader, "list_sites", "The sites the caller may read")
        .answers(Answer::json::<Sites>(200, "The sites, by number."))
}

pub(super) fn add_site() -> Operation {
    let add = Operation::new(Tag::Administration, Access::Admin, "add_site", "Add a site");
    let example = json!({ "domain": "shop.example", "currency": "EUR", "timezone": "Europe/Berlin" });
    entered(add, Content::json::<sites::Add>().example(example))
        .answers(Answer::json::<Added>(201, "The new site. Its secret is shown this once."))
}

pub(super) fn show_site() -> Operation {
    Operation::new(Tag::Administration, Access::Reader, "show_site", "A site and its settings")
        .parameters([site()])
        .answers(Answer::json::<sites::Shown>(200, "The site."))
        .refuses(&["unknown_site", "bad_request"])
}

pub(super) fn change_site() -> Operation {
    let change =
        Operation::new(Tag::Administration, Access::Admin, "change_site", "Change a site's settings");
    entered(change, Content::json::<SiteChange>().example(json!({ "excluded_paths": ["/admin"] })))
        .about("What is named is changed, a list as a whole. The next request sees it.")
        .parameters([site()])
        .answers(Answer::json::<sites::Shown>(200, "The site as it is now."))
        .refuses(&["unknown_site", "bad_request"])
}

pub(super) fn rotate_secret() -> Operation {
    Operation::new(Tag::Administration, Access::Admin, "rotate_site_secret", "A new secret for a site")
        .about("The one before stays valid for 24 hours, and so do up to three before that.")
        .parameters([site()])
        .answers(Answer::json::<sites::Rotated>(201, "The new secret, shown this once."))
        .refuses(&["unknown_site", "bad_request", "too_many_rotations"])
}

pub(super) fn list_tokens() -> Operation {
    Operation::new(Tag::Administration, Access::Admin, "list_tokens", "The tokens the caller may administer")
        .answers(Answer::json::<tokens::Tokens>(200, "The tokens, without their words."))
}

pub(super) fn add_token() -> Operation {
    let add = Operation::new(Tag::Administration, Access::Admin, "add_token", "Add a token");
    entered(add, Content::json::<tokens::Add>().example(json!({ "site": 1, "scope": "read" })))
        .answers(Answer::json::<tokens::Added>(201, "The new token. Its word is shown this once."))
}

pub(super) fn remove_token() -> Operation {
    let id = Parameter::new(Place::Path, "id", "The token's id.", json!({ "type": "string" }));
    Operation::new(Tag::Administration, Access::Admin, "remove_token", "Revoke a token")
        .parameters([id.example("0193f2f4")])
        .answers(Answer::empty(204, "It opens nothing any more."))
        .refuses(&["bad_request"])
        .refuses_as(404, "unknown_token")
}

pub(super) fn list_consents() -> Operation {
    Operation::new(Tag::Administration, Access::Admin, "list_consents", "Receipts of what visitors chose")
        .about("The newest first. They are chained: none can be changed, put in or taken out without the next one showing it.")
        .parameters(of_site())
        .parameters([
            Parameter::new(Place::Query, "limit", "At most so many; 50 unless said.", json!({ "type": "integer", "minimum": 1, "maximum": 1000 })),
            Parameter::new(Place::Query, "before", "Those before this number: `next` of the page before.", json!({ "type": "integer" })),
        ])
        .answers(Answer::json::<consents::Receipts>(200, "A page of them."))
        .refuses(&["invalid_input", "store_unavailable"])
}

pub(super) fn verify_consents() -> Operation {
    Operation::new(
        Tag::Administration,
        Access::Admin,
        "verify_consents",
        "Is the chain of receipts what was written?",
    )
    .parameters(of_site())
    .answers(Answer::json::<consents::Verdict>(200, "The verdict; a broken chain is one."))
    .refuses(&["invalid_input", "store_unavailable"])
}

pub(super) fn list_retention() -> Operation {
    let list = Operation::new(
        Tag::Administration,
        Access::Admin,
        "list_retention",
        "For how long what is kept, and what was deleted",
    );
    list.about("A line per class of data. What is too old is deleted once a day of the site, soon after its midnight.")
        .parameters(of_site())
        .answers(Answer::json::<retention::Kept>(200, "The classes of data there are."))
        .refuses(&["invalid_input", "store_unavailable"])
}

pub(crate) fn of_site() -> [Parameter; 1] {
    let about = "The site's number or one of its domains.";
    [Parameter::new(Place::Query, "site", about, json!({ "type": "string" })).required().example("1")]
}

pub(super) fn list_users() -> Operation {
    Operation::new(Tag::Administration, Access::Owner, "list_users", "Who may sign in")
        .answers(Answer::json::<users::Users>(200, "The users, oldest first."))
}

pub(super) fn add_user() -> Operation {
    let add = Operation::new(Tag::Administration, Access::Owner, "add_user", "Add a user");
    let example = json!({ "email": "second@shop.example", "password": "…" });
    entered(add, Content::json::<users::Add>().example(example))
        .about("They may sign in at once, and do everything. Nothing is mailed.")
        .answers(Answer::json::<users::Added>(201, "The new user."))
}

pub(super) fn remove_user() -> Operation {
    let id = Parameter::new(Place::Path, "id", "The user's id.", json!({ "type": "string" }));
    Operation::new(Tag::Administration, Access::Owner, "remove_user", "Remove a user")
        .about("They are signed out everywhere.")
        .parameters([id.example("usr_0193f2f4")])
        .answers(Answer::empty(204, "They cannot sign in any more."))
        .refuses(&["bad_request", "unknown_user", "last_owner"])
}

pub(super) fn set_up() -> Operation {
    let set_up = Operation::new(Tag::SignIn, Access::Visitor, "set_up", "Become the owner by a set-up link");
    let example = json!({ "token": "…", "email": "owner@shop.example", "password": "…" });
    entered(set_up, Content::json::<sign_in::SetUp>().example(example))
        .about("Without e-mail address and password, the link signs in the owner there is (demo).")
        .answers(Answer::empty(204, "Signed in.").header("Set-Cookie", COOKIE))
        .refuses(&["setup_link", "csrf"])
}

pub(super) fn log_in() -> Operation {
    let log_in = Operation::new(Tag::SignIn, Access::Visitor, "log_in", "Sign in");
    let example = json!({ "email": "owner@shop.example", "password": "…" });
    entered(log_in, Content::json::<sign_in::LogIn>().example(example))
        .answers(Answer::empty(204, "Signed in.").header("Set-Cookie", COOKIE))
        .refuses(&["wrong_login", "too_many_logins", "csrf"])
}

pub(super) fn log_out() -> Operation {
    Operation::new(Tag::SignIn, Access::Owner, "log_out", "Sign out").answers(
        Answer::empty(204, "The session is over.").header("Set-Cookie", "Removes the session's cookie."),
    )
}
