#!/usr/bin/env python3
"""Writes the documents of this folder and the truth beside them, both from the same data."""

import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
from documents import (  # noqa: E402
    BARE, LINED, RULED, Span, Table, as_html, convert, print_html, print_report, write_csv, write_docx, write_sheets,
    write_tables,
)

PRICES = Table(
    [["Article", "Pack", "Unit price", "Remarks"]],
    [
        ["Walnut oil", "500 ml\n6 bottles", "€ 11.90", "cold pressed"],
        ["Rye flour, type 1150", "5 kg", "€ 6.40", ""],
        ["Sea salt", "", "€ 2.15", "unrefined,\ncoarse"],
        ["Juniper berries", "50 g", "", "out of stock"],
    ],
    right={2},
)
TIMETABLE = Table(
    [
        [Span("Linie", rows=2), Span("Montag bis Freitag", columns=2), Span("Wochenende", columns=2)],
        ["erste Fahrt", "letzte Fahrt", "erste Fahrt", "letzte Fahrt"],
    ],
    [
        ["U2 Schönau", "04:52", "23:48", "05:30", "00:15"],
        ["13 Hörnleweg", "05:10", "20:41", "", ""],
        ["N7 Nachtbus", "", "", "01:05", "04:05"],
        ["S1 Bad Krozingen", "04:31", "23:01", "05:31", "23:01"],
    ],
)
MEMBERS = Table(
    [["Nom", "Prénom", "Né(e) le", "Ville"]],
    [
        ["Lefèvre", "Aurélie", "14/03/1984", "Besançon"],
        ["d'Hérouville", "Jean-Noël", "02/11/1957", "Pau"],
        ["Nguyễn", "Minh Châu", "", "Villeurbanne"],
    ],
)
FEES = Table(
    [["Cotisation", "Montant"]],
    [["Adulte", "85,00 €"], ["Étudiant", "40,00 €"], ["Famille (deux adultes et enfants)", "150,00 €"]],
    right={1},
)
STOCK = Table(
    [["SKU", "Description", "Warehouse", "Qty", "Value (USD)"]],
    [
        ["TB-0417", "Torx bit T25, 50 mm", "Reno", "1,250", "937.50"],
        ["TB-0420", "Torx bit T30, 50 mm", "Reno", "880", "704.00"],
        ["HX-1102", "Hex key set (9 pieces)", "Albany", "64", "1,209.60"],
        ["HX-1177", "Ball-end hex key 6 mm", "Albany", "0", "0.00"],
        ["CL-2003", "Cable cleaner", "", "310", "1,385.70"],
    ],
    right={3, 4},
)
GRADES = Table(
    [["Alumna o alumno", "Lengua", "Matemáticas", "Física"]],
    [
        ["Iñaki Etxeberria Goñi", "7,5", "8,25", "6"],
        ["Lucía Peña Domínguez", "9", "9,5", "10"],
        ["Ramón Castaño Vives", "5", "4,75", "6,5"],
        ["Ana Belén Ruiz", "8", "7", "7,25"],
    ],
)
BUDGET = Table(
    [
        [Span("Kostenstelle", rows=2), Span("2024", columns=2), Span("2025", columns=2)],
        ["Plan", "Ist", "Plan", "Ist"],
    ],
    [
        ["Personal", "412.000", "418.350", "430.000", "427.900"],
        ["Räume und Energie", "96.500", "103.120", "108.000", "104.470"],
        ["Reisen", "12.000", "7.890", "10.000", "11.260"],
        ["Summe", "520.500", "529.360", "548.000", "543.630"],
    ],
    right={1, 2, 3, 4},
)
INSPECTION = Table(
    [["No.", "Finding", "Action", "By"]],
    [
        ["1", "Fire door on level 2\ndoes not close", "Replace closer,\ncheck hinges", "M. Okafor"],
        ["2", "Exit sign dark", "New lamp", "J. Sáenz"],
        ["3", "Extinguisher overdue\nsince March", "Send to service", ""],
    ],
    widths=[30, 150, 130, 80],
)
STATEMENT = Table(
    [["Date", "Details", "Paid out", "Paid in", "Balance"]],
    [
        ["02 Jan", "Opening balance", "", "", "1,204.16"],
        ["05 Jan", "Direct debit Thames Water", "38.40", "", "1,165.76"],
        ["11 Jan", "Salary Hartwell & Sons", "", "2,310.00", "3,475.76"],
        ["14 Jan", "Card payment Bookshop", "17.99", "", "3,457.77"],
        ["28 Jan", "Standing order rent", "950.00", "", "2,507.77"],
    ],
    right={2, 3, 4}, widths=[60, 180, 70, 70, 70],
)
RESULTS = Table(
    [["Rank", "Crew", "Time"]],
    [["1", "Leander RC", "5:41.20"], ["2", "Neptun Konstanz", "5:43.88"], ["3", "Vltava Praha", "5:50.02"]],
    widths=[40, 140, 60],
)
WEATHER = Table(
    [["Station", "Height", "Min", "Max", "Rain"]],
    [["Säntis", "2502 m", "-8.1", "-2.4", "3.2"], ["Chur", "556 m", "1.9", "9.7", "0.0"], ["Lugano", "273 m", "4.4", "12.8", ""]],
    right={1, 2, 3, 4}, widths=[80, 60, 50, 50, 50],
)
ORDERS = Table(
    [["Order", "Customer", "Ordered", "Net", "Status"]],
    [
        ["A-1001", "Bäckerei Öztürk", "2025-02-03", "148.50", "paid"],
        ["A-1002", "Harbour Café Ltd.", "2025-02-04", "92.25", "open"],
        ["A-1003", "Société Générale des Eaux", "2025-02-04", "1310.75", ""],
        ["A-1004", "", "2025-02-07", "15.25", "cancelled"],
    ],
)
HEADCOUNT = Table(
    [[Span("Office", rows=2), Span("Staff", columns=2)], ["Full time", "Part time"]],
    [["Lisbon", "31", "6"], ["Tallinn", "18", "4"], ["Cork", "9", "11"]],
)
SAMPLES = Table(
    [["Probe", "Entnahmestelle", "Nitrat mg/l", "Befund"]],
    [
        ["P-01", "Brunnen Oberdorf", "12.75", "in Ordnung"],
        ["P-02", "Quelle am Weiher", "48.25", "nahe am\nGrenzwert"],
        ["P-03", "Hochbehälter", "", "nicht beprobt"],
    ],
)
MINUTES = Table(
    [["Item", "Decision", "Due"]],
    [
        ["Roof", "Ask three roofers for offers", "30 April"],
        ["Cellar", "Pump is bought\nby the caretaker", "at once"],
        ["Bicycles", "", ""],
    ],
)
ROTA = Table(
    [[Span("Semaine", rows=2), Span("Équipe", columns=2)], ["Matin", "Soir"]],
    [["12", "Camille, Yanis", "Inès"], ["13", "Inès", "Yanis"], ["14", Span("fermé", columns=2)]],
)
CONTACTS = Table(
    [["id", "name", "note", "joined"]],
    [
        ["17", 'Brigid "Biddy" O\'Shea', "prefers\nthe telephone", "2019-05-01"],
        ["23", "Smith, John", "", "2020-11-30"],
        ["31", "Żaneta Wójcik", "a; b, c", "2024-01-09"],
    ],
)
MEASURES = Table(
    [["Zeit", "Temperatur", "Feuchte", "Bemerkung"]],
    [["08:00", "21,4", "48", ""], ["09:00", "21,9", "47", "Fenster offen"], ["10:00", "20,2", "", "Sensor aus"], ["11:00", "21,0", "51", ""]],
)

# Those that are held out.
LIBRARY = Table(
    [["Title", "Author", "Year", "Shelf"]],
    [["The Old Ways", "Macfarlane, R.", "2012", "G 44"], ["H is for Hawk", "Macdonald, H.", "2014", ""], ["Wilding", "Tree, I.", "2018", "N 02"]],
)
LOANS = Table([["Reader", "Book", "Back by"]], [["R. Imani", "Wilding", "3 June"], ["S. Ek", "The Old Ways", "9 June"]])
TARIFF = Table(
    [["Tarif", "Grundpreis/Monat", "Arbeitspreis", "Laufzeit"]],
    [["Fluss Natur", "11,90 €", "31,4 ct/kWh", "12 Monate"], ["Fluss Flex", "9,50 €", "variabel", ""], ["Fluss Wärme", "14,20 €", "24,8 ct/kWh", "24 Monate"]],
    right={1, 2},
)
LEDGER = Table(
    [["Cuenta", "Concepto", "Debe", "Haber"]],
    [["430", "Clientes", "1.815,00", ""], ["700", "Ventas de mercaderías", "", "1.500,00"], ["477", "IVA repercutido", "", "315,00"], ["572", "Bancos", "640,20", "88,00"]],
    right={2, 3}, widths=[60, 180, 80, 80],
)
FLEET = Table(
    [["Plate", "Model", "Kilometres", "Next service"]],
    [["FR-KL 812", "eVito", "48210", "2026-02-11"], ["FR-KM 90", "Caddy", "131900", ""], ["LÖ-A 3", "", "870", "2027-01-05"]],
)
CLINIC = Table(
    [[Span("Ward", rows=2), Span("Beds", columns=2), Span("Nurse in charge", rows=2)], ["in use", "free"]],
    [["North", "22", "2", "P. Adeyemi"], ["South", "17", "7", "L. Brandt"], ["Maternity", "9", "", "C. Moreau"]],
)

ABOUT = "The figures below were agreed with all partners. They are reviewed every spring, and again whenever a supplier changes its terms."
UNTER = "Alle Angaben ohne Gewähr. Änderungen werden am Aushang und auf unserer Seite bekannt gegeben."


def main():
    html("01-price-list.html", ["Prices from 1 March", ABOUT, PRICES, "Prices are per pack."], heads="thead")
    html("02-timetable.html", ["Fahrplan", TIMETABLE, UNTER], language="de")
    html("03-two-tables.html", ["Liste des membres", MEMBERS, "Les cotisations restent inchangées.", FEES], heads="td", language="fr")
    printed("04-stock-ruled.pdf", ["Stock report", ABOUT, STOCK, "End of report"], style=RULED)
    printed("05-grades-borderless.pdf", ["Calificaciones del segundo trimestre", GRADES, "Las notas son provisionales."], style=BARE, language="es")
    from_docx("06-budget-merged.pdf", ["Haushalt der Geschäftsstelle", BUDGET, UNTER])
    report("07-inspection-ruled.pdf", ["Inspection of 4 June", INSPECTION, "The next inspection is due in a year."])
    report("08-statement-borderless.pdf", ["Your account in January", STATEMENT, "Interest is paid every quarter."], ruled=False)
    report("09-two-on-a-page.pdf", ["Final, men's fours", RESULTS, "Weather of the day", WEATHER, ABOUT])
    printed("10-prices-multiline.pdf", ["Prices", PRICES, ABOUT, FEES], style=LINED)
    sheets("11-orders-sheet.pdf", [("Orders", [ORDERS])])
    sheets("12-orders.xlsx", [("Orders", [ORDERS])])
    sheets("13-title-and-two-sheets.xlsx", [("Staff", ["Staff at the end of the year", HEADCOUNT]), ("Orders", [ORDERS])])
    sheets("14-samples.ods", [("Proben", [SAMPLES])])
    document("15-minutes.docx", ["Minutes of the owners' meeting", MINUTES, "The meeting closed at nine."])
    document("16-rota-merged.docx", ["Le planning du mois", ROTA, "Sous réserve de modification.", FEES], repeat=False)
    lines("17-contacts.csv", CONTACTS)
    lines("18-measures-semicolon.csv", MEASURES, delimiter=";", encoding="cp1252")

    html("holdout/19-library.html", ["On the shelves", LIBRARY, ABOUT, LOANS], style=RULED)
    printed("holdout/20-tariff.pdf", ["Unsere Tarife", UNTER, TARIFF, "Stand: Januar"], style=LINED, language="de")
    report("holdout/21-ledger-borderless.pdf", ["Asiento 118", LEDGER, "Revisado por contabilidad."], ruled=False)
    sheets("holdout/22-fleet.xlsx", [("Fleet", [FLEET])])
    document("holdout/23-clinic.docx", ["Beds this morning", CLINIC])
    from_docx("holdout/24-clinic.pdf", ["Beds this morning", CLINIC, ABOUT])


def html(name, parts, **options):
    (HERE / name).write_text(as_html(parts, **options))
    write_tables(HERE / name, parts)


def printed(name, parts, **options):
    print_html(HERE / name, as_html(parts, **options))
    write_tables(HERE / name, parts)


def report(name, parts, ruled=True):
    print_report(HERE / name, parts, ruled)
    write_tables(HERE / name, parts)


def document(name, parts, repeat=True):
    write_docx(HERE / name, parts, repeat)
    write_tables(HERE / name, parts)


def from_docx(name, parts):
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "document.docx"
        write_docx(source, parts)
        convert(source, HERE / name)
    write_tables(HERE / name, parts)


def sheets(name, content):
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "book.xlsx"
        write_sheets(source, content)
        if name.endswith(".xlsx"):
            (HERE / name).write_bytes(source.read_bytes())
        else:
            convert(source, HERE / name)
    write_tables(HERE / name, [part for _, parts in content for part in parts])


def lines(name, table, **options):
    write_csv(HERE / name, table, **options)
    write_tables(HERE / name, [table])


if __name__ == "__main__":
    main()
