//! Everything that is kept of a person, from every store.

use super::{Archive, Rights};
use crate::history::subject;
use serde_json::json;
use ut_core::Deps;
use ut_core::module::Module;
use ut_core::rights::{Hands, Part, RightsError, Subject};

/// What the person is told beside the data.
const ABOUT: [&str; 3] = [
    "This is everything that is kept of you under the ids you were found by. Times are UTC; ids are random or keyed \
     hashes, and mean nothing outside of this system.",
    "What is called `live` is only in memory and gone after half an hour. Events are also in a log on disk until every \
     store has them, at most about an hour.",
    "Sums (how often a page was seen on a day) hold nothing of single persons and are not part of this.",
];

impl Rights {
    /// Everything that is kept of a person. What was acknowledged before the call must have reached history.
    ///
    /// # Errors
    /// When a store cannot be asked: an archive that lacks something is none.
    pub async fn export(
        &self,
        subject: &Subject,
        modules: &[&dyn Module],
        deps: &Deps,
    ) -> Result<Archive, RightsError> {
        let mut parts = vec![self.visitors(subject), self.personal(subject).await?];
        parts.extend(subject::export(subject, deps).await?);
        let hands = Hands { deps, seals: self.vault.as_ref() };
        for module in modules {
            parts.extend(module.export(subject, &hands).await?);
        }
        let site = deps.sites.by_id(subject.site);
        let made_at = jiff::Timestamp::from_millisecond(self.clock.now_ms()).unwrap_or_default();
        Ok(Archive {
            site: site.and_then(|site| site.domains.first().cloned()).unwrap_or_default(),
            made_at: format!("{made_at:.0}"),
            about: ABOUT.map(str::to_owned).to_vec(),
            parts,
        })
    }

    fn visitors(&self, subject: &Subject) -> Part {
        let mut part = Part::new("visitors", &["visitor", "cookie"]);
        for key in &subject.visitors {
            let id = subject.ids.iter().find(|id| self.keys.visitor(subject.site, **id) == *key);
            let cookie = id.map(|id| uuid::Uuid::from_bytes(id.0).to_string());
            part.rows.push(vec![json!(format!("{:016x}", key.0)), json!(cookie)]);
        }
        part
    }

    async fn personal(&self, subject: &Subject) -> Result<Part, RightsError> {
        let mut part = Part::new("personal", &["visitor", "field", "value", "told_at"]);
        for id in &subject.ids {
            let visitor = json!(format!("{:016x}", self.keys.visitor(subject.site, *id).0));
            for field in self.people.fields_of(subject.site, *id).await? {
                let told_at = jiff::Timestamp::from_millisecond(field.at).unwrap_or_default().to_string();
                let row = [json!(field.name.as_str()), json!(field.value), json!(told_at)];
                part.rows.push(std::iter::once(visitor.clone()).chain(row).collect());
            }
            if let Some(join) = self.people.joins_of(subject.site, *id).await? {
                let proved_at = jiff::Timestamp::from_millisecond(join.at).unwrap_or_default().to_string();
                part.rows.push(vec![visitor, json!("customer"), json!("proved"), json!(proved_at)]);
            }
        }
        Ok(part)
    }
}
