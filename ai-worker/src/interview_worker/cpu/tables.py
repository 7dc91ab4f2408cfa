"""Tables of a résumé: a row of column titles, and rows below that are read by them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml

from interview_worker.cpu.documents import Line
from interview_worker.cpu.passages import box_of
from interview_worker.cpu.sources import box_of_part
from interview_worker.cpu.wording import split_label, without_bullet

_MIN_COLUMNS = 2


@dataclass(frozen=True)
class Row:
    """A row of a table: what it says by kind of column, and the lines it stands in."""

    cells: dict[str, str]
    lines: tuple[Line, ...]


def read_records(lines: Sequence[Line]) -> tuple[list[Row], list[Line]]:
    """Return the entries of a list of "label: value" lines, each beginning where a label comes again, and the rest."""
    rows: list[Row] = []
    rest: list[Line] = []
    is_open = False
    for line in lines:
        label, value = split_label(without_bullet(line.text))
        kind = _kind(label) if label else None
        if kind is None:
            if is_open:
                rows[-1] = Row(rows[-1].cells, (*rows[-1].lines, line))
            else:
                rest.append(line)
        elif is_open and kind not in rows[-1].cells:
            rows[-1] = Row({**rows[-1].cells, kind: value}, (*rows[-1].lines, line))
        else:
            rows.append(Row({kind: value}, (line,)))
            is_open = True
    return rows, rest


def split_cells(text: str) -> list[str]:
    return [cell.strip() for cell in re.split(r"\s{2,}|\s*\|\s*|\t", text.strip()) if cell.strip()]


def read_table(lines: Sequence[Line]) -> tuple[list[Row], list[Line]]:
    """Return the rows of the tables in some lines, and the lines that belong to none."""
    rows: list[Row] = []
    rest: list[Line] = []
    header: Line | None = None
    for line in lines:
        if _is_header(line.text):
            header = line
            continue
        cells = _cells(header, line) if header is not None else {}
        if len(cells) >= _MIN_COLUMNS:
            rows.append(Row(cells, (line,)))
        elif header is not None and rows and not cells:
            rows[-1] = Row(rows[-1].cells, (*rows[-1].lines, line))
        else:
            rest.append(line)
    return rows, rest


def _is_header(text: str) -> bool:
    cells = split_cells(text)
    kinds = [kind for cell in cells if (kind := _kind(cell)) is not None]
    return len(cells) >= _MIN_COLUMNS and len(kinds) >= max(_MIN_COLUMNS, len(cells) - 1) and len(set(kinds)) > 1


@cache
def _titles() -> dict[str, str]:
    content = yaml.safe_load(resources.files(__package__).joinpath("columns.yaml").read_text("utf-8"))
    return {title: kind for kind, titles in content.items() for title in titles}


def _kind(cell: str) -> str | None:
    return _titles().get(re.sub(r"\s+", "", cell).casefold())


def _cells(header: Line, line: Line) -> dict[str, str]:
    titles, cells = split_cells(header.text), split_cells(line.text)
    if len(cells) == len(titles):
        pairs = zip(titles, cells, strict=True)
    elif 1 < len(cells) < len(titles) and box_of(header) and box_of(line):
        pairs = zip((_nearest(cell, line, header, titles) for cell in cells), cells, strict=True)
    else:
        return {}
    return {kind: cell for title, cell in pairs if (kind := _kind(title)) is not None and cell not in ("-", "–")}


def _nearest(cell: str, line: Line, header: Line, titles: Sequence[str]) -> str:
    """Return the title above which a cell stands, where some cells of the row are empty."""
    left = _left(line, cell)
    return min(titles, key=lambda title: abs(_left(header, title) - left))


def _left(line: Line, words: str) -> float:
    at = line.text.find(words)
    box = box_of_part(line, at, at + len(words))
    return box[0] if box else 0.0
