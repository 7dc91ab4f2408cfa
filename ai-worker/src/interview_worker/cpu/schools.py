"""Where somebody learned."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from interview_worker.cpu.passages import Passage, lines_of
from interview_worker.cpu.sections import Section
from interview_worker.cpu.sources import Found
from interview_worker.cpu.tables import Row, read_table
from interview_worker.cpu.wording import MAX_HEADER, is_bullet, split_label, split_pieces, without_bullet
from interview_worker.periods import find_date, find_month, find_month_words, find_period

_KOREAN_SCHOOL = re.compile(
    r"[가-힣A-Za-z]{1,20}(?:대학교|대학원대학교|고등학교|전문대학?|대학|사관학교|과학기술원)(?:\s?[가-힣]{0,8}대학원)?|카이스트|포스텍"
    r"|(?<![가-힣])[가-힣]{2,6}(?:대|여대|교대|공고|상고|여고|외고|과학고|마이스터고|고)(?=$|[\s,(|/·])(?:\s?[가-힣]{0,8}대학원)?"
    r"|(?<![A-Za-z])(?:KAIST|POSTECH|UNIST|GIST|DGIST)(?![A-Za-z])"
)
_ENGLISH_SCHOOL = re.compile(
    r"\b(?:university|universidad|universidade|universit[àéy]|universität|univ\.|college|institute|polytechnic|school|academy"
    r"|accademia|conservatory|conservatoire|hochschule|politecnico|politécnica|[ée]cole|lycée|gymnasium|seminary)\b"
    r"|(?<![A-Za-z])(?-i:MIT|UCLA|UCSD|UC\s[A-Z][a-z]+|ETH(?:\sZ[uü]rich)?|EPFL|Caltech|(?:Georgia|Virginia)\sTech|IIT\s[A-Z][a-z]+|NUS|NTU|LSE)(?![A-Za-z])",
    re.IGNORECASE,
)
_DEGREE = re.compile(
    r"(?:전문|공|이|문|경영|경제|법|행정|교육|미술|음악|의|약|간호|농|체육|디자인)?학(?:사|석사|박사)|석사|박사"
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
    r"\s*(?:,|:|in|of|-|–|\()?\s*((?:[A-Z][a-z]+|and|&)(?: (?:[A-Z][a-z]+|and|&|of)(?![a-z])){0,4}"
    r"(?<!and)(?<!of)(?<!&))"
)
_CLASS = re.compile(
    r"\s*\((?:[^()]*\d[^()]*|[^()]*(?:class|honou?rs|distinction|merit|cum laude)[^()]*)\)$", re.IGNORECASE
)
"""The mark that a degree was passed with."""
_GRADE = re.compile(r"(?:GPA|학점|평점|Grade).*$")


@dataclass(frozen=True)
class Education:
    school: str
    degree: str | None
    field: str | None
    start: str | None
    end: str | None


def find_education(section: Section) -> list[Found]:
    """Return the schools of an education section, in its order. One is known by the school's name."""
    rows, rest = read_table(section.lines)
    passages = replace(section, lines=tuple(rest)).passages if rows else section.passages
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
        period.said_in(period_text) if period else {"end": find_month_words(finished) or ""},
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
        limit = _until_next_date(passages, index, limit)
        until = index + 1 if is_named_last else min(limit, index + 4)
        if is_named_last and index + 1 < limit and _says_more(passages[index + 1].text):
            until = index + 2
        yield first, until, (index - first, school)


def _until_next_date(passages: Sequence[Passage], index: int, limit: int) -> int:
    """Return where the next entry of a list begins that has its dates first, and so before a school's next line."""
    if not _begins_with_date(passages[index].text):
        return limit
    return next((place for place in range(index + 1, limit) if _begins_with_date(passages[place].text)), limit)


def _begins_with_date(text: str) -> bool:
    date = find_date(text)
    return date is not None and date[0] == 0 and bool(text[date[1] :].strip())


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
    said = period.said_in(text) if period else {"end": find_month_words(text) or ""}
    return Found(
        Education(
            school=school,
            degree=degree.group().strip() if degree else None,
            field=_field(rest, degree),
            start=period.start if period else None,
            end=period.end if period else find_month(text),
        ),
        lines_of(passages),
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
    named = _CLASS.sub("", value if label else named)
    return named[: period.span[0]].strip(" (,-–") if period and period.span[0] else named


def _field(text: str, degree: re.Match[str] | None) -> str | None:
    korean = _KOREAN_FIELD.search(text)
    if korean:
        return korean.group()
    english = _ENGLISH_FIELD.match(text, degree.end()) if degree else None
    return english[1] if english and not _ENGLISH_SCHOOL.search(english[1]) else None
