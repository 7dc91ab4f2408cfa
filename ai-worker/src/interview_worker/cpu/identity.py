"""Who a résumé is about: name, contact, links and the role that is looked for."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from interview_worker.cpu.documents import Line
from interview_worker.cpu.passages import Column, box_of
from interview_worker.cpu.sections import find_heading
from interview_worker.cpu.tables import split_cells
from interview_worker.cpu.wording import is_role, split_label, split_pieces, without_bullet
from interview_worker.masking import EMAIL_PATTERN, find_phone_number
from interview_worker.periods import find_date

_TOP_LINES = 15
_NAME_LABELS = {"이름", "성명", "성함", "지원자", "name", "full name"}
_ROLE_LABELS = {
    "지원분야", "지원부문", "지원직무", "지원직종", "지원포지션", "희망직무", "희망직종", "희망분야", "희망포지션",
    "포지션", "직무", "target role", "target position", "position", "desired position", "position sought",
    "position applied for", "objective", "role", "applying for", "job title",
}  # fmt: skip
_SURNAMES = (
    "김이박최정강조윤장임한오서신권황안송류유전홍고문양손배백허남심노하곽성차주우구민나진지엄채원천방공현함변염여추도소석선설마길"
    "연위표명기반왕금옥육인맹제모탁국어은편용예경봉사부가복태목형피두감음빈동온호범좌팽승간상시갈"
)
_KOREAN_NAME = re.compile(
    rf"(?:(?:남궁|황보|제갈|선우|독고|사공|서문)[가-힣]{{1,2}}|[{_SURNAMES}](?:[가-힣]{{1,3}}|(?: [가-힣]){{1,3}}))"
)
_NO_NAME = re.compile(
    r"이력서|경력|기술서|소개서|지원|포트폴리오|전화|주소|성별|남성|여성|성명|이름|생년|연락|이메일|나이|사진|학력|병역|개발|회사|기본|인적"
    r"|안녕|서울|경기|부산|대구|인천|광주|대전|울산|강원|제주"
)
_NO_PERSON = re.compile(
    r"^(?:현재|서비스|시스템|서버|이상|이후|이용|전체|전문|전자|정보|정산|주요|주문|조회|조직|최종|최근|한국|강의|강점|기획|기술|기간|고객|공공|구축"
    r"|구매|마케팅|문서|배포|배치|백엔드|사용|사원|상담|성과|성능|소속|신규|안정|연구|영업|영어|유지|유통|육군|인사|인턴|인프라|임상|장애|장점|제품|제작"
    r"|지역|지표|진행|차량|채용|추천|표준|홍보|공군|해군|디자인|안내|이벤트|모바일|주임|차장|부장|과장|이사|사장|대리|전무|상무|한식|양식)$|"
    r"\b(?:skills?|management|engineering|design|data|software|systems?|technolog|solutions|services|group|labs?|studio|foods"
    r"|bank|partners|media|digital|analytics|marketing|development|experience|languages?|learning|science)\b",
    re.IGNORECASE,
)
_UPPER, _LETTER = "A-ZÀ-ÖØ-ÞŚŠŽŁČ", "A-Za-zÀ-ÖØ-öø-ÿĀ-ž"
_ENGLISH_NAME = re.compile(
    rf"[{_UPPER}][{_LETTER}'’-]+(?: [{_UPPER}]\.?)?"
    rf"(?: (?:van|de|da|dos|von|la|bin|al|[{_UPPER}])[{_LETTER}'’-]*){{1,3}}"
)
_BOTH_SCRIPTS = re.compile(
    rf"([가-힣 ]{{2,7}}?)\s?[(]?[{_UPPER}][{_LETTER}'’-]+(?: [{_UPPER}][{_LETTER}'’-]+){{0,2}}[)]?"
)
_TOLD_NAME = re.compile(r"(?:^|\s)([가-힣]{3}|[가-힣]{2,4}(?=이라고))(?:입니다|이라고\s?합니다)[.!]?$")
_TITLE_WORDS = re.compile(
    r"\s*(?:의\s)?(?:이력서|경력기술서|자기소개서|지원서|포트폴리오"
    r"|(?:resume|résumé|curriculum vitae|cv|portfolio)(?: of)?)(?![A-Za-z])\s*"
    r"|^(?:dr|prof|mr|ms|mrs)\.?\s|\s[(（](?:남성?|여성?)$|\s?[(（][A-Za-z가-힣一-龥 .'-]{2,30}[)）]$"
    r"|\s?[(（][^()（）]{0,20}(?:남|여|남성|여성|년생|\d세)[^()（）]{0,12}[)）]$|,\s(?:ph\.?d|md|mba|cpa|rn)\.?$",
    re.IGNORECASE,
)
_NO_ENGLISH_NAME = re.compile(
    r"\b(?:university|college|street|road|avenue|city|republic|inc|corp|ltd|seoul|korea|san|new|phone|email|page"
    r"|curriculum|confidential|experienced?|seeking)\b",
    re.IGNORECASE,
)


_LINK = re.compile(
    r"(?<![\w@.])(?:https?://[^\s|,;<>()\[\]]{4,200}"
    r"|(?:www\.|github\.com/|gitlab\.com/|(?:kr\.|www\.)?linkedin\.com/|velog\.io/|medium\.com/)[^\s|,;<>()\[\]]{2,150}"
    r"|[a-z0-9-]{3,40}(?:\.[a-z0-9-]{2,40})?\.(?:dev|io|com|me|net|org|app|page|site|tech|co\.kr|kr|blog|design)(?:/[^\s|,;<>()\[\]]{1,150})?)"
    r"(?<![.,])(?![\w@])",
    re.IGNORECASE,
)


_BROKEN_EMAIL = re.compile(
    r"(?<!\S)(?:[\w.+-]{1,64}@[A-Za-z0-9-]{0,30} [A-Za-z0-9-]{1,30}(?:\.[A-Za-z0-9-]{2,30}){1,3}"
    r"|[\w.+-]{1,64}@[A-Za-z0-9-]{1,30}\. ?[A-Za-z0-9-]{0,30} [a-z]{2,3}"
    r"|[\w.+-]{1,64}@[A-Za-z0-9.-]{1,60}\.(?:c om|co m|n et|ne t|o rg|or g|k r|i o)"
    r"|[\w.+-]{1,64}@[A-Za-z0-9-]{1,30}\. [a-z]{2,6}(?:\.[a-z]{2})?)(?!\S)"
)
"""An e-mail address with a space in it, as a narrow cell breaks it."""
_ADDRESS_START = re.compile(r"@|^https?:|^www\.|^(?:github|linkedin|gitlab|velog|medium)\.", re.IGNORECASE)
_ADDRESS_END = re.compile(r"[A-Za-z0-9._~/?=&%-]{1,60}")


@dataclass(frozen=True)
class Reading:
    """A value with the lines that it stands in."""

    value: str
    lines: tuple[Line, ...]


def find_email(lines: Sequence[Line]) -> Reading | None:
    for line in lines:
        match = _BROKEN_EMAIL.search(line.text) or EMAIL_PATTERN.search(line.text)
        if match:
            return Reading(match.group().replace(" ", ""), (line,))
    broken = ((EMAIL_PATTERN.search(text), own) for text, own in _broken(lines))
    return next((Reading(match.group(), own) for match, own in broken if match), None)


def _broken(lines: Sequence[Line]) -> Iterator[tuple[str, tuple[Line, ...]]]:
    """Yield addresses that go on in the next line, put together."""
    for line, below in pairwise(lines):
        words = line.text.rsplit(maxsplit=1)[-1:]
        if words and _ADDRESS_START.search(words[0]) and _ADDRESS_END.fullmatch(below.text.strip()):
            yield words[0] + below.text.strip(), (line, below)


def find_phone(lines: Sequence[Line]) -> Reading | None:
    numbers = ((find_phone_number(line.text), line) for line in lines)
    return next((Reading(number.strip(), (line,)) for number, line in numbers if number), None)


def find_links(lines: Sequence[Line], column: Column) -> list[Reading]:
    """Return the addresses of pages of the candidate's own, each once."""
    found: dict[str, Reading] = {}
    broken = list(_broken(lines))
    whole = {id(own[0]): (text, own) for text, own in broken if "@" not in text and _is_cut(own, column)}
    rests = {id(own[1]) for text, own in broken if "@" in text} | {id(own[1]) for _, own in whole.values()}
    for line in lines:
        text = _BROKEN_EMAIL.sub(_blank, EMAIL_PATTERN.sub(_blank, line.text))
        for match in _LINK.finditer(text) if id(line) not in rests else ():
            link = match.group()
            own: tuple[Line, ...] = (line,)
            if id(line) in whole and text.rstrip().endswith(link):
                link, own = whole[id(line)]
            found.setdefault(link, Reading(link, own))
    return list(found.values())


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group())


def _is_cut(lines: Sequence[Line], column: Column) -> bool:
    """Tell whether the first line reaches to the edge of its column or ends within a word, so that it goes on."""
    box = box_of(lines[0])
    if lines[0].text.rstrip().endswith(("-", "/", "_")):
        return True
    return box is not None and box.x1 + box.height / 2 > column.right_of(box)


def find_name(lines: Sequence[Line], top: Sequence[Line]) -> Reading | None:
    """Return the name: labelled, else the largest text of the first page that looks like one.

    `top` is what stands above the first heading; only there may a name be set like the text around it.
    """
    for label, value, line in _labelled(lines):
        name = _TITLE_WORDS.sub("", value).strip()
        if label in _NAME_LABELS and _is_name(name):
            return Reading(name, (line,))
    first_page = [line for line in lines if line.page == 1]
    body = _body_size(first_page)
    candidates = [
        (-(line.size or 0), place, Reading(name, (line,)))
        for place, line in enumerate(first_page)
        if (line.size or 0) > body + 2 or any(line is other for other in top[:_TOP_LINES])
        for name in _names(line.text)
    ]
    if candidates:
        return min(candidates, key=lambda candidate: candidate[:2])[2]
    return next(_above_role(first_page), None)


def _above_role(lines: Sequence[Line]) -> Iterator[Reading]:
    """Yield names that stand alone right above a role, as where a column goes before the one with the name."""
    for line, below in pairwise(lines):
        role = next(iter(split_pieces(below.text)), "")
        is_person = _is_name(line.text.strip()) and not _NO_PERSON.search(line.text)
        if is_person and is_role(role) and find_date(below.text) is None:
            yield Reading(line.text.strip(), (line,))


def _body_size(lines: Sequence[Line]) -> float:
    sizes = sorted(line.size or 0.0 for line in lines)
    return sizes[len(sizes) // 2] if sizes else 0.0


def _names(text: str) -> Iterator[str]:
    for piece in split_pieces(text):
        name = _TITLE_WORDS.sub("", piece).strip()
        told = _TOLD_NAME.search(name)
        name = told[1] if told else name
        both = _BOTH_SCRIPTS.fullmatch(name)
        name = both[1] if both else name
        if _is_name(name):
            yield name
        role, _, last = name.rpartition(" ")
        if is_role(role) and _KOREAN_NAME.fullmatch(last) and not _NO_NAME.search(last):
            yield last


def _labelled(lines: Sequence[Line]) -> Iterator[tuple[str, str, Line]]:
    """Yield label and value of "성명: 김서연", and of the cells of a table, "성명" beside "김서연"."""
    for line in lines[: _TOP_LINES * 2]:
        text = without_bullet(line.text)
        cells = split_cells(text)
        for piece in split_pieces(text):
            label, value = split_label(piece)
            if label:
                yield _fold(label), value, line
        for label, value in pairwise(cells):
            yield _fold(label), value, line


def _fold(label: str) -> str:
    return re.sub(r"(?<=[가-힣])\s+(?=[가-힣])", "", label.rstrip(" :：")).casefold()


def _is_name(text: str) -> bool:
    if find_heading(text) or is_role(text):
        return False
    if _KOREAN_NAME.fullmatch(text):
        return not _NO_NAME.search(text)
    return len(text) <= 40 and bool(_ENGLISH_NAME.fullmatch(text)) and not _NO_ENGLISH_NAME.search(text)


def find_target_role(
    lines: Sequence[Line], top: Sequence[Line], section: Sequence[Line], name: Reading | None
) -> Reading | None:
    """Return the role that the résumé asks for: labelled, in a section of its own, or beside the name."""
    for label, value, line in _labelled(lines):
        if label in _ROLE_LABELS and len(value) <= 80 and not find_heading(value):
            return Reading(value, (line,))
    if section and len(section[0].text) <= 80:
        return Reading(without_bullet(section[0].text), (section[0],))
    for line in (*_beside(lines, name), *top[:_TOP_LINES]):
        for piece in split_pieces(line.text):
            if (role := _role(piece, name)) is not None:
                return Reading(role, (line,))
    return None


def _role(piece: str, name: Reading | None) -> str | None:
    role = re.sub(r"\s?(?:지원자?|희망|입사지원|지원합니다\.?)$", "", piece)
    if name is not None and name.value in role:
        role = role.replace(name.value, "").strip()
    return role if is_role(role) and not _is_name(role) and not split_label(role)[0] else None


def _beside(lines: Sequence[Line], name: Reading | None) -> Sequence[Line]:
    """Return the lines right above and below the name."""
    if name is None:
        return ()
    place = next((index for index, line in enumerate(lines) if line is name.lines[0]), None)
    return () if place is None else [lines[place], *lines[place + 1 : place + 3], *lines[max(place - 1, 0) : place]]
