//! Plans that ask for web vitals, or for orders.

use super::QueryError;
use super::filter::Filter;
use super::fragments::Scope;
use super::plan::{Part, Plan};
use super::words::{self, Dimension};

impl Plan {
    /// A measurement knows its page, place and device, and nothing of sessions; an order where its visit came from, and
    /// nothing of its pages.
    pub(super) fn known_by(&self, metric: &str, scope: Scope) -> Result<(), QueryError> {
        let unknown = |(_, one): &(String, &Dimension)| one.at(scope).is_none();
        let Some((field, dimension)) = self.named().find(unknown) else { return Ok(()) };
        let known = words::dimensions_at(scope).join(", ");
        let message = format!("{metric} is not known by {}, but by {known}", dimension.name);
        Err(QueryError::invalid(field, "not_by_dimension", message))
    }

    /// What a measurement alone knows of itself (what it was caused by), or an order, tells nothing of events and visits.
    pub(super) fn happened_by(&self, metric: &str) -> Result<(), QueryError> {
        let measured_alone =
            |one: &Dimension| one.at(Scope::Events).is_none() && one.at(Scope::Sessions).is_none();
        let Some((field, dimension)) = self.named().find(|(_, one)| measured_alone(one)) else {
            return Ok(());
        };
        let these = if dimension.at(Scope::Vitals).is_some() { "web vitals" } else { "orders" };
        let message = format!("{metric} is not known by {}: only {these} are", dimension.name);
        Err(QueryError::invalid(field, "not_by_dimension", message))
    }

    /// Its dimensions and those of its filter, each with its place.
    fn named(&self) -> impl Iterator<Item = (String, &Dimension)> {
        let named = self.dimensions.iter().enumerate().map(|(n, one)| (format!("dimensions[{n}]"), one));
        let conditions = self.filter.iter().flat_map(Filter::conditions);
        named.chain(conditions.map(|one| (format!("{}[1]", one.place), &one.dimension)))
    }

    /// Which vitals it asks for, by their names on the wire.
    pub(super) fn vitals(&self) -> Option<Vec<String>> {
        let metrics = self.parts.get(&Part::Vitals)?;
        let name = |n: &usize| self.metrics[*n].0.rsplit('_').next().map(str::to_uppercase);
        Some(metrics.iter().filter_map(name).collect())
    }
}
