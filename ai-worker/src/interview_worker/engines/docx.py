"""Word's DOCX files: what a human reader sees in them, from the package's XML.

Libraries for DOCX leave out what résumés are made of: text boxes, content controls, headers, hidden text.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element

from interview_worker.cpu.documents import (
    MAX_PAGES,
    Document,
    DocumentRefused,
    Hidden,
    Line,
    Refusal,
    Span,
    clean_text,
    holds_smuggled_text,
)
from interview_worker.cpu.layout import lay_out_row
from interview_worker.engines.docx_looks import UNKNOWN, Bullets, Look, Styles, ground_of
from interview_worker.engines.docx_package import Package, attribute, child, local

_LEFT_OUT = {"del", "moveFrom", "instrText", "delText", "rPr", "pPr", "sdtPr", "tblPr", "Fallback", "object"}
_GAP = "  "
_BULLET = "• "
_LINE_BREAKS = {"textWrapping", None}
_EMU_PER_POINT = 12_700
_FAR_POINTS = 1600
_MIN_BOX_POINTS = 2
_MIN_ROW_TWENTIETHS = 60
_MIN_LINE_TWENTIETHS = 50


def read_docx(content: bytes) -> Document:
    """Read the text that a human reader of the file would see: headers first, footers and notes last.

    Raises:
        DocumentRefused: encrypted, damaged, with macros, too large, too many pages, or no Word document.
    """
    try:
        return _Reader(Package(content)).read()
    except RecursionError:
        raise DocumentRefused(Refusal.DAMAGED) from None


class _Reader:
    def __init__(self, package: Package) -> None:
        self._package = package
        self._styles = Styles(self._part("styles"))
        self._bullets = Bullets(self._part("numbering"))
        self._hidden: Counter[Hidden] = Counter()
        self._page = 1
        self._ground: str | None = None
        self._why_all_hidden: Hidden | None = None

    def read(self) -> Document:
        root = self._package.read(self._package.main)
        if root is None:
            raise DocumentRefused(Refusal.DAMAGED)
        background = child(root, "background")
        self._ground = attribute(background, "color") if background is not None else None
        # Word notes where its pages end; where it has not, only the breaks that a person made are known.
        self._breaks = next(({name} for name in ("lastRenderedPageBreak",) if _has(root, name)), {"br"})
        lines = [*self._around("header"), *self._blocks(child(root, "body"))]
        pages = self._page
        if pages > MAX_PAGES:
            raise DocumentRefused(Refusal.TOO_MANY_PAGES)
        lines += [*self._around("footnotes"), *self._around("endnotes"), *self._around("footer")]
        return Document(pages, tuple(line for line in lines if line.text), dict(+self._hidden))

    def _part(self, kind: str) -> Element | None:
        names = self._package.related(self._package.main, kind)
        return self._package.read(names[0]) if names else None

    def _around(self, kind: str) -> list[Line]:
        """Read what stands above or below the pages, each text once."""
        lines: dict[str, Line] = {}
        for name in self._package.related(self._package.main, kind):
            for line in self._blocks(self._package.read(name)):
                lines.setdefault(line.text, line)
        return list(lines.values())

    def _blocks(self, parent: Element | None) -> Iterator[Line]:
        for element in parent if parent is not None else ():
            name = local(element.tag)
            if name == "p":
                yield from self._paragraph(element)
            elif name == "tbl":
                yield from self._table(element)
            elif name not in _LEFT_OUT:
                yield from self._blocks(element)

    def _table(self, table: Element) -> Iterator[Line]:
        style = child(child(table, "tblPr"), "tblStyle")
        is_shaded = style is not None and self._styles.has_shading(attribute(style, "val"))
        for row in _descend(table, "tr"):
            cells = [list(self._cell(cell, is_shaded=is_shaded)) for cell in self._row_cells(row)]
            yield from lay_out_row(self._page, cells)

    def _row_cells(self, row: Element) -> Iterator[Element]:
        properties = child(row, "trPr")
        height = child(properties, "trHeight")
        why = None
        if child(properties, "hidden") is not None:
            why = Hidden.INVISIBLE
        elif height is not None and attribute(height, "hRule") == "exact":
            why = Hidden.CLIPPED if _whole(attribute(height, "val")) < _MIN_ROW_TWENTIETHS else None
        before, self._why_all_hidden = self._why_all_hidden, why or self._why_all_hidden
        yield from _descend(row, "tc")
        self._why_all_hidden = before

    def _cell(self, cell: Element, *, is_shaded: bool) -> Iterator[Line]:
        own = ground_of(child(child(cell, "tcPr"), "shd"))
        before, self._ground = self._ground, own or (UNKNOWN if is_shaded else self._ground)
        yield from self._blocks(cell)
        self._ground = before

    def _paragraph(self, paragraph: Element) -> Iterator[Line]:
        properties = child(paragraph, "pPr")
        spacing = child(properties, "spacing")
        why = self._why_all_hidden
        if spacing is not None and attribute(spacing, "lineRule") == "exact":
            why = why or (Hidden.CLIPPED if _whole(attribute(spacing, "line")) < _MIN_LINE_TWENTIETHS else None)
        if child(properties, "pageBreakBefore") is not None and "br" in self._breaks:
            self._page += 1
        collected = _Paragraph(self._page)
        if self._bullets.has(self._styles.list_of(properties)):
            collected.write(_BULLET, Look())
        self._inline(paragraph, self._styles.of_paragraph(properties, self._ground), collected, why)
        yield from collected.lines()
        for box in collected.boxes:
            yield from self._text_box(box)

    def _inline(self, parent: Element, look: Look, out: "_Paragraph", why: Hidden | None) -> None:
        for element in parent:
            name = local(element.tag)
            if name == "r":
                self._run(element, self._styles.of_run(element, look), out, why)
            elif name not in _LEFT_OUT:
                self._inline(element, look, out, why)

    def _run(self, run: Element, look: Look, out: "_Paragraph", why: Hidden | None) -> None:
        text = ""
        for element in run:
            name = local(element.tag)
            if name in self._breaks and _is_page_break(element):
                self._page += 1
                out.turn_page(self._page)
            if name in ("drawing", "pict", "AlternateContent"):
                out.boxes += _text_boxes(element)
            elif name == "br" or name == "cr":
                self._write(text, look, out, why)
                text = ""
                out.end_line()
            else:
                text += _text_of(element)
        self._write(text, look, out, why)

    def _write(self, text: str, look: Look, out: "_Paragraph", why: Hidden | None) -> None:
        reason = why or look.hidden
        if reason is None or not text.strip():
            self._hidden[Hidden.INVISIBLE] += holds_smuggled_text(text)
            out.write(text, look)
        else:
            self._hidden[reason] += 1

    def _text_box(self, box: "_TextBox") -> Iterator[Line]:
        before = self._ground, self._why_all_hidden
        self._ground = box.ground or self._ground
        self._why_all_hidden = box.hidden or self._why_all_hidden
        yield from self._blocks(box.content)
        self._ground, self._why_all_hidden = before


class _TextBox:
    def __init__(self, frame: Element, content: Element) -> None:
        self.content = content
        self.ground = _ground_of_shape(frame)
        self.hidden = _why_box_hidden(frame)


class _Paragraph:
    """The lines of a paragraph while they are read, and the text boxes that hang on it."""

    def __init__(self, page: int) -> None:
        self._page = page
        self._spans: list[Span] = []
        self._lines: list[Line] = []
        self.boxes: list[_TextBox] = []

    def write(self, text: str, look: Look) -> None:
        if text:
            self._spans.append(Span(clean_text(text), None, look.size, look.is_bold))

    def turn_page(self, page: int) -> None:
        if not any(span.text.strip() for span in self._spans):
            self._page = page

    def end_line(self) -> None:
        text = "".join(span.text for span in self._spans).strip()
        if text:
            spans = tuple(span for span in self._spans if span.text.strip())
            self._lines.append(Line(self._page, spans, text))
        self._spans = []

    def lines(self) -> list[Line]:
        self.end_line()
        return [line for line in self._lines if line.text != _BULLET.strip()]


def _has(root: Element, name: str) -> bool:
    return any(local(element.tag) == name for element in root.iter())


def _descend(parent: Element, name: str) -> Iterator[Element]:
    """Return the children of that name, also those inside content controls and marked insertions."""
    for element in parent:
        if local(element.tag) == name:
            yield element
        elif local(element.tag) not in _LEFT_OUT and local(element.tag) not in ("tbl", "tr", "tc", "p"):
            yield from _descend(element, name)


def _is_page_break(element: Element) -> bool:
    return local(element.tag) == "lastRenderedPageBreak" or attribute(element, "type") == "page"


def _text_of(element: Element) -> str:
    match local(element.tag):
        case "t":
            return element.text or ""
        case "tab" | "ptab":
            return _GAP
        case "noBreakHyphen":
            return "-"
        case "sym":
            return _symbol(attribute(element, "char") or "")
    return ""


def _symbol(code: str) -> str:
    try:
        return chr(int(code, 16))
    except (ValueError, OverflowError):
        return ""


def _text_boxes(drawing: Element) -> list[_TextBox]:
    """Return the text boxes of a drawing. Where it is given twice, for newer and older programs, the first is taken."""
    found: list[_TextBox] = []
    pending: list[Element] = [drawing]
    while pending:
        element = pending.pop()
        if local(element.tag) == "txbxContent":
            found.append(_TextBox(drawing, element))
        elif local(element.tag) == "AlternateContent":
            choices: Iterable[Element] = [part for part in element if local(part.tag) == "Choice"] or list(element)
            pending += choices
        else:
            pending += [part for part in element if local(part.tag) != "Fallback"]
    return found[::-1]


def _ground_of_shape(frame: Element) -> str | None:
    """Return the colour that a shape is filled with; None: nothing is."""
    properties = next((part for part in frame.iter() if local(part.tag) == "spPr"), None)
    if properties is None:
        return UNKNOWN if any(attribute(part, "fillcolor") for part in frame.iter()) else None
    solid = child(properties, "solidFill")
    if solid is not None:
        color = child(solid, "srgbClr")
        return attribute(color, "val") if color is not None else UNKNOWN
    has_fill = any(local(part.tag) in ("gradFill", "blipFill", "pattFill", "grpFill") for part in properties)
    return UNKNOWN if has_fill or child(properties, "noFill") is None else None


def _why_box_hidden(frame: Element) -> Hidden | None:
    extent = next((part for part in frame.iter() if local(part.tag) == "extent"), None)
    if extent is None:
        return None
    sides = [_whole(attribute(extent, side)) / _EMU_PER_POINT for side in ("cx", "cy")]
    if min(sides) < _MIN_BOX_POINTS:
        return Hidden.CLIPPED
    offsets = [
        _whole(part.text) / _EMU_PER_POINT
        for anchor in frame.iter()
        if local(anchor.tag) in ("positionH", "positionV")
        for part in anchor
        if local(part.tag) == "posOffset"
    ]
    is_off = any(offset > _FAR_POINTS or offset < -_FAR_POINTS / 2 for offset in offsets)
    return Hidden.OFF_PAGE if is_off else None


def _whole(text: str | None) -> int:
    try:
        return int(text or "0")
    except ValueError:
        return 0
