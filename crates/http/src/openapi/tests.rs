//! The document: that it is whole, that it is the one in `contract/`, and that nothing answers beside it.

use super::{document, refusals};
use crate::collect;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn contract() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../contract")
}

/// Compares a file of `contract/` with what the code says; `cargo xtask contract` writes it.
#[expect(clippy::disallowed_methods, reason = "a test has no other setting than its environment")]
fn same(name: &str, said: &Value) {
    let path = contract().join(name);
    if std::env::var_os("UT_WRITE_CONTRACT").is_some() {
        let text = serde_json::to_string_pretty(said).unwrap() + "\n";
        return std::fs::write(path, text).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    let kept: Value = serde_json::from_str(&kept).unwrap_or_default();
    assert!(
        &kept == said,
        "contract/{name} is not what the code says: run `cargo xtask contract`, and look at it"
    );
}

#[test]
fn the_contract_is_what_the_code_says() {
    same("openapi.json", document());
    same("event.schema.json", &collect::schema::standalone());
}

/// Every member called `$ref`, and every `operationId`.
fn walk<'a>(value: &'a Value, refs: &mut BTreeSet<&'a str>, ids: &mut Vec<&'a str>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match (name.as_str(), member.as_str()) {
                    ("$ref", Some(to)) => drop(refs.insert(to)),
                    ("operationId", Some(id)) => ids.push(id),
                    _ => walk(member, refs, ids),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| walk(item, refs, ids)),
        _ => {}
    }
}

#[test]
fn the_document_refers_to_what_it_holds() {
    let (mut refs, mut ids) = (BTreeSet::new(), Vec::new());
    walk(document(), &mut refs, &mut ids);
    for to in refs {
        let pointer = to.strip_prefix('#').unwrap();
        assert!(document().pointer(pointer).is_some(), "{to}");
    }
    let unique: BTreeSet<_> = ids.iter().collect();
    assert_eq!(unique.len(), ids.len(), "names of operations: {ids:?}");
    for (path, item) in document()["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let statuses = operation["responses"].as_object().unwrap();
            assert!(
                statuses.keys().any(|status| status < &"400".to_owned()),
                "{method} {path} never succeeds"
            );
            for name in path.split('{').skip(1).filter_map(|rest| rest.split('}').next()) {
                let parameters = operation["parameters"].as_array().map_or(&[][..], Vec::as_slice);
                assert!(parameters.iter().any(|one| one["name"] == name), "{method} {path}: {name}");
            }
        }
    }
}

#[test]
fn every_code_that_is_named_is_explained() {
    let routes = [collect::routes(), crate::reports::routes(), crate::webhooks::routes()];
    for operations in routes.map(crate::openapi::Routes::into_operations) {
        for one in operations {
            for (code, _) in &one.operation.refusals {
                assert!(refusals::is_known(code), "{}: {code}", one.path);
            }
        }
    }
}

/// A route that is added past `Routes` would answer without being described.
#[test]
fn no_router_is_built_by_hand() {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            let shipped = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
            let allowed = ["openapi/routes.rs", "openapi/tests.rs", "owner/tests/world.rs"];
            if !allowed.iter().any(|end| path.ends_with(end)) {
                // The admin listener's page, and the demo's shop, which is no part of the product.
                let known =
                    ["/metrics\"", "/demo\"", "/demo/\"", "/demo/assets/{*path}\"", "/demo/{*path}\""];
                for route in shipped.split(".route(").skip(1) {
                    let route = route.trim_start().trim_start_matches('"');
                    assert!(
                        known.iter().any(|known| route.starts_with(known)),
                        "{}: {route:.40}",
                        path.display()
                    );
                }
            }
        }
    }
}
