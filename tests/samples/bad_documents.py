"""Files that candidates may send, most of them such as nobody should: each with what must become of it."""

import random
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from io import BytesIO

import pymupdf
from PIL import Image

from interview_worker.cpu.documents import Refusal
from tests.samples.make_docx import FILLER, make_docx, make_zip, paragraph, table
from tests.samples.raw_pdf import HELVETICA, deflated, raw_pdf, stream
from tests.samples.scans import draw_page, to_bytes, to_pdf

TEXT = "orders and payments of the shop were moved to a new service without losing a single event in seven years"
SCAN = tuple(f"{number} orders and payments of the shop" for number in range(1, 8))
SHOWN = (
    b"BT /F1 11 Tf 50 700 Td " + b"".join(b"(%s) Tj 0 -14 Td " % TEXT[i : i + 50].encode() for i in (0, 50)) + b"ET\n"
)
PAGE = stream(SHOWN)


@dataclass(frozen=True)
class BadDocument:
    name: str
    make: Callable[[], bytes]
    verdict: Refusal | None
    """None: it is read."""
    is_scan: bool = False
    """Its pages have to be recognised, for which there is more time."""


def text_pdf(*, pages: int = 1, **save: object) -> bytes:
    document = pymupdf.open()
    for _ in range(pages):
        document.new_page().insert_textbox((50, 50, 500, 700), f"{TEXT} " * 3)
    return document.tobytes(**save)


def _deflated_spaces() -> bytes:
    """2 GB, deflated: longer to read than there is time for, on a quick machine too."""
    squeeze = zlib.compressobj(9)
    megabyte = b" " * 1_000_000
    return b"".join([*(squeeze.compress(megabyte) for _ in range(2000)), squeeze.flush()])


def nested_forms() -> bytes:
    """A few kilobytes that ask for 10^12 drawings: eleven forms, each of which draws the next ten times."""
    depth = 11
    head = b"/Type/XObject/Subtype/Form/BBox[0 0 600 800]/Resources<<" + HELVETICA
    forms = [
        stream(b"/X Do " * 10, head + b"/XObject<</X %d 0 R>>>>" % (6 + number)) for number in range(depth - 1)
    ] + [stream(b"0 0 m ", head + b">>")]
    return raw_pdf(stream(b"/X Do " * 10), b"/XObject<</X 5 0 R>>", forms)


def _form_that_draws_itself() -> bytes:
    head = b"/Type/XObject/Subtype/Form/BBox[0 0 600 800]/Resources<<" + HELVETICA + b"/XObject<</X 5 0 R>>>>"
    return raw_pdf(PAGE, HELVETICA + b"/XObject<</X 5 0 R>>", [stream(b"/X Do ", head)])


def text_bomb() -> bytes:
    """Half a megabyte that becomes four million lines of text."""
    return raw_pdf(deflated(b"BT /F1 12 Tf 50 700 Td (orders and payments) Tj ET\n" * 4_000_000))


def _deflated_twice() -> bytes:
    inner = zlib.compress(_deflated_spaces(), 9)
    return raw_pdf(stream(inner, b"/Filter[/FlateDecode/FlateDecode]"))


def _huge_image() -> bytes:
    """It is black, and hides the text of its page."""
    image = stream(
        zlib.compress(b"\0" * 1000),
        b"/Type/XObject/Subtype/Image/Width 100000/Height 100000/BitsPerComponent 8/ColorSpace/DeviceRGB"
        b"/Filter/FlateDecode",
    )
    return raw_pdf(stream(SHOWN + b"q 600 0 0 800 0 0 cm /I Do Q"), HELVETICA + b"/XObject<</I 5 0 R>>", [image])


def _tiny_tiles() -> bytes:
    """A page painted with a pattern of tiles a ten-thousandth of a point wide, under its text."""
    tile = stream(
        b"0 0 1 1 re f",
        b"/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 1 1]/XStep .0001/YStep .0001/Resources<<>>",
    )
    painted = stream(b"q /Pattern cs /P scn 0 0 600 800 re f Q 1 g 40 600 500 120 re f 0 g " + SHOWN)
    return raw_pdf(painted, HELVETICA + b"/Pattern<</P 5 0 R>>", [tile])


def _many_annotations() -> bytes:
    links = b"<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI(https://example.com)>>>>" * 10_000
    return raw_pdf(PAGE, page=b"/MediaBox[0 0 600 800]/Annots[" + links + b"]")


def _deep_arrays() -> bytes:
    return raw_pdf(PAGE, catalog=b"/X" + b"[" * 100_000 + b"]" * 100_000)


def _page_tree_loop() -> bytes:
    return raw_pdf(PAGE, pages=b"/Kids[2 0 R]/Count 1")


def _font_without_meaning() -> bytes:
    """Letters that show, and of which no program knows which they are."""
    glyphs = b" ".join(b"/q%d" % number for number in range(65, 91))
    font = (
        b"/Font<</F1<</Type/Font/Subtype/Type3/FontBBox[0 0 1000 1000]/FontMatrix[.001 0 0 .001 0 0]/FirstChar 65"
        b"/LastChar 90/Widths[" + b"600 " * 26 + b"]/Encoding<</Type/Encoding/Differences[65 " + glyphs + b"]>>"
        b"/CharProcs<<" + b"".join(b"/q%d 5 0 R" % number for number in range(65, 91)) + b">>/Resources<<>>>>>>"
    )
    content = stream(b"BT /F1 20 Tf 50 700 Td (" + b"ORDERSANDPAYMENTS" * 3 + b") Tj ET")
    return raw_pdf(content, font, [stream(b"600 0 0 0 500 700 d1 50 0 400 700 re f")])


def _outlined_text() -> bytes:
    """Text that was turned into curves, as designers' programs do for the printer."""
    document = pymupdf.open()
    source = pymupdf.open()
    page = source.new_page()
    for number, line in enumerate(SCAN):
        page.insert_text((50, 80 + 30 * number), line, fontsize=16)
    as_svg = page.get_svg_image(text_as_path=True)
    document.insert_pdf(pymupdf.open("pdf", pymupdf.open("svg", as_svg.encode()).convert_to_pdf()))
    return document.tobytes()


def _filled_form() -> bytes:
    document = pymupdf.open("pdf", text_pdf())
    widget = pymupdf.Widget()
    widget.field_name, widget.field_type, widget.field_value = "name", pymupdf.PDF_WIDGET_TYPE_TEXT, "Daniel Mercer"
    widget.rect = pymupdf.Rect(50, 720, 300, 740)
    widget.script_calc = "event.value = 'x';"
    document[0].add_widget(widget)
    return document.tobytes()


def _all_white() -> bytes:
    document = pymupdf.open()
    document.new_page().insert_textbox((50, 50, 500, 700), TEXT * 3, color=(1, 1, 1))
    return document.tobytes()


def _attachment() -> bytes:
    document = pymupdf.open("pdf", text_pdf())
    document.embfile_add("virus.exe", b"MZ" + bytes(1000))
    return document.tobytes()


def _script(where: str) -> bytes:
    script = b"<</S/JavaScript/JS(app.alert(1))>>"
    launch = b"<</S/Launch/F(calc.exe)>>"
    page = b"/MediaBox[0 0 600 800]"
    makers = {
        "open": partial(raw_pdf, catalog=b"/OpenAction" + script),
        "open by reference": partial(raw_pdf, more=[script], catalog=b"/OpenAction 5 0 R"),
        "names": partial(raw_pdf, catalog=b"/Names<</JavaScript<</Names[(a)" + script + b"]>>>>"),
        "closing": partial(raw_pdf, catalog=b"/AA<</WC" + script + b">>"),
        "page": partial(raw_pdf, page=page + b"/AA<</O" + script + b">>"),
        "launch": partial(raw_pdf, catalog=b"/OpenAction" + launch),
        "link": partial(raw_pdf, page=page + b"/Annots[<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A" + launch + b">>]"),
    }
    return makers[where](PAGE)


def _docx_bomb() -> bytes:
    return make_docx(more={"word/document.xml": b"<w:document>" + b" " * 150_000_000})


def _lying_docx() -> bytes:
    """The directory says that the document has ten bytes."""
    content = bytearray(make_docx(paragraph(TEXT * 40)))
    place = content.rfind(b"word/document.xml") - 46
    content[place + 24 : place + 28] = (10).to_bytes(4, "little")
    return bytes(content)


def _broken_sum() -> bytes:
    content = bytearray(make_docx(paragraph(TEXT)))
    place = content.rfind(b"word/document.xml") - 46
    content[place + 16 : place + 20] = b"\1\2\3\4"
    return bytes(content)


def _locked_zip() -> bytes:
    content = bytearray(make_docx(paragraph(TEXT)))
    place = content.rfind(b"word/document.xml") - 46
    content[place + 8] |= 1
    return bytes(content)


def _laughs() -> bytes:
    entities = "".join(f'<!ENTITY l{number} "{f"&l{number - 1};" * 10}">' for number in range(1, 12))
    return make_docx(
        paragraph("<w:r><w:t>&l11;</w:t></w:r>"), before_root=f'<!DOCTYPE x [<!ENTITY l0 "ha">{entities}]>'
    )


def _reaching_out() -> bytes:
    return make_docx(
        paragraph("<w:r><w:t>&secret;</w:t></w:r>"),
        before_root='<!DOCTYPE x [<!ENTITY secret SYSTEM "file:///etc/passwd">]>',
    )


def _remote_template() -> bytes:
    relations = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1"'
        b' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/header" TargetMode="External"'
        b' Target="http://192.0.2.1/header.xml"/></Relationships>'
    )
    return make_docx(paragraph(TEXT), more={"word/_rels/document.xml.rels": relations})


def _deep_docx(depth: int) -> bytes:
    return make_docx("<w:tbl><w:tr><w:tc>" * depth + paragraph(TEXT) + "</w:tc></w:tr></w:tbl>" * depth)


def _long_docx(pages: int) -> bytes:
    return make_docx(*(paragraph("<w:r><w:lastRenderedPageBreak/></w:r>", TEXT) for _ in range(pages)))


def _many_parts() -> bytes:
    return make_docx(paragraph(TEXT), more={f"word/media/{number}.xml": b"" for number in range(5000)})


def _png_of_size(width: int, height: int) -> bytes:
    """A picture of one colour, which packs to nearly nothing."""
    row = b"\0" * (1 + (width + 7) // 8)
    packer = zlib.compressobj(9)
    data = b"".join([*(packer.compress(row * 1000) for _ in range(height // 1000)), packer.flush()])
    head = width.to_bytes(4) + height.to_bytes(4) + b"\x01\0\0\0\0"
    return b"\x89PNG\r\n\x1a\n" + b"".join(map(_chunk, (b"IHDR", b"IDAT", b"IEND"), (head, data, b"")))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)


def _png_with_text_bomb() -> bytes:
    text = b"Comment\0\0" + zlib.compress(b"a" * 200_000_000, 9)
    plain = to_bytes(Image.new("L", (400, 300), 255), "PNG")
    return plain[:33] + _chunk(b"zTXt", text) + plain[33:]


def _scan(pages: int = 1) -> bytes:
    return to_pdf([draw_page(SCAN, dpi=150) for _ in range(pages)], dpi=150)


def _mixed() -> bytes:
    document = pymupdf.open("pdf", text_pdf())
    document.insert_pdf(pymupdf.open("pdf", _scan()))
    return document.tobytes()


def _turned_photo() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return to_bytes(draw_page(SCAN, dpi=150).rotate(90, expand=True), "JPEG", exif=exif)


def _stored(name: str, content: bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as package:
        package.writestr(name, content)
    return out.getvalue()


def _noise(size: int) -> bytes:
    return random.Random(7).randbytes(size)


def _old_office(stream_name: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000) + stream_name.encode("utf-16-le") + bytes(1000)


def make_bad_documents() -> Iterator[BadDocument]:
    """Return the files, each made when it is asked for."""
    for name, make, verdict in (*_PDFS, *_SCRIPTS, *_TEXTS, *_TWO_KINDS, *_WORD, *_PICTURES):
        yield BadDocument(name, make, verdict)
    for name, make, verdict in _SCANS:
        yield BadDocument(name, make, verdict, is_scan=True)


_Case = tuple[str, Callable[[], bytes], Refusal | None]

_PDFS: tuple[_Case, ...] = (
    ("pdf: only its header", lambda: b"%PDF-1.7\n%%EOF", Refusal.DAMAGED),
    ("pdf: header and noise", lambda: b"%PDF-1.4 " + _noise(5000), Refusal.DAMAGED),
    ("pdf: cut off at a tenth", lambda: _cut(0.1), Refusal.DAMAGED),
    ("pdf: cut off at half", lambda: _cut(0.5), Refusal.DAMAGED),
    ("pdf: cut off at nine tenths", lambda: _cut(0.9), Refusal.DAMAGED),
    ("pdf: cut off near its end", lambda: _cut(0.97), Refusal.DAMAGED),
    ("pdf: whole, with a wrong table of places", lambda: raw_pdf(PAGE).replace(b"startxref\n", b"startxref\n9"), None),
    ("pdf: no pages", lambda: raw_pdf(PAGE, pages=b"/Kids[]/Count 0"), Refusal.DAMAGED),
    ("pdf: says that it has 999,999 pages", lambda: raw_pdf(PAGE, pages=b"/Kids[3 0 R]/Count 999999"), Refusal.DAMAGED),
    ("pdf: pages that hold themselves", _page_tree_loop, Refusal.DAMAGED),
    ("pdf: 31 pages", lambda: text_pdf(pages=31), Refusal.TOO_MANY_PAGES),
    ("pdf: 3000 pages", lambda: text_pdf(pages=3000), Refusal.TOO_MANY_PAGES),
    ("pdf: password (AES)", lambda: _locked(pymupdf.PDF_ENCRYPT_AES_256), Refusal.ENCRYPTED),
    ("pdf: password (RC4)", lambda: _locked(pymupdf.PDF_ENCRYPT_RC4_128), Refusal.ENCRYPTED),
    ("pdf: may be read, not changed", lambda: text_pdf(encryption=pymupdf.PDF_ENCRYPT_AES_256, owner_pw="o"), None),
    ("pdf: nested forms", nested_forms, Refusal.PARSE_TIMEOUT),
    ("pdf: form that draws itself", _form_that_draws_itself, None),
    ("pdf: text bomb", text_bomb, Refusal.TOO_LARGE),
    ("pdf: 2 GB of spaces", lambda: raw_pdf(stream(_deflated_spaces(), b"/Filter/FlateDecode")), Refusal.PARSE_TIMEOUT),
    ("pdf: deflated twice", _deflated_twice, Refusal.PARSE_TIMEOUT),
    ("pdf: picture of ten thousand million pixels", _huge_image, Refusal.NO_TEXT),
    ("pdf: pattern of tiny tiles", _tiny_tiles, Refusal.PARSE_TIMEOUT),
    ("pdf: page of five metres", lambda: raw_pdf(PAGE, page=b"/MediaBox[0 0 14400 14400]"), None),
    ("pdf: page of a million kilometres", lambda: raw_pdf(PAGE, page=b"/MediaBox[0 0 1e13 1e13]"), None),
    ("pdf: page without a size", lambda: raw_pdf(PAGE, page=b""), None),
    ("pdf: page upside down", lambda: raw_pdf(PAGE, page=b"/MediaBox[600 800 0 0]"), None),
    ("pdf: page of one point", lambda: raw_pdf(PAGE, page=b"/MediaBox[0 0 1 1]"), Refusal.NO_TEXT),
    ("pdf: font that is not there", lambda: raw_pdf(PAGE, b""), None),
    ("pdf: Korean without its font", lambda: _korean(), None),
    ("pdf: empty page", lambda: raw_pdf(stream(b"")), Refusal.NO_TEXT),
    ("pdf: all text is white", _all_white, Refusal.NO_TEXT),
    ("pdf: ten thousand links", _many_annotations, None),
    ("pdf: hundred thousand objects", lambda: raw_pdf(PAGE, more=[b"null"] * 100_000), None),
    ("pdf: table of places that follows itself", lambda: raw_pdf(PAGE, trailer=b"/Prev 9"), None),
    ("pdf: arrays hundred thousand deep", _deep_arrays, Refusal.DAMAGED),
    ("pdf: million saved states", lambda: raw_pdf(stream(b"q " * 1_000_000 + SHOWN)), Refusal.DAMAGED),
    ("pdf: a million words in a line", lambda: raw_pdf(stream(b"BT /F1 9 Tf (" + b"a " * 10**6 + b") Tj ET")), None),
    ("pdf: filled form", _filled_form, None),
    ("pdf: file attached", _attachment, None),
    ("pdf: noise before its header", lambda: bytes(500) + text_pdf(), None),
    ("pdf: byte order mark before its header", lambda: b"\xef\xbb\xbf" + text_pdf(), None),
)  # fmt: skip

_SCRIPTS: tuple[_Case, ...] = tuple(
    (f"pdf: script ({where})", partial(_script, where), Refusal.ACTIVE_CONTENT)
    for where in ("open", "open by reference", "names", "closing", "page", "launch", "link")
)

_TEXTS: tuple[_Case, ...] = (
    ("empty file", lambda: b"", Refusal.NO_TEXT),
    ("only spaces", lambda: b" \n\t\n" * 1000, Refusal.NO_TEXT),
    ("noise", lambda: _noise(100_000), Refusal.DAMAGED),
    ("text with NUL", lambda: TEXT.encode() + b"\0", Refusal.DAMAGED),
    ("text in CP949", lambda: ("백엔드 개발자 주문 결제 " * 10).encode("cp949"), None),
    ("text in UTF-16", lambda: ("백엔드 개발자 주문 결제 " * 10).encode("utf-16"), None),
    ("one line of 300,000 letters", lambda: (TEXT * 2900).encode()[:300_000], None),
    ("nine megabytes of text", lambda: (TEXT.encode() + b"\n") * 85_000, Refusal.TOO_LARGE),
    ("eleven megabytes", lambda: b"a word " * (11 * 1024 * 1024 // 7), Refusal.TOO_LARGE),
)

_TWO_KINDS: tuple[_Case, ...] = (
    ("pdf with a zip behind it", lambda: text_pdf() + _stored("a.txt", b"hello"), None),
    ("zip with a pdf inside", lambda: _stored("a.pdf", text_pdf()), Refusal.UNSUPPORTED),
    ("gif that is a pdf", lambda: b"GIF89a\1\0\1\0\0\0\0" + text_pdf(), None),
    ("jpeg that is a pdf", lambda: b"\xff\xd8\xff\xe0" + text_pdf(), Refusal.DAMAGED),
    ("web page", lambda: f"<html><script>alert(1)</script><p>{TEXT}</p></html>".encode(), None),
)

_WORD: tuple[_Case, ...] = (
    ("docx: bomb", _docx_bomb, Refusal.TOO_LARGE),
    ("docx: five thousand parts", _many_parts, Refusal.TOO_LARGE),
    ("docx: entities that grow", _laughs, Refusal.DAMAGED),
    ("docx: entity that reaches for a file", _reaching_out, Refusal.DAMAGED),
    ("docx: header from another machine", _remote_template, None),
    ("docx: macros", lambda: make_docx(paragraph(TEXT), more={"word/vbaProject.bin": b"x"}), Refusal.ACTIVE_CONTENT),
    ("docx: locked zip", _locked_zip, Refusal.ENCRYPTED),
    ("docx: password", lambda: _old_office("EncryptedPackage"), Refusal.ENCRYPTED),
    ("doc of old Word", lambda: _old_office("WordDocument"), Refusal.UNSUPPORTED),
    ("spreadsheet", lambda: make_docx(more={"word/document.xml": b"<workbook/>"}), Refusal.UNSUPPORTED),
    ("zip of something", lambda: make_zip({"readme.txt": TEXT.encode()}), Refusal.UNSUPPORTED),
    ("docx: cut off", lambda: make_docx(paragraph(TEXT * 50))[:-200], Refusal.DAMAGED),
    ("docx: wrong sum", _broken_sum, Refusal.DAMAGED),
    ("docx: lies about its size", _lying_docx, Refusal.DAMAGED),
    ("docx: no document", lambda: make_docx(more={"_rels/.rels": b"<Relationships/>"}), Refusal.DAMAGED),
    ("docx: broken XML", lambda: make_docx("<w:p><w:r>"), Refusal.DAMAGED),
    ("docx: tables thirty deep", lambda: _deep_docx(30), None),
    ("docx: tables ten thousand deep", lambda: _deep_docx(10_000), Refusal.DAMAGED),
    ("docx: nothing in it", lambda: make_docx(), Refusal.NO_TEXT),
    ("docx: 40 pages", lambda: _long_docx(40), Refusal.TOO_MANY_PAGES),
    ("docx: thousand rows", lambda: make_docx(table(*[(FILLER, "2021", "2022")] * 1000)), None),
    ("docx: half a million letters", lambda: make_docx(*[paragraph(TEXT)] * 5000), Refusal.TOO_LARGE),
)

_PICTURES: tuple[_Case, ...] = (
    ("png: nine hundred million pixels", lambda: _png_of_size(30_000, 30_000), Refusal.TOO_LARGE),
    ("png: only its beginning", lambda: b"\x89PNG\r\n\x1a\n", Refusal.DAMAGED),
    ("png: cut off", lambda: to_bytes(draw_page(SCAN), "PNG")[:3000], Refusal.DAMAGED),
    ("jpeg: cut off", lambda: to_bytes(draw_page(SCAN), "JPEG")[:9000], Refusal.DAMAGED),
    ("jpeg: noise", lambda: b"\xff\xd8\xff\xe0" + _noise(5000), Refusal.DAMAGED),
    ("png: text that grows to 200 MB", _png_with_text_bomb, Refusal.DAMAGED),
)

_SCANS: tuple[_Case, ...] = (
    ("png: empty", lambda: to_bytes(Image.new("L", (800, 1000), 255), "PNG"), Refusal.NO_TEXT),
    ("png: page", lambda: to_bytes(draw_page(SCAN, dpi=150), "PNG"), None),
    ("png: see-through page", lambda: _see_through(), None),
    ("jpeg: page turned by its camera", _turned_photo, None),
    ("pdf: scan", _scan, None),
    ("pdf: text and a scan", _mixed, None),
    ("pdf: text as curves", _outlined_text, None),
    ("pdf: letters without meaning", _font_without_meaning, Refusal.NO_TEXT),
    ("pdf: eleven scans", lambda: _scan(11), Refusal.TOO_MANY_SCANNED_PAGES),
    ("png: forty million pixels", lambda: _png_of_size(8000, 5000), Refusal.NO_TEXT),
)


def _cut(share: float) -> bytes:
    content = text_pdf(pages=4)
    return content[: int(len(content) * share)]


def _locked(method: int) -> bytes:
    return text_pdf(encryption=method, user_pw="secret", owner_pw="owner")


def _korean() -> bytes:
    """Korean text in a font that the file only names."""
    text = ("백엔드 개발자 주문 결제 서버 운영 " * 6).encode("utf-16-be").hex().encode()
    font = (
        b"/Font<</F1<</Type/Font/Subtype/Type0/BaseFont/HYSMyeongJo-Medium/Encoding/UniKS-UTF16-H/DescendantFonts"
        b"[<</Type/Font/Subtype/CIDFontType0/BaseFont/HYSMyeongJo-Medium/CIDSystemInfo<</Registry(Adobe)"
        b"/Ordering(Korea1)/Supplement 1>>/FontDescriptor<</Type/FontDescriptor/FontName/HYSMyeongJo-Medium/Flags 6"
        b"/FontBBox[0 0 1000 1000]/ItalicAngle 0/Ascent 880/Descent -120/StemV 80>>>>]>>>>"
    )
    return raw_pdf(stream(b"BT /F1 4 Tf 20 700 Td <" + text + b"> Tj ET"), font)


def _see_through() -> bytes:
    page = draw_page(SCAN, dpi=150)
    ink = Image.new("RGBA", page.size, (0, 0, 0, 0))
    ink.putalpha(Image.eval(page, lambda value: 255 - value))
    return to_bytes(ink, "PNG")
