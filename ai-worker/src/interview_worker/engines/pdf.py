"""PyMuPDF, which reads PDF files. It can hang or take all memory on a bad file, so only the reading child loads it."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from interview_worker.cpu.documents import (
    MAX_PAGES,
    MAX_SCANNED_PAGES,
    Box,
    Document,
    DocumentRefused,
    Hidden,
    Line,
    Refusal,
    Span,
    clean_text,
    make_line,
)
from interview_worker.cpu.layout import Piece, Rule, lay_out
from interview_worker.cpu.pictures import MAX_READ_PIXELS, Picture, RecognizeText, ScanFound
from interview_worker.engines.pdf_visibility import count_outside, find_hidden, load_pymupdf

_BOLD = 1 << 4
_RULE_WIDTH = 3.0
_SCAN_DPI = 300
_MIN_PAGE_LETTERS = 20
_READABLE_SHARE = 0.7
_PICTURE_SHARE = 0.2
_MIN_OUTLINES = 60
_MAX_OUTLINE_HEIGHT = 40
_LAYER_SHARE = 0.5
_ACTIONS = ("/JavaScript", "/Launch", "/ImportData")
_RUNS = re.compile("/S ?(?:" + "|".join(_ACTIONS) + ")")
_TRIGGERS = ("WC", "WS", "DS", "WP", "DP", "O", "C")
_UNREADABLE = re.compile("[\ufffd\ue000-\uefff\uf100-\uf8ff]")

SpanDict = dict[str, Any]


def read_pdf(content: bytes, recognize: RecognizeText | None) -> Document:
    """Read the text that a human reader of the file would see.

    `recognize` reads the pages that are pictures, and those whose letters mean nothing to a program.

    Raises:
        DocumentRefused: encrypted, damaged, cut off, with scripts, too many pages or too large.
        ScanFound: there is such a page, and no `recognize`.
        EngineUnavailable: PyMuPDF is not installed.
    """
    pymupdf = load_pymupdf()
    try:
        with pymupdf.open(stream=content, filetype="pdf") as document:
            _check(document, content)
            return _read(document, recognize)
    except (RuntimeError, ValueError, LookupError, TypeError, pymupdf.mupdf.FzErrorBase) as error:
        # PyMuPDF itself stumbles with Python's own errors over objects that are not what they should be.
        raise DocumentRefused(_reason(error)) from None


def _check(document: Any, content: bytes) -> None:
    if document.needs_pass:
        raise DocumentRefused(Refusal.ENCRYPTED)
    # MuPDF mends what it can; of a file that was cut off, half a résumé would pass for a whole one.
    if document.page_count == 0 or (document.is_repaired and b"%%EOF" not in content[-2048:]):
        raise DocumentRefused(Refusal.DAMAGED)
    if document.page_count > MAX_PAGES:
        raise DocumentRefused(Refusal.TOO_MANY_PAGES)
    if _has_scripts(document):
        raise DocumentRefused(Refusal.ACTIVE_CONTENT)


def _has_scripts(document: Any) -> bool:
    """Tell whether opening or clicking runs something. The checks of form fields do too, and are let pass."""
    catalog = document.pdf_catalog()
    if document.xref_get_key(catalog, "Names/JavaScript")[0] != "null":
        return True
    places = [(catalog, "OpenAction/S"), *((catalog, f"AA/{trigger}/S") for trigger in _TRIGGERS)]
    written = [catalog]
    for page in document:
        written.append(page.xref)
        places += [(page.xref, f"AA/{trigger}/S") for trigger in _TRIGGERS]
        # An annotation without a number stands in its page's own text.
        places += [(xref, "A/S") for xref, *_ in page.annot_xrefs() if xref]
    return any(document.xref_get_key(*place)[1] in _ACTIONS for place in places) or any(
        _RUNS.search(document.xref_object(xref, compressed=True)) for xref in written
    )


def _reason(error: Exception) -> Refusal:
    return Refusal.TOO_LARGE if "alloc" in str(error) else Refusal.DAMAGED


def _read(document: Any, recognize: RecognizeText | None) -> Document:
    lines: list[Line] = []
    hidden: Counter[Hidden] = Counter()
    scanned: list[int] = []
    for number, page in enumerate(document, start=1):
        if page.rotation:
            page.remove_rotation()
        written = _spans(page)
        if not _is_picture(page, written):
            lines += _read_page(number, page, written, hidden)
            continue
        scanned.append(number)
        if len(scanned) > MAX_SCANNED_PAGES:
            raise DocumentRefused(Refusal.TOO_MANY_SCANNED_PAGES)
        if recognize:
            seen = recognize(_render(page)).lay_out(number)
            hidden += _unseen_layer(written, seen)
            lines += seen
    if scanned and recognize is None:
        raise ScanFound
    return Document(document.page_count, tuple(lines), dict(hidden), tuple(scanned))


def _read_page(number: int, page: Any, written: list[list[SpanDict]], hidden: Counter[Hidden]) -> list[Line]:
    spans = [span for row in written for span in row]
    rules = _rules(page)
    hidden += count_outside(page, spans)
    reasons = find_hidden(page, spans)
    hidden.update(reasons.values())
    rows = [[span for span in row if id(span) not in reasons] for row in written]
    level = [row for row in rows if row and _is_level(row[0])]
    aslant = [row for row in rows if row and not _is_level(row[0])]
    beside = [make_line(number, [_span(span["chars"], span) for span in row]) for row in aslant]
    return [*lay_out(number, list(_pieces(level, rules)), rules), *(line for line in beside if line.text)]


def _spans(page: Any) -> list[list[SpanDict]]:
    """Return what is written within the page, in runs without a gap."""
    pymupdf = load_pymupdf()
    flags = pymupdf.TEXT_PRESERVE_WHITESPACE | pymupdf.TEXT_IGNORE_ACTUALTEXT | pymupdf.TEXT_MEDIABOX_CLIP
    blocks = page.get_text("rawdict", flags=flags)["blocks"]
    rows = [(line["dir"], line["spans"]) for block in blocks for line in block.get("lines", [])]
    return [
        [{**span, "dir": direction, "text": "".join(char["c"] for char in span["chars"])} for span in spans]
        for direction, spans in rows
    ]


def _is_level(span: SpanDict) -> bool:
    return bool(span["dir"][0] > 0.9)


def _is_picture(page: Any, written: list[list[SpanDict]]) -> bool:
    """Tell whether what a human reads on the page is painted, or letters without a meaning to a program."""
    text = "".join(span["text"] for row in written for span in row if span["alpha"] > 0)
    letters = re.sub(r"\s", "", text)
    unreadable = len(_UNREADABLE.findall(letters))
    if len(letters) >= _MIN_PAGE_LETTERS:
        return unreadable > (1 - _READABLE_SHARE) * len(letters)
    painted = page.get_bboxlog()
    pictures = [box for kind, box in painted if kind in ("fill-image", "fill-imgmask")]
    outlines = [box for kind, box in painted if kind == "fill-path" and box[3] - box[1] < _MAX_OUTLINE_HEIGHT]
    covered = sum(abs(load_pymupdf().Rect(box) & page.rect) for box in pictures)
    return covered > _PICTURE_SHARE * abs(page.rect) or len(outlines) >= _MIN_OUTLINES


def _render(page: Any) -> Picture:
    pymupdf = load_pymupdf()
    points = max(page.rect.width * page.rect.height, 1)
    scale = min(_SCAN_DPI / 72, (MAX_READ_PIXELS / points) ** 0.5)
    image = page.get_pixmap(matrix=pymupdf.Matrix(scale, scale), alpha=False, colorspace=pymupdf.csGRAY)
    return Picture(image.width, image.height, bytes(image.samples), scale)


def _unseen_layer(written: list[list[SpanDict]], seen: Sequence[Line]) -> Counter[Hidden]:
    """Count the invisible text under a scan, unless it says what the picture shows, as scanning programs write it.

    The picture is what a human reads, so such a layer is never taken for the text.
    """
    layer = [span for row in written for span in row if span["alpha"] == 0 and span["text"].strip()]
    words = {word for span in layer for word in re.findall(r"\w+", span["text"])}
    shown = "".join(line.text for line in seen).replace(" ", "")
    known = sum(word in shown for word in words)
    return Counter({Hidden.INVISIBLE: len(layer)}) if known < _LAYER_SHARE * len(words) else Counter()


def _rules(page: Any) -> list[Rule]:
    """Return the lines that are drawn across and down the page, as round the cells of a table."""
    rules: list[Rule] = []
    for path in page.get_cdrawings():
        is_stroked = "s" in path["type"]
        for item in path["items"]:
            rules += _rules_of(item, is_stroked=is_stroked)
    return rules


def _rules_of(item: tuple[Any, ...], *, is_stroked: bool) -> Iterator[Rule]:
    if item[0] == "l":
        (x0, y0), (x1, y1) = item[1], item[2]
    elif item[0] == "re":
        x0, y0, x1, y1 = item[1]
    else:
        return
    box = Box(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
    is_flat, is_narrow = box.height <= _RULE_WIDTH, box.x1 - box.x0 <= _RULE_WIDTH
    if is_flat != is_narrow:
        yield Rule(box, is_across=is_flat)
    elif item[0] == "re" and is_stroked and not is_flat:
        yield Rule(Box(box.x0, box.y0, box.x1, box.y0), is_across=True)
        yield Rule(Box(box.x0, box.y1, box.x1, box.y1), is_across=True)
        yield Rule(Box(box.x0, box.y0, box.x0, box.y1), is_across=False)
        yield Rule(Box(box.x1, box.y0, box.x1, box.y1), is_across=False)


def _pieces(rows: Iterable[list[SpanDict]], rules: Sequence[Rule]) -> Iterator[Piece]:
    down = [rule.box for rule in rules if not rule.is_across]
    for row in rows:
        spans = [part for span in row for part in _cut(span, down)]
        for group in _between_rules(spans, down):
            boxes = [span.box for span in group if span.box]
            if any(span.text.strip() for span in group):
                yield Piece(
                    tuple(group),
                    Box(
                        min(box.x0 for box in boxes),
                        min(box.y0 for box in boxes),
                        max(box.x1 for box in boxes),
                        max(box.y1 for box in boxes),
                    ),
                )


def _cut(span: SpanDict, down: Sequence[Box]) -> Iterator[Span]:
    """Cut a span where a rule goes down through it: MuPDF joins the text of two cells that are close together.

    The rule at the right side of a table divides nothing; what crosses it is too long for its cell.
    """
    left, top, right, bottom = span["bbox"]
    level = [box.x0 for box in down if box.y0 < (top + bottom) / 2 < box.y1]
    cuts = [x for x in level if left < x < right and x < max(level)]
    edges = sorted({float("-inf"), *cuts, float("inf")})
    for left, right in pairwise(edges):
        chars = [char for char in span["chars"] if left <= (char["bbox"][0] + char["bbox"][2]) / 2 < right]
        if chars:
            yield _span(chars, span)


def _between_rules(spans: Sequence[Span], down: Sequence[Box]) -> Iterator[list[Span]]:
    group: list[Span] = []
    for span in spans:
        if group and _is_rule_between(group[-1].box, span.box, down):
            yield group
            group = []
        group.append(span)
    if group:
        yield group


def _is_rule_between(left: Box | None, right: Box | None, down: Sequence[Box]) -> bool:
    if left is None or right is None:
        return False
    middle, from_x, to_x = left.middle, (left.x0 + left.x1) / 2, (right.x0 + right.x1) / 2
    return any(from_x < box.x0 < to_x and box.y0 < middle < box.y1 for box in down)


def _span(chars: Sequence[dict[str, Any]], span: SpanDict) -> Span:
    box = Box(
        round(min(char["bbox"][0] for char in chars), 1),
        round(span["bbox"][1], 1),
        round(max(char["bbox"][2] for char in chars), 1),
        round(span["bbox"][3], 1),
    )
    text = clean_text("".join(char["c"] for char in chars))
    return Span(text, box, round(span["size"], 1), bool(span["flags"] & _BOLD))
