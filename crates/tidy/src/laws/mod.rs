//! The list of laws.

mod arrows;
mod dependencies;
mod documents;
mod modules;
mod notices;
mod sources;
mod sql;
mod words;

use crate::Law;

/// Every law, in the order in which they are reported.
pub const LAWS: &[Law] = &[
    Law {
        name: "every Rust file says what it is",
        why: "a reader decides from the first line whether this is the place",
        check: sources::first_line,
    },
    Law { name: "files have at most 400 lines", why: "one subject per file", check: sources::length },
    Law {
        name: "unsafe code lives in crates/chdb alone",
        why: "one small crate can be audited",
        check: sources::unsafe_code,
    },
    Law {
        name: "a module has the shape of a module",
        why: "whoever knows one module knows them all",
        check: modules::shape,
    },
    Law {
        name: "a module is one folder and one line",
        why: "what is not registered does not run",
        check: modules::registered,
    },
    Law {
        name: "no module uses another",
        why: "a module can be removed; what two read lives in core/src/event",
        check: modules::imports,
    },
    Law {
        name: "front-end module folders bear the names of modules",
        why: "one word finds a feature everywhere",
        check: modules::front_end_folders,
    },
    Law {
        name: "a module's tables bear its name",
        why: "a table's owner is read off its name",
        check: modules::tables,
    },
    Law {
        name: "SQL lives in sql/ folders",
        why: "it can be read, run and explained without the program",
        check: sql::strings,
    },
    Law { name: "every .sql file is included", why: "no question that nobody asks", check: sql::included },
    Law {
        name: "dependencies point one way",
        why: "core sees nobody, tracking sees no driver",
        check: arrows::workspace,
    },
    Law {
        name: "no driver in core or tracking",
        why: "stores are swapped by URL without touching a rule",
        check: arrows::drivers,
    },
    Law {
        name: "every crate takes the workspace's lints",
        why: "a lint that one crate leaves out is no law",
        check: arrows::lints,
    },
    Law {
        name: "third-party crates are pinned and bare",
        why: "the same build everywhere, and only the features that were asked for",
        check: dependencies::pinned,
    },
    Law {
        name: "versions and features are stated once",
        why: "every selection of packages builds the same dependencies",
        check: dependencies::members,
    },
    Law { name: "npm packages are pinned", why: "the same build everywhere", check: dependencies::npm },
    Law {
        name: "every dependency is justified",
        why: "each is code we answer for: docs/adr/dependencies.md",
        check: dependencies::justified,
    },
    Law {
        name: "what is bundled is acknowledged",
        why: "licences ask for it: NOTICE",
        check: notices::bundled,
    },
    Law {
        name: "no path or host of anybody's machine",
        why: "the project is built elsewhere",
        check: words::places,
    },
    Law {
        name: "lock files name no hosts",
        why: "packages come from the registry each machine is configured for",
        check: words::lock_files,
    },
    Law {
        name: "decisions are numbered and listed",
        why: "a decision that cannot be found is made twice",
        check: documents::decisions,
    },
    Law {
        name: "every error code is explained",
        why: "a program's author looks it up: docs/errors.md",
        check: documents::error_codes,
    },
    Law { name: "links in documents lead somewhere", why: "files move", check: documents::links },
];
