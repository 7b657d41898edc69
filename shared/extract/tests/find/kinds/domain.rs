//! Names of hosts.

use super::{assert_found, assert_not_found};

#[test]
fn names_of_hosts_are_found() {
    assert_found(
        "domain",
        &[
            ("see example.com.", "example.com", "example.com"),
            (
                "on docs.Example.org, too",
                "docs.example.org",
                "docs.Example.org",
            ),
            ("heise.de/news", "heise.de", "heise.de"),
            (
                "host: build.example.rs",
                "build.example.rs",
                "build.example.rs",
            ),
            ("bücher.de", "xn--bcher-kva.de", "bücher.de"),
            (
                "(api.example.com:8080)",
                "api.example.com",
                "api.example.com",
            ),
            ("訪問example.comください", "example.com", "example.com"),
        ],
    );
}

#[test]
fn what_only_resembles_them_is_left_alone() {
    assert_not_found(
        "domain",
        &[
            "main.rs",
            "lib.py and run.sh",
            "README.md",
            "e.g. this",
            "i.e. that",
            "z.B. hier",
            "node.js",
            "index.html",
            "user.name",
            "System.in",
            "std.io",
            "self.app",
            "com.example.co",
            "ASP.NET",
            "works...see",
            "a.b.c",
            "example.invalid",
            "a@example.com",
            "https://example.com/",
            "../example.com",
            "Object.de()",
            "archive.zip",
            "v1.2.com.1",
            "end.It is",
        ],
    );
}
