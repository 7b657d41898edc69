//! Amounts of money.

use std::sync::LazyLock;

use plan::Locale;
use regex::Regex;
use serde_json::{Value, json};

use super::super::super::entities::{currency, only};
use super::super::select::Typed;
use super::number::{self, Flaw};
use super::{Reading, quoted};

/// Reads an amount: an object of `amount` and `currency`.
pub(super) fn money(
    text: &str,
    locale: Option<Locale>,
    typed: Option<&Typed>,
) -> Result<Reading, String> {
    let (amount, name) = without_currency(text);
    if let Some(Typed::Number(number)) = typed {
        let amount = number::plain(number).ok_or_else(|| Flaw::NoNumber.told(text, "amount"))?;
        return Ok(of(&amount, code(name, locale, text)?).into());
    }
    match exact(&amount, name, locale) {
        // Perhaps it is one among other things.
        Err(Flaw::NoNumber) => {
            let (_, within) = only("money", text)?;
            let (amount, name) = without_currency(&text[within.clone()]);
            let amount = exact(&amount, name, locale).map_err(|flaw| flaw.told(text, "amount"))?;
            Ok(Reading {
                value: of(&amount, code(name, locale, text)?),
                within: Some(within),
            })
        }
        amount => {
            let amount = amount.map_err(|flaw| flaw.told(text, "amount"))?;
            Ok(of(&amount, code(name, locale, text)?).into())
        }
    }
}

fn of(amount: &str, currency: &str) -> Value {
    json!({"amount": amount, "currency": currency})
}

/// The amount. Without a locale the currency says how it is written.
fn exact(amount: &str, name: Option<&str>, locale: Option<Locale>) -> Result<String, Flaw> {
    let mark = locale.map(Locale::decimal_mark);
    match (number::amount(amount, mark), name.and_then(currency::code)) {
        (Err(Flaw::TwoReadings { grouped, decimal }), Some(code)) => {
            let point = amount.contains('.') && currency::has_decimal_point(code);
            let thousandths = currency::has_three_decimals(code);
            Ok(if point || thousandths {
                decimal
            } else {
                grouped
            })
        }
        (amount, _) => amount,
    }
}

/// The code of a currency by its name, or of that of the locale.
fn code(name: Option<&str>, locale: Option<Locale>, text: &str) -> Result<&'static str, String> {
    let local = locale.and_then(Locale::currency);
    match name {
        None => local.ok_or_else(|| {
            let text = quoted(text);
            format!("{text} names no currency; a `locale` with a country, such as `en-US`, would give one.")
        }),
        // A sign that several countries share is that of the country.
        Some("$" | "＄" | "dollar" | "dollars" | "Dollar") if local.is_some_and(has_dollars) => {
            Ok(local.unwrap_or_default())
        }
        Some("¥" | "￥" | "元") if local == Some("CNY") => Ok("CNY"),
        Some("kr" | "kr.") => local.filter(|code| has_crowns(code)).ok_or_else(|| {
            let text = quoted(text);
            format!("{text} is in a currency of several countries; a `locale` such as `sv-SE` decides.")
        }),
        Some(name) => currency::code(name).ok_or_else(|| format!("{} names no currency.", quoted(text))),
    }
}

fn has_dollars(code: &str) -> bool {
    matches!(
        code,
        "USD"
            | "CAD"
            | "AUD"
            | "NZD"
            | "HKD"
            | "SGD"
            | "TWD"
            | "MXN"
            | "ARS"
            | "CLP"
            | "COP"
            | "UYU"
    )
}

fn has_crowns(code: &str) -> bool {
    matches!(code, "SEK" | "NOK" | "DKK" | "ISK")
}

/// A currency before or after something, but for a sign.
static CURRENCY: LazyLock<[Regex; 2]> = LazyLock::new(|| {
    let currency = format!(r"(?P<name>{}|kr\.?)", currency::pattern());
    [
        format!(r"^[-−–+(]?\s*{currency}\s*"),
        format!(r"\s*{currency}\.?[-−–)]?$"),
    ]
    .map(|pattern| Regex::new(&pattern).expect("the pattern is valid"))
});

/// A text without the currency before or after it, and that currency's name.
pub(super) fn without_currency(text: &str) -> (String, Option<&str>) {
    let name = CURRENCY
        .iter()
        .find_map(|pattern| pattern.captures(text)?.name("name"));
    match name {
        Some(name) => (
            format!(
                "{}{}",
                text[..name.start()].trim_end(),
                text[name.end()..].trim_start()
            ),
            Some(name.as_str()),
        ),
        None => (text.to_owned(), None),
    }
}
