//! How entities are found.

use serde_json::{Map, Value};

use crate::flaw::{Flaws, kind, member};
use crate::options::known;

/// How entities are found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entities {
    /// Which kinds are given. Default: all.
    pub kinds: Vec<EntityKind>,
    /// Where telephone numbers without the code of a country are from. Default: none; such a number is then read as one
    /// of the United States, if a word says that it is a telephone number.
    pub region: Option<Region>,
    /// How card numbers are given. Default: masked.
    pub cards: Cards,
    /// Whether that is given too, with `valid` false and a reason, which has the form of a kind with check digits but
    /// not the right ones. Default: no.
    pub invalid: bool,
}

impl Default for Entities {
    fn default() -> Self {
        Self {
            kinds: EntityKind::ALL.to_vec(),
            region: None,
            cards: Cards::default(),
            invalid: false,
        }
    }
}

/// How card numbers are given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Cards {
    /// The first six and last four digits, the rest as asterisks, and not what stands in the text.
    #[default]
    Masked,
    /// In full.
    Full,
}

/// What kind of thing an entity is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntityKind {
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// A URL.
    Url,
    /// The bare name of a host.
    Domain,
    /// An IP address.
    Ip,
    /// A hardware address.
    Mac,
    /// A date.
    Date,
    /// A time of day.
    Time,
    /// A date with its time.
    Datetime,
    /// An amount of money.
    Money,
    /// A percentage.
    Percent,
    /// A number with its unit.
    Quantity,
    /// An international bank account number.
    Iban,
    /// The code of a bank.
    Bic,
    /// The number of a payment card.
    Card,
    /// A number for value-added tax.
    VatId,
    /// A UUID.
    Uuid,
    /// A checksum.
    Hash,
    /// A place on the earth.
    Coordinates,
    /// A hashtag.
    Hashtag,
    /// An address of a cryptocurrency.
    CryptoAddress,
}

impl EntityKind {
    /// All kinds, in the order in which they are documented.
    pub const ALL: [Self; 21] = [
        Self::Email,
        Self::Phone,
        Self::Url,
        Self::Domain,
        Self::Ip,
        Self::Mac,
        Self::Date,
        Self::Time,
        Self::Datetime,
        Self::Money,
        Self::Percent,
        Self::Quantity,
        Self::Iban,
        Self::Bic,
        Self::Card,
        Self::VatId,
        Self::Uuid,
        Self::Hash,
        Self::Coordinates,
        Self::Hashtag,
        Self::CryptoAddress,
    ];

    /// Its name in requests and records.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Url => "url",
            Self::Domain => "domain",
            Self::Ip => "ip",
            Self::Mac => "mac",
            Self::Date => "date",
            Self::Time => "time",
            Self::Datetime => "datetime",
            Self::Money => "money",
            Self::Percent => "percent",
            Self::Quantity => "quantity",
            Self::Iban => "iban",
            Self::Bic => "bic",
            Self::Card => "card",
            Self::VatId => "vat_id",
            Self::Uuid => "uuid",
            Self::Hash => "hash",
            Self::Coordinates => "coordinates",
            Self::Hashtag => "hashtag",
            Self::CryptoAddress => "crypto_address",
        }
    }

    /// The kind of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A country or territory, as ISO 3166-1 names it in two letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Region(&'static str);

impl Region {
    /// The region with this code, in capitals.
    pub fn from_code(code: &str) -> Option<Self> {
        let place = REGIONS.binary_search(&code).ok()?;
        Some(Self(REGIONS[place]))
    }

    /// All codes, in alphabetical order.
    pub(crate) const fn codes() -> &'static [&'static str] {
        &REGIONS
    }

    /// Its code, in capitals.
    pub const fn code(self) -> &'static str {
        self.0
    }
}

impl Entities {
    pub(crate) fn read(options: &Map<String, Value>, pointer: &str, flaws: &mut Flaws) -> Self {
        known(
            options,
            &["kinds", "region", "cards", "invalid"],
            pointer,
            flaws,
        );
        let mut entities = Self::default();
        let mut each = |name: &str, read: &mut dyn FnMut(&Value) -> Result<(), String>| {
            if let Some(Err(flaw)) = options.get(name).map(read) {
                flaws.add(member(pointer, name), flaw);
            }
        };
        each("region", &mut |region| {
            entities.region = Some(read_region(region)?);
            Ok(())
        });
        each("cards", &mut |cards| {
            entities.cards = match cards.as_str() {
                Some("masked") => Cards::Masked,
                Some("full") => Cards::Full,
                _ => return Err("It must be `masked` or `full`.".into()),
            };
            Ok(())
        });
        each("invalid", &mut |invalid| {
            let wrong = || format!("This is {}; it must be a boolean.", kind(invalid));
            entities.invalid = invalid.as_bool().ok_or_else(wrong)?;
            Ok(())
        });
        if let Some(kinds) = options.get("kinds") {
            entities.kinds = read_kinds(kinds, &member(pointer, "kinds"), flaws);
        }
        entities
    }
}

fn read_region(region: &Value) -> Result<Region, String> {
    region.as_str().and_then(Region::from_code).ok_or_else(|| {
        "It must be the code of a country in two capitals (ISO 3166-1): `DE`, `US`, ….".into()
    })
}

fn read_kinds(kinds: &Value, pointer: &str, flaws: &mut Flaws) -> Vec<EntityKind> {
    let Value::Array(names) = kinds else {
        flaws.add(
            pointer,
            format!("This is {}; it must be an array.", kind(kinds)),
        );
        return Vec::new();
    };
    if names.is_empty() {
        flaws.add(pointer, format!("The list is empty; {}.", all_kinds()));
    }
    let mut known = Vec::new();
    for (index, name) in names.iter().enumerate() {
        match name.as_str().and_then(EntityKind::from_name) {
            Some(kind) if known.contains(&kind) => {}
            Some(kind) => known.push(kind),
            None => flaws.add(
                format!("{pointer}/{index}"),
                format!("This is no kind of entity; {}.", all_kinds()),
            ),
        }
    }
    known
}

fn all_kinds() -> String {
    let names = EntityKind::ALL.map(EntityKind::name).join(", ");
    format!("there are: {names}")
}

/// All codes, in alphabetical order. Kosovo's, which the standard leaves to its users, is among them.
#[rustfmt::skip]
const REGIONS: [&str; 250] = [
    "AD", "AE", "AF", "AG", "AI", "AL", "AM", "AO", "AQ", "AR", "AS", "AT", "AU", "AW", "AX", "AZ", "BA", "BB", "BD", "BE", "BF",
    "BG", "BH", "BI", "BJ", "BL", "BM", "BN", "BO", "BQ", "BR", "BS", "BT", "BV", "BW", "BY", "BZ", "CA", "CC", "CD", "CF", "CG",
    "CH", "CI", "CK", "CL", "CM", "CN", "CO", "CR", "CU", "CV", "CW", "CX", "CY", "CZ", "DE", "DJ", "DK", "DM", "DO", "DZ", "EC",
    "EE", "EG", "EH", "ER", "ES", "ET", "FI", "FJ", "FK", "FM", "FO", "FR", "GA", "GB", "GD", "GE", "GF", "GG", "GH", "GI", "GL",
    "GM", "GN", "GP", "GQ", "GR", "GS", "GT", "GU", "GW", "GY", "HK", "HM", "HN", "HR", "HT", "HU", "ID", "IE", "IL", "IM", "IN",
    "IO", "IQ", "IR", "IS", "IT", "JE", "JM", "JO", "JP", "KE", "KG", "KH", "KI", "KM", "KN", "KP", "KR", "KW", "KY", "KZ", "LA",
    "LB", "LC", "LI", "LK", "LR", "LS", "LT", "LU", "LV", "LY", "MA", "MC", "MD", "ME", "MF", "MG", "MH", "MK", "ML", "MM", "MN",
    "MO", "MP", "MQ", "MR", "MS", "MT", "MU", "MV", "MW", "MX", "MY", "MZ", "NA", "NC", "NE", "NF", "NG", "NI", "NL", "NO", "NP",
    "NR", "NU", "NZ", "OM", "PA", "PE", "PF", "PG", "PH", "PK", "PL", "PM", "PN", "PR", "PS", "PT", "PW", "PY", "QA", "RE", "RO",
    "RS", "RU", "RW", "SA", "SB", "SC", "SD", "SE", "SG", "SH", "SI", "SJ", "SK", "SL", "SM", "SN", "SO", "SR", "SS", "ST", "SV",
    "SX", "SY", "SZ", "TC", "TD", "TF", "TG", "TH", "TJ", "TK", "TL", "TM", "TN", "TO", "TR", "TT", "TV", "TW", "TZ", "UA", "UG",
    "UM", "US", "UY", "UZ", "VA", "VC", "VE", "VG", "VI", "VN", "VU", "WF", "WS", "XK", "YE", "YT", "ZA", "ZM", "ZW",
];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{Flaw, Plan};

    fn read(options: &Value) -> Result<Entities, Vec<Flaw>> {
        let plan = Plan::read(&json!([{"entities": options}]))?;
        Ok(plan.entities.expect("entities are asked for"))
    }

    #[test]
    fn options_are_read_and_have_defaults() {
        assert_eq!(read(&json!({})), Ok(Entities::default()));
        let options = json!({"kinds": ["iban", "iban", "card"], "region": "DE", "cards": "full", "invalid": true});
        let entities = Entities {
            kinds: vec![EntityKind::Iban, EntityKind::Card],
            region: Region::from_code("DE"),
            cards: Cards::Full,
            invalid: true,
        };
        assert_eq!(read(&options), Ok(entities));
    }

    #[test]
    fn what_is_wrong_is_said_where_it_is() {
        for (options, pointer) in [
            (json!({"kinds": "iban"}), "/0/entities/kinds"),
            (json!({"kinds": []}), "/0/entities/kinds"),
            (json!({"kinds": ["iban", "isbn"]}), "/0/entities/kinds/1"),
            (json!({"region": "de"}), "/0/entities/region"),
            (json!({"region": 49}), "/0/entities/region"),
            (json!({"cards": "hidden"}), "/0/entities/cards"),
            (json!({"invalid": "yes"}), "/0/entities/invalid"),
            (json!({"colour": 1}), "/0/entities/colour"),
        ] {
            let flaws = read(&options).expect_err("it is wrong");
            assert_eq!(flaws[0].pointer, pointer, "{flaws:?}");
        }
    }

    #[test]
    fn codes_of_regions_are_found() {
        assert!(REGIONS.is_sorted());
        assert_eq!(Region::from_code("ZW").map(Region::code), Some("ZW"));
        assert_eq!(Region::from_code("XX"), None);
    }
}
