//! Plans that ask for web vitals.

use super::QueryError;
use super::filter::Filter;
use super::fragments::Scope;
use super::plan::{Part, Plan};
use super::words::{self, Dimension};

impl Plan {
    /// A measurement knows its page, place and device, and nothing of sessions.
    pub(super) fn measured_by(&self, metric: &str) -> Result<(), QueryError> {
        let named = self.dimensions.iter().enumerate().map(|(n, one)| (format!("dimensions[{n}]"), one));
        let conditions = self.filter.iter().flat_map(Filter::conditions);
        let filtered = conditions.map(|one| (format!("{}[1]", one.place), &one.dimension));
        let unknown = |(_, one): &(String, &Dimension)| one.at(Scope::Vitals).is_none();
        let Some((field, dimension)) = named.chain(filtered).find(unknown) else { return Ok(()) };
        let known = words::dimensions_at(Scope::Vitals).join(", ");
        let message = format!("{metric} is not known by {}, but by {known}", dimension.name);
        Err(QueryError::invalid(field, "not_by_dimension", message))
    }

    /// Which vitals it asks for, by their names on the wire.
    pub(super) fn vitals(&self) -> Option<Vec<String>> {
        let metrics = self.parts.get(&Part::Vitals)?;
        let name = |n: &usize| self.metrics[*n].0.rsplit('_').next().map(str::to_uppercase);
        Some(metrics.iter().filter_map(name).collect())
    }
}
