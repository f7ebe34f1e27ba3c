//! Money and items. Amounts are exact decimals, never floats.

use serde::{Deserialize, Serialize};

/// An exact amount in 1/10,000 of the currency's unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Amount(i64);

/// Why a text is no amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// Not a decimal number.
    #[error("not a decimal number")]
    NotADecimal,
    /// More than four decimals.
    #[error("more than 4 decimals")]
    TooPrecise,
    /// Beyond ± 9·10¹⁴.
    #[error("beyond 900,000,000,000,000")]
    TooLarge,
}

impl Amount {
    const SCALE: u32 = 4;
    const LIMIT: i64 = 900_000_000_000_000 * 10_000;

    /// Parses a decimal number as JSON writes it (`59.9`, `-3`, `1e2`), exactly.
    pub fn parse(text: &str) -> Result<Self, AmountError> {
        let decimal = rust_decimal::Decimal::from_str_exact(text)
            .or_else(|_| rust_decimal::Decimal::from_scientific(text))
            .map_err(|_| AmountError::NotADecimal)?
            .normalize();
        if decimal.scale() > Self::SCALE {
            return Err(AmountError::TooPrecise);
        }
        let units = decimal.mantissa().checked_mul(10_i128.pow(Self::SCALE - decimal.scale()));
        let units = units.and_then(|units| i64::try_from(units).ok()).ok_or(AmountError::TooLarge)?;
        if units.abs() > Self::LIMIT { Err(AmountError::TooLarge) } else { Ok(Self(units)) }
    }

    /// So many 1/10,000 of the unit.
    #[must_use]
    pub const fn of_units(units: i64) -> Self {
        Self(units)
    }

    /// So many times as much; what no store could hold is the greatest that one can.
    #[must_use]
    pub const fn times(self, count: u32) -> Self {
        Self(self.0.saturating_mul(count as i64))
    }

    /// In 1/10,000 of the unit: the bits of ClickHouse's `Decimal(18,4)`.
    #[must_use]
    pub const fn units(self) -> i64 {
        self.0
    }
}

/// An ISO 4217 code: three capital letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Currency([u8; 3]);

/// The text is no currency code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a currency is three letters (ISO 4217), e.g. EUR")]
pub struct CurrencyError;

impl Currency {
    /// Parses three letters, upper-casing them.
    pub fn parse(text: &str) -> Result<Self, CurrencyError> {
        match *text.as_bytes() {
            [a, b, c] if [a, b, c].iter().all(u8::is_ascii_alphabetic) => {
                Ok(Self([a, b, c].map(|letter| letter.to_ascii_uppercase())))
            }
            _ => Err(CurrencyError),
        }
    }

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // `parse` lets ASCII letters in alone; ISO 4217 says "no currency" by XXX.
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }
}

/// An item of an event, by GA4's names. Parameters without a field of their own are kept in `props`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Item {
    /// `item_id`, or empty.
    pub item_id: String,
    /// `item_name`, or empty.
    pub item_name: String,
    /// `item_brand`, or empty.
    pub item_brand: String,
    /// `item_category`, or empty.
    pub item_category: String,
    /// `item_variant`, or empty.
    pub item_variant: String,
    /// Price of one.
    pub price: Option<Amount>,
    /// How many; 1 when not said.
    pub quantity: u32,
    /// Everything else, sorted by key.
    pub props: Vec<(String, String)>,
}
