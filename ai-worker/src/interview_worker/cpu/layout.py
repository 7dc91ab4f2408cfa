"""The order in which a human reads what stands on a page: columns one after another, tables row by row.

A piece is text without a gap in it. Whether a gap is the gutter between two columns or only the distance between the
cells of a table is decided by what stands on both sides of it: the lines of columns go their own ways, those of a
table stand side by side.
"""

import re
import statistics
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from interview_worker.cpu.documents import Box, Line, Span, make_line
from interview_worker.cpu.sections import find_heading

_MIN_GUTTER = 8.0
_MIN_ROWS = 3
_MANY_ROWS = 12
_ALIGNED_SHARE = 0.75
_PROSE_CHARACTERS = 30
_MAX_SHORT_CELL = 40
_MAX_ROW_CELL_LINES = 3
_MAX_PIECES = 4000
_MAX_RULES = 1500
_TOUCH = 3.0
_DATE_LIKE = re.compile(
    r"(?:[\d.\-–—~/년월일() ]|현재|재직|중|present|current|now|[a-z]{3,9}\.? (?=\d{4}))+", re.IGNORECASE
)
_BULLET = re.compile(r"\s*(?:[•‣◦▪▫●○■□◆◇▶▷►·-]|\d{1,2}[.)])\s")


@dataclass(frozen=True)
class Piece:
    """Spans side by side without a gap; each has a box and a size."""

    spans: tuple[Span, ...]
    box: Box

    @property
    def text(self) -> str:
        return "".join(span.text for span in self.spans).strip()


@dataclass(frozen=True)
class Rule:
    """A drawn line, across or down the page."""

    box: Box
    is_across: bool


@dataclass(frozen=True)
class _Block:
    """What keeps together: a piece, or a table whose lines are laid out already."""

    box: Box
    piece: Piece | None = None
    lines: tuple[Line, ...] = ()

    @property
    def text(self) -> str:
        return self.piece.text if self.piece else ""


def lay_out(page: int, pieces: Sequence[Piece], rules: Sequence[Rule] = ()) -> list[Line]:
    """Return the lines of a page in reading order."""
    tables, free = _split_tables(page, pieces, rules) if len(rules) <= _MAX_RULES else ([], list(pieces))
    blocks = [*tables, *(_Block(piece.box, piece) for piece in free)]
    ordered = _order(page, blocks) if len(blocks) <= _MAX_PIECES else _read_rows(page, blocks)
    return [line for line in ordered if line.text]


def lay_out_row(page: int, cells: Sequence[Sequence[Line]]) -> list[Line]:
    """Return the lines of one row of a table: what is short stays side by side, what is long follows."""
    filled = [list(lines) for lines in cells if lines]
    if filled and _is_section(filled[0], is_alone=len(filled) == 1):
        return [*filled[0], *lay_out_row(page, filled[1:])]
    if len(filled) < 2 or sum(len(lines) > _MAX_ROW_CELL_LINES for lines in filled) >= 2:
        return [line for lines in filled for line in lines]
    heads, rest = zip(*(_split_cell(page, lines) for lines in filled), strict=True)
    return [_join("  ", page, heads), *(line for lines in rest for line in lines)]


def _is_section(lines: Sequence[Line], *, is_alone: bool) -> bool:
    """Tell whether a cell is the heading of a section that the cells beside it hold."""
    heading = find_heading(" ".join(line.text for line in lines))
    # The others are as often the label of one line: of a number, of a project's tools, of a kind of skills.
    return not is_alone and heading not in (None, "contact", "skills", "other")


def _split_cell(page: int, lines: Sequence[Line]) -> tuple[Line, list[Line]]:
    is_short = sum(len(line.text) for line in lines) <= _MAX_SHORT_CELL
    if is_short and not any(_BULLET.match(line.text) for line in lines):
        return _join(" ", page, lines), []
    return lines[0], list(lines[1:])


def _join(separator: str, page: int, lines: Sequence[Line]) -> Line:
    spans = tuple(span for line in lines for span in line.spans)
    return Line(page, spans, separator.join(line.text for line in lines))


def _order(page: int, blocks: Sequence[_Block]) -> Iterator[Line]:
    split = _find_columns(blocks)
    if split is None:
        yield from _read_rows(page, blocks)
        return
    for part in split:
        yield from _order(page, part)


def _find_columns(blocks: Sequence[_Block]) -> tuple[list[_Block], ...] | None:
    """Return what stands above two columns, the left one, the right one, and what stands below."""
    found: list[tuple[float, tuple[list[_Block], ...]]] = []
    for gutter in _gutters(blocks):
        crossing = [block.box for block in blocks if block.box.x0 < gutter - 1 and block.box.x1 > gutter - _MIN_GUTTER]
        for top, bottom in _free_ranges(crossing):
            inside = [block for block in blocks if top <= block.box.middle <= bottom]
            left = [block for block in inside if block.box.x1 <= gutter - _MIN_GUTTER]
            right = [block for block in inside if block.box.x0 >= gutter - 1]
            if len(left) + len(right) == len(inside) and _are_columns(left, right):
                above = [block for block in blocks if block.box.middle < top]
                below = [block for block in blocks if block.box.middle > bottom]
                found.append((_height(left) + _height(right), (above, left, right, below)))
    return max(found, key=lambda candidate: candidate[0])[1] if found else None


def _gutters(blocks: Sequence[_Block]) -> list[float]:
    """Return where at least three blocks begin one below the other."""
    starts: dict[int, list[float]] = defaultdict(list)
    for block in blocks:
        starts[round(block.box.x0 / 4)].append(block.box.x0)
    return [min(values) for values in starts.values() if len(values) >= _MIN_ROWS]


def _free_ranges(crossing: Iterable[Box]) -> Iterator[tuple[float, float]]:
    top = float("-inf")
    for box in sorted(crossing, key=lambda box: box.y0):
        if box.y0 > top:
            yield top, box.y0
        top = max(top, box.y1)
    yield top, float("inf")


def _height(blocks: Sequence[_Block]) -> float:
    return max(block.box.y1 for block in blocks) - min(block.box.y0 for block in blocks)


def _are_columns(left: Sequence[_Block], right: Sequence[_Block]) -> bool:
    rows = [_rows(left), _rows(right)]
    sparse, dense = sorted(rows, key=len)
    if len(sparse) < _MIN_ROWS or _are_dates(sparse):
        return False
    if not _has_side_by_side(left, right):
        return False
    aligned = sum(any(_is_level(row[0].box, other[0].box) for other in dense) for row in sparse)
    if aligned < _ALIGNED_SHARE * len(sparse):
        return True
    if len(sparse) >= _MANY_ROWS and any(map(_is_prose, rows)):
        return True  # so many labels, each with a sentence, no table has
    return all(map(_has_heading, rows)) or all(map(_is_prose, rows))


def _has_side_by_side(left: Sequence[_Block], right: Sequence[_Block]) -> bool:
    """Tell whether two sides share at least three rows' height; else one simply stands below the other."""
    shared = min(max(block.box.y1 for block in side) for side in (left, right)) - max(
        min(block.box.y0 for block in side) for side in (left, right)
    )
    return shared > _MIN_ROWS * statistics.median(block.box.height for block in [*left, *right])


def _are_dates(rows: Sequence[Sequence[_Block]]) -> bool:
    dates = sum(_DATE_LIKE.fullmatch(row[0].text) is not None and row[0].text != "" for row in rows)
    return dates > len(rows) / 2


def _has_heading(rows: Sequence[Sequence[_Block]]) -> bool:
    return any(find_heading(block.text) for row in rows for block in row)


def _is_prose(rows: Sequence[Sequence[_Block]]) -> bool:
    return statistics.median(sum(len(block.text) for block in row) for row in rows) >= _PROSE_CHARACTERS


def _is_level(one: Box, other: Box) -> bool:
    return abs(one.middle - other.middle) <= min(one.height, other.height) / 4


def _read_rows(page: int, blocks: Sequence[_Block]) -> Iterator[Line]:
    for row in _rows(blocks):
        pieces = [block.piece for block in row if block.piece]
        if pieces:
            yield from _read_row(page, pieces)
        for block in row:
            yield from block.lines


def _read_row(page: int, pieces: Sequence[Piece]) -> list[Line]:
    line = make_line(page, [span for piece in pieces for span in piece.spans])
    if "  " in line.text and find_heading(pieces[0].text):
        rest = make_line(page, [span for piece in pieces[1:] for span in piece.spans])
        return lay_out_row(page, [[make_line(page, pieces[0].spans)], [rest]])
    return [line]


def _rows(blocks: Sequence[_Block]) -> list[list[_Block]]:
    """Return the blocks in rows from top to bottom, each from left to right; a table is a row of its own."""
    rows: list[list[_Block]] = []
    for block in sorted(blocks, key=lambda block: (block.box.middle, block.box.x0)):
        row = rows[-1] if rows else None
        if row and block.piece and row[0].piece and _continues(row, block.box):
            row.append(block)
        else:
            rows.append([block])
    return [sorted(row, key=lambda block: block.box.x0) for row in rows]


def _continues(row: Sequence[_Block], box: Box) -> bool:
    for block in row:
        overlap = min(box.y1, block.box.y1) - max(box.y0, block.box.y0)
        is_beside = box.x0 >= block.box.x1 - 2 or box.x1 <= block.box.x0 + 2
        if not is_beside or overlap <= 0.5 * min(box.height, block.box.height):
            return False
    return True


def _split_tables(page: int, pieces: Sequence[Piece], rules: Sequence[Rule]) -> tuple[list[_Block], list[Piece]]:
    """Return the ruled tables, and the pieces that are in none."""
    tables: list[_Block] = []
    free = list(pieces)
    for grid in sorted(_grids(rules), key=_area):
        inside = [piece for piece in free if _is_within(piece.box, grid)]
        cells = _cells(inside, grid)
        if _is_table(cells):
            lines = tuple(_read_table(page, cells))
            tables.append(_Block(_bounds(rule.box for rule in grid), lines=lines))
            taken = {id(piece) for piece in inside}
            free = [piece for piece in free if id(piece) not in taken]
    return tables, free


def _grids(rules: Sequence[Rule]) -> list[list[Rule]]:
    """Return the groups of rules that touch each other and go both ways."""
    groups: list[tuple[Box, list[Rule]]] = []
    for rule in sorted(rules, key=lambda rule: rule.box.y0):
        touching = [
            group
            for group in groups
            if _touches(rule.box, group[0]) and any(_touches(rule.box, other.box) for other in group[1])
        ]
        merged = [rule, *(other for group in touching for other in group[1])]
        groups = [group for group in groups if group not in touching]
        groups.append((_bounds(other.box for other in merged), merged))
    grids = [group for _, group in groups]
    return [
        grid for grid in grids if sum(rule.is_across for rule in grid) >= 2 and any(not rule.is_across for rule in grid)
    ]


def _touches(one: Box, other: Box) -> bool:
    return (
        one.x0 <= other.x1 + _TOUCH
        and other.x0 <= one.x1 + _TOUCH
        and one.y0 <= other.y1 + _TOUCH
        and other.y0 <= one.y1 + _TOUCH
    )


def _bounds(boxes: Iterable[Box]) -> Box:
    x0, y0, x1, y1 = zip(*((box.x0, box.y0, box.x1, box.y1) for box in boxes), strict=True)
    return Box(min(x0), min(y0), max(x1), max(y1))


def _area(grid: Sequence[Rule]) -> float:
    bounds = _bounds(rule.box for rule in grid)
    return (bounds.x1 - bounds.x0) * bounds.height


def _is_within(box: Box, grid: Sequence[Rule]) -> bool:
    bounds = _bounds(rule.box for rule in grid)
    # The rules at the sides are often left out, so a cell may begin before the first rule that goes down.
    return bounds.y0 <= box.middle <= bounds.y1 and bounds.x0 - _TOUCH <= (box.x0 + box.x1) / 2 <= bounds.x1 + _TOUCH


Cell = tuple[float, float]
"""Where a cell begins: its top and its left."""


def _cells(pieces: Sequence[Piece], grid: Sequence[Rule]) -> dict[Cell, list[Piece]]:
    cells: dict[Cell, list[Piece]] = defaultdict(list)
    across = [rule.box for rule in grid if rule.is_across]
    down = [rule.box for rule in grid if not rule.is_across]
    for piece in pieces:
        x, y = (piece.box.x0 + piece.box.x1) / 2, piece.box.middle
        tops = [box.y0 for box in across if box.y0 <= y and box.x0 - _TOUCH <= x <= box.x1 + _TOUCH]
        lefts = [box.x0 for box in down if box.x0 <= x and box.y0 - _TOUCH <= y <= box.y1 + _TOUCH]
        cells[max(tops, default=0), max(lefts, default=0)].append(piece)
    rows = _snapped(top for top, _ in cells)
    columns = _snapped(left for _, left in cells)
    snapped: dict[Cell, list[Piece]] = defaultdict(list)
    for (top, left), inside in cells.items():
        snapped[rows[top], columns[left]].extend(inside)
    return snapped


def _snapped(edges: Iterable[float]) -> dict[float, float]:
    """Return for each edge the one that stands for all that are nearly the same."""
    snapped: dict[float, float] = {}
    current = float("-inf")
    for edge in sorted(set(edges)):
        current = current if edge - current <= _TOUCH else edge
        snapped[edge] = current
    return snapped


def _is_table(cells: dict[Cell, list[Piece]]) -> bool:
    return len({left for _, left in cells}) >= 2


def _read_table(page: int, cells: dict[Cell, list[Piece]]) -> Iterator[Line]:
    rows: dict[float, list[list[Line]]] = defaultdict(list)
    for (top, _), pieces in sorted(cells.items()):
        blocks = [_Block(piece.box, piece) for piece in pieces]
        rows[top].append([line for line in _order(page, blocks) if line.text])
    for row in rows.values():
        yield from lay_out_row(page, row)
