//! What is to be extracted, by name.

use job::Wanted;

use crate::problem::shortened;

/// Reads lists of names, each joined by commas. Naming something twice is asking for it once.
pub(super) fn from_lists(lists: &[&str]) -> Result<Vec<Wanted>, String> {
    let mut wanted = Vec::new();
    for name in lists.iter().flat_map(|list| list.split(',')) {
        let one = from_name(name.trim())?;
        if !wanted.contains(&one) {
            wanted.push(one);
        }
    }
    Ok(wanted)
}

/// What is asked for by this name; else what is wrong.
pub(super) fn from_name(name: &str) -> Result<Wanted, String> {
    Wanted::from_name(name).ok_or_else(|| {
        format!(
            "`{}` cannot be extracted; what can: {}.",
            shortened(name),
            all_names()
        )
    })
}

/// The names of all that can be extracted.
pub(super) fn all_names() -> String {
    Wanted::ALL.map(Wanted::name).join(", ")
}
