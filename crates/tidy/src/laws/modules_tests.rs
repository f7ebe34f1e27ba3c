//! Planted violations of the laws about modules.

use super::*;
use crate::found;

fn home(file: &str) -> String {
    format!("{HOME}/{file}")
}

#[test]
fn a_folder_of_another_shape_is_found() {
    let long = "//! x\n".repeat(81);
    let (readme, door, helper) =
        (home("consent/README.md"), home("consent/mod.rs"), home("consent/helpers.rs"));
    let (notes, other, query) =
        (home("consent/sql/notes.txt"), home("geo_time/mod.rs"), home("consent/sql/q.sql"));
    let files =
        [(&*readme, "x"), (&*door, &*long), (&helper, "x"), (&notes, "x"), (&other, "x"), (&query, "x")];
    let said = found(shape, &files);
    assert_eq!(said.len(), 4, "{said:#?}");
    assert!(said[0].contains("consent/helpers.rs: a module's folder holds"));
    assert!(said[1].contains("consent/mod.rs: 81 lines, 80 at most"));
    assert!(said[2].contains("sql/notes.txt: sql/ holds .sql files alone"));
    assert!(said[3].contains("geo_time: a module has a README.md"));
}

#[test]
fn a_module_within_a_module_has_the_same_shape() {
    let (readme, door) = (home("ecommerce/README.md"), home("ecommerce/mod.rs"));
    let (inner, bad) = (home("ecommerce/orders/rules.rs"), home("ecommerce/orders/util.rs"));
    let said = found(shape, &[(&readme, ""), (&door, ""), (&inner, ""), (&bad, "")]);
    assert_eq!(said.len(), 1, "{said:#?}");
    assert!(said[0].contains("orders/util.rs"));
}

#[test]
fn a_module_that_is_not_registered_is_found() {
    let list = home("mod.rs");
    let (good, forgotten, strange) =
        (home("consent/mod.rs"), home("geo_time/mod.rs"), home("weather/mod.rs"));
    let files = [
        (
            &*list,
            "mod consent; mod geo_time; mod weather; const MODULES: &[&dyn Module] = &[&consent::C, &weather::W];",
        ),
        (&good, "\"consent\""),
        (&forgotten, "\"geo\""),
        (&strange, "\"weather\""),
    ];
    let said = found(registered, &files);
    assert_eq!(said.len(), 3, "{said:#?}");
    assert!(said[0].contains("geo_time has a folder but no place in MODULES"));
    assert!(said[1].contains("`name` does not return \"geo_time\""));
    assert!(said[2].contains("weather is none of the product's modules"));
}

#[test]
fn a_use_of_a_sibling_is_found_in_every_spelling() {
    let (a, b, deep) = (home("consent/rules.rs"), home("sessions/mod.rs"), home("consent/x/rules.rs"));
    for (path, code) in [
        (&a, "use crate::modules::sessions::Thing;"),
        (&a, "use super::super::sessions;"),
        (&a, "use crate::modules::{consent::Own, sessions::Thing};"),
        (&b, "use super::consent::rules;"),
        (&deep, "fn f() { super::super::super::sessions::g() }"),
    ] {
        let filler = if path == &b { &a } else { &b };
        assert_eq!(found(imports, &[(path, code), (filler, "")]).len(), 1, "{code}");
    }
    for (path, code) in [
        (&a, "use super::sessions;"),
        (&a, "use crate::modules::consent::rules;"),
        (&a, "// use crate::modules::sessions;"),
        (&b, "use super::super::history;"),
    ] {
        let filler = if path == &b { &a } else { &b };
        assert_eq!(found(imports, &[(path, code), (filler, "")]), [""; 0], "{code}");
    }
}

#[test]
fn a_front_end_folder_with_a_name_of_its_own_is_found() {
    let files = [("tracker/src/modules/sessions/a.ts", ""), ("dashboard/src/modules/pages/a.tsx", "")];
    let said = found(front_end_folders, &files);
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].starts_with("dashboard/src/modules/pages: no module is called pages"));
}

#[test]
fn a_table_that_hides_its_owner_is_found() {
    let (good, bad) = (home("consent/sql/a.sql"), home("consent/sql/b.sql"));
    let files = [
        (&*good, "CREATE TABLE IF NOT EXISTS consent_receipts (x);\ncreate materialized view consent_now as"),
        (&bad, "-- words\nCREATE TABLE receipts (x)"),
        ("crates/tracking/src/history/sql/c.sql", "create table events (a)\n;create table history_x (a)"),
        ("crates/tracking/src/history/sql/d.sql", "create table consent_x (a)"),
        ("crates/tracking/src/accounts/sql/e.sql", "create table users (a)"),
    ];
    let said = found(tables, &files);
    assert_eq!(said.len(), 2, "{said:#?}");
    assert!(said[0].contains("history/sql/d.sql:1: history creates the table consent_x"));
    assert!(said[1].contains("consent/sql/b.sql:2: consent creates the table receipts"));
}
