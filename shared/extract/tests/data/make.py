"""Makes the documents in this folder that cannot be written by hand. Needs reportlab, pypdf and pillow."""

import io
from pathlib import Path

from PIL import Image, ImageDraw
from pypdf import PdfReader, PdfWriter
from reportlab.lib.pagesizes import A5
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

HERE = Path(__file__).parent


def invoice() -> bytes:
    out = io.BytesIO()
    page = Canvas(out, pagesize=A5, invariant=True)
    page.setTitle("Invoice 2024-17")
    page.setAuthor("Zoë Müller")
    page.setSubject("Two pages of text")
    page.setKeywords("invoice, sample")
    page.drawString(50, 500, "Invoice 2024-17")
    page.drawString(50, 480, "Questions? Write to billing@test.com")
    page.linkURL("https://test.com/pay", (50, 440, 200, 460))
    page.drawString(50, 445, "Pay online")
    page.showPage()
    page.drawString(50, 500, "Total: 1,234.50 EUR")
    page.drawString(50, 480, "Thank you, Zoë")
    page.save()
    return out.getvalue()


def scan() -> bytes:
    image = Image.new("L", (60, 80), 255)
    ImageDraw.Draw(image).text((5, 5), "scan", fill=0)
    out = io.BytesIO()
    page = Canvas(out, pagesize=A5, invariant=True)
    for _ in range(2):
        page.drawImage(ImageReader(image), 50, 400, 60, 80)
        page.showPage()
    page.save()
    return out.getvalue()


def encrypted(pdf: bytes, user: str, algorithm: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    writer.encrypt(user_password=user, owner_password="owner", algorithm=algorithm)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def write(name: str, content: bytes) -> None:
    (HERE / name).write_bytes(content)


write("invoice.pdf", invoice())
write("scan.pdf", scan())
write("password.pdf", encrypted(invoice(), "secret", "AES-256"))
write("owner-password.pdf", encrypted(invoice(), "", "AES-128"))
write("owner-password-rc4.pdf", encrypted(invoice(), "", "RC4-128"))

PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head><meta http-equiv="Content-Type" content="text/html; charset={charset}"><title>{title}</title></head>
<body><p>{text}</p></body>
</html>
"""
write(
    "windows-1252.html",
    PAGE.format(language="fr", charset="windows-1252", title="Café", text="Un café coûte 3 € à l’hôtel.").encode("cp1252"),
)
write(
    "shift-jis.html",
    PAGE.format(language="ja", charset="Shift_JIS", title="東京", text="東京の天気は晴れです。").encode("shift_jis"),
)
write("utf-16.txt", "Grüße aus Köln\r\nan zoe@test.com\r\n".encode("utf-16"))

MAIL = """Received: from mx.test.com by mail.example.org; Mon, 1 Jan 2024 10:00:01 +0100
From: =?iso-8859-1?Q?Zo=EB_M=FCller?= <zoe@test.com>
To: "Bob, the builder" <bob@example.org>, ann@example.org
Cc: team@example.org
Subject: =?utf-8?B?UmVjaG51bmcgZsO8ciBKw6RubmVy?=
Date: Mon, 1 Jan 2024 10:00:00 +0100
Message-ID: <17@test.com>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="outer"

--outer
Content-Type: multipart/alternative; boundary="inner"

--inner
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

Guten Tag, die Rechnung =FCber 100 EUR liegt bei. Fragen an rechnung=
@test.com.
--inner
Content-Type: text/html; charset=utf-8

<p>Guten Tag, <b>HTML</b></p>
--inner--
--outer
Content-Type: application/pdf; name="Rechnung.pdf"
Content-Disposition: attachment; filename="Rechnung.pdf"
Content-Transfer-Encoding: base64

JVBERi0xLjQK
--outer--
"""
write("mail.eml", MAIL.replace("\n", "\r\n").encode("ascii"))

NEWSLETTER = """From: news@test.com
Subject: News
Date: Tue, 2 Jan 2024 08:00:00 +0000
MIME-Version: 1.0
Content-Type: text/html; charset=windows-1252
Content-Transfer-Encoding: 8bit

<html><head><style>p { color: red }</style></head><body>
<p>Caf\xe9 news</p><p>Read <a href="https://test.com/news">all about it</a>.</p>
<table><tr><th>City</th><th>Cups</th></tr><tr><td>Rome</td><td>3</td></tr></table>
</body></html>
"""
write("newsletter.eml", NEWSLETTER.encode("cp1252"))
