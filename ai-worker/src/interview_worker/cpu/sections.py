"""A résumé's sections, found by the headings that people write in Korean and English."""

import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml

from interview_worker.cpu.documents import Line
from interview_worker.cpu.instructions import is_instruction
from interview_worker.cpu.passages import Passage, join_wrapped
from interview_worker.cpu.periods import find_date

TOP = "contact"
"""The section of what stands above the first heading."""

_MAX_HEADING = 40
_DECORATION = " \t■□●○◆◇▶▷►▪▫▣▢◈※•·*#=-–—_~|<>《》〈〉【】[]()「」『』:：."
_MARKED = re.compile(r"\s*(?:[■□●◆◇▶▷►▣▢◈※#【\[<《]|={2,}|-{2,})")
_NUMBERING = "0123456789ⅠⅡⅢⅣⅤIVX)"

# Within these, "Skills: Java, SQL" belongs to one employment or project and opens no section.
_WITH_OWN_SKILLS = {"projects", "experience"}

# What a line that is set as a heading must say to open a section, where its wording is no known heading.
_KEYWORDS = (
    ("cover_letter", r"자기\s?소개서|지원\s?동기|포부|cover letter"),
    ("projects", r"프로젝트|projects?$|portfolio|포트폴리오"),
    ("certifications", r"자격|면허|certif|licen[cs]e|어학"),
    (
        "activities",
        r"수상|활동|봉사|동아리|award|honou?r|activit|volunteer|publication|논문|특허|교육\s?이수|presentation",
    ),
    ("education", r"학력|학위|education|academic (?:background|history|record)"),
    ("skills", r"기술|스킬|역량|도구|활용 능력|skill|tech|stack|tools?$|programming|expertise"),
    ("experience", r"경력|경험|이력|근무|experience|employment|career|positions?$|internships?$|work$|contracts?$"),
    ("summary", r"소개|요약|summary|profile|about|statement"),
    ("contact", r"연락|인적|contact|personal"),
)
# A line of nothing but these words is a heading, however it is set.
_HEADING_WORDS = frozenset(
    re.findall(
        r"\w+",
        "work professional relevant industry career employment history experience experiences skill skills technical"
        " computer key core additional other selected academic research teaching personal education training"
        " certification certifications license licenses licences award awards honors honours activities projects"
        " summary profile objective publications qualifications background development volunteer leadership courses"
        " coursework languages interests and of the my",
    )
)
_KOREAN_HEADING = re.compile(
    r"(?:보유|주요|상세|핵심|기타|개인|업무|직무|관련|근무|수행|연구|프로젝트|경력|이력|경험|사항|내역|학력|자격증|자격|면허|기술|스택|역량|활용|능력"
    r"|도구|교육|수료|이수|수상|활동|대외|봉사|논문|특허|및|어학|점수|컴퓨터|소개|요약|프로필|간단|최종|사용|가능|내용|현황)+"
)
_WHOLE_DOCUMENT = {"이력서", "경력소개서", "입사지원서", "지원서", "포트폴리오"}
_PATTERNS = tuple((key, re.compile(pattern, re.IGNORECASE)) for key, pattern in _KEYWORDS)


@dataclass(frozen=True)
class Section:
    key: str
    title: str
    """As the document writes it; empty above the first heading."""
    lines: tuple[Line, ...]
    heading: Line | None = None

    @property
    def passages(self) -> list[Passage]:
        return join_wrapped(self.lines)


@cache
def _headings() -> dict[str, str]:
    data = yaml.safe_load(resources.files(__package__).joinpath("headings.yaml").read_text("utf-8"))
    return {_fold(title): key for key, titles in data.items() for title in titles}


def _fold(text: str) -> str:
    return re.sub(r"[\s&/,·]+|\band\b|및", "", text.casefold())


def find_heading(text: str) -> str | None:
    """Return the key of the section that a line opens, if it is a heading."""
    if len(text) > _MAX_HEADING:
        return None
    title = text.strip(_DECORATION)
    return _headings().get(_fold(title)) or _headings().get(_fold(title.lstrip(_NUMBERING + _DECORATION)))


def split_sections(lines: Sequence[Line]) -> list[Section]:
    """Return the sections in the order of the document; every line is in one, except that headings became titles."""
    sections: list[Section] = []
    look = _Look(lines)
    key, heading, content = TOP, None, list[Line]()
    for line in lines:
        opened = _opened(line, key, look)
        has_content = opened is None and key not in _WITH_OWN_SKILLS and _opens_skills(line.text)
        if opened is None and not has_content:
            content.append(line)
            continue
        sections.append(_section(key, heading, content))
        key, heading, content = (opened, line, []) if opened else ("skills", None, [line])
    sections.append(_section(key, heading, content))
    return [section for section in sections if section.lines]


def _section(key: str, heading: Line | None, lines: Sequence[Line]) -> Section:
    return Section(key, heading.text if heading else "", tuple(lines), heading)


class _Look:
    """How the document sets its running text and those headings whose wording is known."""

    def __init__(self, lines: Sequence[Line]) -> None:
        sizes = [line.size for line in lines if line.size is not None for _ in range(max(1, len(line.text) // 10))]
        self._body = statistics.median(sizes) if sizes else 0.0
        known = [line for line in lines if find_heading(line.text)]
        self._known = {self._style(line) for line in known if self._stands_out(line)}

    def is_heading(self, line: Line) -> bool:
        """Tell whether a short line is set as a heading: marked, or in the style that known headings have."""
        text = line.text.strip()
        if len(text) > _MAX_HEADING or "  " in text or text.endswith((".", ",", ";")):
            return False
        return _MARKED.match(text) is not None or (self._stands_out(line) and self._style(line) in self._known)

    def _style(self, line: Line) -> tuple[float, bool, bool]:
        return (round(line.size or 0), line.is_bold, line.text.isupper())

    def _stands_out(self, line: Line) -> bool:
        is_capitals = line.text.isupper() and bool(re.search("[A-Z]{3}", line.text))
        return (line.size or 0) > self._body + 0.9 or line.is_bold or is_capitals


def _opened(line: Line, key: str, look: _Look) -> str | None:
    known = find_heading(line.text)
    if known is not None:
        # Within one project or employment, "기술" or "Tools" names what was used there, unless it is set as a heading.
        is_own = known == "skills" and key in _WITH_OWN_SKILLS and line.text.strip().endswith((":", "："))
        return None if is_own else known
    if not (look.is_heading(line) or _is_worded_as_heading(line.text)) or find_date(line.text) is not None:
        return None
    title = line.text.strip(_DECORATION)
    if re.sub(r"\s", "", title) in _WHOLE_DOCUMENT or is_instruction(line.text):
        return None
    return next((found for found, pattern in _PATTERNS if pattern.search(title)), None)


def _is_worded_as_heading(text: str) -> bool:
    if len(text) > _MAX_HEADING or "  " in text:
        return False
    title = text.strip(_DECORATION).lstrip(_NUMBERING + _DECORATION)
    words = re.findall(r"[A-Za-z]+", title)
    is_english = 1 < len(words) <= 5 and title[:1].isupper() and {word.casefold() for word in words} <= _HEADING_WORDS
    return (is_english and title.isascii()) or _KOREAN_HEADING.fullmatch(re.sub(r"[\s·/&,]", "", title)) is not None


def _opens_skills(text: str) -> bool:
    """Tell whether a line is a heading with its content, as in "Skills: Java, SQL"."""
    label, colon, rest = text[:500].replace("：", ":").partition(":")
    return bool(colon and rest.strip()) and find_heading(label) == "skills"
