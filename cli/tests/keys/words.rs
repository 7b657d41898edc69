//! What is said of arguments that make no sense.

use crate::scan::{Done, scan};

async fn keys(arguments: &str) -> Done {
    let folder = tempfile::tempdir().unwrap();
    scan(folder.path(), arguments, &[]).await
}

#[tokio::test]
async fn arguments_that_make_no_sense_end_it_with_2_and_words() {
    for (arguments, said) in [
        ("keys", "create"),
        ("keys create", "--admin"),
        ("keys create --admin --scopes scan:read", "--scopes"),
        ("keys create --scopes scan:everything", "scan:read"),
        ("keys create --admin --tenant A", "a-z"),
        ("keys create --admin --expires-in-days 0", "1"),
        ("keys create --admin --data a --table b", "--table"),
        ("keys rotate 0123456789abcdef --overlap 8d", "7 days"),
        ("keys rotate 0123456789abcdef --overlap soon", "7 days"),
        ("jobs", "jobs"),
    ] {
        let done = keys(arguments).await;
        assert_eq!((done.code, &*done.stdout), (2, ""), "{arguments}: {done:?}");
        assert!(done.stderr.contains(said), "{arguments}: {done:?}");
    }
    // What is not taken may be a key with a slip in it, and is not repeated.
    for arguments in ["keys revoke", "keys rotate"] {
        let done = keys(&format!("{arguments} secret-with-a-slip")).await;
        assert_eq!((done.code, &*done.stdout), (2, ""), "{done:?}");
        assert!(done.stderr.contains("16 hexadecimal digits"), "{done:?}");
        assert!(!done.stderr.contains("secret-with-a-slip"), "{done:?}");
    }
    let help = keys("keys create --help").await;
    assert_eq!(help.code, 0);
    assert!(help.stdout.contains("--expires-in-days"), "{help:?}");
}
