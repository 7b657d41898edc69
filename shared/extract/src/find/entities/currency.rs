//! Currencies: the codes of ISO 4217, the signs and words that stand for them, and how their
//! amounts are written.

/// The codes in use, in alphabetical order.
const CODES: [&str; 153] = [
    "AED", "AFN", "ALL", "AMD", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BGN",
    "BHD", "BIF", "BMD", "BND", "BOB", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD", "CDF",
    "CHF", "CLP", "CNY", "COP", "CRC", "CUP", "CVE", "CZK", "DJF", "DKK", "DOP", "DZD", "EGP",
    "ERN", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GHS", "GIP", "GMD", "GNF", "GTQ", "GYD",
    "HKD", "HNL", "HTG", "HUF", "IDR", "ILS", "INR", "IQD", "IRR", "ISK", "JMD", "JOD", "JPY",
    "KES", "KGS", "KHR", "KMF", "KPW", "KRW", "KWD", "KYD", "KZT", "LAK", "LBP", "LKR", "LRD",
    "LSL", "LYD", "MAD", "MDL", "MGA", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR", "MVR", "MWK",
    "MXN", "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR", "NZD", "OMR", "PAB", "PEN", "PGK",
    "PHP", "PKR", "PLN", "PYG", "QAR", "RON", "RSD", "RUB", "RWF", "SAR", "SBD", "SCR", "SDG",
    "SEK", "SGD", "SHP", "SLE", "SOS", "SRD", "SSP", "STN", "SVC", "SYP", "SZL", "THB", "TJS",
    "TMT", "TND", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH", "UGX", "USD", "UYU", "UZS", "VES",
    "VND", "VUV", "WST", "XAF", "XCD", "XOF", "XPF", "YER", "ZAR", "ZMW",
];

/// Codes that are words, names or abbreviations as well: `TOP 10`, `AMD 5600`.
const AMBIGUOUS: [&str; 27] = [
    "ALL", "AMD", "ARS", "BAM", "BOB", "BSD", "CAD", "COP", "CRC", "CUP", "ERN", "GEL", "GIP",
    "LAK", "MAD", "MOP", "NAD", "NIO", "PEN", "RON", "SAR", "SCR", "SOS", "SSP", "STN", "TOP",
    "TRY",
];

/// Signs and words with the code of the currency that they most often stand for. `kr` and others
/// that several currencies share alike are left out; `$` alone is taken for the dollar of the
/// United States, `¥` for the yen.
const SIGNS: [(&str, &str); 48] = [
    ("US$", "USD"),
    ("A$", "AUD"),
    ("AU$", "AUD"),
    ("C$", "CAD"),
    ("CA$", "CAD"),
    ("NZ$", "NZD"),
    ("HK$", "HKD"),
    ("S$", "SGD"),
    ("NT$", "TWD"),
    ("MX$", "MXN"),
    ("R$", "BRL"),
    ("$", "USD"),
    ("＄", "USD"),
    ("dollars", "USD"),
    ("dollar", "USD"),
    ("Dollar", "USD"),
    ("€", "EUR"),
    ("euros", "EUR"),
    ("euro", "EUR"),
    ("Euros", "EUR"),
    ("Euro", "EUR"),
    ("EURO", "EUR"),
    ("£", "GBP"),
    ("￡", "GBP"),
    ("CN¥", "CNY"),
    ("RMB", "CNY"),
    ("元", "CNY"),
    ("¥", "JPY"),
    ("￥", "JPY"),
    ("円", "JPY"),
    ("yen", "JPY"),
    ("₩", "KRW"),
    ("원", "KRW"),
    ("₹", "INR"),
    ("₽", "RUB"),
    ("руб", "RUB"),
    ("₺", "TRY"),
    ("₴", "UAH"),
    ("₪", "ILS"),
    ("₫", "VND"),
    ("₦", "NGN"),
    ("₱", "PHP"),
    ("₸", "KZT"),
    ("฿", "THB"),
    ("zł", "PLN"),
    ("Kč", "CZK"),
    ("Ft", "HUF"),
    ("SFr.", "CHF"),
];

/// Currencies of countries that write a point before the decimals.
const WITH_DECIMAL_POINT: [&str; 21] = [
    "AUD", "CAD", "CHF", "CNY", "EGP", "GBP", "GHS", "HKD", "ILS", "INR", "KES", "MXN", "MYR",
    "NGN", "NZD", "PHP", "PKR", "SGD", "THB", "TWD", "USD",
];

/// Currencies that are divided by a thousand.
const WITH_THREE_DECIMALS: [&str; 7] = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];

/// A pattern for any code.
pub(super) fn code_pattern() -> String {
    CODES.join("|")
}

/// A pattern for any code, sign or word. Longer ones come first, for of two that fit the first is
/// taken.
pub(in crate::find) fn pattern() -> String {
    let signs = SIGNS.into_iter().map(|(sign, _)| sign);
    let mut names: Vec<String> = signs.chain(CODES).map(regex::escape).collect();
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    names.join("|")
}

/// The code of the currency with this code, sign or word.
pub(in crate::find) fn code(name: &str) -> Option<&'static str> {
    let sign = SIGNS
        .into_iter()
        .find(|(sign, _)| *sign == name)
        .map(|(_, code)| code);
    sign.or_else(|| CODES.into_iter().find(|code| *code == name))
}

/// Whether this is the code of a currency, not a sign or word for one.
pub(super) fn is_code(name: &str) -> bool {
    CODES.contains(&name)
}

/// Whether this is a code that an integer alone does not show to be meant as one.
pub(super) fn is_ambiguous(name: &str) -> bool {
    AMBIGUOUS.contains(&name)
}

/// Whether a point before three digits separates decimals in amounts of this currency; else it
/// separates thousands.
pub(in crate::find) fn has_decimal_point(code: &str) -> bool {
    WITH_DECIMAL_POINT.contains(&code)
}

/// Whether amounts of this currency have three decimals.
pub(in crate::find) fn has_three_decimals(code: &str) -> bool {
    WITH_THREE_DECIMALS.contains(&code)
}
