//! The language of a document.

use extract::{Document, LIMITS, NeverInterrupted, Text};
use serde_json::json;

use crate::support::find;

fn language(stated: Option<&str>, text: &str) -> Option<String> {
    let document = Document {
        text: Text::new(text.into()),
        metadata: stated
            .map(|stated| ("language".to_owned(), json!(stated)))
            .into_iter()
            .collect(),
        ..Document::default()
    };
    let found = find(document, &json!(["metadata"]), &LIMITS, &NeverInterrupted);
    found.expect("nothing stops it").document.language
}

#[test]
fn what_the_document_states_is_given_in_the_usual_spelling() {
    for (stated, tag) in [
        ("de", "de"),
        ("EN_us", "en-US"),
        ("zh-hant-tw", "zh-Hant-TW"),
        (" fr-CA ", "fr-CA"),
    ] {
        assert_eq!(language(Some(stated), "").as_deref(), Some(tag));
    }
}

#[test]
fn what_is_no_tag_is_not_believed() {
    let text = "Wer reitet so spät durch Nacht und Wind? Es ist der Vater mit seinem Kind.";
    for stated in ["german language", "x", "d€", "de--DE", ""] {
        assert_eq!(
            language(Some(stated), text).as_deref(),
            Some("de"),
            "{stated}"
        );
    }
}

#[test]
fn the_words_tell_where_nothing_is_stated() {
    for (tag, text) in [
        (
            "en",
            "It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of foolishness, and we had everything before us.",
        ),
        (
            "fr",
            "Les sanglots longs des violons de l'automne blessent mon cœur d'une langueur monotone.",
        ),
        (
            "ru",
            "Мороз и солнце; день чудесный! Еще ты дремлешь, друг прелестный.",
        ),
        (
            "ja",
            "吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。",
        ),
    ] {
        assert_eq!(language(None, text).as_deref(), Some(tag));
    }
    assert_eq!(language(None, "4711 - 0815"), None);
}
