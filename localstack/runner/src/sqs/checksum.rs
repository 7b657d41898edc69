//! The MD5 sums by which a client checks that a message arrived as it was sent.

use std::collections::BTreeMap;

use md5::{Digest, Md5};

use crate::sqs::wire::AttributeValue;

/// The sum of a message's body.
pub(super) fn of_body(body: &str) -> String {
    hex(Md5::digest(body))
}

/// The sum of a message's attributes, `None` if there are none.
///
/// Sorted by name, for each: the name, its type and its value, each after its length as four bytes,
/// and before the value one byte that says whether it is text or bytes.
pub(super) fn of_attributes(attributes: &BTreeMap<String, AttributeValue>) -> Option<String> {
    if attributes.is_empty() {
        return None;
    }
    let mut sum = Md5::new();
    for (name, attribute) in attributes {
        add(&mut sum, name.as_bytes());
        add(&mut sum, attribute.data_type.as_bytes());
        if let Some(bytes) = &attribute.binary_value {
            sum.update([2]);
            add(&mut sum, bytes);
        } else {
            sum.update([1]);
            add(
                &mut sum,
                attribute
                    .string_value
                    .as_deref()
                    .unwrap_or_default()
                    .as_bytes(),
            );
        }
    }
    Some(hex(sum.finalize()))
}

fn add(sum: &mut Md5, bytes: &[u8]) {
    let length = u32::try_from(bytes.len()).expect("attributes are smaller than a message");
    sum.update(length.to_be_bytes());
    sum.update(bytes);
}

fn hex(digest: impl AsRef<[u8]>) -> String {
    use std::fmt::Write;

    digest
        .as_ref()
        .iter()
        .fold(String::with_capacity(32), |mut text, byte| {
            write!(text, "{byte:02x}").expect("a String takes all that is written");
            text
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(data_type: &str, value: &str) -> AttributeValue {
        AttributeValue {
            data_type: data_type.to_owned(),
            string_value: Some(value.to_owned()),
            ..AttributeValue::default()
        }
    }

    #[test]
    fn a_body_has_the_sum_that_md5sum_prints() {
        assert_eq!(of_body("hello"), "5d41402abc4b2a76b9719d911017c592");
    }

    #[test]
    fn no_attributes_have_no_sum() {
        assert_eq!(of_attributes(&BTreeMap::new()), None);
    }

    /// The bytes are spelled out from the published description of the sum.
    #[test]
    fn attributes_are_summed_in_the_order_of_their_names_with_lengths_and_kinds() {
        let binary = AttributeValue {
            data_type: "Binary".to_owned(),
            binary_value: Some(vec![1, 2, 3]),
            ..AttributeValue::default()
        };
        let attributes = BTreeMap::from([
            ("b".to_owned(), text("Number", "7")),
            ("a".to_owned(), text("String", "x")),
            ("c".to_owned(), binary),
        ]);
        let spelled = b"\0\0\0\x01a\0\0\0\x06String\x01\0\0\0\x01x\
                        \0\0\0\x01b\0\0\0\x06Number\x01\0\0\0\x017\
                        \0\0\0\x01c\0\0\0\x06Binary\x02\0\0\0\x03\x01\x02\x03";
        assert_eq!(of_attributes(&attributes), Some(hex(Md5::digest(spelled))));
    }
}
