//! Where the sections of the United States say what matters here.

/// How the core of a section is laid out: fields of two bits after six that are a version.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layout {
    /// The section's number.
    pub(super) section: u64,
    /// Of which version.
    pub(super) version: u64,
    /// Does a header with the section's number and version stand before the core?
    pub(super) headed: bool,
    /// Fields before the opt-outs.
    pub(super) before: usize,
    /// Opt-outs of sale, sharing and targeted advertising, as far as the law knows them.
    pub(super) opt_outs: usize,
    /// Fields about sensitive data.
    pub(super) sensitive: usize,
    /// Consents for known children.
    pub(super) children: usize,
    /// May Global Privacy Control follow?
    pub(super) gpc: bool,
}

/// The layout of a section of a version.
pub(super) fn layout(section: u64, version: u64) -> Option<&'static Layout> {
    LAYOUTS.iter().find(|layout| layout.section == section && layout.version == version)
}

/// Is a header expected before the core of this section?
pub(super) fn is_headed(section: u64) -> bool {
    LAYOUTS.iter().any(|layout| layout.section == section && layout.headed)
}

/// As the specifications in IAB Tech Lab's repository "Global-Privacy-Platform", folder `Sections`, have them.
const LAYOUTS: [Layout; 22] = [
    flat(7, 1, 6, 3, 12, 2),
    flat(7, 2, 6, 3, 16, 3),
    // California.
    flat(8, 1, 3, 2, 9, 2),
    // Virginia, Colorado, Utah, Connecticut.
    flat(9, 1, 3, 2, 8, 1),
    flat(10, 1, 3, 2, 7, 1),
    flat(11, 1, 4, 2, 8, 1),
    flat(12, 1, 3, 2, 8, 3),
    // Florida, Montana, Oregon, Texas, Delaware.
    flat(13, 1, 3, 2, 8, 3),
    flat(14, 1, 3, 2, 8, 3),
    flat(15, 1, 3, 2, 11, 3),
    flat(16, 1, 3, 2, 8, 1),
    flat(17, 1, 3, 2, 9, 5),
    // Iowa, Nebraska, New Hampshire, New Jersey, Tennessee, Minnesota.
    flat(18, 1, 4, 2, 8, 1),
    flat(19, 1, 3, 2, 8, 1),
    flat(20, 1, 3, 2, 8, 3),
    flat(21, 1, 3, 2, 10, 5),
    flat(22, 1, 3, 2, 8, 1),
    flat(23, 1, 3, 2, 8, 1),
    // Maryland, Indiana, Kentucky, Rhode Island.
    headed(24, 0, true),
    headed(25, 1, false),
    headed(26, 1, false),
    headed(27, 1, false),
];

const fn flat(
    section: u64,
    version: u64,
    before: usize,
    opt_outs: usize,
    sensitive: usize,
    children: usize,
) -> Layout {
    Layout { section, version, headed: false, before, opt_outs, sensitive, children, gpc: true }
}

/// Sections since 2025 begin with the agreement's two fields, and have sensitive data apart.
const fn headed(section: u64, children: usize, gpc: bool) -> Layout {
    Layout { section, version: 1, headed: true, before: 5, opt_outs: 2, sensitive: 0, children, gpc }
}
