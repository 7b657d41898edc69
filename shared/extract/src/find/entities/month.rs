//! Names of months, in the languages whose dates are read: English, German, French, Spanish,
//! Italian, Portuguese, Dutch, Danish, Norwegian, Swedish, Polish, Russian.

/// For each month its names, full and shortened, in lower case.
const NAMES: [&[&str]; 12] = [
    &[
        "january",
        "jan",
        "januar",
        "jänner",
        "janvier",
        "janv",
        "enero",
        "ene",
        "gennaio",
        "janeiro",
        "januari",
        "stycznia",
        "января",
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
        "lutego",
        "февраля",
    ],
    &[
        "march",
        "mar",
        "märz",
        "mär",
        "mars",
        "marzo",
        "março",
        "maart",
        "mrt",
        "marts",
        "marca",
        "марта",
    ],
    &[
        "april",
        "apr",
        "avril",
        "avr",
        "abril",
        "abr",
        "aprile",
        "kwietnia",
        "апреля",
    ],
    &[
        "may", "mai", "mayo", "maggio", "maio", "mei", "maj", "maja", "мая",
    ],
    &[
        "june", "jun", "juni", "juin", "junio", "giugno", "junho", "czerwca", "июня",
    ],
    &[
        "july", "jul", "juli", "juillet", "juil", "julio", "luglio", "julho", "lipca", "июля",
    ],
    &[
        "august",
        "aug",
        "août",
        "agosto",
        "ago",
        "augustus",
        "augusti",
        "sierpnia",
        "августа",
    ],
    &[
        "september",
        "sep",
        "sept",
        "septembre",
        "septiembre",
        "settembre",
        "setembro",
        "września",
        "сентября",
    ],
    &[
        "october",
        "oct",
        "oktober",
        "okt",
        "octobre",
        "octubre",
        "ottobre",
        "outubro",
        "października",
        "октября",
    ],
    &[
        "november",
        "nov",
        "novembre",
        "noviembre",
        "novembro",
        "listopada",
        "ноября",
    ],
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
        "desember",
        "grudnia",
        "декабря",
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
