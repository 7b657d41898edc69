"""What makes documents of known content: tables as data, and each format that they are written in.

Needs LibreOffice, Chromium and the Python packages reportlab, openpyxl and python-docx.
"""

import csv
import html
import json
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

CHROMIUM = [
    "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-pdf-header-footer",
]


@dataclass(frozen=True)
class Span:
    """A cell that spans columns or rows."""

    text: str
    columns: int = 1
    rows: int = 1


@dataclass
class Table:
    """A table: rows of texts and spans, header rows first. A cell that a span covers is not written again."""

    header: list
    rows: list
    right: set = field(default_factory=set)  # the columns that are set flush right
    widths: list | None = None  # of the columns, in points

    def grid(self):
        """Every cell as (row, column, text, rows, columns)."""
        taken, cells = set(), []
        for row, written in enumerate(self.header + self.rows):
            column = 0
            for cell in written:
                cell = cell if isinstance(cell, Span) else Span(cell)
                while (row, column) in taken:
                    column += 1
                taken |= {(row + r, column + c) for r in range(cell.rows) for c in range(cell.columns)}
                cells.append((row, column, cell.text, cell.rows, cell.columns))
                column += cell.columns
        return cells

    def size(self):
        cells = self.grid()
        return max(row + rows for row, _, _, rows, _ in cells), max(column + columns for _, column, _, _, columns in cells)

    def truth(self):
        """All texts, those of spans in each cell that they cover."""
        height, width = self.size()
        rows = [[""] * width for _ in range(height)]
        for row, column, text, down, across in self.grid():
            for r in range(down):
                for c in range(across):
                    rows[row + r][column + c] = text
        return {"header_rows": len(self.header), "rows": rows}


def write_tables(path, parts):
    """The truth of a document made of paragraphs (texts) and tables."""
    tables = [part.truth() for part in parts if isinstance(part, Table)]
    text = json.dumps({"tables": tables}, ensure_ascii=False, indent=1)
    path.with_suffix(".json").write_text(text + "\n")


def escaped(text):
    return html.escape(text).replace("\n", "<br>")


def as_html(parts, style="", heads="th", language="en", title="A document"):
    """A page. `heads`: `th`, `thead`, or `td` for header cells that are only bold."""
    body = []
    for part in parts:
        if not isinstance(part, Table):
            body.append(f"<p>{escaped(part)}</p>")
            continue
        rows = [""] * part.size()[0]
        for row, column, text, down, across in part.grid():
            head = row < len(part.header)
            tag = "th" if head and heads != "td" else "td"
            spans = (f' rowspan="{down}"' if down > 1 else "") + (f' colspan="{across}"' if across > 1 else "")
            right = ' class="r"' if column in part.right else ""
            inner = f"<b>{escaped(text)}</b>" if head and heads == "td" else escaped(text)
            rows[row] += f"<{tag}{spans}{right}>{inner}</{tag}>"
        rows = [f"<tr>{row}</tr>" for row in rows]
        if heads == "thead":
            count = len(part.header)
            rows = ["<thead>", *rows[:count], "</thead>", "<tbody>", *rows[count:], "</tbody>"]
        body.append("<table>\n" + "\n".join(rows) + "\n</table>")
    head = f'<meta charset="utf-8"><title>{title}</title><style>{style}</style>'
    return f'<!DOCTYPE html>\n<html lang="{language}"><head>{head}</head><body>\n' + "\n".join(body) + "\n</body></html>\n"


RULED = "body{font:11pt sans-serif} table{border-collapse:collapse} td,th{border:1px solid #555;padding:3px 7px;text-align:left} .r{text-align:right}"
BARE = "body{font:11pt serif} table{border-spacing:0} td,th{padding:3px 14px 3px 0;text-align:left;vertical-align:top} .r{text-align:right}"
LINED = "body{font:10pt sans-serif} table{border-collapse:collapse;width:100%} td,th{padding:5px 8px;text-align:left} th{border-bottom:2px solid #000} tr:nth-child(even) td{background:#eee} .r{text-align:right}"


def print_html(path, page):
    """A page as a PDF, by Chromium."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "page.html"
        source.write_text(page)
        run([*CHROMIUM, f"--user-data-dir={folder}/profile", f"--print-to-pdf={path}", source.as_uri()])


def convert(source, path):
    """A document in another format, by LibreOffice."""
    with tempfile.TemporaryDirectory() as folder:
        run(["soffice", f"-env:UserInstallation=file:///{folder}/profile", "--headless", "--convert-to",
             path.suffix[1:], "--outdir", folder, str(source)])
        (Path(folder) / source.with_suffix(path.suffix).name).rename(path.with_suffix(".tmp"))
    path.with_suffix(".tmp").rename(path)


def run(command):
    subprocess.run(command, check=True, capture_output=True, timeout=120)


def print_report(path, parts, ruled=True):
    """A PDF by ReportLab, with lines around the cells or none at all."""
    from reportlab.lib import colors
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer
    from reportlab.platypus import Table as Grid

    flow, normal = [], getSampleStyleSheet()["Normal"]
    for part in parts:
        if not isinstance(part, Table):
            flow += [Paragraph(escaped(part).replace("<br>", "<br/>"), normal), Spacer(1, 10)]
            continue
        height, width = part.size()
        data = [[""] * width for _ in range(height)]
        style = [("FONTSIZE", (0, 0), (-1, -1), 9), ("VALIGN", (0, 0), (-1, -1), "TOP")]
        style += [("FONTNAME", (0, 0), (-1, len(part.header) - 1), "Helvetica-Bold")] if part.header else []
        style += [("GRID", (0, 0), (-1, -1), 0.5, colors.black)] if ruled else []
        style += [("ALIGN", (column, 0), (column, -1), "RIGHT") for column in part.right]
        for row, column, text, down, across in part.grid():
            data[row][column] = text
            if down > 1 or across > 1:
                style.append(("SPAN", (column, row), (column + across - 1, row + down - 1)))
        flow += [Grid(data, colWidths=part.widths, style=style, hAlign="LEFT"), Spacer(1, 14)]
    SimpleDocTemplate(str(path), pagesize=A4, invariant=1).build(flow)


def write_sheets(path, sheets):
    """A workbook of (name, parts); paragraphs stand in cells of their own, with an empty row between two parts."""
    import openpyxl
    from openpyxl.styles import Font

    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, parts in sheets:
        sheet, top = book.create_sheet(name), 1
        for part in parts:
            if not isinstance(part, Table):
                sheet.cell(top, 1, part)
                top += 2
                continue
            for row, column, text, down, across in part.grid():
                cell = sheet.cell(top + row, 1 + column, text or None)
                if text.replace(".", "", 1).isdigit() and not text.startswith("0"):
                    cell.value = float(text) if "." in text else int(text)
                    cell.number_format = "0.00" if "." in text else "0"
                if row < len(part.header):
                    cell.font = Font(bold=True)
                if down > 1 or across > 1:
                    sheet.merge_cells(start_row=top + row, start_column=1 + column,
                                      end_row=top + row + down - 1, end_column=column + across)
            top += part.size()[0] + 1
        for column in sheet.columns:
            name = openpyxl.utils.get_column_letter(column[0].column)
            sheet.column_dimensions[name].width = 2 + max(len(str(cell.value or "")) for cell in column)
    book.save(path)


def write_docx(path, parts, repeat=True):
    """A document for Word; `repeat` says of the header rows that they are."""
    import docx
    from docx.oxml import OxmlElement

    document = docx.Document()
    for part in parts:
        if not isinstance(part, Table):
            document.add_paragraph(part)
            continue
        height, width = part.size()
        table = document.add_table(rows=height, cols=width, style="Table Grid")
        for row, column, text, down, across in part.grid():
            cell = table.cell(row, column)
            if down > 1 or across > 1:
                cell = cell.merge(table.cell(row + down - 1, column + across - 1))
            cell.text = text
            if row < len(part.header):
                for run in cell.paragraphs[0].runs:
                    run.bold = True
        for row in table.rows[: len(part.header)] if repeat else []:
            row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    document.save(path)


def write_csv(path, table, delimiter=",", encoding="utf-8"):
    with path.open("w", newline="", encoding=encoding) as file:
        csv.writer(file, delimiter=delimiter, lineterminator="\r\n").writerows(table.truth()["rows"])
