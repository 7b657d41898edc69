//! Names of months, in the languages whose dates are read: English, German, French, Spanish,
//! Italian, Portuguese, Dutch.

/// For each month its names, full and shortened, in lower case.
const NAMES: [&[&str]; 12] = [
    &[
        "january", "jan", "januar", "jänner", "janvier", "janv", "enero", "ene", "gennaio",
        "janeiro", "januari",
    ],
    &[
        "february",
        "feb",
        "februar",
        "février",
        "févr",
        "febrero",
        "febbraio",
        "fevereiro",
        "februari",
    ],
    &[
        "march", "mar", "märz", "mär", "mars", "marzo", "março", "maart", "mrt",
    ],
    &["april", "apr", "avril", "avr", "abril", "abr", "aprile"],
    &["may", "mai", "mayo", "maggio", "maio", "mei"],
    &["june", "jun", "juni", "juin", "junio", "giugno", "junho"],
    &[
        "july", "jul", "juli", "juillet", "juil", "julio", "luglio", "julho",
    ],
    &["august", "aug", "août", "agosto", "ago", "augustus"],
    &[
        "september",
        "sep",
        "sept",
        "septembre",
        "septiembre",
        "settembre",
        "setembro",
    ],
    &[
        "october", "oct", "oktober", "okt", "octobre", "octubre", "ottobre", "outubro",
    ],
    &["november", "nov", "novembre", "noviembre", "novembro"],
    &[
        "december",
        "dec",
        "dezember",
        "dez",
        "décembre",
        "déc",
        "diciembre",
        "dic",
        "dicembre",
        "dezembro",
    ],
];

/// A pattern for any of the names, in any case. Longer names come first, for of two that fit the
/// first is taken.
pub(super) fn pattern() -> String {
    let mut names: Vec<&str> = NAMES.into_iter().flatten().copied().collect();
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    format!("(?i:{})", names.join("|"))
}

/// The number of the month with this name, counted from 1.
pub(super) fn number(name: &str) -> Option<i8> {
    let name = name.to_lowercase();
    let index = NAMES
        .iter()
        .position(|names| names.contains(&name.as_str()))?;
    i8::try_from(index + 1).ok()
}
