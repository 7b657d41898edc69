//! Units of measure: how they are written, and their normal form.

/// Normal forms, each with the ways in which the unit is written besides. Case matters.
#[rustfmt::skip]
const SYMBOLS: &[(&str, &[&str])] = &[
    // Length, area, volume
    ("nm", &[]), ("µm", &["μm", "um"]), ("mm", &[]), ("cm", &[]), ("dm", &[]), ("m", &[]), ("km", &["Km"]),
    ("in", &[]), ("ft", &[]), ("yd", &[]), ("mi", &[]),
    ("mm²", &["mm2", "mm^2"]), ("cm²", &["cm2", "cm^2", "qcm"]), ("m²", &["m2", "m^2", "qm", "sqm", "sq m", "sq. m"]),
    ("km²", &["km2", "km^2", "qkm"]), ("ha", &[]), ("ft²", &["sq ft", "sq. ft.", "sq. ft", "sqft", "ft2"]),
    ("cm³", &["cm3", "cm^3", "ccm"]), ("m³", &["m3", "m^3", "cbm"]),
    ("µL", &["µl", "μl"]), ("mL", &["ml"]), ("cL", &["cl"]), ("dL", &["dl"]), ("L", &["l", "ℓ"]), ("hL", &["hl"]), ("gal", &[]),
    // Mass, time
    ("µg", &["μg"]), ("mg", &[]), ("g", &[]), ("kg", &["Kg", "KG"]), ("t", &[]), ("oz", &[]), ("lb", &["lbs", "lbs."]),
    ("ns", &[]), ("µs", &["μs"]), ("ms", &["msec"]), ("s", &["sec", "secs", "sec.", "Sek.", "Sek"]),
    ("min", &["mins", "min.", "Min.", "Min"]), ("h", &["hr", "hrs", "hrs.", "Std.", "Std"]),
    // Speed, flow, rates, concentrations
    ("km/h", &["kmh", "km/Std"]), ("m/s", &[]), ("mph", &[]), ("rpm", &["U/min", "1/min"]),
    ("L/h", &["l/h"]), ("L/min", &["l/min"]), ("m³/h", &["m3/h"]), ("g/km", &[]), ("L/100 km", &["l/100 km", "l/100km", "L/100km"]),
    ("mg/L", &["mg/l"]), ("g/L", &["g/l"]), ("mg/kg", &[]), ("µg/m³", &["µg/m3", "μg/m³"]), ("g/cm³", &["g/cm3"]), ("kg/m³", &["kg/m3"]),
    // Temperature, pressure, force, energy, power
    ("°C", &["℃", "° C", "º C", "ºC"]), ("°F", &["℉", "° F", "ºF"]), ("K", &[]),
    ("Pa", &[]), ("hPa", &[]), ("kPa", &[]), ("MPa", &[]), ("bar", &[]), ("mbar", &[]), ("psi", &[]), ("mmHg", &["mm Hg"]),
    ("N·m", &["Nm", "N m"]), ("kN", &[]), ("kJ", &[]), ("MJ", &[]), ("kcal", &[]),
    ("Wh", &[]), ("kWh", &["KWh", "kwh"]), ("MWh", &[]), ("GWh", &[]), ("TWh", &[]), ("kWh/a", &[]),
    ("mW", &[]), ("W", &[]), ("kW", &["KW"]), ("MW", &[]), ("GW", &[]), ("W/m²", &["W/m2"]), ("kWp", &[]), ("VA", &[]), ("kVA", &[]),
    ("hp", &["HP"]), ("PS", &[]), ("eV", &[]), ("keV", &[]), ("MeV", &[]), ("GeV", &[]), ("TeV", &[]),
    // Electricity, frequency, sound, light, substance
    ("mV", &[]), ("V", &[]), ("kV", &[]), ("µA", &["μA"]), ("mA", &[]), ("A", &[]), ("kA", &[]), ("mAh", &[]), ("Ah", &[]),
    ("Ω", &["Ω", "ohm", "ohms"]), ("kΩ", &["kΩ"]), ("MΩ", &["MΩ"]), ("pF", &[]), ("nF", &[]), ("µF", &["μF", "uF"]),
    ("Hz", &["hz"]), ("kHz", &["KHz"]), ("MHz", &["Mhz"]), ("GHz", &["Ghz"]), ("dB", &["dB(A)", "dBA", "db(A)"]), ("dBm", &[]),
    ("lm", &[]), ("lx", &["lux"]), ("mol", &[]), ("mmol", &[]), ("mmol/L", &["mmol/l"]), ("ppm", &[]),
    // Information
    ("B", &["bytes", "byte", "Bytes", "Byte", "octets"]), ("kB", &["KB"]), ("MB", &[]), ("GB", &[]), ("TB", &[]), ("PB", &[]),
    ("KiB", &[]), ("MiB", &[]), ("GiB", &[]), ("TiB", &[]),
    ("kbit/s", &["kbps", "Kbps", "kbit/sec"]), ("Mbit/s", &["Mbps", "MBit/s"]), ("Gbit/s", &["Gbps", "GBit/s"]),
    ("kB/s", &["KB/s"]), ("MB/s", &[]), ("GB/s", &[]),
];

/// The same for words, in any case.
#[rustfmt::skip]
const WORDS: &[(&str, &[&str])] = &[
    ("mm", &["millimeter", "millimeters", "millimetre", "millimetres"]),
    ("cm", &["centimeter", "centimeters", "centimetre", "centimetres", "zentimeter"]),
    ("m", &["meter", "meters", "metre", "metres", "metern", "mètres", "metros"]),
    ("km", &["kilometer", "kilometers", "kilometre", "kilometres", "kilometern", "kilomètres", "kilómetros"]),
    ("in", &["inch", "inches"]), ("ft", &["feet", "foot"]), ("yd", &["yards"]), ("mi", &["miles", "mile"]),
    ("m²", &["square meters", "square metres", "quadratmeter", "mètres carrés", "metros cuadrados"]),
    ("ha", &["hectares", "hektar"]), ("acre", &["acres", "acre"]),
    ("L", &["liter", "liters", "litre", "litres", "litros", "litri"]), ("gal", &["gallons"]),
    ("g", &["gram", "grams", "gramm", "grammes", "gramos", "grammi"]),
    ("kg", &["kilogram", "kilograms", "kilogramm", "kilogrammes", "kilos", "kilogramos"]),
    ("t", &["tonnes", "metric tons", "tonnen"]), ("oz", &["ounces", "ounce"]),
    ("ms", &["milliseconds", "millisekunden"]),
    ("s", &["second", "seconds", "sekunde", "sekunden", "secondes", "segundos", "secondi"]),
    ("min", &["minute", "minutes", "minuten", "minutos", "minuti"]),
    ("h", &["hour", "hours", "stunde", "stunden", "heure", "heures", "hora", "horas", "ora", "ore", "uur"]),
    ("d", &["day", "days", "tag", "tage", "tagen", "jour", "jours", "día", "días", "dia", "dias", "giorno", "giorni", "dagen",
        "dni", "dagar"]),
    ("wk", &["week", "weeks", "woche", "wochen", "semaine", "semaines", "semana", "semanas", "settimane", "weken", "tygodni"]),
    ("mo", &["month", "months", "monat", "monate", "monaten", "mois", "meses", "mesi", "maanden", "miesięcy"]),
    ("a", &["year", "years", "jahr", "jahre", "jahren", "ans", "années", "año", "años", "anos", "anni", "jaar", "lat"]),
    ("°C", &["degrees celsius", "degrees centigrade", "grad celsius", "degrés celsius", "grados celsius"]),
    ("°F", &["degrees fahrenheit"]),
    ("W", &["watt", "watts"]), ("kW", &["kilowatt", "kilowatts"]), ("V", &["volt", "volts"]), ("A", &["ampere", "amperes", "amps"]),
    ("kWh", &["kilowatt-hours", "kilowattstunden", "kilowatt hours"]), ("Hz", &["hertz"]), ("rpm", &["revolutions per minute"]),
    ("MB", &["megabytes", "megabyte"]), ("GB", &["gigabytes", "gigabyte"]), ("kB", &["kilobytes"]),
    ("km/h", &["kilometers per hour", "kilometres per hour", "stundenkilometer"]),
];

/// A pattern for any of the symbols, longer ones first, for of two that fit the first is taken.
pub(super) fn symbols() -> String {
    let names = SYMBOLS
        .iter()
        .flat_map(|(normal, others)| others.iter().chain([normal]));
    alternatives(names.copied())
}

/// The same for the words, in lower case.
pub(super) fn words() -> String {
    alternatives(WORDS.iter().flat_map(|(_, words)| words.iter().copied()))
}

/// The normal form of the unit with this symbol.
pub(super) fn of_symbol(symbol: &str) -> Option<&'static str> {
    let mut units = SYMBOLS.iter();
    let unit = units.find(|(normal, others)| *normal == symbol || others.contains(&symbol))?;
    Some(unit.0)
}

/// The normal form of the unit with this word.
pub(super) fn of_word(word: &str) -> Option<&'static str> {
    let word = word.to_lowercase();
    let unit = WORDS
        .iter()
        .find(|(_, words)| words.contains(&word.as_str()))?;
    Some(unit.0)
}

fn alternatives<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let mut names: Vec<String> = names.map(regex::escape).collect();
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    names.join("|")
}
