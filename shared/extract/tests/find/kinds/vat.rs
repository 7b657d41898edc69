//! Numbers for value-added tax.

use super::assert_not_found;
use crate::support::{entities_with, found_in, raws, values};

/// Numbers of every country, made by its rules.
const NUMBERS: [&str; 71] = [
    "ATU39259324",
    "ATU42598685",
    "BE0291699982",
    "BE0576683212",
    "BG547768983",
    "BG991132692",
    "CY10236311B",
    "CY10211258D",
    "CZ25478117",
    "CZ74958135",
    "DE523438634",
    "DE116298831",
    "DK21148199",
    "DK59885111",
    "EE682361659",
    "EE544275731",
    "EL752788565",
    "EL158595979",
    "ESB31579626",
    "ESB78353166",
    "FI15542582",
    "FI51864829",
    "FR22484491691",
    "FR27891142788",
    "HR88755557873",
    "HR55283948574",
    "HU27459847",
    "HU86453215",
    "IE4633276J",
    "IE4346194H",
    "IT04718920855",
    "IT06858570465",
    "LT832824518",
    "LT382929417",
    "LU41273441",
    "LU59654567",
    "LV46161955336",
    "LV46845184251",
    "MT44959161",
    "MT83376125",
    "NL899635453B01",
    "NL495244429B01",
    "PL2771112376",
    "PL4734751918",
    "PT854382453",
    "PT141258624",
    "RO61899287",
    "RO81126596",
    "SE137382362201",
    "SE851591667701",
    "SI61396729",
    "SI49733176",
    "SK4443285781",
    "SK6838128297",
    "GB712989841",
    "GB476869237",
    "NO631594123MVA",
    "NO799372924MVA",
    "CHE314758582MWST",
    "CHE914419634MWST",
    "ESX2482300W",
    "ES54362315K",
    "FRK7399859412",
    "IE6433435OA",
    "IE8D79739I",
    "CZ7103192745",
    "BG7523169263",
    "LV16117519997",
    "LT100001919017",
    "NL123456789B13",
    "FR83404833048",
];

#[test]
fn numbers_of_every_country_are_found() {
    for number in NUMBERS {
        let value = number.trim_end_matches("MWST");
        assert_eq!(values("vat_id", number), [value]);
        assert_eq!(raws("vat_id", number), [number]);
    }
}

#[test]
fn a_number_with_any_digit_changed_is_not_valid() {
    for number in NUMBERS {
        let last = number
            .rfind(|c: char| c.is_ascii_digit())
            .expect("it has digits");
        // The last digits of these are no check digits.
        let place = match &number[..2] {
            "NL" | "SE" => 5,
            _ => last,
        };
        let digit = number[place..=place].parse::<u32>().expect("a digit");
        let changed = format!(
            "{}{}{}",
            &number[..place],
            (digit + 1) % 10,
            &number[place + 1..]
        );
        assert_eq!(
            values("vat_id", &changed),
            Vec::<String>::new(),
            "{changed}"
        );
    }
}

#[test]
fn numbers_are_found_in_the_ways_in_which_they_are_written() {
    for (text, value, raw) in [
        ("VAT no. GB 712 9898 41.", "GB712989841", "GB 712 9898 41"),
        (
            "CHE-314.758.582 MWST",
            "CHE314758582",
            "CHE-314.758.582 MWST",
        ),
        (
            "N° TVA : FR 22 484491691",
            "FR22484491691",
            "FR 22 484491691",
        ),
        ("BTW BE 0291.699.982", "BE0291699982", "BE 0291.699.982"),
        (
            "NO 631 594 123 MVA (MVA)",
            "NO631594123MVA",
            "NO 631 594 123 MVA",
        ),
        ("USt-IdNr.: DE523438634, ", "DE523438634", "DE523438634"),
    ] {
        assert_eq!(values("vat_id", text), [value], "{text}");
        assert_eq!(raws("vat_id", text), [raw], "{text}");
    }
    assert_eq!(found_in("EL752788565")[0]["country"], "GR");
}

#[test]
fn what_only_resembles_them_is_left_alone() {
    assert_not_found(
        "vat_id",
        &[
            "DE 523438634",
            "PART IT 04718920855",
            "DE523438634x",
            "xDE523438634",
            "DE52343863",
            "523438634",
            "NO631594123",
            "RO123",
        ],
    );
}

#[test]
fn one_with_wrong_check_digits_is_given_as_invalid_on_request() {
    let records = entities_with(r#"{"invalid": true}"#, "USt-IdNr. DE523438635");
    assert_eq!(records[0]["vat_id"], "DE523438635");
    assert_eq!(records[0]["valid"], false);
    assert_eq!(records[0]["reason"], "Its check digits are wrong.");
}
