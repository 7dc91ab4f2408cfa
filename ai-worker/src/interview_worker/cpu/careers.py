"""Where somebody worked and learned."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from interview_worker.cpu.documents import Line
from interview_worker.cpu.passages import Passage
from interview_worker.cpu.periods import Period, find_month, find_month_words, find_period
from interview_worker.cpu.sections import Section
from interview_worker.cpu.sources import Found
from interview_worker.cpu.tables import Row, read_records, read_table
from interview_worker.cpu.wording import (
    MAX_HEADER,
    is_bullet,
    is_numbered,
    is_role,
    join_lines,
    split_department,
    split_label,
    split_pieces,
    split_role,
    without_bullet,
    without_employment_kind,
)

_MAX_DESCRIPTION = 1500
_LINES_ABOVE, _LINES_BELOW = 2, 2
_COMPANY_LABELS = {"회사", "회사명", "기업명", "근무처", "근무지", "소속", "company", "employer", "organization"}
_DEPARTMENT_LABELS = {"부서", "부서명", "팀", "소속 부서", "소속부서", "department", "team"}
_ROLE_LABELS = {
    "직무", "직책", "직위", "직급", "직급/직책", "담당", "담당업무", "담당 업무", "포지션", "역할", "role", "position",
    "title", "job title",
}  # fmt: skip
_COMPANY = re.compile(r"㈜|\(주\)|주식회사|\b(?:inc|corp|corporation|ltd|llc|gmbh|co)\b", re.IGNORECASE)
_NO_COMPANY = re.compile(
    r"정규직|계약직|인턴|프리랜서|재직\s?중|퇴사|퇴직|총?\s?\d+년\s?\d*\s?개?월?|\d+\s?개월|\d+\s(?:years?|yrs?|months?|mos?)(?:\s\d+\s(?:months?|mos?))?"
    r"|(?:근무|재직)?\s?기간|period|dates?|full[- ]time|part[- ]time|contract|internship|remote|hybrid|on-?site"
    r"|[A-Z]{2}"
    r"|seoul|busan|korea|south korea|서울|판교|부산|대전|대구|인천|광주|성남|대한민국",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[.!?]$|(?:다|요|음|함|됨|임)\.?$")

_KOREAN_SCHOOL = re.compile(
    r"[가-힣A-Za-z]{1,20}(?:대학교|대학원대학교|고등학교|전문대학?|대학|사관학교|과학기술원)(?:\s?[가-힣]{0,8}대학원)?|카이스트|포스텍"
    r"|(?<![A-Za-z])(?:KAIST|POSTECH|UNIST|GIST|DGIST)(?![A-Za-z])"
)
_ENGLISH_SCHOOL = re.compile(
    r"\b(?:university|universidad|universidade|universit[àéy]|universität|college|institute|polytechnic|school|academy)\b",
    re.IGNORECASE,
)
_DEGREE = re.compile(
    r"전문학사|학사|석사|박사"
    r"|\b(?:Bachelor|Master|Doctor|Associate)(?:['’]s)?(?: of (?:Science|Arts|Engineering|Technology"
    r"|Business Administration|Commerce"
    r"|Philosophy|Fine Arts|Laws|Education|Medicine|Design|Music|Public Health|Social Work))?(?: degree)?(?![A-Za-z])"
    r"|\b(?:B\.?Sc?\.?|B\.?A\.?|B\.?Eng\.?|B\.?Tech\.?|B\.?F\.?A\.?|BBA|B\.?Com\.?|B\.?Ed\.?|LL\.?B\.?|M\.?Sc?\.?|M\.?A\.?|M\.?Eng\.?|M\.?Tech\.?"
    r"|M\.?F\.?A\.?|M\.?Ed\.?|M\.?Phil\.?|LL\.?M\.?|MBA|Ph\.?\s?D\.?|M\.?D\.?|Diploma|Dipl\.-Ing\.)(?:\s?\(Hons\.?\))?(?![A-Za-z])"
)
_KOREAN_FIELD = re.compile(
    r"[가-힣]{1,15}(?:학과|공학과|학부|전공|공학|과학|경영학|경제학|통계학|수학|물리학|화학|교육과|(?<![가-힣])[가-힣]{2,8}과|디자인)(?=$|[\s,|()/·])"
)
_ENGLISH_FIELD = re.compile(
    r"\s*(?:,|:|in|of|-|–)?\s*((?:[A-Z][a-z]+|and|&)(?: (?:[A-Z][a-z]+|and|&|of)(?![a-z])){0,4}(?<!and)(?<!of)(?<!&))"
)
_GRADE = re.compile(r"(?:GPA|학점|평점|Grade).*$")


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


@dataclass(frozen=True)
class Education:
    school: str
    degree: str | None
    field: str | None
    start: str | None
    end: str | None


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
    passages = Section(section.key, section.title, tuple(rest)).passages if rows else section.passages
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
    return Found(job, row.lines, _said(period, period_text), len(row.lines))


def _said(period: Period, text: str) -> dict[str, str]:
    words = text[period.span[0] : period.span[1]]
    return {"start": period.start_words, "end": period.end_words or words, "is_current": words}


def _from_passages(passages: Sequence[Passage]) -> list[Found]:
    entries: list[_Entry] = []
    for index, passage in enumerate(passages):
        text = passage.text
        period = find_period(text[:MAX_HEADER])
        if period is None or len(text) > MAX_HEADER or _is_part_of(passage, period, entries):
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
    first = last = index
    for above in range(index - 1, max(free_from, index - _LINES_ABOVE) - 1, -1):
        if header.is_full or not _is_header(passages[above]):
            break
        other = _read_header(passages[above].text)
        if header.company and other.company and not other.role:
            break
        header.add(other)
        first = above
    for below in range(index + 1, min(index + 1 + _LINES_BELOW, len(passages))):
        if header.is_full or not _is_header(passages[below]):
            break
        other = _read_header(passages[below].text)
        if header.company and not other.role:
            break
        header.add(other)
        last = below
    return _Entry(first, last, header, period, text)


def _is_header(passage: Passage) -> bool:
    text = passage.text
    is_item = is_bullet(text) and not is_numbered(text)
    return len(text) <= MAX_HEADER and not is_item and not _SENTENCE.search(text.rstrip()) and find_period(text) is None


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
    is_none = not company or _NO_COMPANY.fullmatch(company)
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
    own = _lines(passages[entry.first : end])
    header = len(_lines(passages[entry.first : entry.last + 1]))
    return Found(job, own, _said(period, entry.period_text), header, _named_in(entry, passages))


def _named_in(entry: _Entry, passages: Sequence[Passage]) -> tuple[Line, ...]:
    """Return the lines above in which the company of an entry without its own is named."""
    first = entry.named
    while first is not None and first.named is not None:
        first = first.named
    return _lines(passages[first.first : first.last + 1]) if first is not None else ()


def _lines(passages: Sequence[Passage]) -> tuple[Line, ...]:
    return tuple(line for passage in passages for line in passage.lines)


def find_education(section: Section) -> list[Found]:
    """Return the schools of an education section, in its order. One is known by the school's name."""
    rows, rest = read_table(section.lines)
    passages = Section(section.key, section.title, tuple(rest)).passages if rows else section.passages
    return [*(found for row in rows if (found := _education_of_row(row))), *_schools(passages)]


def school_lines(section: Section) -> set[int]:
    """Return which passages of a section are about a school, by their places."""
    return {place for first, until, _ in _school_places(section.passages) for place in range(first, until)}


def _education_of_row(row: Row) -> Found | None:
    school = row.cells.get("school")
    if not school:
        return None
    name = _school(school) or school
    joined = "  ".join(row.cells.get(kind, "") for kind in ("school", "degree", "major", "status"))
    rest = joined.replace(name, "  ", 1)
    degree = _DEGREE.search(rest)
    period_text = row.cells.get("period", "")
    period, finished = find_period(period_text), row.cells.get("finished", period_text)
    major = row.cells.get("major")
    is_major = major is not None and not re.fullmatch(
        r"(?:인문|자연|이|문|예체능|공업|상업|일반)(?:계열?|계고?)|-", major
    )
    return Found(
        Education(
            school=name,
            degree=degree.group().strip() if degree else None,
            field=_only_field(major) if is_major and major else (None if major else _field(rest, degree)),
            start=period.start if period else None,
            end=period.end if period else find_month(finished),
        ),
        row.lines,
        _said(period, period_text) if period else {"end": find_month_words(finished) or ""},
    )


def _only_field(major: str) -> str:
    degree = _DEGREE.search(major)
    return (_field(major, degree) or major) if degree else major


def _schools(passages: Sequence[Passage]) -> list[Found]:
    return [
        _education(school, passages[first:until], named) for first, until, (named, school) in _school_places(passages)
    ]


def _school_places(passages: Sequence[Passage]) -> Iterator[tuple[int, int, tuple[int, str]]]:
    """Yield where the lines about a school begin and end, and which of them names it."""
    places = [(index, school) for index, passage in enumerate(passages) if (school := _school(passage.text))]
    is_named_last = bool(places) and places[0][0] > 0 and not _names_degree_below(passages, places)
    for number, (index, school) in enumerate(places):
        first = index
        if is_named_last:
            first = places[number - 1][0] + 1 if number else max(0, index - 2)
        limit = places[number + 1][0] if number + 1 < len(places) else len(passages)
        until = index + 1 if is_named_last else min(limit, index + 4)
        if is_named_last and index + 1 < limit and _says_more(passages[index + 1].text):
            until = index + 2
        yield first, until, (index - first, school)


def _names_degree_below(passages: Sequence[Passage], places: Sequence[tuple[int, str]]) -> bool:
    """Tell whether the degree stands below the first school rather than above it."""
    index = places[0][0]
    return _DEGREE.search(passages[index - 1].text) is None


def _says_more(text: str) -> bool:
    period = find_period(text)
    return period is not None and not text.replace(text[period.span[0] : period.span[1]], "").strip(" ()-–|,·")


def _education(school: str, passages: Sequence[Passage], named: int) -> Found:
    text = "\n".join(passage.text for passage in (*passages[named:], *passages[:named]))
    rest = _GRADE.sub("", text.replace(school, "  ", 1))
    degree = _DEGREE.search(rest)
    period = find_period(text)
    said = _said(period, text) if period else {"end": find_month_words(text) or ""}
    return Found(
        Education(
            school=school,
            degree=degree.group().strip() if degree else None,
            field=_field(rest, degree),
            start=period.start if period else None,
            end=period.end if period else find_month(text),
        ),
        _lines(passages),
        said,
    )


def _school(text: str) -> str | None:
    korean = _KOREAN_SCHOOL.search(text[:MAX_HEADER])
    if korean:
        return korean.group()
    pieces = split_pieces(without_bullet(text[:MAX_HEADER]))
    is_item = is_bullet(text) and find_period(text) is None
    named = next((piece for piece in pieces if _ENGLISH_SCHOOL.search(piece) and not _DEGREE.match(piece)), None)
    if named is None or is_item:
        return None
    period = find_period(named)
    label, value = split_label(named)
    named = value if label else named
    return named[: period.span[0]].strip(" (,-–") if period and period.span[0] else named


def _field(text: str, degree: re.Match[str] | None) -> str | None:
    korean = _KOREAN_FIELD.search(text)
    if korean:
        return korean.group()
    english = _ENGLISH_FIELD.match(text, degree.end()) if degree else None
    return english[1] if english and not _ENGLISH_SCHOOL.search(english[1]) else None
