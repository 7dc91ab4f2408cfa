"""Where somebody worked and learned."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from interview_worker.cpu.documents import Line
from interview_worker.cpu.periods import Period, find_month, find_period
from interview_worker.cpu.wording import (
    MAX_HEADER,
    is_bullet,
    is_role,
    join_lines,
    split_label,
    split_pieces,
    split_role,
    without_bullet,
)

_MAX_DESCRIPTION = 1500
_COMPANY_LABELS = {"회사", "회사명", "기업명", "근무처", "근무지", "소속", "company", "employer", "organization"}
_ROLE_LABELS = {
    "직무",
    "직책",
    "직위",
    "직급",
    "담당",
    "담당업무",
    "담당 업무",
    "포지션",
    "role",
    "position",
    "title",
    "job title",
}
_COMPANY = re.compile(r"㈜|\(주\)|주식회사|\b(?:inc|corp|corporation|ltd|llc|gmbh|co)\b", re.IGNORECASE)
_NO_COMPANY = re.compile(
    r".{0,20}(?:팀|본부|사업부|개발실|그룹|부문|파트|셀|부서)|정규직|계약직|인턴|프리랜서|재직\s?중|퇴사|총?\s?\d+년\s?\d*\s?개?월?|\d+\s?개월"
    r"|(?:근무|재직)?\s?기간|period|dates?"
    r"|.{0,25}\bteam|full[- ]time|part[- ]time|contract|internship|remote|hybrid|[A-Z]{2}"
    r"|seoul|busan|korea|south korea|서울|판교|부산|대전|대한민국",
    re.IGNORECASE,
)

_SCHOOL = re.compile(r"(?:대학교?|대학원|고등학교|전문대|사관학교|KAIST|POSTECH|UNIST|카이스트|포스텍)$")
_KOREAN_SCHOOL = re.compile(
    r"[가-힣A-Za-z]{1,20}(?:대학교|대학원대학교|고등학교|전문대학?|대학|사관학교|과학기술원)(?:\s?[가-힣]{0,8}대학원)?|카이스트|포스텍"
    r"|(?<![A-Za-z])(?:KAIST|POSTECH|UNIST|GIST|DGIST)(?![A-Za-z])"
)
_ENGLISH_SCHOOL = re.compile(r"\b(?:university|college|institute|school|academy)\b", re.IGNORECASE)
_DEGREE = re.compile(
    r"전문학사|학사|석사|박사"
    r"|\b(?:Bachelor|Master|Doctor|Associate)(?:['’]s)?(?: of (?:Science|Arts|Engineering|Business Administration"
    r"|Philosophy|Fine Arts|Laws))?(?: degree)?"
    r"|\b(?:B\.?Sc?\.?|B\.?A\.?|B\.?Eng\.?|M\.?Sc?\.?|M\.?A\.?|M\.?Eng\.?|MBA|Ph\.?D\.?)(?![A-Za-z])"
)
_KOREAN_FIELD = re.compile(
    r"[가-힣]{1,15}(?:학과|공학과|학부|전공|공학|과학|경영학|경제학|통계학|수학|물리학|디자인)(?=$|[\s,|()/·])"
)
_ENGLISH_FIELD = re.compile(r"\s*(?:,|in|of|-|–)?\s*((?:[A-Z][a-z]+|and|&)(?: (?:[A-Z][a-z]+|and|&)){0,4})")


@dataclass(frozen=True)
class Employment:
    company: str
    role: str | None
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


@dataclass(frozen=True)
class _Entry:
    """An employment's place among the lines of its section."""

    first: int
    last: int
    """The last line of its header."""
    company: str
    role: str | None
    period: Period


def find_employments(lines: Sequence[Line]) -> list[Employment]:
    """Return the employments of an experience section, in its order. One is known by its period."""
    entries: list[_Entry] = []
    for index, line in enumerate(lines):
        period = find_period(line.text[:MAX_HEADER])
        if period is None or len(line.text) > MAX_HEADER or _is_part_of(line, period, entries):
            continue
        free_from = entries[-1].last + 1 if entries else 0
        entry = _read_entry(lines, index, free_from, period)
        if entry is not None:
            entries.append(entry)
    ends = [*(entry.first for entry in entries[1:]), len(lines)]
    return [_employment(entry, lines[entry.last + 1 : end]) for entry, end in zip(entries, ends, strict=False)]


def _is_part_of(line: Line, period: Period, entries: Sequence[_Entry]) -> bool:
    """Tell whether a period is that of a task within the employment above, such as one project there."""
    if not entries:
        return False
    above = entries[-1].period
    is_within = above.start <= period.start and (above.end is None or (period.end or "9999") <= above.end)
    names_job = any(is_role(piece) for piece in split_pieces(line.text)) or _COMPANY.search(line.text)
    return is_bullet(line.text) or (is_within and not names_job)


def _read_entry(lines: Sequence[Line], index: int, free_from: int, period: Period) -> _Entry | None:
    text = lines[index].text
    own = f"{text[: period.span[0]]}  {text[period.span[1] :]}"
    company, role = _company_and_role(own)
    first = last = index
    for above in range(index - 1, max(free_from, index - 2) - 1, -1):
        if (company and role) or not _is_header(lines[above]):
            break
        other_company, other_role = _company_and_role(lines[above].text)
        if company and other_company and not other_role:
            break
        company, role, first = company or other_company, role or other_role, above
    below = index + 1
    if not (company and role) and below < len(lines) and _is_header(lines[below]):
        other_company, other_role = _company_and_role(lines[below].text)
        if other_role or not company:
            company, role, last = company or other_company, role or other_role, below
    return _Entry(first, last, company, role or None, period) if company else None


def _is_header(line: Line) -> bool:
    text = line.text
    is_sentence = text.rstrip().endswith((".", "다", "요", "음", "함"))
    return len(text) <= MAX_HEADER and not is_bullet(text) and not is_sentence and find_period(text) is None


def _company_and_role(text: str) -> tuple[str, str]:
    company = role = ""
    for piece in split_pieces(without_bullet(text)):
        label, value = split_label(piece)
        if label in _COMPANY_LABELS:
            company = company or value
        elif label in _ROLE_LABELS:
            role = role or value
        elif not label:
            before, named = split_role(piece)
            role = role or named
            company = company or ("" if _NO_COMPANY.fullmatch(before) else before)
    return company, role


def _employment(entry: _Entry, description: Sequence[Line]) -> Employment:
    return Employment(
        company=entry.company,
        role=entry.role,
        start=entry.period.start,
        end=entry.period.end,
        is_current=entry.period.is_current,
        description=join_lines(description, _MAX_DESCRIPTION),
    )


def find_education(lines: Sequence[Line]) -> list[Education]:
    """Return the schools of an education section, in its order. One is known by the school's name."""
    places = [(index, school) for index, line in enumerate(lines) if (school := _school(line.text))]
    found: list[Education] = []
    for number, (index, school) in enumerate(places):
        until = places[number + 1][0] if number + 1 < len(places) else min(len(lines), index + 4)
        text = "\n".join(line.text for line in lines[index:until])
        if number == 0 and index > 0 and find_period(text) is None:
            text = f"{text}\n{lines[index - 1].text}"
        found.append(_education(school, text))
    return found


def _education(school: str, text: str) -> Education:
    rest = text.replace(school, "  ", 1)
    degree = _DEGREE.search(rest)
    period = find_period(text)
    return Education(
        school=school,
        degree=degree.group().strip() if degree else None,
        field=_field(rest, degree),
        start=period.start if period else None,
        end=period.end if period else find_month(text),
    )


def _school(text: str) -> str | None:
    korean = _KOREAN_SCHOOL.search(text[:MAX_HEADER])
    if korean:
        return korean.group()
    if is_bullet(text) and find_period(text) is None:
        return None
    return next((piece for piece in split_pieces(text[:MAX_HEADER]) if _ENGLISH_SCHOOL.search(piece)), None)


def _field(text: str, degree: re.Match[str] | None) -> str | None:
    korean = _KOREAN_FIELD.search(text)
    if korean:
        return korean.group()
    english = _ENGLISH_FIELD.match(text, degree.end()) if degree else None
    return english[1] if english else None
