//! The fields of a person, and what they are found by.

use std::fmt;

/// A field of what a shop tells of a visitor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FieldName {
    /// The e-mail address.
    Email,
    /// The phone number.
    Phone,
    /// The first name.
    FirstName,
    /// The last name.
    LastName,
    /// The city.
    City,
    /// The state or province.
    State,
    /// The postal code.
    Zip,
    /// The country, two letters (ISO 3166-1).
    Country,
    /// The date of birth, `YYYY-MM-DD`.
    BirthDate,
    /// The gender.
    Gender,
    /// The shop's own name for the customer.
    ExternalId,
}

impl FieldName {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Email,
        Self::Phone,
        Self::FirstName,
        Self::LastName,
        Self::City,
        Self::State,
        Self::Zip,
        Self::Country,
        Self::BirthDate,
        Self::Gender,
        Self::ExternalId,
    ];

    /// The word for it, in requests and in the store: `first_name`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
            Self::FirstName => "first_name",
            Self::LastName => "last_name",
            Self::City => "city",
            Self::State => "state",
            Self::Zip => "zip",
            Self::Country => "country",
            Self::BirthDate => "birth_date",
            Self::Gender => "gender",
            Self::ExternalId => "external_id",
        }
    }

    /// From its word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|name| name.as_str() == word)
    }

    /// Is somebody found by this field?
    #[must_use]
    pub const fn is_found_by(self) -> bool {
        matches!(self, Self::Email | Self::ExternalId)
    }

    /// The form in which a value is looked up and proved. An e-mail address is the same in capitals, a customer's id is
    /// not.
    #[must_use]
    pub fn normal(self, value: &str) -> String {
        match self {
            Self::Email => value.trim().to_lowercase(),
            _ => value.trim().to_owned(),
        }
    }
}

/// What a shop tells of a visitor, in clear. Lives as long as the request; its value is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Told {
    /// Which field.
    pub name: FieldName,
    /// The value, as it was told.
    pub value: String,
}

/// A field as it was kept, opened. Its value is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Field {
    /// Which field.
    pub name: FieldName,
    /// The value, as it was told.
    pub value: String,
    /// When it was told last, Unix milliseconds.
    pub at: i64,
}

impl fmt::Debug for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Told").field("name", &self.name).finish_non_exhaustive()
    }
}

impl fmt::Debug for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Field").field("name", &self.name).field("at", &self.at).finish_non_exhaustive()
    }
}
