//! E-mail addresses.

use super::{assert_found, assert_not_found};
use crate::support::values;

#[test]
fn email_addresses_are_found() {
    assert_found(
        "email",
        &[
            ("a@test.com", "a@test.com", "a@test.com"),
            (
                "Write to First.Last+tag@Example.COM.",
                "First.Last+tag@example.com",
                "First.Last+tag@Example.COM",
            ),
            ("<a@test.com>", "a@test.com", "a@test.com"),
            ("(a@test.com)", "a@test.com", "a@test.com"),
            ("\"A\" 'a@test.com'", "a@test.com", "a@test.com"),
            ("„a@test.com“", "a@test.com", "a@test.com"),
            ("«a@test.com»", "a@test.com", "a@test.com"),
            ("**a@test.com**", "a@test.com", "a@test.com"),
            ("email=a@test.com&x=1", "a@test.com", "a@test.com"),
            ("mailto:a@test.com?subject=x", "a@test.com", "a@test.com"),
            ("o'brien@test.com", "o'brien@test.com", "o'brien@test.com"),
            ("jörg@münchen.de", "jörg@münchen.de", "jörg@münchen.de"),
            ("JÖRG@MÜNCHEN.DE", "JÖRG@münchen.de", "JÖRG@MÜNCHEN.DE"),
            (
                "a@xn--mnchen-3ya.de",
                "a@xn--mnchen-3ya.de",
                "a@xn--mnchen-3ya.de",
            ),
            ("メールはa@test.comです", "a@test.com", "a@test.com"),
            ("联系a@test.com。", "a@test.com", "a@test.com"),
            ("🙂a@test.com🙂", "a@test.com", "a@test.com"),
            (
                "a_b-c@sub.mail.test.co.uk!",
                "a_b-c@sub.mail.test.co.uk",
                "a_b-c@sub.mail.test.co.uk",
            ),
            ("a@test.com\nb", "a@test.com", "a@test.com"),
        ],
    );
    assert_eq!(
        values("email", "a@test.comと、b@test.com"),
        ["a@test.com", "b@test.com"]
    );
    assert_eq!(
        values("email", "a@test.com;b@test.com,c@test.com"),
        ["a@test.com", "b@test.com", "c@test.com"]
    );
}

#[test]
fn what_only_resembles_an_email_address_is_left_alone() {
    assert_not_found(
        "email",
        &[
            "@name",
            "name@",
            "a @ test.com",
            "a@localhost",
            "a@test",
            "a@test.c",
            "a@.com",
            "@a@test.com",
            "logo@2x.png",
            "image@3x.JPG",
            "user@192.0.2.1",
            "pkg@1.2.3",
            "a@-test.com",
            "a@test..com",
            "git@host:repo",
            "$@test.com",
        ],
    );
    let long = "a".repeat(65);
    assert_not_found("email", &[&format!("{long}@test.com")]);
}
