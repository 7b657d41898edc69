//! What stands right of a label, or below it.

use serde_json::{Value, json};

use super::{found, record};

/// The value of a label in a text, with other labels around it.
fn labelled(text: &str, label: &str, others: &[&str]) -> Value {
    let mut fields = json!({"it": {"label": label}});
    for (index, other) in others.iter().enumerate() {
        fields[format!("other{index}")] = json!({"label": other});
    }
    record(text, &fields)["it"].clone()
}

#[test]
fn a_value_stands_right_of_its_label() {
    for (text, label) in [
        ("Invoice no.: A-17\n", "Invoice no."),
        ("INVOICE NO:A-17", "invoice no"),
        ("Invoice-No. : A-17", "Invoice no."),
        ("Bill\nInvoice no.    A-17    Page 1", "Invoice no."),
        ("Invoice no.\tA-17\tDate\t9 May 2026", "Invoice no."),
        ("Invoice no. ........ A-17", "Invoice no."),
        ("Invoice no. A-17", "Invoice no."),
        ("Invoice # A-17", "Invoice #"),
        ("- **Invoice no.:** A-17", "Invoice no."),
        ("Customer: 4711, Invoice no.: A-17", "Invoice no."),
        ("9 May 2026 Invoice no.: A-17", "Invoice no."),
        ("| Invoice no. | A-17 |", "Invoice no."),
        ("Rechnungs-Nr.: A-17", "Rechnungs-Nr"),
        ("ÜBERSICHT: A-17", "Übersicht"),
    ] {
        assert_eq!(labelled(text, label, &[]), "A-17", "{text}");
    }
    assert_eq!(labelled("Total EUR 12.50", "Total", &[]), "EUR 12.50");
    assert_eq!(labelled("Total € 12.50", "Total", &[]), "€ 12.50");
}

#[test]
fn a_value_stands_below_its_label() {
    for text in [
        "Invoice no.\nA-17",
        "Invoice no.:\n\nA-17\nmore",
        "Date          Invoice no.    Page\n9 May 2026    A-17           1",
        "Date\tInvoice no.\tPage\n9 May 2026\tA-17\t1",
        "Date:   Invoice no.:\n9 May   A-17",
    ] {
        assert_eq!(
            labelled(text, "Invoice no.", &["Date", "Page"]),
            "A-17",
            "{text}"
        );
    }
}

#[test]
fn another_label_is_no_value() {
    for (text, others) in [
        ("Invoice no.:\nDate: 9 May 2026", &[][..]),
        ("Invoice no.:\nDate:\n9 May 2026", &[]),
        ("Invoice no.    Date", &["Date"]),
        ("Invoice no.\nDate\n9 May 2026", &["Date"]),
        ("Invoice no.: Date: 9 May 2026", &["Date"]),
    ] {
        assert_eq!(labelled(text, "Invoice no.", others), Value::Null, "{text}");
    }
    let text = "Invoice no.: A-17 Date: 9 May 2026";
    assert_eq!(labelled(text, "Invoice no.", &["Date"]), "A-17");
    assert_eq!(labelled(text, "Date", &["Invoice no."]), "9 May 2026");
}

#[test]
fn words_that_are_no_label_name_nothing() {
    for (text, label) in [
        ("The total cost of ownership is 5 EUR", "Total"),
        ("Total cost of ownership", "Total"),
        ("Subtotal: 5", "Total"),
        ("Grand total: 5", "Total"),
        ("We sent the invoice to you", "Invoice"),
        ("Totals: 5", "Total"),
    ] {
        assert_eq!(labelled(text, label, &[]), Value::Null, "{text}");
    }
    // The one that is a label is found behind one that is not.
    assert_eq!(labelled("Grand total of all\nTotal: 5", "Total", &[]), "5");
}

#[test]
fn in_a_table_a_label_names_the_next_cell_or_the_one_below() {
    let html = "<table><tr><td>Invoice no.</td><td>A-17</td></tr><tr><td>Date</td><td>9 May 2026</td></tr></table>\
        <table><tr><th>Item</th><th>Quantity</th><th>Price</th></tr><tr><td>Bolt</td><td>4</td><td>0.50</td></tr></table>";
    let fields = json!({
        "number": {"label": "Invoice no."},
        "date": {"label": "date", "type": "date"},
        "price": {"label": ["Unit price", "Price"], "type": "decimal"},
        "item": {"label": "Item"},
    });
    let found = found("a.html", html, &json!({"fields": fields}));
    let record = &found.records[0];
    assert_eq!(record["number"], "A-17");
    assert_eq!(record["date"], "2026-05-09");
    assert_eq!(record["price"], "0.50");
    assert_eq!(record["item"], "Bolt");
    assert_eq!(found.standing(0, "/date"), "9 May 2026");
    assert_eq!(found.standing(0, "/number"), "A-17");
}

#[test]
fn of_several_spellings_the_first_that_names_anything_is_taken() {
    let fields = json!({"it": {"label": ["Amount due", "Total", "Sum"]}});
    assert_eq!(record("Sum: 1\nTotal: 2", &fields)["it"], "2");
    let fields = json!({"it": {"any": [{"label": "Amount due"}, {"regex": "[0-9]+"}]}});
    assert_eq!(record("Sum: 1\nTotal: 2", &fields)["it"], "1");
}
