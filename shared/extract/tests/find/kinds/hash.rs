//! Checksums.

use super::{assert_found, assert_not_found};
use crate::support::found_in;

#[test]
fn checksums_are_found() {
    assert_found(
        "hash",
        &[
            (
                "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            ),
            (
                "commit DA39A3EE5E6B4B0D3255BFEF95601890AFD80709",
                "da39a3ee5e6b4b0d3255bfef95601890afd80709",
                "DA39A3EE5E6B4B0D3255BFEF95601890AFD80709",
            ),
            (
                "d41d8cd98f00b204e9800998ecf8427e  empty.iso",
                "d41d8cd98f00b204e9800998ecf8427e",
                "d41d8cd98f00b204e9800998ecf8427e",
            ),
            (
                "\"etag\": \"9e107d9d372bb6826bd81d3542a419d6\"",
                "9e107d9d372bb6826bd81d3542a419d6",
                "9e107d9d372bb6826bd81d3542a419d6",
            ),
            (
                "44d88612fea8a8f36de82e1278abb02f (MD5)",
                "44d88612fea8a8f36de82e1278abb02f",
                "44d88612fea8a8f36de82e1278abb02f",
            ),
        ],
    );
    let sha512 = "cf83e1357eefb8bd".repeat(8);
    assert_eq!(found_in(&sha512)[0]["algorithm"], "sha512");
}

#[test]
fn what_only_resembles_them_is_left_alone() {
    assert_not_found(
        "hash",
        &[
            "d41d8cd98f00b204e9800998ecf8427e",
            "session 5f4dcc3b5aa765d61d8327deb882cf99",
            "67e55044-10b1-426f-9247-bb680e5fe0c8",
            "md5 01234567890123456789012345678901",
            "1234567890123456789012345678901234567890",
            "da39a3ee5e6b4b0d3255bfef95601890afd8070",
            "DA39a3ee5e6b4b0d3255bfef95601890afd80709",
            "0xda39a3ee5e6b4b0d3255bfef95601890afd80709aa",
            "00-4bf92f3577b34da6a3ce929d0e0e473600f067aa-01",
        ],
    );
}
