"""Where somebody worked."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from interview_worker.cpu.documents import Line
from interview_worker.cpu.passages import Passage, lines_of
from interview_worker.cpu.sections import Section
from interview_worker.cpu.sources import Found
from interview_worker.cpu.tables import Row, read_records, read_table
from interview_worker.cpu.wording import (
    MAX_HEADER,
    is_bullet,
    is_numbered,
    is_place,
    is_role,
    join_lines,
    split_department,
    split_label,
    split_pieces,
    split_role,
    without_bullet,
    without_employment_kind,
)
from interview_worker.periods import Period, find_period

_MAX_DESCRIPTION = 1500
_LINES_ABOVE, _LINES_BELOW = 2, 2
_COMPANY_LABELS = {
    "회사", "회사명", "기업명", "직장", "직장명", "근무처", "근무지", "근무회사", "소속", "company", "company name",
    "employer", "name of employer", "organization", "organisation",
}  # fmt: skip
_DEPARTMENT_LABELS = {"부서", "부서명", "팀", "소속 부서", "소속부서", "department", "team"}
_ROLE_LABELS = {
    "직무", "직책", "직위", "직급", "직급/직책", "담당", "담당업무", "담당 업무", "포지션", "역할", "role", "position",
    "title", "job title", "position held", "occupation or position held", "occupation", "designation",
}  # fmt: skip
_COMPANY = re.compile(
    r"㈜|\([주유재사]\)|주식회사|유한회사|유한책임회사|재단법인|사단법인|협동조합"
    r"|\b(?:inc|incorporated|corp|corporation|company|ltd|limited|llc|llp|plc|pvt|pty|gmbh|ag|co|oy|ab|bv|kk)\b"
    r"|\bS\.?(?:A|r\.?l|L|p\.?A)\.?(?=$|\s)|\bB\.V\.|\bSp\. z o\.o\.",
    re.IGNORECASE,
)
_NO_COMPANY = re.compile(
    r"정규직|계약직|인턴|프리랜서|재직\s?중|퇴사|퇴직|총?\s?\d+년\s?\d*\s?개?월?|\d+\s?개월|\d+\s(?:years?|yrs?|months?|mos?)(?:\s\d+\s(?:months?|mos?))?"
    r"|(?:근무|재직)?\s?기간|period|dates?|full[- ]time|part[- ]time|contract|internship|remote|hybrid|on-?site"
    r"|(?-i:[A-Z]{2})",
    re.IGNORECASE,
)
_FREELANCE = re.compile(r"프리랜서|자영업|\bself[- ]employed\b|\bfreelance(?:r)?\b", re.IGNORECASE)
_MILITARY = re.compile(
    r"만기\s?(?:전역|제대)|의무\s?복무|군\s?복무|병역|(?:육군|해군|공군|해병대)\s?(?:병장|상병|하사)"
)
_SENTENCE = re.compile(r"[.!?]$|(?:다|요|음|함|됨|임)\.?$")


@dataclass(frozen=True)
class Employment:
    company: str
    role: str | None
    department: str | None
    start: str | None
    """"2021-03", or "2021" where the month is not said."""
    end: str | None
    is_current: bool
    description: str | None


@dataclass
class _Header:
    """What the lines about an employment say, as far as they were read."""

    company: str = ""
    role: str = ""
    department: str = ""

    @property
    def is_full(self) -> bool:
        return bool(self.company and self.role)

    def add(self, other: "_Header") -> None:
        self.company = self.company or other.company
        self.role = self.role or other.role
        self.department = self.department or other.department


@dataclass(frozen=True)
class _Entry:
    """An employment's place among the passages of its section."""

    first: int
    last: int
    """The last passage of its header."""
    header: _Header
    period: Period
    period_text: str
    named: "_Entry | None" = None
    """The entry above that names the company of this one too."""


def find_employments(section: Section) -> list[Found]:
    """Return the employments of an experience section, in its order. One is known by its period."""
    rows, rest = read_table(section.lines)
    if not rows:
        records, other = read_records(section.lines)
        if records and all({"company", "period"} <= record.cells.keys() for record in records):
            rows, rest = records, other
    passages = replace(section, lines=tuple(rest)).passages if rows else section.passages
    return [*(found for row in rows if (found := _employment_of_row(row))), *_from_passages(passages)]


def _employment_of_row(row: Row) -> Found | None:
    company, period_text = row.cells.get("company"), row.cells.get("period", "")
    period = find_period(period_text)
    if not company or period is None:
        return None
    company, department = split_department(company) if "department" not in row.cells else (company, "")
    job = Employment(
        company=company or department,
        role=row.cells.get("title"),
        department=row.cells.get("department") or department or None,
        start=period.start,
        end=period.end,
        is_current=period.is_current,
        description=row.cells.get("duty") or join_lines(row.lines[1:], _MAX_DESCRIPTION),
    )
    return Found(job, row.lines, period.said_in(period_text), len(row.lines))


def _from_passages(passages: Sequence[Passage]) -> list[Found]:
    entries: list[_Entry] = []
    for index, passage in enumerate(passages):
        text = passage.text
        period = find_period(text[:MAX_HEADER])
        is_other = _MILITARY.search(text) is not None
        if period is None or is_other or len(text) > MAX_HEADER or _is_part_of(passage, period, entries):
            continue
        above = entries[-1] if entries else None
        entry = _read_entry(passages, index, above.last + 1 if above else 0, period)
        if not entry.header.company and entry.header.role and above is not None:
            # Another title at the same company stands below the first one without its name.
            entry = replace(entry, header=replace(entry.header, company=above.header.company), named=above)
        if entry.header.company:
            entries.append(entry)
    ends = [*(entry.first for entry in entries[1:]), len(passages)]
    return [_employment(entry, passages, end) for entry, end in zip(entries, ends, strict=False)]


def _is_part_of(passage: Passage, period: Period, entries: Sequence[_Entry]) -> bool:
    """Tell whether a period is that of a task within the employment above, such as one project there."""
    if not entries:
        return False
    above = entries[-1].period
    is_within = above.start <= period.start and (above.end is None or (period.end or "9999") <= above.end)
    text = passage.text
    is_alone = not f"{text[: period.span[0]]}{text[period.span[1] :]}".strip(" ()-–|,·")
    names_job = any(is_role(piece) for piece in split_pieces(text)) or _COMPANY.search(text) or is_alone
    is_task = is_bullet(text) and not is_numbered(text)
    return is_task or (is_within and not names_job)


def _read_entry(passages: Sequence[Passage], index: int, free_from: int, period: Period) -> _Entry:
    text = passages[index].text
    header = _read_header(f"{text[: period.span[0]]}  {text[period.span[1] :]}")
    first, header = _read_above(passages, index, free_from, header)
    last = index
    for below in range(index + 1, min(index + 1 + _LINES_BELOW, len(passages))):
        if header.is_full or not _is_header(passages[below]):
            break
        other = _read_header(passages[below].text)
        if header.company and not other.role:
            break
        header.add(other)
        last = below
    if not header.company and (freelance := _FREELANCE.search(" ".join(map(_text, passages[first : last + 1])))):
        header.company = freelance.group()
    return _Entry(first, last, header, period, text)


def _text(passage: Passage) -> str:
    return passage.text


def _read_above(passages: Sequence[Passage], index: int, free_from: int, header: _Header) -> tuple[int, _Header]:
    """Return what the lines above a date add to its own, and where these begin."""
    first = index
    if index > 0 and _is_only_period(passages[0].text):
        return first, header  # dates stand first in this section, so that what is above belongs to another
    for above in range(index - 1, max(free_from, index - _LINES_ABOVE) - 1, -1):
        if header.is_full or not _is_header(passages[above]):
            break
        other = _read_header(passages[above].text)
        if other.is_full and not header.role and not _COMPANY.search(header.company):
            header = _Header()  # what stands beside the date then is a place
        if header.company and other.company and not other.role:
            break
        header.add(other)
        first = above
    return first, header


def _is_only_period(text: str) -> bool:
    period = find_period(text)
    return period is not None and not f"{text[: period.span[0]]}{text[period.span[1] :]}".strip(" ()-–|,·•")


def _is_header(passage: Passage) -> bool:
    text = passage.text
    is_item = is_bullet(text) and not is_numbered(text)
    is_sentence = _SENTENCE.search(text.rstrip()) is not None and not _ends_with_name(text)
    return len(text) <= MAX_HEADER and not is_item and not is_sentence and find_period(text) is None


def _ends_with_name(text: str) -> bool:
    """Tell whether a line ends like a sentence and is none: "… S.L." ends with a company, "… 주임" with a title."""
    last = next(reversed(split_pieces(text)), "")
    return is_role(last) or _COMPANY.search(last[-12:]) is not None


def _read_header(text: str) -> _Header:
    header = _Header()
    for piece in split_pieces(without_bullet(text)):
        label, value = split_label(piece)
        if label in _COMPANY_LABELS:
            header.add(_Header(company=value))
        elif label in _DEPARTMENT_LABELS:
            header.add(_Header(department=value))
        elif label in _ROLE_LABELS:
            header.add(_Header(role=value))
        elif not label:
            header.add(_read_piece(piece))
    return header


def _read_piece(piece: str) -> _Header:
    inner = re.fullmatch(r"([^()]{2,40}?)\s?\(([^()]{2,40})\)", piece)
    if inner and is_role(inner[2]) and not is_role(inner[1]):
        return _Header(company=inner[1], role=inner[2])
    before, role = split_role(piece)
    if role and re.fullmatch(r".*\sfor\s.+", role) and not before:
        role, _, before = role.partition(" for ")
    company, department = split_department(before)
    is_none = not company or _NO_COMPANY.fullmatch(company) or is_place(company)
    return _Header("" if is_none else company, without_employment_kind(role), department)


def _employment(entry: _Entry, passages: Sequence[Passage], end: int) -> Found:
    period = entry.period
    job = Employment(
        company=entry.header.company,
        role=entry.header.role or None,
        department=entry.header.department or None,
        start=period.start,
        end=period.end,
        is_current=period.is_current,
        description=join_lines(passages[entry.last + 1 : end], _MAX_DESCRIPTION),
    )
    own = lines_of(passages[entry.first : end])
    header = len(lines_of(passages[entry.first : entry.last + 1]))
    return Found(job, own, period.said_in(entry.period_text), header, _named_in(entry, passages))


def _named_in(entry: _Entry, passages: Sequence[Passage]) -> tuple[Line, ...]:
    """Return the lines above in which the company of an entry without its own is named."""
    first = entry.named
    while first is not None and first.named is not None:
        first = first.named
    return lines_of(passages[first.first : first.last + 1]) if first is not None else ()
