//! How numbers, dates, amounts and telephone numbers are written somewhere, where their form alone leaves it open.

/// A language, and perhaps a country: `de`, `de-AT`, `en-US`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Locale {
    language: &'static str,
    region: Option<&'static str>,
}

/// Languages that write a comma before decimals.
const WITH_COMMA: [&str; 33] = [
    "bg", "ca", "cs", "da", "de", "el", "es", "et", "fi", "fr", "gl", "hr", "hu", "id", "is", "it",
    "lt", "lv", "nb", "nl", "nn", "no", "pl", "pt", "ro", "ru", "sk", "sl", "sr", "sv", "tr", "uk",
    "vi",
];

/// Languages that write a point before decimals.
const WITH_POINT: [&str; 8] = ["en", "he", "hi", "ja", "ko", "ms", "th", "zh"];

/// Countries that write a point before decimals, whatever their language does elsewhere.
const POINT_IN: [(&str, &str); 9] = [
    ("de", "CH"),
    ("de", "LI"),
    ("es", "DO"),
    ("es", "MX"),
    ("es", "PA"),
    ("es", "PE"),
    ("es", "PR"),
    ("es", "US"),
    ("it", "CH"),
];

/// Countries, with their currency.
const REGIONS: [(&str, &str); 70] = [
    ("AE", "AED"),
    ("AR", "ARS"),
    ("AT", "EUR"),
    ("AU", "AUD"),
    ("BE", "EUR"),
    ("BG", "EUR"),
    ("BR", "BRL"),
    ("CA", "CAD"),
    ("CH", "CHF"),
    ("CL", "CLP"),
    ("CN", "CNY"),
    ("CO", "COP"),
    ("CY", "EUR"),
    ("CZ", "CZK"),
    ("DE", "EUR"),
    ("DK", "DKK"),
    ("DO", "DOP"),
    ("EE", "EUR"),
    ("EG", "EGP"),
    ("ES", "EUR"),
    ("FI", "EUR"),
    ("FR", "EUR"),
    ("GB", "GBP"),
    ("GR", "EUR"),
    ("HK", "HKD"),
    ("HR", "EUR"),
    ("HU", "HUF"),
    ("ID", "IDR"),
    ("IE", "EUR"),
    ("IL", "ILS"),
    ("IN", "INR"),
    ("IS", "ISK"),
    ("IT", "EUR"),
    ("JP", "JPY"),
    ("KE", "KES"),
    ("KR", "KRW"),
    ("LI", "CHF"),
    ("LT", "EUR"),
    ("LU", "EUR"),
    ("LV", "EUR"),
    ("MT", "EUR"),
    ("MX", "MXN"),
    ("MY", "MYR"),
    ("NG", "NGN"),
    ("NL", "EUR"),
    ("NO", "NOK"),
    ("NZ", "NZD"),
    ("PA", "PAB"),
    ("PE", "PEN"),
    ("PH", "PHP"),
    ("PK", "PKR"),
    ("PL", "PLN"),
    ("PR", "USD"),
    ("PT", "EUR"),
    ("RO", "RON"),
    ("RS", "RSD"),
    ("RU", "RUB"),
    ("SA", "SAR"),
    ("SE", "SEK"),
    ("SG", "SGD"),
    ("SI", "EUR"),
    ("SK", "EUR"),
    ("TH", "THB"),
    ("TR", "TRY"),
    ("TW", "TWD"),
    ("UA", "UAH"),
    ("US", "USD"),
    ("UY", "UYU"),
    ("VN", "VND"),
    ("ZA", "ZAR"),
];

/// The languages that are known, in alphabetical order.
pub(crate) fn languages() -> Vec<&'static str> {
    let mut all = [&WITH_COMMA[..], &WITH_POINT].concat();
    all.sort_unstable();
    all
}

/// The countries that are known, in alphabetical order.
pub(crate) fn regions() -> Vec<&'static str> {
    REGIONS.map(|(region, _)| region).to_vec()
}

impl Locale {
    /// Reads a tag of BCP 47 made of a language, and perhaps a country. Else says what is wrong.
    pub fn read(tag: &str) -> Result<Self, String> {
        let (language, region) = match tag.split_once('-') {
            Some((language, region)) => (language, Some(region)),
            None => (tag, None),
        };
        let known = languages();
        let Some(language) = known.iter().copied().find(|known| *known == language) else {
            let known = known.join(", ");
            return Err(format!(
                "A locale is a language, and perhaps a country, such as `de` or `en-US`. Known languages are: {known}."
            ));
        };
        let region = match region {
            None => None,
            Some(region) => {
                let known = REGIONS.iter().find(|(known, _)| *known == region);
                let (known, _) = known.ok_or_else(|| {
                    let all = regions().join(", ");
                    format!(
                        "After the language stands a country, such as `US` in `en-US`. Known countries are: {all}."
                    )
                })?;
                Some(*known)
            }
        };
        Ok(Self { language, region })
    }

    /// What stands before decimals: `,` or `.`.
    pub fn decimal_mark(self) -> char {
        let exception = self.region.is_some_and(|region| {
            POINT_IN.contains(&(self.language, region)) || (self.language, region) == ("en", "ZA")
        });
        let comma = !WITH_POINT.contains(&self.language);
        if comma == exception { '.' } else { ',' }
    }

    /// Whether the day comes before the month in `03/04/2026`; none where both are usual.
    pub fn day_first(self) -> Option<bool> {
        match (self.language, self.region) {
            ("en", Some("US" | "PH" | "PR")) | ("es", Some("US" | "PR")) => Some(false),
            ("en", None | Some("CA")) | ("zh" | "ja" | "ko" | "hu" | "lt", _) => None,
            _ => Some(true),
        }
    }

    /// The code of the currency that amounts without one are in; none without a country.
    pub fn currency(self) -> Option<&'static str> {
        let region = self.region?;
        REGIONS
            .iter()
            .find(|(known, _)| *known == region)
            .map(|(_, currency)| *currency)
    }

    /// The country, by its ISO 3166 code.
    pub fn region(self) -> Option<&'static str> {
        self.region
    }
}
