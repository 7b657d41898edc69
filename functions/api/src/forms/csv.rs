//! CSV (RFC 4180) that a spreadsheet can be given: a cell that it would take for a formula is told to be text.

use serde_json::Value;

/// Adds a row.
pub(crate) fn row<'a>(out: &mut String, cells: impl IntoIterator<Item = Option<&'a Value>>) {
    for (index, cell) in cells.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        match cell {
            None | Some(Value::Null) => {}
            Some(Value::String(text)) => add(out, text),
            Some(other) => add(out, &other.to_string()),
        }
    }
    out.push_str("\r\n");
}

/// Adds a cell.
fn add(out: &mut String, text: &str) {
    let guard = if is_formula(text) { "'" } else { "" };
    let quoted = text.contains([',', '"', '\r', '\n']) || text != text.trim();
    if !quoted {
        out.push_str(guard);
        return out.push_str(text);
    }
    out.push('"');
    out.push_str(guard);
    for (index, part) in text.split('"').enumerate() {
        if index > 0 {
            out.push_str("\"\"");
        }
        out.push_str(part);
    }
    out.push('"');
}

/// Whether spreadsheets would compute it. A number with its sign is none, nor is a telephone number.
fn is_formula(text: &str) -> bool {
    let Some(first) = text.chars().next() else {
        return false;
    };
    match first {
        '=' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠' => true,
        '+' | '-' => !text[1..]
            .bytes()
            .all(|it| it.is_ascii_digit() || b".,".contains(&it)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn cells_are_quoted_and_formulas_are_told_to_be_text() {
        for (cell, written) in [
            (json!("plain"), "plain"),
            (json!("a,b"), "\"a,b\""),
            (json!("say \"hi\""), "\"say \"\"hi\"\"\""),
            (json!("two\nlines"), "\"two\nlines\""),
            (json!(" space"), "\" space\""),
            (json!("=1+1"), "'=1+1"),
            (json!("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\""),
            (json!("@SUM(A1)"), "'@SUM(A1)"),
            (json!("-1+cmd|' /C calc'!A0"), "'-1+cmd|' /C calc'!A0"),
            (json!("+4930123456"), "+4930123456"),
            (json!("-12.50"), "-12.50"),
            (json!(-12.5), "-12.5"),
            (json!(true), "true"),
            (json!(null), ""),
        ] {
            let mut out = String::new();
            row(&mut out, [Some(&cell)]);
            assert_eq!(out, format!("{written}\r\n"));
        }
    }
}
