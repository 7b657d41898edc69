//! What is kept of a failure.

use job::{Failure, Phase};

#[test]
fn a_detail_is_kept_up_to_its_longest_and_cut_beyond() {
    const MAX: usize = Failure::MAX_DETAIL_CHARS;
    for chars in [0, 1, MAX - 1, MAX, MAX + 1, 2 * MAX] {
        let given = "ß".repeat(chars);
        let kept = Failure::new("malformed", Phase::Extract, false, &*given).detail;
        assert_eq!(kept.chars().count(), chars.min(MAX));
        assert_eq!(kept == given, chars <= MAX);
        assert_eq!(kept.ends_with('…'), chars > MAX);
    }
}

#[test]
fn an_exhausted_job_keeps_its_last_failure_and_may_be_retried() {
    let last = Failure::new("out_of_time", Phase::Extract, false, "Too slow.");
    let exhausted = Failure::exhausted(5, Some(&last));
    assert!(exhausted.retryable);
    assert_eq!((exhausted.code, exhausted.detail), (last.code, last.detail));
    assert_eq!(Failure::exhausted(5, None).code, "worker_lost");
}
