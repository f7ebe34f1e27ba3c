//! The currencies a shop can have: ISO 4217, list one, without metals, funds and testing codes. Codes withdrawn
//! since 2020 stay, because a shop may keep its old orders in them.

use ut_core::event::Currency;

const CODES: &str = "\
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF \
    CLP CNY COP CRC CUC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL \
    HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD \
    MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR \
    RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD \
    TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG ZWL";

/// Those without a smaller coin, and those with a thousandth (ISO 4217, "minor unit").
const WHOLE: &str = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF";
const THOUSANDTHS: &str = "BHD IQD JOD KWD LYD OMR TND";

/// The smallest coin, in 1/10,000 of the unit.
pub(crate) fn minor_unit(currency: Currency) -> i64 {
    let is_in = |codes: &str| codes.split(' ').any(|known| known == currency.as_str());
    if is_in(WHOLE) {
        10_000
    } else if is_in(THOUSANDTHS) {
        10
    } else {
        100
    }
}

/// Is it a currency one can pay with?
pub(crate) fn is_currency(currency: Currency) -> bool {
    is_known(currency.as_str())
}

/// Is it a currency one can pay with?
pub(super) fn is_known(code: &str) -> bool {
    CODES.split(' ').any(|known| known == code)
}
