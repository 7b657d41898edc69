//! URLs, e-mail addresses and telephone numbers.

use ::url::{ParseError, Url};
use phonenumber::country::Id;
use phonenumber::{Mode, PhoneNumber};
use plan::Locale;

use super::super::super::entities::only;
use super::{Reading, quoted};

/// Reads a URL: an absolute one, or one that is relative to a base.
pub(super) fn url(text: &str, base: Option<&Url>) -> Result<Reading, String> {
    let spaced = text.contains(char::is_whitespace);
    let parsed = Url::parse(text);
    let relative = !spaced && parsed == Err(ParseError::RelativeUrlWithoutBase);
    if let Some(url) = parsed.ok().filter(|url| !spaced && is_link(url)) {
        return Ok(String::from(url).into());
    }
    let detail = match only("url", text) {
        Ok((value, within)) => {
            return Ok(Reading {
                value: value.into(),
                within: Some(within),
            });
        }
        Err(detail) if spaced => detail,
        Err(_) => format!("{} is no absolute URL.", quoted(text)),
    };
    match base {
        Some(base) if relative => base
            .join(text)
            .map(|url| String::from(url).into())
            .map_err(|_| detail),
        None if relative => Err(format!(
            "{} is no absolute URL, and the document states no base to resolve it against.",
            quoted(text)
        )),
        _ => Err(detail),
    }
}

fn is_link(url: &Url) -> bool {
    url.has_host() || matches!(url.scheme(), "mailto" | "tel" | "urn" | "data")
}

/// Reads an e-mail address.
pub(super) fn email(text: &str) -> Result<Reading, String> {
    let (value, within) = only("email", text)?;
    Ok(Reading {
        value: value.into(),
        within: Some(within),
    })
}

/// Reads a telephone number: in international form, E.164.
pub(super) fn phone(text: &str, locale: Option<Locale>) -> Result<Reading, String> {
    let number = text.strip_prefix("tel:").unwrap_or(text).trim();
    let plain = |c: char| c.is_ascii_digit() || c.is_whitespace() || "+()/.-‐‑–".contains(c);
    if !number.chars().all(plain) {
        let (value, within) = only("phone", text)?;
        return Ok(Reading {
            value: value.into(),
            within: Some(within),
        });
    }
    let region = locale.and_then(Locale::region);
    let international = number.starts_with('+');
    if region.is_none() && !international {
        let text = quoted(text);
        return Err(format!(
            "{text} has no country's code; a `locale` with a country, such as `de-AT`, would give one."
        ));
    }
    let region = region.and_then(|region| region.parse::<Id>().ok());
    let digits: String = number
        .replacen("(0)", "", usize::from(international))
        .chars()
        .filter(|c| c.is_ascii_digit() || *c == '+')
        .collect();
    let parsed: Option<PhoneNumber> = (4..=20)
        .contains(&digits.len())
        .then(|| phonenumber::parse(region, &digits).ok())
        .flatten();
    match parsed {
        Some(number) if number.is_valid() => {
            Ok(number.format().mode(Mode::E164).to_string().into())
        }
        _ => Err(format!("{} is no telephone number in use.", quoted(text))),
    }
}
