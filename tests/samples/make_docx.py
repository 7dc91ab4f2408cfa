"""Writes DOCX files part by part, as Word does and as nobody should."""

import zipfile
from collections.abc import Iterable, Mapping
from io import BytesIO
from xml.sax.saxutils import escape

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_NAMESPACES = (
    f'xmlns:w="{_W}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    ' xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" xmlns:v="urn:schemas-microsoft-com:vml"'
)
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'

STYLES = (
    "<w:docDefaults><w:rPrDefault><w:rPr><w:sz w:val='21'/></w:rPr></w:rPrDefault></w:docDefaults>"
    "<w:style w:type='paragraph' w:default='1' w:styleId='Normal'/>"
    "<w:style w:type='paragraph' w:styleId='Heading1'><w:basedOn w:val='Normal'/><w:rPr><w:b/>"
    "<w:sz w:val='28'/></w:rPr></w:style>"
    "<w:style w:type='character' w:styleId='Secret'><w:rPr><w:vanish/></w:rPr></w:style>"
    "<w:style w:type='character' w:styleId='MoreSecret'><w:basedOn w:val='Secret'/></w:style>"
    "<w:style w:type='table' w:styleId='Dark'><w:tblStylePr w:type='firstRow'><w:tcPr>"
    "<w:shd w:val='clear' w:fill='1F3864'/></w:tcPr></w:tblStylePr></w:style>"
)
NUMBERING = (
    "<w:abstractNum w:abstractNumId='0'><w:lvl w:ilvl='0'><w:numFmt w:val='bullet'/></w:lvl></w:abstractNum>"
    "<w:num w:numId='7'><w:abstractNumId w:val='0'/></w:num>"
)
FILLER = "orders and payments of the shop were moved to a new service without losing a single event in all the years"


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def paragraph(*parts: str, properties: str = "") -> str:
    """A paragraph of texts, or of parts that are XML already."""
    runs = (part if part.startswith("<") else run(part) for part in parts)
    return f"<w:p><w:pPr>{properties}</w:pPr>{''.join(runs)}</w:p>"


def bullet(text: str) -> str:
    return paragraph(text, properties="<w:numPr><w:ilvl w:val='0'/><w:numId w:val='7'/></w:numPr>")


def table(*rows: Iterable[str], style: str = "") -> str:
    """A table whose cells are texts, or XML already."""
    properties = f"<w:tblPr><w:tblStyle w:val='{style}'/></w:tblPr>" if style else "<w:tblPr/>"
    return f"<w:tbl>{properties}{''.join(map(table_row, rows))}</w:tbl>"


def table_row(cells: Iterable[str], properties: str = "") -> str:
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(map(table_cell, cells))}</w:tr>"


def table_cell(content: str, properties: str = "") -> str:
    inside = content if content.startswith("<") else paragraph(content)
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inside}</w:tc>"


def text_box(content: str, *, fill: str = "", x: int = 0, width: int = 2_000_000) -> str:
    """A text box as Word writes it: once for itself and once more for older programs."""
    shape = f"<a:solidFill><a:srgbClr val='{fill}'/></a:solidFill>" if fill else "<a:noFill/>"
    drawing = (
        f"<w:drawing><wp:anchor><wp:positionH><wp:posOffset>{x}</wp:posOffset></wp:positionH>"
        f"<wp:extent cx='{width}' cy='900000'/><a:graphic><a:graphicData><wps:wsp><wps:spPr>{shape}</wps:spPr>"
        f"<wps:txbx><w:txbxContent>{content}</w:txbxContent></wps:txbx></wps:wsp></a:graphicData></a:graphic>"
        "</wp:anchor></w:drawing>"
    )
    older = f"<w:pict><v:textbox><w:txbxContent>{content}</w:txbxContent></v:textbox></w:pict>"
    return (
        f"<w:r><mc:AlternateContent><mc:Choice>{drawing}</mc:Choice><mc:Fallback>{older}</mc:Fallback>"
        "</mc:AlternateContent></w:r>"
    )


def make_docx(
    *body: str, header: str = "", footer: str = "", before_root: str = "", more: Mapping[str, bytes] | None = None
) -> bytes:
    """Return a DOCX file with this body; `more` adds or replaces parts."""
    root = f"<w:document {_NAMESPACES}><w:body>{''.join(body)}</w:body></w:document>"
    parts = {
        "[Content_Types].xml": f'{_HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": _relations({"officeDocument": "word/document.xml"}),
        "word/document.xml": f"{_HEAD}{before_root}{root}",
        "word/styles.xml": f"{_HEAD}<w:styles {_NAMESPACES}>{STYLES}</w:styles>",
        "word/numbering.xml": f"{_HEAD}<w:numbering {_NAMESPACES}>{NUMBERING}</w:numbering>",
    }
    related = {"styles": "styles.xml", "numbering": "numbering.xml"}
    for kind, content in (("header", header), ("footer", footer)):
        if content:
            parts[f"word/{kind}1.xml"] = f"{_HEAD}<w:hdr {_NAMESPACES}>{content}</w:hdr>"
            related[kind] = f"{kind}1.xml"
    parts["word/_rels/document.xml.rels"] = _relations(related)
    return make_zip({**{name: text.encode() for name, text in parts.items()}, **(more or {})})


def _relations(targets: Mapping[str, str]) -> str:
    entries = "".join(
        f'<Relationship Id="r{number}" Type="{_RELATION}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets.items())
    )
    return (
        f'{_HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{entries}'
        "</Relationships>"
    )


def make_zip(parts: Mapping[str, bytes]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return out.getvalue()
