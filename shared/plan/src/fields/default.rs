//! The values that a field may have by default: those that a result could hold.

use serde_json::Value;

use super::Kind;

/// The longest text of a default, in characters.
pub(crate) const MAX_DEFAULT_CHARS: usize = 1_000;

/// The longest list of defaults.
pub(crate) const MAX_DEFAULTS: usize = 100;

/// Checks the default of a field. Else says what is wrong.
pub(super) fn check(value: &Value, kind: Kind, many: bool) -> Result<(), String> {
    if !many {
        return check_one(value, kind);
    }
    match value {
        Value::Array(values) if values.len() > MAX_DEFAULTS => Err(format!(
            "The list has {} values; at most {MAX_DEFAULTS} are accepted.",
            values.len()
        )),
        Value::Array(values) => values.iter().try_for_each(|value| check_one(value, kind)),
        _ => Err("The field is a list (`many`), so its default is one.".to_owned()),
    }
}

fn check_one(value: &Value, kind: Kind) -> Result<(), String> {
    let text = |fits: fn(&str) -> bool| value.as_str().is_some_and(fits);
    let (fits, example) = match kind {
        Kind::String | Kind::Url | Kind::Email | Kind::Phone => (value.is_string(), "a string"),
        Kind::Integer => (value.is_i64() || value.is_u64(), "a whole number"),
        Kind::Decimal => (text(is_decimal), "a string such as \"12.50\""),
        Kind::Boolean => (value.is_boolean(), "true or false"),
        Kind::Date => (text(is_date), "a string such as \"2026-03-09\""),
        Kind::DateTime => (text(is_point), "a string such as \"2026-03-09T14:30:00\""),
        Kind::Money => (
            is_money(value),
            "an object such as {\"amount\": \"12.50\", \"currency\": \"EUR\"}",
        ),
    };
    if !fits {
        let name = kind.name();
        return Err(format!("The default of type `{name}` is {example}."));
    }
    if value
        .as_str()
        .is_some_and(|text| text.chars().count() > MAX_DEFAULT_CHARS)
    {
        return Err(format!("It is longer than {MAX_DEFAULT_CHARS} characters."));
    }
    Ok(())
}

fn is_money(value: &Value) -> bool {
    let text = |name| value.get(name).and_then(Value::as_str);
    value.as_object().is_some_and(|money| money.len() == 2)
        && text("amount").is_some_and(is_decimal)
        && text("currency").is_some_and(|code| {
            code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase())
        })
}

fn is_decimal(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    digits(whole.strip_prefix('-').unwrap_or(whole)) && digits(fraction)
}

fn is_date(text: &str) -> bool {
    has_form(text, "dddd-dd-dd")
}

fn is_point(text: &str) -> bool {
    let Some((date, time)) = text.split_once('T') else {
        return false;
    };
    let Some((time, offset)) = time.split_at_checked(8) else {
        return false;
    };
    let has_offset = has_form(offset, "+dd:dd") || has_form(offset, "-dd:dd");
    is_date(date) && has_form(time, "dd:dd:dd") && (has_offset || matches!(offset, "" | "Z"))
}

/// Whether a text has digits where a form has `d`, and else what the form has.
fn has_form(text: &str, form: &str) -> bool {
    let fits = |(byte, form): (u8, u8)| match form {
        b'd' => byte.is_ascii_digit(),
        form => byte == form,
    };
    text.len() == form.len() && text.bytes().zip(form.bytes()).all(fits)
}
