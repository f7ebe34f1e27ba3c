//! Laws about documents.

use crate::tree::{folder_of, join};
use crate::{Tree, Violation};

const DECISIONS: &str = "docs/adr";

/// `docs/adr/NNNN-title.md`: numbers run from 0001 without gaps, each is linked in the folder's README.
pub(super) fn decisions(tree: &Tree) -> Vec<Violation> {
    let index_path = format!("{DECISIONS}/README.md");
    let index = tree.text(&index_path).unwrap_or_default();
    let prefix = format!("{DECISIONS}/");
    let names =
        tree.paths().filter_map(|path| path.strip_prefix(&prefix)).filter(|name| name.ends_with(".md"));
    let numbered = names.filter(|name| name.starts_with(|first: char| first.is_ascii_digit()));
    let mut violations = Vec::new();
    for (position, name) in numbered.enumerate() {
        let expected = format!("{:04}-", position + 1);
        if !name.starts_with(&expected) {
            violations.push(Violation::new(
                format!("{prefix}{name}"),
                0,
                format!("its number should be {expected}"),
            ));
        }
        if !index.contains(&format!("]({name})")) {
            violations.push(Violation::new(&index_path, 0, format!("{name} is not listed")));
        }
    }
    violations
}

/// Relative links of Markdown files lead to files or folders of the project.
pub(super) fn links(tree: &Tree) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (path, text) in tree.ending(&[".md"]) {
        for (index, line) in text.lines().enumerate() {
            for target in line.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
                let file = target.split('#').next().unwrap_or_default();
                if file.is_empty() || file.contains("://") || file.starts_with("mailto:") {
                    continue;
                }
                let leads_to = join(folder_of(path), file);
                if !tree.has(&leads_to) && !tree.has_folder(&leads_to) {
                    violations.push(Violation::new(
                        path,
                        index + 1,
                        format!("the link to {target} leads nowhere"),
                    ));
                }
            }
        }
    }
    violations
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::found;

    #[test]
    fn a_decision_that_is_not_listed_or_out_of_order_is_found() {
        let files = [
            ("docs/adr/README.md", "* [one](0001-one.md)\n* [three](0003-three.md)\n"),
            ("docs/adr/0001-one.md", ""),
            ("docs/adr/0003-three.md", ""),
            ("docs/adr/0004-four.md", ""),
            ("docs/adr/dependencies.md", ""),
        ];
        assert_eq!(
            found(decisions, &files),
            [
                "docs/adr/0003-three.md: its number should be 0002-",
                "docs/adr/0004-four.md: its number should be 0003-",
                "docs/adr/README.md: 0004-four.md is not listed",
            ]
        );
    }

    #[test]
    fn a_link_to_nowhere_is_found() {
        let text = "[a](b.md) [c](../x#y)\n[d](https://host.example/e) [f](#g) [h](gone.md#i)";
        let files = [("docs/a.md", text), ("docs/b.md", ""), ("x/file", "")];
        assert_eq!(found(links, &files), ["docs/a.md:2: the link to gone.md#i leads nowhere"]);
    }
}
