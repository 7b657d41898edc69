#!/usr/bin/env python3
"""Makes the documents that bench_extract.py measures, the same ones every time.

    bench_documents.py FOLDER
"""

import csv
import io
import json
import random
import sys
from email.message import EmailMessage
from pathlib import Path

import docx
import openpyxl
import pptx
from ebooklib import epub
from odf import opendocument
from odf import table as odf_table
from odf import text as odf_text
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

WORDS = """time year people way day man thing woman life child world school state family student group country problem hand
part place case week company system program question work government number night point home water room mother area money
story fact month lot right study book eye job word business issue side kind head house service friend father power hour
game line end member law car city community name president team minute idea body information back parent face others
level office door health person art war history party result change morning reason research girl guy moment air teacher
force education""".split()


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in MAKERS.items():
        path = folder / name
        if not path.exists():
            rng = random.Random(name)
            content = make(rng)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())


def sentence(rng, words=14):
    picked = [rng.choice(WORDS) for _ in range(words)]
    return " ".join(picked).capitalize() + "."


def paragraph(rng, sentences=5):
    return " ".join(sentence(rng) for _ in range(sentences))


def rows(rng, count, columns):
    yield [f"Column {number}" for number in range(columns)]
    for number in range(count):
        yield [number, *(rng.choice(WORDS) for _ in range(columns - 2)), round(rng.random() * 1000, 2)]


def pdf(*flowables):
    out = io.BytesIO()
    SimpleDocTemplate(out, pagesize=A4, invariant=True).build(list(flowables))
    return out.getvalue()


def pdf_page(rng):
    style = getSampleStyleSheet()
    return pdf(
        Paragraph("A title", style["Title"]),
        *(Paragraph(paragraph(rng), style["BodyText"]) for _ in range(8)),
    )


def pdf_tables(rng):
    grid = TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black)])
    parts = []
    for _ in range(10):
        cells = [[str(cell) for cell in row] for row in rows(rng, 30, 6)]
        parts += [Table(cells, style=grid), PageBreak()]
    return pdf(*parts)


def pdf_book(rng):
    style = getSampleStyleSheet()
    parts = []
    for number in range(100):
        parts.append(Paragraph(f"Chapter {number}", style["Heading1"]))
        parts += [Paragraph(paragraph(rng), style["BodyText"]) for _ in range(9)]
        parts += [Spacer(1, 12), PageBreak()]
    return pdf(*parts)


def docx_tables(rng):
    document = docx.Document()
    for number in range(30):
        document.add_heading(f"Part {number}", 2)
        document.add_paragraph(paragraph(rng))
        cells = list(rows(rng, 10, 5))
        table = document.add_table(len(cells), 5)
        for row, values in zip(table.rows, cells):
            for cell, value in zip(row.cells, values):
                cell.text = str(value)
    return saved(document)


def saved(document):
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def xlsx(rng):
    book = openpyxl.Workbook()
    for row in rows(rng, 10_000, 10):
        book.active.append(row)
    return saved(book)


def pptx_slides(rng):
    show = pptx.Presentation()
    for number in range(60):
        slide = show.slides.add_slide(show.slide_layouts[1])
        slide.shapes.title.text = f"Slide {number}"
        slide.placeholders[1].text = "\n".join(sentence(rng) for _ in range(6))
    return saved(show)


def odt(rng):
    document = opendocument.OpenDocumentText()
    for number in range(200):
        document.text.addElement(odf_text.H(outlinelevel=2, text=f"Part {number}"))
        document.text.addElement(odf_text.P(text=paragraph(rng)))
    table = odf_table.Table(name="Numbers")
    for values in rows(rng, 100, 5):
        row = odf_table.TableRow()
        for value in values:
            cell = odf_table.TableCell()
            cell.addElement(odf_text.P(text=str(value)))
            row.addElement(cell)
        table.addElement(row)
    document.text.addElement(table)
    return saved(document)


def ebook(rng):
    book = epub.EpubBook()
    book.set_identifier("bench")
    book.set_title("A book")
    book.set_language("en")
    chapters = []
    for number in range(30):
        chapter = epub.EpubHtml(title=f"Chapter {number}", file_name=f"{number}.xhtml")
        body = "".join(f"<p>{paragraph(rng)}</p>" for _ in range(40))
        chapter.content = f"<h1>Chapter {number}</h1>{body}"
        book.add_item(chapter)
        chapters.append(chapter)
    book.toc = book.spine = chapters
    book.add_item(epub.EpubNcx())
    book.add_item(epub.EpubNav())
    out = io.BytesIO()
    epub.write_epub(out, book)
    return out.getvalue()


def rtf(rng):
    body = "".join(rf"\pard {paragraph(rng)}\par" + "\n" for _ in range(400))
    return r"{\rtf1\ansi\deff0{\fonttbl{\f0 Arial;}}" + "\n" + body + "}"


def html(parts):
    def make(rng):
        navigation = "".join(f'<li><a href="/{word}">{word}</a></li>' for word in WORDS)
        sections = []
        for number in range(parts):
            cells = "".join(
                "<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows(rng, 4, 4)
            )
            sections.append(
                f'<section class="part" id="p{number}"><h2>Part {number}</h2>'
                f'<p class="lead">{paragraph(rng)} <a href="/part/{number}">more</a></p>'
                f'<div class="box"><p>{paragraph(rng)}</p><ul><li>{sentence(rng)}</li>'
                f"<li><b>{sentence(rng)}</b></li></ul></div><table>{cells}</table></section>"
            )
        return (
            "<!DOCTYPE html><html lang=en><head><title>A page</title>"
            "<style>.part { color: black }</style><script>let x = 1;</script></head><body>"
            f"<nav><ul>{navigation}</ul></nav><main>{''.join(sections)}</main></body></html>"
        )

    return make


def mail(rng):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@test.com", "b@test.com", "A letter"
    message["Date"] = "Mon, 1 Jan 2024 10:00:00 +0100"
    message.set_content("\n\n".join(paragraph(rng) for _ in range(50)))
    message.add_alternative("".join(f"<p>{paragraph(rng)}</p>" for _ in range(50)), subtype="html")
    return message.as_bytes()


def csv_rows(rng):
    out = io.StringIO()
    csv.writer(out).writerows(rows(rng, 20_000, 8))
    return out.getvalue()


def json_rows(rng):
    header, *body = rows(rng, 8_000, 8)
    return json.dumps([dict(zip(header, row)) for row in body])


def xml(rng):
    items = "".join(
        f"<item id='{number}'><title>{sentence(rng, 6)}</title><text>{paragraph(rng)}</text></item>"
        for number in range(2_000)
    )
    return f"<?xml version='1.0'?><list>{items}</list>"


def markdown(rng):
    return "\n\n".join(f"## Part {number}\n\n{paragraph(rng)}\n\n- {sentence(rng)}" for number in range(1_000))


def text(rng):
    return "\n\n".join(paragraph(rng) for _ in range(2_000))


MAKERS = {
    "1-page.pdf": pdf_page,
    "10-pages-of-tables.pdf": pdf_tables,
    "100-pages.pdf": pdf_book,
    "30-tables.docx": docx_tables,
    "10000-rows.xlsx": xlsx,
    "60-slides.pptx": pptx_slides,
    "200-parts.odt": odt,
    "30-chapters.epub": ebook,
    "400-paragraphs.rtf": rtf,
    "small.html": html(140),
    "large.html": html(740),
    "letter.eml": mail,
    "20000-rows.csv": csv_rows,
    "8000-objects.json": json_rows,
    "2000-items.xml": xml,
    "1000-parts.md": markdown,
    "plain.txt": text,
}

if __name__ == "__main__":
    main()
