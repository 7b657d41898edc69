//! CSV and its kin.

use extract::CellValue;

use crate::{at, cells, read, read_named};

#[test]
fn the_delimiter_is_found_out() {
    for delimiter in ["\t", ";", "|", ","] {
        let table = ["name;price;note", "Pen;1.50;\"a, b | c\"", "Ink;12.00;d e"];
        let text = table.join("\n").replace(';', delimiter);
        let document = read(&text).unwrap();
        assert_eq!(
            cells(&document, 0),
            [
                ["name", "price", "note"],
                ["Pen", "1.50", "a, b | c"],
                ["Ink", "12.00", "d e"]
            ],
            "{delimiter:?}"
        );
        assert_eq!(document.tables[0].header_rows, 1);
    }
}

#[test]
fn a_delimiter_that_the_first_line_states_is_believed() {
    let document = read_named("a.csv", "sep=;\r\nname;size\r\na,b;1,5\r\nc,d;2,5\r\n").unwrap();
    assert_eq!(
        cells(&document, 0),
        [["name", "size"], ["a,b", "1,5"], ["c,d", "2,5"]]
    );
    let place = at(&document, document.tables[0].span.as_ref());
    assert!(place.starts_with("name;size"), "{place}");
}

#[test]
fn a_column_is_typed_where_all_its_cells_are_alike() {
    let text = "name,price,code,house,new,since,said\n\
        Pen,1.50,0041,12,true,2026-03-09,\"1\"\n\
        Ink,,0039,12a,FALSE,2026-03-10,\"2\"\n";
    let document = read(text).unwrap();
    let table = &document.tables[0];
    let value = |row: usize, column: usize| table.rows[row][column].value.clone();
    assert_eq!(value(1, 1), Some(CellValue::Number("1.50".into())));
    assert_eq!(value(2, 4), Some(CellValue::Boolean(false)));
    assert_eq!(value(1, 5), Some(CellValue::Moment("2026-03-09".into())));
    for (row, column) in [(0, 1), (1, 0), (2, 1), (1, 2), (1, 3), (2, 3), (1, 6)] {
        assert_eq!(value(row, column), None, "{row} {column}");
    }
}
