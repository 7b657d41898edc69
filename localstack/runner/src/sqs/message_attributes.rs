//! What a message's attributes may look like.

use crate::sqs::Error;
use crate::sqs::limits::{
    ATTRIBUTE_NAME_CHARS_MAX, ATTRIBUTE_TYPE_CHARS_MAX, ATTRIBUTES_MAX, NUMBER_DIGITS_MAX,
};
use crate::sqs::wire::{AttributeValue, Attributes};

/// Refuses attributes that Amazon SQS would not take.
pub(super) fn check(attributes: &Attributes) -> Result<(), Error> {
    if attributes.len() > ATTRIBUTES_MAX {
        return Err(invalid(format!(
            "Number of message attributes [{}] exceeds the allowed maximum [{ATTRIBUTES_MAX}].",
            attributes.len()
        )));
    }
    attributes.iter().try_for_each(|(name, value)| {
        check_name(name)?;
        check_value(name, value)
    })
}

/// What the attributes count towards the size of a message: names, types and values.
pub(super) fn bytes(attributes: &Attributes) -> usize {
    let value_bytes = |value: &AttributeValue| {
        value.string_value.as_ref().map_or(0, String::len)
            + value.binary_value.as_ref().map_or(0, Vec::len)
    };
    let bytes = |(name, value): (&String, &AttributeValue)| {
        name.len() + value.data_type.len() + value_bytes(value)
    };
    attributes.iter().map(bytes).sum()
}

/// Whether an attribute is among those asked for by name, by prefix (`job.*`) or all together.
pub(super) fn is_asked_for(name: &str, asked: &[String]) -> bool {
    asked.iter().any(|asked| match asked.strip_suffix(".*") {
        Some(prefix) => name.starts_with(prefix),
        None => asked == "All" || asked == name,
    })
}

/// The characters that XML can carry, and so the ones that a message can.
pub(super) fn check_text(text: &str) -> Result<(), Error> {
    let allowed =
        |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..='\u{10FFFF}');
    if text.chars().all(allowed) {
        Ok(())
    } else {
        Err(Error::InvalidMessageContents)
    }
}

fn check_name(name: &str) -> Result<(), Error> {
    if name.is_empty() || name.chars().count() > ATTRIBUTE_NAME_CHARS_MAX {
        return Err(invalid(format!(
            "Message attribute name must be from 1 to {ATTRIBUTE_NAME_CHARS_MAX} characters long."
        )));
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    if !name.chars().all(allowed) {
        return Err(invalid(format!(
            "Invalid character in message attribute name '{name}': only A-Z, a-z, 0-9, '_', '-' \
             and '.' are allowed."
        )));
    }
    let lower = name.to_ascii_lowercase();
    if lower.starts_with("aws.") || lower.starts_with("amazon.") {
        return Err(invalid(
            "You can't use message attribute names beginning with 'AWS.' or 'Amazon.'. These \
             strings are reserved for internal use."
                .to_owned(),
        ));
    }
    if name.starts_with('.') || name.ends_with('.') || name.contains("..") {
        return Err(invalid(format!(
            "Message attribute name '{name}' must not begin or end with a period or have \
             successive periods."
        )));
    }
    Ok(())
}

fn check_value(name: &str, value: &AttributeValue) -> Result<(), Error> {
    let AttributeValue {
        data_type,
        string_value,
        binary_value,
        string_list_values,
        binary_list_values,
    } = value;
    if !string_list_values.is_empty() || !binary_list_values.is_empty() {
        return Err(Error::UnsupportedOperation(
            "Message attribute list values in SendMessage operation are not supported.".to_owned(),
        ));
    }
    if data_type.is_empty() {
        return Err(invalid(format!(
            "The message attribute '{name}' must contain a non-empty message attribute type."
        )));
    }
    if data_type.chars().count() > ATTRIBUTE_TYPE_CHARS_MAX {
        return Err(invalid(format!(
            "The message attribute '{name}' has a type longer than {ATTRIBUTE_TYPE_CHARS_MAX} \
             characters."
        )));
    }
    check_text(data_type)?;
    let (kind, _label) = data_type.split_once('.').unwrap_or((data_type, ""));
    match (kind, string_value, binary_value) {
        ("String", Some(text), None) if !text.is_empty() => check_text(text),
        ("Number", Some(text), None) if is_number(text) => Ok(()),
        ("Number", Some(text), None) if !text.is_empty() => Err(invalid(format!(
            "Can't cast the value of message attribute '{name}' to a number of at most \
             {NUMBER_DIGITS_MAX} digits."
        ))),
        ("Binary", None, Some(bytes)) if !bytes.is_empty() => Ok(()),
        ("String" | "Number" | "Binary", ..) => Err(invalid(format!(
            "Message (user) attribute '{name}' must contain a non-empty value of type \
             '{data_type}', and no other."
        ))),
        _ => Err(invalid(format!(
            "The message attribute '{name}' has an invalid message attribute type, the set of \
             supported type prefixes is Binary, Number, and String."
        ))),
    }
}

fn is_number(text: &str) -> bool {
    let mantissa = text.split(['e', 'E']).next().unwrap_or(text);
    let digits = mantissa.bytes().filter(u8::is_ascii_digit).count();
    // Rust would also read `inf` and `NaN`, which have no digits.
    (1..=NUMBER_DIGITS_MAX).contains(&digits) && text.parse::<f64>().is_ok_and(f64::is_finite)
}

fn invalid(reason: String) -> Error {
    Error::InvalidParameterValue(reason)
}
