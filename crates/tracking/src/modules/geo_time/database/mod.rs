//! An MMDB file in memory, validated as a whole before it answers anything.

mod facts;
#[cfg(test)]
pub(in super::super) mod tests;

use facts::{Record, Whole};
use maxminddb::{MaxMindDbError, Reader, WithinOptions};
use std::collections::HashSet;
use std::net::IpAddr;
use ut_core::event::Place;

/// Why bytes are no geo database.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Fault {
    /// They cannot be had.
    #[error("cannot be read: {0}")]
    Unreadable(String),
    /// They contradict themselves.
    #[error("is damaged or no MMDB file: {0}")]
    Damaged(String),
    /// They are a database of something else.
    #[error("names no country in any record: it takes a country or city database")]
    NoCountries,
}

impl From<MaxMindDbError> for Fault {
    fn from(error: MaxMindDbError) -> Self {
        Self::Damaged(error.to_string())
    }
}

/// A database of which every network was walked and every record decoded.
#[derive(Debug)]
pub(super) struct Database {
    reader: Reader<Vec<u8>>,
}

impl Database {
    /// Checks everything that a look-up could come across: a file that passes answers every address.
    ///
    /// `Reader::verify` does as much, but also demands metadata that files in use do without.
    pub(super) fn parse(bytes: Vec<u8>) -> Result<Self, Fault> {
        let reader = Reader::from_source(bytes)?;
        let nodes = reader.metadata().node_count as usize;
        let mut networks = 0;
        let mut records = HashSet::new();
        let mut countries = false;
        for network in reader.networks(WithinOptions::default().include_networks_without_data())? {
            let network = network?;
            networks += 1;
            if networks > nodes.saturating_mul(3) {
                return Err(Fault::Damaged("branches of its search tree run into one another".to_owned()));
            }
            // Millions of networks share few records.
            if network.offset().is_some_and(|offset| records.insert(offset)) {
                network.decode::<Whole>()?;
                let record = network.decode::<Record<'_>>()?.unwrap_or_default();
                countries |= !record.place().country.is_empty();
            }
        }
        if countries { Ok(Self { reader }) } else { Err(Fault::NoCountries) }
    }

    /// The place of an address; `None` when the file has no record for it. A record may well say that it knows no
    /// country.
    pub(super) fn find(&self, ip: IpAddr) -> Option<Place> {
        let record = self.reader.lookup(ip).ok()?.decode::<Record<'_>>().ok()??;
        Some(record.place())
    }
}
