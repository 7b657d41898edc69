//! Hashtags.

use super::{assert_found, assert_not_found};

#[test]
fn hashtags_are_found() {
    assert_found(
        "hashtag",
        &[
            ("#rust", "rust", "#rust"),
            ("love #RustLang!", "rustlang", "#RustLang"),
            ("(#été_2026)", "été_2026", "#été_2026"),
            ("今日#日本語", "日本語", "#日本語"),
            ("#AI4Good.", "ai4good", "#AI4Good"),
        ],
    );
}

#[test]
fn what_only_resembles_them_is_left_alone() {
    assert_not_found(
        "hashtag",
        &[
            "#1",
            "#123",
            "issue #12a",
            "#fff",
            "#a1b2c3",
            "#cafe",
            "#deadbeef",
            "# Heading",
            "C#dev",
            "&#x27;",
            "page#top",
            "[a](#anchor)",
            "href=\"#top\"",
            "#include <a.h>",
            "#INV-100234",
            "Apt #B12",
            "#main {",
            "a/#b",
            "##two",
            "#a",
        ],
    );
}
