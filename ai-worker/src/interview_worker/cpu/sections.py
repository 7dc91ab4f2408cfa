"""A résumé's sections, found by the headings that people write in Korean and English."""

import re
import statistics
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml

from interview_worker.cpu.documents import Line
from interview_worker.cpu.instructions import is_instruction
from interview_worker.cpu.passages import Column, Passage, is_item_like, join_wrapped
from interview_worker.periods import find_date

TOP = "contact"
"""The section of what stands above the first heading."""

_MAX_HEADING = 40
_DECORATION = " \t■□●○◆◇▶▷►▪▫▣▢◈※•·*#=-–—_~|<>《》〈〉【】[]()「」『』:：."
_MARKED = re.compile(r"\s*(?:[■□●◆◇▶▷►▣▢◈※#【\[<《]|={2,}|-{2,})")
_MIN_MISREAD, _MAX_MISREAD, _MIN_STROKES = 2, 24, 5
_NUMBERING = "0123456789ⅠⅡⅢⅣⅤⅥⅦⅧIVX)"

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
_LENGTH = re.compile(
    r"\s*[(\[|/:·,–-]?\s*(?:총|약|total)?\s?(?:경력|기간)?\s?:?\s?\d{1,2}\+?\s?(?:년|개월|years?|yrs?|months?)[\s\d년개월차간이상yearsmonth&and,+]{0,24}[)\]]?$",
    re.IGNORECASE,
)
"""How long, behind a heading, as in "경력 (총 5년 2개월)"."""
_BOTH_LANGUAGES = re.compile(
    r"([가-힣][가-힣\s·/&,]*)[\s|/(\[·:-]+([A-Za-z][A-Za-z\s&]+)[)\]]?"
    r"|([A-Za-z][A-Za-z\s&]+?)[\s|/(\[·:-]+([가-힣][가-힣\s·/&,]*)[)\]]?"
)
_RESULTS = {"achievements", "achievement", "keyachievements", "accomplishments", "keyaccomplishments", "recognition"}
_WHOLE_DOCUMENT = {"이력서", "경력소개서", "입사지원서", "지원서", "포트폴리오"}
_PATTERNS = tuple((key, re.compile(pattern, re.IGNORECASE)) for key, pattern in _KEYWORDS)


@dataclass(frozen=True)
class Section:
    key: str
    title: str
    """As the document writes it; empty above the first heading."""
    lines: tuple[Line, ...]
    heading: Line | None = None
    column: Column | None = None
    """How far the document's lines reach; absent where only the section's own are known."""

    @property
    def passages(self) -> list[Passage]:
        return join_wrapped(self.lines, self.column)


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
    title = _LENGTH.sub("", text.strip(_DECORATION)).strip(_DECORATION)
    known = _headings()
    found = known.get(_fold(title)) or known.get(_fold(title.lstrip(_NUMBERING + _DECORATION)))
    return found or _find_in_two_languages(title)


def nearest_heading(text: str) -> str | None:
    """Return the known heading that a text is but for one stroke or letter, as recognition misreads it."""
    title = text.strip(_DECORATION)
    if not _MIN_MISREAD <= len(_fold(title)) <= _MAX_MISREAD or find_heading(text) is not None:
        return None
    strokes = unicodedata.normalize("NFD", _fold(title))
    near = [
        known
        for known in _headings()
        if abs(len(known) - len(_fold(title))) <= 1 and _is_near(unicodedata.normalize("NFD", known), strokes)
    ]
    return near[0] if len({_headings()[known] for known in near}) == 1 else None


def _is_near(one: str, other: str) -> bool:
    """Tell whether two texts differ by no more than one letter, or one stroke of a syllable."""
    if min(len(one), len(other)) < _MIN_STROKES:
        return False
    start = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    rests = one[start:], other[start:]
    return rests[0][1:] == rests[1][1:] or rests[0][1:] == rests[1] or rests[0] == rests[1][1:]


def _find_in_two_languages(title: str) -> str | None:
    """Return the key where a heading says the same in Korean and English, as in "경력 Experience"."""
    both = _BOTH_LANGUAGES.fullmatch(title)
    if both is None:
        return None
    parts = [part for part in both.groups() if part]
    keys = [_headings().get(_fold(part.strip(_NUMBERING + _DECORATION))) for part in parts]
    return keys[0] if all(keys) else None


def split_sections(lines: Sequence[Line]) -> list[Section]:
    """Return the sections in the order of the document; every line is in one, except that headings became titles."""
    sections: list[Section] = []
    look = _Look(lines)
    column = Column(lines)
    key, heading, content = TOP, None, list[Line]()

    def close() -> None:
        title = heading.text if heading else ""
        sections.append(Section(key, title, tuple(content), heading, column))

    for place, line in enumerate(lines):
        is_text = (place == 0 and _names_document(line, lines)) or is_item_like(line, content)
        opened = None if is_text else _opened(line, key, heading, look)
        if opened is None and key != TOP and look.begins_column(lines, place):
            close()
            key, heading, content = TOP, None, [line]
        elif opened is not None:
            close()
            key, heading, content = opened, line, []
        elif key not in _WITH_OWN_SKILLS and _opens_skills(line.text):
            close()
            key, heading, content = "skills", None, [line]
        else:
            content.append(line)
    close()
    return [section for section in sections if section.lines]


def _names_document(line: Line, lines: Sequence[Line]) -> bool:
    """Tell whether "경력기술서" above everything is the document's title, since a heading below says the same."""
    key = find_heading(line.text)
    return key is not None and any(find_heading(other.text) == key for other in lines[1:])


class _Look:
    """How the document sets its running text and those headings whose wording is known."""

    def __init__(self, lines: Sequence[Line]) -> None:
        sizes = [line.size for line in lines if line.size is not None for _ in range(max(1, len(line.text) // 10))]
        self._body = statistics.median(sizes) if sizes else 0.0
        known = [line for line in lines if find_heading(line.text)]
        self._known = {self.style(line) for line in known if self._stands_out(line)}

    def is_heading(self, line: Line) -> bool:
        """Tell whether a short line is set as a heading: marked, or in the style that known headings have."""
        text = line.text.strip()
        if len(text) > _MAX_HEADING or "  " in text or text.endswith((".", ",", ";")):
            return False
        return _MARKED.match(text) is not None or (self._stands_out(line) and self.style(line) in self._known)

    def begins_column(self, lines: Sequence[Line], place: int) -> bool:
        """Tell whether a line is the first that is larger than any heading, as the name is in a second column."""
        largest = max((size for size, _, _ in self._known), default=self._body) + 0.9
        return (lines[place].size or 0) > largest and all((line.size or 0) <= largest for line in lines[:place])

    def is_set_like(self, line: Line, other: Line | None) -> bool:
        """Tell whether two lines are set alike, in a document that sets its headings differently from its text."""
        return other is None or not self._known or self.style(line) == self.style(other)

    def style(self, line: Line) -> tuple[float, bool, bool]:
        return (round(line.size or 0), line.is_bold, line.text.isupper())

    def _stands_out(self, line: Line) -> bool:
        is_capitals = line.text.isupper() and bool(re.search("[A-Z]{3}", line.text))
        return (line.size or 0) > self._body + 0.9 or line.is_bold or is_capitals


def _opened(line: Line, key: str, heading: Line | None, look: _Look) -> str | None:
    known = find_heading(line.text)
    if known is not None:
        return None if key in _WITH_OWN_SKILLS and _belongs_to_entry(line, known, heading, look) else known
    if not (look.is_heading(line) or _is_worded_as_heading(line.text)) or find_date(line.text) is not None:
        return None
    title = line.text.strip(_DECORATION)
    if re.sub(r"\s", "", title) in _WHOLE_DOCUMENT or is_instruction(line.text):
        return None
    return next((found for found, pattern in _PATTERNS if pattern.search(title)), None)


def _belongs_to_entry(line: Line, known: str, heading: Line | None, look: _Look) -> bool:
    """Tell whether "기술" or "Achievements" is a title within one project or employment."""
    if known == "skills":
        return line.text.strip().endswith((":", "：")) or not look.is_set_like(line, heading)
    is_result = _fold(line.text.strip(_DECORATION)) in _RESULTS
    return is_result and not (look.is_heading(line) and look.is_set_like(line, heading))


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
