//! `config check`: what applies and why.

use super::print::{Output, print};
use crate::Failure;
use crate::config::{Problems, Resolved, Sources, resolve};
use serde_json::{Value, json};

/// Shows every setting; fails when something is wrong.
pub(super) fn check(sources: &Sources, as_json: bool) -> Result<(), Failure> {
    match resolve(sources) {
        Ok(resolved) if as_json => print(Output::Json(json!({
            "settings": settings(&resolved),
            "ignored": resolved.ignored,
            "problems": [],
        }))),
        Ok(resolved) => {
            print(Output::Table(settings(&resolved)))?;
            if resolved.ignored.is_empty() {
                return Ok(());
            }
            print(Output::Text(format!("\nignored in .env: {}\n", resolved.ignored.join(", "))))
        }
        Err(problems) => wrong(problems, as_json),
    }
}

fn wrong(problems: Problems, as_json: bool) -> Result<(), Failure> {
    if as_json {
        print(Output::Json(json!({"settings": [], "ignored": [], "problems": problems.0})))?;
    }
    Err(problems.into())
}

fn settings(resolved: &Resolved) -> Value {
    let rows = resolved.settings.iter().map(|setting| {
        json!({"name": setting.key.name, "value": setting.shown, "source": setting.source.to_string()})
    });
    rows.collect()
}
