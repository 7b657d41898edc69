//! Form and check digits of each country's numbers.
//!
//! Where a country checks several kinds of number in different ways, any of them will do.

/// A country's prefix, its code where that is another, and its check: none for what has not the form.
type Country = (&'static str, &'static str, fn(&str) -> Option<bool>);

const COUNTRIES: [Country; 31] = [
    ("AT", "AT", austria),
    ("BE", "BE", belgium),
    ("BG", "BG", bulgaria),
    ("CHE", "CH", switzerland),
    ("CY", "CY", cyprus),
    ("CZ", "CZ", czechia),
    ("DE", "DE", germany),
    ("DK", "DK", denmark),
    ("EE", "EE", estonia),
    ("EL", "GR", greece),
    ("ES", "ES", spain),
    ("FI", "FI", finland),
    ("FR", "FR", france),
    ("GB", "GB", united_kingdom),
    ("HR", "HR", croatia),
    ("HU", "HU", hungary),
    ("IE", "IE", ireland),
    ("IT", "IT", italy),
    ("LT", "LT", lithuania),
    ("LU", "LU", luxembourg),
    ("LV", "LV", latvia),
    ("MT", "MT", malta),
    ("NL", "NL", netherlands),
    ("NO", "NO", norway),
    ("PL", "PL", poland),
    ("PT", "PT", portugal),
    ("RO", "RO", romania),
    ("SE", "SE", sweden),
    ("SI", "SI", slovenia),
    ("SK", "SK", slovakia),
    ("XI", "GB", united_kingdom),
];

/// What the numbers begin with.
pub(super) fn prefixes() -> impl Iterator<Item = &'static str> {
    COUNTRIES.into_iter().map(|(prefix, ..)| prefix)
}

/// The code of the country with this prefix.
pub(super) fn country(prefix: &str) -> &'static str {
    let mut countries = COUNTRIES.into_iter();
    countries
        .find(|(it, ..)| *it == prefix)
        .map_or("", |(_, country, _)| country)
}

/// Whether the check digits of a number are right, given without its prefix and in one piece; none if it has not the form
/// of the country's numbers.
pub(super) fn check(prefix: &str, number: &str) -> Option<bool> {
    let (.., check) = COUNTRIES.into_iter().find(|(it, ..)| *it == prefix)?;
    check(number)
}

/// The digits, if there are just so many and nothing else.
fn digits<const N: usize>(number: &str) -> Option<[u32; N]> {
    let digits: Vec<u32> = number
        .chars()
        .map(|c| c.to_digit(10))
        .collect::<Option<_>>()?;
    digits.try_into().ok()
}

fn weighted(digits: &[u32], weights: &[u32]) -> u32 {
    digits
        .iter()
        .zip(weights)
        .map(|(digit, weight)| digit * weight)
        .sum()
}

fn value(digits: &[u32]) -> u64 {
    digits
        .iter()
        .fold(0, |value, digit| value * 10 + u64::from(*digit))
}

/// The Luhn algorithm, check digit included.
fn luhn(digits: &[u32]) -> bool {
    let doubled = |digit: u32| if digit > 4 { digit * 2 - 9 } else { digit * 2 };
    let digits = digits.iter().rev().enumerate();
    let sum: u32 = digits
        .map(|(index, digit)| {
            if index % 2 == 0 {
                *digit
            } else {
                doubled(*digit)
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// ISO 7064 MOD 11,10, check digit included.
fn mod_11_10(digits: &[u32]) -> bool {
    let (last, rest) = digits.split_last().expect("there are digits");
    let product = rest.iter().fold(10, |product, digit| {
        let sum = (product + digit) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    (product + last) % 10 == 1
}

fn austria(number: &str) -> Option<bool> {
    let digits: [u32; 8] = digits(number.strip_prefix('U')?)?;
    let crossed = |(index, digit): (usize, &u32)| match index % 2 {
        0 => *digit,
        _ => digit / 5 + digit * 2 % 10,
    };
    let sum: u32 = digits[..7].iter().enumerate().map(crossed).sum();
    Some((10 - (sum + 4) % 10) % 10 == digits[7])
}

fn belgium(number: &str) -> Option<bool> {
    let digits: [u32; 10] = digits(number)?;
    let form = digits[0] < 2;
    form.then(|| 97 - value(&digits[..8]) % 97 == value(&digits[8..]))
}

fn bulgaria(number: &str) -> Option<bool> {
    if let Some(digits) = digits::<9>(number) {
        let first = weighted(&digits, &[1, 2, 3, 4, 5, 6, 7, 8]) % 11;
        let second = weighted(&digits, &[3, 4, 5, 6, 7, 8, 9, 10]) % 11;
        return Some((if first == 10 { second % 10 } else { first }) == digits[8]);
    }
    let digits: [u32; 10] = digits(number)?;
    let sum = |weights: [u32; 9]| weighted(&digits, &weights);
    let citizen = sum([2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10;
    let foreigner = sum([21, 19, 17, 13, 11, 9, 7, 3, 1]) % 10;
    let other = (11 - sum([4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11;
    Some([citizen, foreigner, other].contains(&digits[9]))
}

fn switzerland(number: &str) -> Option<bool> {
    let suffixes = ["MWST", "TVA", "IVA", "TPV", "VAT"];
    let number = suffixes
        .iter()
        .find_map(|it| number.strip_suffix(it))
        .unwrap_or(number);
    let digits: [u32; 9] = digits(number)?;
    Some((11 - weighted(&digits, &[5, 4, 3, 2, 7, 6, 5, 4]) % 11) % 11 == digits[8])
}

fn cyprus(number: &str) -> Option<bool> {
    const ODD: [u32; 10] = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21];
    let letter = number.chars().last().filter(char::is_ascii_uppercase)?;
    let digits: [u32; 8] = digits(&number[..number.len() - 1])?;
    let sum: u32 = digits
        .iter()
        .enumerate()
        .map(|(index, digit)| {
            if index % 2 == 0 {
                ODD[*digit as usize]
            } else {
                *digit
            }
        })
        .sum();
    Some(u32::from(letter) - u32::from('A') == sum % 26)
}

/// Numbers of nine digits have no check digit of their own: they are not read.
fn czechia(number: &str) -> Option<bool> {
    if let Some(digits) = digits::<8>(number) {
        let check = (11 - weighted(&digits, &[8, 7, 6, 5, 4, 3, 2]) % 11) % 11;
        return Some(digits[0] != 9 && (if check == 0 { 1 } else { check % 10 }) == digits[7]);
    }
    let digits: [u32; 10] = digits(number)?;
    let rest = value(&digits[..9]) % 11 % 10;
    Some(rest == u64::from(digits[9]))
}

fn germany(number: &str) -> Option<bool> {
    let digits: [u32; 9] = digits(number)?;
    Some(digits[0] != 0 && mod_11_10(&digits))
}

fn denmark(number: &str) -> Option<bool> {
    let digits: [u32; 8] = digits(number)?;
    Some(digits[0] != 0 && weighted(&digits, &[2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11))
}

fn estonia(number: &str) -> Option<bool> {
    let digits: [u32; 9] = digits(number)?;
    Some(weighted(&digits, &[3, 7, 1, 3, 7, 1, 3, 7, 1]).is_multiple_of(10))
}

fn greece(number: &str) -> Option<bool> {
    let digits: [u32; 9] = digits(number)?;
    Some(weighted(&digits, &[256, 128, 64, 32, 16, 8, 4, 2]) % 11 % 10 == digits[8])
}

fn spain(number: &str) -> Option<bool> {
    const LETTERS: &[u8] = b"TRWAGMYFPDXBNJZSQVHLCKE";
    let (first, last) = (*number.as_bytes().first()?, *number.as_bytes().last()?);
    let inner = number.get(1..number.len().checked_sub(1)?)?;
    let seven: [u32; 7] = digits(inner)?;
    let person = |before: u64| {
        let letter =
            LETTERS[usize::try_from((before * 10_000_000 + value(&seven)) % 23).unwrap_or(0)];
        Some(letter == last)
    };
    match first {
        b'0'..=b'9' if last.is_ascii_uppercase() => person(u64::from(first - b'0')),
        b'X'..=b'Z' => person(u64::from(first - b'X')),
        b'K' | b'L' | b'M' => person(0),
        b'A'..=b'J' | b'N'..=b'S' | b'U'..=b'W' => {
            let doubled = |digit: u32| digit * 2 / 10 + digit * 2 % 10;
            let sum: u32 = seven
                .iter()
                .enumerate()
                .map(|(index, digit)| {
                    if index % 2 == 0 {
                        doubled(*digit)
                    } else {
                        *digit
                    }
                })
                .sum();
            let check = (10 - sum % 10) % 10;
            let as_digit = u32::from(last) == u32::from(b'0') + check;
            let as_letter = b"JABCDEFGHI".get(check as usize) == Some(&last);
            Some(match first {
                b'A' | b'B' | b'E' | b'H' => as_digit,
                b'N' | b'P' | b'Q' | b'R' | b'S' | b'W' => as_letter,
                _ => as_digit || as_letter,
            })
        }
        _ => None,
    }
}

fn finland(number: &str) -> Option<bool> {
    let digits: [u32; 8] = digits(number)?;
    Some(weighted(&digits, &[7, 9, 10, 5, 8, 4, 2, 1]).is_multiple_of(11))
}

/// A key of two digits or letters (but `I` and `O`), then the number of the firm.
fn france(number: &str) -> Option<bool> {
    const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let firm: [u32; 9] = digits(number.get(2..)?)?;
    let mut key = number.chars().map(|c| ALPHABET.find(c));
    let (first, second) = (key.next()?? as u64, key.next()?? as u64);
    // Firms in Monaco have three zeros and no check digit.
    let monaco = firm[..3] == [0, 0, 0];
    let is_firm = monaco || luhn(&firm);
    let firm = value(&firm);
    let right = match (first < 10, second < 10) {
        (true, true) => first * 10 + second == (12 + 3 * (firm % 97)) % 97,
        (true, false) => letters_match(firm, first * 24 + second - 10),
        (false, _) => letters_match(firm, (first * 34 + second).checked_sub(100)?),
    };
    Some(is_firm && right)
}

fn letters_match(firm: u64, key: u64) -> bool {
    (firm + 1 + key / 11) % 11 == key % 11
}

/// Nine digits, twelve with those of a branch. The numbers of departments and health authorities are not read.
fn united_kingdom(number: &str) -> Option<bool> {
    let number = if number.len() == 12 {
        digits::<12>(number).and(number.get(..9))?
    } else {
        number
    };
    let digits: [u32; 9] = digits(number)?;
    let sum = weighted(&digits, &[8, 7, 6, 5, 4, 3, 2, 10, 1]) % 97;
    Some(sum == 0 || (value(&digits[..3]) >= 100 && [42, 55].contains(&sum)))
}

fn croatia(number: &str) -> Option<bool> {
    digits::<11>(number).map(|digits| mod_11_10(&digits))
}

fn hungary(number: &str) -> Option<bool> {
    let digits: [u32; 8] = digits(number)?;
    Some(weighted(&digits, &[9, 7, 3, 1, 9, 7, 3, 1]).is_multiple_of(10))
}

/// Seven digits and a letter, after which another one may come; in the old form the second of them is no digit.
fn ireland(number: &str) -> Option<bool> {
    const LETTERS: &str = "WABCDEFGHIJKLMNOPQRSTUV";
    let check = |seven: [u32; 7], extra: usize| {
        let sum = weighted(&seven, &[8, 7, 6, 5, 4, 3, 2]) as usize + 9 * extra;
        LETTERS.chars().nth(sum % 23)
    };
    let letter = number.chars().nth(7).filter(char::is_ascii_uppercase)?;
    if let Some(seven) = number.get(..7).and_then(digits::<7>) {
        let extra = match number.get(8..)? {
            "" => Some(0),
            extra if extra.len() == 1 => LETTERS.find(extra),
            _ => None,
        }?;
        return Some(check(seven, extra) == Some(letter));
    }
    let old = number.len() == 8
        && number[1..2].contains(|c: char| c.is_ascii_uppercase() || "+*".contains(c));
    let moved = old.then(|| format!("0{}{}", &number[2..7], &number[..1]))?;
    Some(check(digits(&moved)?, 0) == Some(letter))
}

fn italy(number: &str) -> Option<bool> {
    let digits: [u32; 11] = digits(number)?;
    Some(value(&digits[..7]) > 0 && luhn(&digits))
}

fn lithuania(number: &str) -> Option<bool> {
    let check = |rest: &[u32]| {
        let sum = |from: u32| -> u32 {
            rest.iter()
                .zip(0..)
                .map(|(digit, index)| digit * (1 + (index + from) % 9))
                .sum()
        };
        let first = sum(0) % 11;
        if first == 10 { sum(2) % 11 % 10 } else { first }
    };
    if let Some(digits) = digits::<9>(number) {
        return Some(digits[7] == 1 && check(&digits[..8]) == digits[8]);
    }
    let digits: [u32; 12] = digits(number)?;
    Some(digits[10] == 1 && check(&digits[..11]) == digits[11])
}

fn luxembourg(number: &str) -> Option<bool> {
    let digits: [u32; 8] = digits(number)?;
    Some(value(&digits[..6]) % 89 == value(&digits[6..]))
}

fn latvia(number: &str) -> Option<bool> {
    let digits: [u32; 11] = digits(number)?;
    if digits[0] > 3 {
        return Some(weighted(&digits, &[9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1]) % 11 == 3);
    }
    let person = (1 + weighted(&digits, &[10, 5, 8, 4, 2, 1, 6, 3, 7, 9])) % 11 % 10;
    Some(person == digits[10])
}

fn malta(number: &str) -> Option<bool> {
    let digits: [u32; 8] = digits(number)?;
    Some(digits[0] != 0 && weighted(&digits, &[3, 4, 6, 7, 8, 9, 10, 1]).is_multiple_of(37))
}

/// Since 2020 sole traders have numbers that are checked as a whole, prefix and all.
fn netherlands(number: &str) -> Option<bool> {
    let (nine, branch) = number.split_once('B')?;
    let (nine, branch): ([u32; 9], [u32; 2]) = (digits(nine)?, digits(branch)?);
    let firm = weighted(&nine, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11 == nine[8];
    // `N`, `L` and `B` stand for 23, 21 and 11.
    let whole = [2, 3, 2, 1]
        .iter()
        .chain(&nine)
        .chain(&[1, 1])
        .chain(&branch);
    let rest = whole.fold(0, |rest, digit| (rest * 10 + digit) % 97);
    Some(value(&branch) > 0 && (firm || rest == 1))
}

fn norway(number: &str) -> Option<bool> {
    let digits: [u32; 9] = digits(number.strip_suffix("MVA")?)?;
    Some((11 - weighted(&digits, &[3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11 == digits[8])
}

fn poland(number: &str) -> Option<bool> {
    let digits: [u32; 10] = digits(number)?;
    Some(weighted(&digits, &[6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 == digits[9])
}

fn portugal(number: &str) -> Option<bool> {
    let digits: [u32; 9] = digits(number)?;
    let check = (11 - weighted(&digits, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 11 % 10;
    Some(digits[0] != 0 && check == digits[8])
}

/// Two to ten digits; those with fewer than six are not read, for too much looks like them.
fn romania(number: &str) -> Option<bool> {
    if !(6..=10).contains(&number.len()) || number.starts_with('0') {
        return None;
    }
    let digits: [u32; 10] = digits(&format!("{number:0>10}"))?;
    Some(weighted(&digits, &[7, 5, 3, 2, 1, 7, 5, 3, 2]) * 10 % 11 % 10 == digits[9])
}

fn sweden(number: &str) -> Option<bool> {
    let digits: [u32; 12] = digits(number)?;
    Some(luhn(&digits[..10]) && value(&digits[10..]) > 0)
}

fn slovenia(number: &str) -> Option<bool> {
    let digits: [u32; 8] = digits(number)?;
    let check = 11 - weighted(&digits, &[8, 7, 6, 5, 4, 3, 2]) % 11;
    Some(digits[0] != 0 && check != 11 && check % 10 == digits[7])
}

fn slovakia(number: &str) -> Option<bool> {
    let digits: [u32; 10] = digits(number)?;
    let form = digits[0] != 0 && [2, 3, 4, 7, 8, 9].contains(&digits[2]);
    Some(form && value(&digits).is_multiple_of(11))
}
