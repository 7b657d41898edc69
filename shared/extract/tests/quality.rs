//! The engine is as good as it was: its scores are not worse than those recorded in `quality/scores.json`.

#[path = "../quality/score.rs"]
mod score;

#[test]
fn no_score_is_worse_than_recorded() {
    let (scores, _) = score::scores();
    let worse = score::worse(&scores);
    assert!(
        worse.is_empty(),
        "worse than quality/scores.json (`make quality` shows all; where it is meant, `make quality RECORD=1`):\n{}\n{}",
        worse.join("\n"),
        score::table(&scores)
    );
}
