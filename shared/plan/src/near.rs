//! What somebody may have meant.

/// Says that a name is not known, and what is; the one that was probably meant, if one is close.
pub(crate) fn unknown(what: &str, name: &str, known: &[&str]) -> String {
    let known_names = known.join(", ");
    match nearest(name, known) {
        Some(near) => {
            format!("{what} is not known; did you mean `{near}`? Known are: {known_names}.")
        }
        None => format!("{what} is not known. Known are: {known_names}."),
    }
}

/// The known name that this one was probably meant to be.
fn nearest<'k>(name: &str, known: &[&'k str]) -> Option<&'k str> {
    // Names that are this long are not typed wrong, but something else.
    if name.len() > 40 {
        return None;
    }
    let name = name.to_lowercase();
    let distance = |known: &str| strsim::damerau_levenshtein(&name, known);
    known
        .iter()
        .copied()
        .map(|known| (distance(known), known))
        .filter(|&(distance, known)| distance <= 2 && distance * 2 < known.len())
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, known)| known)
}
