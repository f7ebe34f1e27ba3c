//! The story: what a sender says of a page goes in, the page it was on comes out.

use super::PageAnalytics;
use std::sync::Arc;
use ut_core::event::{Draft, DropReason, PageAddress};
use ut_core::module::{Context, Module, Verdict};
use ut_testkit::builders::{received, site};
use ut_testkit::conformance::realtime::{START, candidate, frame};

/// A draft named `name` that says it was on `url`, and on a page of its own making.
fn draft(name: &str, url: &str) -> Draft {
    let known = ut_core::ports::Outcome::New(None);
    let decisions = ut_core::ports::Decisions { outcomes: vec![known], sessions: Vec::new() };
    let frame = frame(&[candidate(1, 1, 1, START)], &decisions);
    let mut draft = frame.events().next().unwrap().draft.clone();
    draft.name = ut_core::event::EventName::parse(name).unwrap();
    draft.url = url.to_owned();
    let page = PageAddress { hostname: "elsewhere.example".to_owned(), path: "/made-up".to_owned() };
    draft.page = Some(Arc::new(page));
    draft
}

fn admitted(name: &str, url: &str) -> (Verdict, Option<PageAddress>) {
    let site = site();
    let received = received(&site, START);
    let mut draft = draft(name, url);
    let verdict = PageAnalytics.admit(&mut draft, &Context { site: &site, received: &received });
    (verdict, draft.page.map(Arc::unwrap_or_clone))
}

#[test]
fn the_page_is_that_of_the_url_whatever_the_draft_said() {
    let page = PageAddress { hostname: "shop.example".to_owned(), path: "/p/42".to_owned() };
    for name in ["page_view", "add_to_cart"] {
        let admitted = admitted(name, "https://shop.example/p/42?utm_source=x");
        assert_eq!(admitted, (Verdict::Keep, Some(page.clone())), "{name}");
    }
}

#[test]
fn only_a_page_view_needs_a_page() {
    assert_eq!(admitted("page_view", ""), (Verdict::Drop(DropReason::NoPage), None));
    assert_eq!(admitted("purchase", "app://cart"), (Verdict::Keep, None));
}
