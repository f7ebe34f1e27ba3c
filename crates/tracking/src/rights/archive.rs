//! Everything that is kept of a person, as they can read it: a ZIP archive of one JSON file and a CSV file per part.

use super::RightsError;
use crate::csv::cell;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::io::{Cursor, Write};
use ut_core::rights::Part;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// What a person is given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Archive {
    /// The site's first domain.
    pub site: String,
    /// When it was made, ISO 8601 UTC.
    pub made_at: String,
    /// What it is and what it is not, in words for the person.
    pub about: Vec<String>,
    /// The parts; those without rows are named too.
    pub parts: Vec<Part>,
}

impl Archive {
    /// As the bytes of a ZIP file: `README.txt`, `everything.json`, and `<part>.csv` for each part with rows.
    ///
    /// # Errors
    /// When it is larger than a ZIP file may be.
    pub fn zip(&self) -> Result<Vec<u8>, RightsError> {
        let failed = |error: &dyn std::fmt::Display| RightsError(format!("the archive: {error}"));
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        let mut files = vec![("README.txt".to_owned(), self.readme())];
        let json = serde_json::to_string_pretty(self).map_err(|error| failed(&error))?;
        files.push(("everything.json".to_owned(), json));
        for part in self.parts.iter().filter(|part| !part.rows.is_empty()) {
            files.push((format!("{}.csv", part.name), table(part)));
        }
        for (name, text) in files {
            zip.start_file(name, options).map_err(|error| failed(&error))?;
            zip.write_all(text.as_bytes()).map_err(|error| failed(&error))?;
        }
        Ok(zip.finish().map_err(|error| failed(&error))?.into_inner())
    }

    fn readme(&self) -> String {
        let mut text = format!("{}, {}\n\n", self.site, self.made_at);
        for line in &self.about {
            text.push_str(line);
            text.push_str("\n\n");
        }
        for part in &self.parts {
            text.push_str(&format!("{}: {} rows\n", part.name, part.rows.len()));
        }
        text
    }
}

fn table(part: &Part) -> String {
    let head = part.columns.iter().map(|column| cell(column)).collect::<Vec<_>>().join(",");
    let line = |row: &Vec<Value>| row.iter().map(written).collect::<Vec<_>>().join(",") + "\r\n";
    std::iter::once(head + "\r\n").chain(part.rows.iter().map(line)).collect()
}

fn written(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => cell(text),
        Value::Array(_) | Value::Object(_) => cell(&value.to_string()),
        other => other.to_string(),
    }
}
