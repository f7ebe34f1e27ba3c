//! The query string of reports and exports.

use super::invalid_field;
use crate::problem::{FieldError, Problem};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use std::str::FromStr;
use ut_core::inquiry::Arguments;
use ut_tracking::query::{Compare, DateRange};

/// What may be asked; a name that is given twice is refused. Which others there are the report says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Args {
    site: Option<String>,
    date_range: Option<String>,
    from: Option<String>,
    to: Option<String>,
    pub(super) format: Option<String>,
    /// What follows is of reports only.
    filters: Option<String>,
    compare: Option<String>,
    pub(super) include_staging: Option<bool>,
    pub(super) limit: Option<u64>,
    pub(super) offset: Option<u64>,
    /// What some reports alone know.
    own: Arguments,
}

impl Args {
    fn parse(query: &str) -> Result<Self, Problem> {
        let mut args = Self::default();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let value = value.into_owned();
            match &*name {
                "site" => put(&mut args.site, "site", value)?,
                "date_range" => put(&mut args.date_range, "date_range", value)?,
                "from" => put(&mut args.from, "from", value)?,
                "to" => put(&mut args.to, "to", value)?,
                "format" => put(&mut args.format, "format", value)?,
                "filters" => put(&mut args.filters, "filters", value)?,
                "compare" => put(&mut args.compare, "compare", value)?,
                "include_staging" => put(&mut args.include_staging, "include_staging", value)?,
                "limit" => put(&mut args.limit, "limit", value)?,
                "offset" => put(&mut args.offset, "offset", value)?,
                own => {
                    if args.own.insert(own.to_owned(), value).is_some() {
                        return Err(wrong(own, "repeated", "is given twice"));
                    }
                }
            }
        }
        Ok(args)
    }

    /// The site's number or domain.
    pub(super) fn site(&self) -> Result<&str, Problem> {
        let missing = || wrong("site", "missing", "name the site by its number or one of its domains");
        self.site.as_deref().ok_or_else(missing)
    }

    /// `from` and `to` where given, else the named range, else `default`.
    pub(super) fn range(&self, default: &str) -> Result<DateRange, Problem> {
        match (&self.from, &self.to, &self.date_range) {
            (Some(from), Some(to), None) => Ok(DateRange::Days(from.clone(), to.clone())),
            (None, None, named) => Ok(DateRange::Named(named.clone().unwrap_or_else(|| default.to_owned()))),
            (_, _, Some(_)) => Err(wrong("date_range", "repeated", "give either a range or from and to")),
            (None, _, None) => Err(wrong("from", "missing", "give both from and to, or neither")),
            (_, None, None) => Err(wrong("to", "missing", "give both from and to, or neither")),
        }
    }

    /// Filters, as JSON.
    pub(super) fn filters(&self) -> Result<Option<serde_json::Value>, Problem> {
        let parse = |text: &String| {
            serde_json::from_str(text).map_err(|_| wrong("filters", "wrong_type", "is a filter as JSON"))
        };
        self.filters.as_ref().map(parse).transpose()
    }

    /// What it is compared with.
    pub(super) fn compare(&self) -> Result<Option<Compare>, Problem> {
        match self.compare.as_deref() {
            None => Ok(None),
            Some("previous") => Ok(Some(Compare::Previous)),
            Some("year") => Ok(Some(Compare::Year)),
            Some(_) => Err(wrong("compare", "unknown_name", "is previous or year")),
        }
    }

    /// What the report alone knows.
    pub(super) fn own(&self) -> Arguments {
        self.own.clone()
    }

    /// Is anything said that only reports know?
    pub(super) fn of_a_report(&self) -> Option<&str> {
        let said = [
            ("limit", self.limit.is_some()),
            ("offset", self.offset.is_some()),
            ("filters", self.filters.is_some()),
            ("compare", self.compare.is_some()),
            ("include_staging", self.include_staging.is_some()),
        ];
        let own = self.own.keys().map(String::as_str);
        said.into_iter().find_map(|(name, said)| said.then_some(name)).or(own.into_iter().next())
    }
}

fn put<T: FromStr>(place: &mut Option<T>, name: &str, value: String) -> Result<(), Problem> {
    if place.is_some() {
        return Err(wrong(name, "repeated", "is given twice"));
    }
    let expected = if name == "include_staging" { "is true or false" } else { "is a whole number" };
    let value = value.parse().map_err(|_| wrong(name, "wrong_type", expected))?;
    *place = Some(value);
    Ok(())
}

/// The refusal of one argument.
pub(super) fn wrong(field: &str, code: &'static str, message: &str) -> Problem {
    invalid_field(FieldError { index: None, field: field.to_owned(), code, message: message.to_owned() })
}

impl<S: Sync> FromRequestParts<S> for Args {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        Self::parse(parts.uri.query().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_argument_is_named() {
        for (query, field, code) in [
            ("site=1&site=2", "site", "repeated"),
            ("limit=x", "limit", "wrong_type"),
            ("limit=-1", "limit", "wrong_type"),
            ("offset=", "offset", "wrong_type"),
            ("include_staging=yes", "include_staging", "wrong_type"),
            ("steps=a&steps=b", "steps", "repeated"),
        ] {
            let error = Args::parse(query).unwrap_err().errors.remove(0);
            assert_eq!((&*error.field, error.code), (field, code), "{query}");
        }
        for (query, field) in [
            ("from=2026-11-01", "to"),
            ("to=2026-11-01", "from"),
            ("from=2026-11-01&to=2026-11-02&date_range=7d", "date_range"),
            ("from=2026-11-01&date_range=7d", "date_range"),
        ] {
            let error = Args::parse(query).unwrap().range("7d").unwrap_err().errors.remove(0);
            assert_eq!(error.field, field, "{query}");
        }
        let args = Args::parse("site=shop.example&limit=5&from=2026-11-01&to=2026-11-02").unwrap();
        assert_eq!((args.site().unwrap(), args.limit), ("shop.example", Some(5)));
        assert_eq!(args.range("7d").unwrap(), DateRange::Days("2026-11-01".into(), "2026-11-02".into()));
        assert_eq!(Args::parse("").unwrap().range("7d").unwrap(), DateRange::Named("7d".into()));
        assert!(Args::default().site().is_err());
        for (query, field) in [("filters=[", "filters"), ("compare=last", "compare")] {
            let args = Args::parse(query).unwrap();
            let error = args.filters().err().or(args.compare().err()).unwrap().errors.remove(0);
            assert_eq!(error.field, field, "{query}");
        }
        let args = Args::parse("filters=[%22is%22,%22country%22,[%22DE%22]]&compare=year").unwrap();
        assert_eq!(args.filters().unwrap(), Some(serde_json::json!(["is", "country", ["DE"]])));
        assert_eq!(args.compare().unwrap(), Some(Compare::Year));
        assert_eq!(args.of_a_report(), Some("filters"));
        assert_eq!(Args::parse("site=1&limi=5").unwrap().of_a_report(), Some("limi"));
    }
}
