#!/usr/bin/env python3
"""Writes the invoices of this folder and the truth beside them, both from the same data.

An invoice is made of parts: paragraphs, tables, and plain text in an e-mail or a text file. What a part shows is written
here as it is shown; what is there is said once more as the values that the plans of `plans.json` ask for.
"""

import json
import sys
import tempfile
from email.message import EmailMessage
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
from documents import BARE, LINED, RULED, Span, Table, as_html, convert, print_html, print_report, write_docx  # noqa: E402

GB, DE, FR, ES = "GB29NWBK60161331926819", "DE89370400440532013000", "FR1420041010050500013M02606", "ES9121000418450200051332"


def spaced(iban):
    return " ".join(iban[at : at + 4] for at in range(0, len(iban), 4))


def pairs(*rows, **options):
    """A table without headers: labels at the left, values at the right."""
    return Table([], [list(row) for row in rows], **options)


def main():
    english()
    german()
    french()
    spanish()


def english():
    text("01-en-letter.txt", f"""Brightwater Joinery Ltd.
4 Mill Lane, Totnes TQ9 5AA
VAT no.: GB 123 4567 82

INVOICE

Invoice number: BW-2025-0117
Date of issue: 3 March 2025
Payment due: 2 April 2025
Bill to: Harbour Café Ltd.

Two oak tables, sanded and oiled, as agreed on the telephone.

Subtotal: £1,240.00
VAT 20 %: £248.00
Total due: £1,488.00

Please pay to IBAN {spaced(GB)}. Thank you.
""", "en", number="BW-2025-0117", date="2025-03-03", due="2025-04-02", customer="Harbour Café Ltd.", net="1240.00 GBP",
         total="1488.00 GBP", iban=GB, vat_id="GB 123 4567 82")

    web("02-en-boxed.html", [
        "Northgate Supplies, 18 Quay Street, Bristol",
        pairs(["Invoice no.", "4471/25"], ["Invoice date", "12/05/2025"], ["Due date", "11/06/2025"], ["Customer", "St Anne's Primary School"]),
        Table([["Item", "Qty", "Unit price", "Amount"]],
              [["Exercise books, ruled", "120", "0.85", "102.00"], ["Chalk, white\n(box of 100)", "4", "6.50", "26.00"], ["Globe 30 cm", "1", "34.99", "34.99"]], right={1, 2, 3}),
        pairs(["Subtotal", "£162.99"], ["VAT", "£32.60"], ["Grand total", "£195.59"]),
        f"VAT ID: GB 998 1123 05 · IBAN: {GB}",
    ], "en", style=RULED, number="4471/25", date="2025-05-12", due="2025-06-11", customer="St Anne's Primary School",
        net="162.99 GBP", total="195.59 GBP", iban=GB, vat_id="GB 998 1123 05",
        lines=[("Exercise books, ruled", "120", "0.85"), ("Chalk, white (box of 100)", "4", "6.50"), ("Globe 30 cm", "1", "34.99")])

    web("03-en-above.pdf", [
        "Larkspur Design Studio",
        Table([["Invoice number", "Issued", "Due date", "Bill to"]], [["LD-88", "7 Jan 2026", "21 Jan 2026", "Meridian Press"]]),
        "For work in December:",
        Table([["Description", "Qty", "Price", "Sum"]],
              [["Cover artwork", "1", "1,150.00", "1,150.00"], ["Proof corrections (hours)", "3.5", "60.00", "210.00"]], right={1, 2, 3}),
        pairs(["Total net", "€ 1,360.00"], ["VAT 0 %", "€ 0.00"], ["Amount due", "€ 1,360.00"], right={1}),
        f"IBAN {spaced(DE)}",
    ], "en", style=BARE, number="LD-88", date="2026-01-07", due="2026-01-21", customer="Meridian Press", net="1360.00 EUR",
        total="1360.00 EUR", iban=DE, vat_id=None, lines=[("Cover artwork", "1", "1150.00"), ("Proof corrections (hours)", "3.5", "60.00")])

    mail("04-en-mail.eml", "Your invoice 20391", """Hello,

thank you for your order. This is your invoice.

Invoice #: 20391
Date: March 14, 2025
Customer: Dana Whitfield

Hosting, 12 months, one domain

Subtotal:     USD 96.00
Total:        USD 96.00

Nothing is left to pay.
""", "en", number="20391", date="2025-03-14", due=None, customer="Dana Whitfield", net="96.00 USD", total="96.00 USD", iban=None, vat_id=None)

    report("holdout/13-en-report.pdf", [
        "Tolland & Reeve Surveyors",
        pairs(["Invoice number", "TR/0932"], ["Invoice date", "28 February 2025"], ["Payment due", "14 March 2025"], ["Invoice to", "Orchard Housing Trust"], widths=[110, 180]),
        Table([["Description", "Qty", "Unit price", "Amount"]],
              [["Site survey", "2", "480.00", "960.00"], ["Drawings", "5", "75.00", "375.00"]], right={1, 2, 3}, widths=[200, 50, 80, 80]),
        pairs(["Net amount", "£1,335.00"], ["VAT 20%", "£267.00"], ["Total due", "£1,602.00"], right={1}, widths=[110, 100]),
        f"VAT registration: GB 440 6271 19. Bank: {spaced(GB)}",
    ], "en", ruled=False, number="TR/0932", date="2025-02-28", due="2025-03-14", customer="Orchard Housing Trust", net="1335.00 GBP",
        total="1602.00 GBP", iban=GB, vat_id="GB 440 6271 19", lines=[("Site survey", "2", "480.00"), ("Drawings", "5", "75.00")])


def german():
    word("05-de-brief.docx", [
        "Schreinerei Kübler, Talstraße 9, 79102 Freiburg",
        "Rechnungsnummer: 2025-0042", "Rechnungsdatum: 17. Februar 2025", "Zahlbar bis: 3. März 2025", "Kunde: Gasthaus zum Löwen GmbH",
        "Wir berechnen Ihnen wie vereinbart:",
        Table([["Pos.", "Bezeichnung", "Menge", "Einzelpreis", "Betrag"]],
              [["1", "Stuhl, Buche natur", "24", "89,50 €", "2.148,00 €"], ["2", "Anlieferung", "1", "60,00 €", "60,00 €"]]),
        pairs(["Nettobetrag", "2.208,00 €"], ["Umsatzsteuer 19 %", "419,52 €"], ["Gesamtbetrag", "2.627,52 €"]),
        "USt-IdNr.: DE123456789", f"Bankverbindung: IBAN {spaced(DE)}",
    ], "de", number="2025-0042", date="2025-02-17", due="2025-03-03", customer="Gasthaus zum Löwen GmbH", net="2208.00 EUR",
        total="2627.52 EUR", iban=DE, vat_id="DE123456789", lines=[("Stuhl, Buche natur", "24", "89.50"), ("Anlieferung", "1", "60.00")])

    report("06-de-report.pdf", [
        "Elektro Brandl OHG - Rechnung",
        pairs(["Rechnungs-Nr.", "EB 7781"], ["Datum", "05.11.2025"], ["Fällig am", "19.11.2025"], ["Kunde", "Praxis Dr. Yildiz"], widths=[90, 140]),
        Table([["Leistung", "Menge", "Preis", "Gesamt"]],
              [["Leitung verlegen (m)", "38,5", "12,40", "477,40"], ["Steckdose, weiß", "7", "18,90", "132,30"]], right={1, 2, 3}, widths=[190, 60, 70, 70]),
        pairs(["Summe netto", "609,70 EUR"], ["19 % USt.", "115,84 EUR"], ["Zu zahlen", "725,54 EUR"], right={1}, widths=[90, 100]),
        f"IBAN {DE}",
    ], "de", ruled=False, number="EB 7781", date="2025-11-05", due="2025-11-19", customer="Praxis Dr. Yildiz", net="609.70 EUR",
        total="725.54 EUR", iban=DE, vat_id=None, lines=[("Leitung verlegen (m)", "38.5", "12.40"), ("Steckdose, weiß", "7", "18.90")])

    text("07-de-columns.txt", f"""Druckhaus Amsel e.K.                      Rechnung Nr.   R-19/333
Am Graben 2                               Datum          24.06.2025
01099 Dresden                             Zahlbar bis    08.07.2025

Auftraggeber:   Volkshochschule Meißen

 500  Faltblätter A4                                           210,00
1000  Plakate A3                                               640,00

                              Summe netto                  850,00 EUR
                              MwSt. 7 %                     59,50 EUR
                              Rechnungsbetrag              909,50 EUR

USt-ID: DE 987 654 321          IBAN: {spaced(DE)}
""", "de", number="R-19/333", date="2025-06-24", due="2025-07-08", customer="Volkshochschule Meißen", net="850.00 EUR",
         total="909.50 EUR", iban=DE, vat_id="DE 987 654 321")

    web("holdout/14-de-page.html", [
        "Gärtnerei Immergrün KG",
        "Rechnung an: Hausverwaltung Sträter\nRechnungsnummer: GI-1205\nRechnungsdatum: 1. Oktober 2025\nFälligkeit: 15. Oktober 2025",
        Table([["Artikel", "Menge", "Einzelpreis", "Summe"]],
              [["Hainbuche, 1,20 m", "60", "7,80", "468,00"], ["Pflanzerde\n40 l", "15", "6,20", "93,00"]], right={1, 2, 3}),
        pairs(["Zwischensumme", "561,00 €"], ["USt. 7 %", "39,27 €"], ["Gesamtbetrag", "600,27 €"], right={1}),
        f"Umsatzsteuer-ID: DE111222333, IBAN {spaced(DE)}",
    ], "de", style=LINED, number="GI-1205", date="2025-10-01", due="2025-10-15", customer="Hausverwaltung Sträter", net="561.00 EUR",
        total="600.27 EUR", iban=DE, vat_id="DE111222333", lines=[("Hainbuche, 1,20 m", "60", "7.80"), ("Pflanzerde 40 l", "15", "6.20")])


def french():
    web("08-fr-page.html", [
        "Atelier Fontaine, 12 rue des Lilas, 69003 Lyon",
        "Facture n° : 2025-318\nDate de facture : 9 avril 2025\nÉchéance : 9 mai 2025\nClient : Mairie de Vaulx-en-Velin",
        Table([["Désignation", "Qté", "Prix unitaire", "Montant"]],
              [["Reliure plein cuir", "3", "145,00 €", "435,00 €"], ["Dorure à la main", "3", "62,50 €", "187,50 €"],
               [Span("Total HT", columns=3), "622,50 €"], [Span("TVA 20 %", columns=3), "124,50 €"], [Span("Total TTC", columns=3), "747,00 €"]]),
        f"N° TVA : FR 40 303265045 — IBAN : {spaced(FR)}",
    ], "fr", heads="thead", number="2025-318", date="2025-04-09", due="2025-05-09", customer="Mairie de Vaulx-en-Velin", net="622.50 EUR",
        total="747.00 EUR", iban=FR, vat_id="FR 40 303265045", lines=[("Reliure plein cuir", "3", "145.00"), ("Dorure à la main", "3", "62.50")])

    printed_word("09-fr-office.pdf", [
        "Boulangerie Traiteur Le Gall",
        pairs(["Numéro de facture", "FA00981"], ["Date d'émission", "30/09/2025"], ["À régler avant le", "30/10/2025"], ["Facturé à", "Comité des fêtes de Crozon"]),
        "",
        Table([["Article", "Qté", "PU HT", "Total"]], [["Kouign-amann", "40", "3,20", "128,00"], ["Cidre brut 75 cl", "24", "4,10", "98,40"], ["Livraison", "1", "15,00", "15,00"]]),
        "",
        pairs(["Montant HT", "241,40 €"], ["TVA 5,5 %", "13,28 €"], ["Net à payer", "254,68 €"]),
        "TVA intracommunautaire : FR83404833048", f"IBAN {spaced(FR)}",
    ], "fr", number="FA00981", date="2025-09-30", due="2025-10-30", customer="Comité des fêtes de Crozon", net="241.40 EUR", total="254.68 EUR",
        iban=FR, vat_id="FR83404833048", lines=[("Kouign-amann", "40", "3.20"), ("Cidre brut 75 cl", "24", "4.10"), ("Livraison", "1", "15.00")])

    text("holdout/15-fr-note.txt", f"""Traductions Maurel

Facture n° 25-07
Date : 18 juillet 2025
Destinataire : Éditions du Bac

Traduction d'un roman, 312 feuillets

Total HT ............ 6 240,00 €
TVA 5,5 % ........... 343,20 €
Total TTC ........... 6 583,20 €

Échéance : 17 août 2025
Numéro de TVA : FR12345678901
Règlement par virement : {spaced(FR)}
""", "fr", number="25-07", date="2025-07-18", due="2025-08-17", customer="Éditions du Bac", net="6240.00 EUR", total="6583.20 EUR",
         iban=FR, vat_id="FR12345678901")


def spanish():
    web("10-es-printed.pdf", [
        "Talleres Ibarra, S.L.",
        "NIF: B95123456",
        pairs(["Factura n.º", "A-2025/61"], ["Fecha", "22/08/2025"], ["Vencimiento", "21/09/2025"], ["Cliente", "Transportes Olmedo"]),
        "",
        Table([["Concepto", "Cant.", "Precio", "Importe"]], [["Cambio de aceite", "2", "85,00", "170,00"], ["Filtro de aire", "2", "22,35", "44,70"], ["Mano de obra (h)", "3,5", "48,00", "168,00"]], right={1, 2, 3}),
        "",
        pairs(["Base imponible", "382,70 €"], ["IVA 21 %", "80,37 €"], ["Total factura", "463,07 €"], right={1}),
        f"Transferencia a {spaced(ES)}",
    ], "es", style=RULED, number="A-2025/61", date="2025-08-22", due="2025-09-21", customer="Transportes Olmedo", net="382.70 EUR", total="463.07 EUR",
        iban=ES, vat_id="B95123456", lines=[("Cambio de aceite", "2", "85.00"), ("Filtro de aire", "2", "22.35"), ("Mano de obra (h)", "3.5", "48.00")])

    mail("11-es-mail.eml", "Factura 0770", as_html([
        "Le enviamos la factura de este mes.",
        pairs(["Número de factura", "0770"], ["Fecha de emisión", "1 de junio de 2025"], ["Fecha de vencimiento", "15 de junio de 2025"], ["Facturar a", "Librería Cervantes"]),
        Table([["Descripción", "Cant.", "Precio unitario", "Total"]], [["Papel reciclado A4", "50", "4,15 €", "207,50 €"], ["Tóner negro", "2", "61,00 €", "122,00 €"]]),
        pairs(["Subtotal", "329,50 €"], ["IVA", "69,20 €"], ["Total a pagar", "398,70 €"]),
        f"CIF: A28015865. IBAN: {spaced(ES)}",
    ], language="es"), "es", html=True, number="0770", date="2025-06-01", due="2025-06-15", customer="Librería Cervantes", net="329.50 EUR",
         total="398.70 EUR", iban=ES, vat_id="A28015865", lines=[("Papel reciclado A4", "50", "4.15"), ("Tóner negro", "2", "61.00")])

    word("12-es-above.docx", [
        "Estudio Lluch, arquitectura",
        Table([["Nº de factura", "Fecha de factura", "Vencimiento", "Cliente"]], [["EL/2025/9", "04/12/2025", "03/01/2026", "Ayuntamiento de Nules"]]),
        "Por los trabajos siguientes:",
        Table([["Concepto", "Cant.", "Precio", "Importe"]], [["Anteproyecto", "1", "3.200,00", "3.200,00"], ["Visita de obra", "4", "150,00", "600,00"]]),
        pairs(["Base imponible", "3.800,00 €"], ["IVA 21 %", "798,00 €"], ["Importe total", "4.598,00 €"]),
        "NIF: 18912345K", f"IBAN: {ES}",
    ], "es", number="EL/2025/9", date="2025-12-04", due="2026-01-03", customer="Ayuntamiento de Nules", net="3800.00 EUR", total="4598.00 EUR",
        iban=ES, vat_id="18912345K", lines=[("Anteproyecto", "1", "3200.00"), ("Visita de obra", "4", "150.00")])

    word("holdout/16-es-letter.docx", [
        "Aguas de Sobrarbe", "Número de factura: 88120-C", "Fecha de emisión: 11 de marzo de 2025", "Fecha de vencimiento: 31 de marzo de 2025",
        "Cliente: Camping La Peña", "NIF: Q2201234F",
        Table([["Concepto", "Cant.", "Precio unitario", "Importe"]], [["Consumo m³", "214", "0,92", "196,88"], ["Cuota fija", "1", "18,00", "18,00"]]),
        pairs(["Base imponible", "214,88 €"], ["IVA 10 %", "21,49 €"], ["Total a pagar", "236,37 €"]),
        f"Domiciliado en {spaced(ES)}",
    ], "es", number="88120-C", date="2025-03-11", due="2025-03-31", customer="Camping La Peña", net="214.88 EUR", total="236.37 EUR", iban=ES,
        vat_id="Q2201234F", lines=[("Consumo m³", "214", "0.92"), ("Cuota fija", "1", "18.00")])


def text(name, content, plan, **there):
    (HERE / name).write_text(content)
    write_truth(name, plan, there)


def mail(name, subject, content, plan, html=False, **there):
    message = EmailMessage()
    message["From"], message["To"] = "Accounts <accounts@example.com>", "reader@example.org"
    message["Subject"], message["Date"] = subject, "Mon, 02 Jun 2025 09:30:00 +0000"
    message.set_content(content, subtype="html" if html else "plain")
    (HERE / name).write_bytes(message.as_bytes())
    write_truth(name, plan, there)


def web(name, parts, plan, style="", heads="th", **there):
    page = as_html(parts, style=style, heads=heads, language=plan)
    if name.endswith(".pdf"):
        print_html(HERE / name, page)
    else:
        (HERE / name).write_text(page)
    write_truth(name, plan, there)


def report(name, parts, plan, ruled=True, **there):
    print_report(HERE / name, parts, ruled)
    write_truth(name, plan, there)


def word(name, parts, plan, **there):
    write_docx(HERE / name, parts)
    write_truth(name, plan, there)


def printed_word(name, parts, plan, **there):
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "document.docx"
        write_docx(source, parts)
        convert(source, HERE / name)
    write_truth(name, plan, there)


def write_truth(name, plan, there):
    """Money is written `12.00 EUR` above, lines as their members in a row."""
    for field in ("net", "total"):
        amount, currency = there[field].split()
        there[field] = {"amount": amount, "currency": currency}
    if "lines" in there:
        there["lines"] = [dict(zip(("item", "quantity", "price"), line)) for line in there["lines"]]
    truth = json.dumps({"plan": plan, "fields": there}, ensure_ascii=False, indent=1)
    (HERE / name).with_suffix(".json").write_text(truth + "\n")


if __name__ == "__main__":
    main()
