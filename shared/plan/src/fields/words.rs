//! How labels and headers are compared.

/// The words of a text in lower case, joined by a space: «Invoice No.:» and «INVOICE  NO» have the same.
pub fn words(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    for word in text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
    {
        if !words.is_empty() {
            words.push(' ');
        }
        words.extend(word.chars().flat_map(char::to_lowercase));
    }
    words
}
