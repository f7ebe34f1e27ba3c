//! The reports `funnel` and `funnel_live`.

use super::facts::{Funnel, Visits, Window};
use super::rules;
use ut_core::inquiry::{Inquiry, Lately, Parameter, Reading};
use ut_core::module::{Question, Source};
use ut_core::ports::{OlapRows, Param, ParamValue};

pub(in super::super) const FUNNEL: Question = Question {
    name: "funnel",
    source: Source::Inquiry {
        parameters: &[
            Parameter {
                name: "steps",
                about: "`funnel`: 2 to 10 events in their order, separated by commas, each on certain pages if it says \
                        so (`*` is anything): `page_view:/p/*,add_to_cart,purchase`.",
            },
            Parameter {
                name: "window",
                about: "`funnel`: `session`, the steps of one visit, or so many days from the first step on, the steps \
                        of one visitor: `7d`.",
            },
            Parameter {
                name: "breakdown",
                about: "`funnel`: a dimension of sessions; one funnel for each of its values, those with the most \
                        first steps.",
            },
        ],
        ask: |given| Ok(Box::new(rules::funnel(given)?)),
    },
};

pub(in super::super) const FUNNEL_LIVE: Question = Question {
    name: "funnel_live",
    source: Source::Inquiry { parameters: &[], ask: |_| Ok(Box::new(rules::live()?)) },
};

const STEP: &str = "step";
/// A visit lasts at most a day: longer than any.
const WITHOUT_END_MS: i64 = 1_000_000_000_000_000;
const DAY_MS: i64 = 86_400_000;

/// Names of the values that a step with pages has.
const PAGED: [[&str; 2]; 10] = [
    ["name_0", "page_0"],
    ["name_1", "page_1"],
    ["name_2", "page_2"],
    ["name_3", "page_3"],
    ["name_4", "page_4"],
    ["name_5", "page_5"],
    ["name_6", "page_6"],
    ["name_7", "page_7"],
    ["name_8", "page_8"],
    ["name_9", "page_9"],
];

impl Funnel {
    /// The different events, each with a bit for every step that it is on whatever page.
    fn names(&self) -> (Vec<String>, Vec<u64>) {
        let (mut names, mut bits) = (Vec::<String>::new(), Vec::new());
        for (n, step) in self.steps.iter().enumerate() {
            let bit = if step.page.is_none() { 1 << n } else { 0 };
            match names.iter().position(|name| *name == step.name) {
                Some(known) => bits[known] |= bit,
                None => {
                    names.push(step.name.clone());
                    bits.push(bit);
                }
            }
        }
        (names, bits)
    }

    /// The steps on certain pages: the names of their values, and those.
    fn paged(&self) -> impl Iterator<Item = (usize, [&'static str; 2], &str, &str)> {
        let steps = self.steps.iter().zip(PAGED).enumerate();
        steps.filter_map(|(n, (step, names))| Some((n, names, &*step.name, step.page.as_deref()?)))
    }
}

impl Inquiry for Funnel {
    fn sql(&self) -> String {
        let pages = self.paged().map(|(n, [name, page], ..)| {
            include_str!("sql/page.sql")
                .replace("{name:", &format!("{{{name}:"))
                .replace("{page:", &format!("{{{page}:"))
                .replace("/*bit*/", &(1_u64 << n).to_string())
        });
        let (visits, until) = match self.visits {
            Visits::Begun => (include_str!("sql/visits_of_range.sql"), "{to:Int64} + 86400000"),
            Visits::Late => (include_str!("sql/visits_of_late.sql"), "{to:Int64}"),
        };
        let unit = if self.window == Window::Session { "session" } else { "visitor" };
        include_str!("sql/funnel.sql")
            .replace("/*when*/", visits)
            .replace("/*until*/", until)
            .replace("/*pages*/", &pages.collect::<String>())
            .replace("/*unit*/", unit)
    }

    fn params(&self) -> Vec<Param> {
        let (names, bits) = self.names();
        // Within a visit only its first first step matters; within days a later one may lead further.
        let every_bit = (1 << self.steps.len()) - 1;
        let (window, kept) = match self.window {
            Window::Session => (WITHOUT_END_MS, every_bit - 1),
            Window::Days(days) => (i64::from(days) * DAY_MS, every_bit),
        };
        let mut params = vec![
            ("names", ParamValue::Texts(names)),
            ("bits", ParamValue::UInts(bits)),
            ("steps", ParamValue::UInt(self.steps.len() as u64)),
            ("window", ParamValue::Int(window)),
            ("kept", ParamValue::UInt(kept)),
        ];
        for (_, names, name, page) in self.paged() {
            params.push((names[0], ParamValue::Text(name.to_owned())));
            params.push((names[1], ParamValue::Text(rules::like(page))));
        }
        params
    }

    fn breakdown(&self) -> Option<&str> {
        self.breakdown.as_deref()
    }

    fn takes_filters(&self) -> bool {
        true
    }

    fn counts_visitors(&self) -> bool {
        self.window != Window::Session
    }

    fn lately(&self) -> Option<Lately> {
        (self.visits == Visits::Late).then_some(Lately { minutes: 30, weeks: 4 })
    }

    fn groups(&self) -> u64 {
        10
    }

    fn dimensions(&self) -> Vec<String> {
        self.breakdown.iter().cloned().chain([STEP.to_owned()]).collect()
    }

    fn read(&self, rows: OlapRows, _digits: u32) -> Reading {
        rules::read(self, rows)
    }
}
