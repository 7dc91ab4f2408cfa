"""How lines of a résumé are taken apart: bullets, labels, separators, roles."""

import re
from collections.abc import Sequence
from functools import cache
from importlib import resources

import yaml

from interview_worker.cpu.documents import Line
from interview_worker.cpu.passages import BULLET, Passage
from interview_worker.periods import find_date

MAX_HEADER = 120
_MAX_ITEMS = 50

_BULLET = re.compile(rf"^\s*{BULLET}\s*")
_NUMBER = re.compile(r"^\s*(?:\(?\d{1,2}[.)]\s|[①-⑳])")
_SEPARATOR = re.compile(
    r"\s*\|\s*|\s+[/·•ㆍ∙]\s+|\s{2,}|\t|\s+[-–—]\s+"
    r"|,\s+(?!(?:Inc|Incorporated|Ltd|Limited|LLC|LLP|Co|Corp|GmbH|PLC|Pvt|Pty|S\.A|B\.V)\b)|\s+@\s+|\s+at\s+|\s*[–—]\s+"
    r"|\s?[/](?=[가-힣])(?<=[가-힣]/)"
)
_LABEL = re.compile(r"^([가-힣A-Za-z./ -]{1,20}?)\s?[:：]\s?(?=\S)")


@cache
def _role() -> re.Pattern[str]:
    words = "|".join(re.escape(word) for words in _listed("roles.yaml").values() for word in words)
    after = r"(?:\s?\((?=[^()]*\))[^()]{1,30}\)|\s(?:i{1,3}|iv|v|\d))?$"
    return re.compile(rf"(?:^|[\s가-힣/(-])(?:{words}){after}", re.IGNORECASE)


_ROLE_START = re.compile(
    r"(?:head|director|vice president|vp|chief|manager|professor|member) (?:of|for) \S", re.IGNORECASE
)
_ROLE_MODIFIER = re.compile(
    r"(?:백엔드|프론트엔드|프런트엔드|풀스택|서버|웹|앱|모바일|데이터|플랫폼|소프트웨어|하드웨어|시스템|네트워크|시니어|주니어|수석|선임|책임|품질|보안"
    r"|클라우드|인프라|머신러닝|딥러닝|게임|서비스|제품|프로덕트|프로젝트|마케팅|영업|인사|재무|회계|총무|구매|물류|생산|홍보|법무|전략|사업|고객|상담"
    r"|분석|기획|운영|관리|개발|연구|설계|조사|보조|행정|교육|기술|디자인|콘텐츠|퍼포먼스|브랜드|그로스|그래픽|시각|영상|편집|수학|영어|국어|과학|사회"
    r"|음악|미술|체육|초등|중등|병동|수간호|프리랜서|파트타임|신입|수습|방과후|학원|안드로이드|UX|UI|UX/UI|UI/UX|BX|QA|iOS|Android|AI|ML|LLM|DBA|HR|IT|MD"
    r"|DevOps|Backend|Back-end|Frontend|Front-end|Java|Python|Node\.js|senior|junior|staff|principal|lead|software|web|server)$",
    re.IGNORECASE,
)
_ORGANISATION = re.compile(
    r"[가-힣A-Za-z0-9()㈜]{1,20}(?:학교|병원|의원|은행|구청|시청|도청|군청|센터|연구소|연구원|학원|협회|재단|공사|공단|조합|법인|유치원|어린이집|약국"
    r"|보험|증권|카드|전자|건설|제약|그룹|소프트|시스템즈|테크)$"
)
_DEPARTMENT = re.compile(
    r"(?P<before>.*?)(?:^|\s)(?P<name>[가-힣A-Za-z0-9&·]{1,18}(?:팀|본부|사업부|사업본부|개발부|영업부|관리부|기획부|연구부|총무부|인사부|지원부|부서"
    r"|개발실|연구실|기획실|실험실|부문|파트|셀|스쿼드|병동|길드|그룹)(?:\s[가-힣A-Za-z0-9]{1,15}(?:팀|파트|셀))?)$"
)
_ENGLISH_DEPARTMENT = re.compile(
    r"(?:[A-Z][\w&-]*\s){1,4}(?:Team|Department|Division|Dept\.?|Group|Squad|Unit)"
    r"|(?:Department|Division) of (?:[A-Z][\w&-]*\s?){1,4}"
)
_EMPLOYMENT_KIND = re.compile(
    r"\s?\((?:파트타임|계약직|정규직|프리랜서|인턴|비상근|아르바이트|신입"
    r"|contract|contractor|part[- ]time|full[- ]time|freelance|remote|temporary)\)",
    re.IGNORECASE,
)


_KOREAN_PLACE = re.compile(
    r"(?:서울|부산|대구|인천|광주|대전|울산|세종)(?:특별시|광역시|시)?(?:\s[가-힣]{1,4}[구군])?"
    r"|경기도?(?:\s[가-힣]{1,4}시)?|강원도?|제주도?"
)


def is_place(text: str) -> bool:
    """Tell whether a text is nothing but the name of a large city or a country."""
    name = text.strip(" .,")
    return name.casefold() in _places() or _KOREAN_PLACE.fullmatch(name) is not None


@cache
def _places() -> frozenset[str]:
    return frozenset(_listed("places.yaml")["places"])


def _listed(name: str) -> dict[str, list[str]]:
    lists: dict[str, list[str]] = yaml.safe_load(resources.files(__package__).joinpath(name).read_text("utf-8"))
    return lists


def is_bullet(text: str) -> bool:
    return _BULLET.match(text) is not None


def is_numbered(text: str) -> bool:
    """Tell whether a line begins with a number, as the head of an entry does where entries are counted."""
    return _NUMBER.match(text) is not None


def without_bullet(text: str) -> str:
    return _BULLET.sub("", text, count=1).strip()


def split_label(text: str) -> tuple[str, str]:
    """Return "직무" and "백엔드 개발자" of "직무: 백엔드 개발자"; the label is empty where there is none."""
    match = _LABEL.match(text)
    return (match[1].strip().casefold(), text[match.end() :].strip()) if match else ("", text.strip())


def split_pieces(text: str) -> list[str]:
    """Return what stands between the separators of a header line."""
    pieces = (_tidy(piece) for piece in _SEPARATOR.split(text))
    return [piece for piece in pieces if piece]


def _tidy(piece: str) -> str:
    piece = piece.strip(" \t,;:|·•–—~-")
    if piece.count("(") > piece.count(")"):
        piece = piece.rstrip("( ") if piece.endswith("(") else piece.removeprefix("(")
    elif piece.count(")") > piece.count("("):
        piece = piece.lstrip(") ") if piece.startswith(")") else piece.removesuffix(")")
    return piece.strip(" \t,;:|·•–—~-")


def is_role(text: str) -> bool:
    """Tell whether a short text names a job, such as "백엔드 개발자" or "Senior Engineer"."""
    return len(text) <= 60 and (_role().search(text) is not None or _ROLE_START.match(text) is not None)


def without_employment_kind(text: str) -> str:
    return _EMPLOYMENT_KIND.sub("", text).strip()


def split_role(text: str) -> tuple[str, str]:
    """Return "네이버클라우드" and "백엔드 개발자" of "네이버클라우드 백엔드 개발자"; either may be empty."""
    if not is_role(text):
        return text, ""
    if not re.search("[가-힣]", text):
        return "", text
    words = text.split(" ")
    first = next((place + 1 for place, word in enumerate(words[:-1]) if _ORGANISATION.match(word)), None)
    if first is None:
        first = len(words) - 1
        while first > 0 and (_ROLE_MODIFIER.match(words[first - 1]) or words[first].startswith("(")):
            first -= 1
    return " ".join(words[:first]), " ".join(words[first:])


def split_department(text: str) -> tuple[str, str]:
    """Return "한빛커머스" and "결제팀" of "한빛커머스 결제팀"; either may be empty."""
    english = _ENGLISH_DEPARTMENT.fullmatch(text)
    if english:
        return "", text
    korean = _DEPARTMENT.fullmatch(text)
    return (korean["before"].strip(), korean["name"]) if korean else (text, "")


def join_lines(lines: Sequence[Line] | Sequence[Passage], max_length: int) -> str | None:
    """Return the lines as one text, cut at a line's end."""
    text = ""
    for line in lines:
        if len(text) + len(line.text) > max_length:
            break
        text = f"{text}\n{line.text}" if text else line.text
    return text or None


def list_items(lines: Sequence[Passage]) -> list[str]:
    """Return the entries of a list, such as certificates, without bullets and without a date at either end."""
    texts = (part for line in lines for part in without_bullet(line.text).split("; "))
    items = (_without_date(text) for text in texts)
    return [item for item in dict.fromkeys(items) if 1 < len(item) <= MAX_HEADER][:_MAX_ITEMS]


def _without_date(text: str) -> str:
    place = find_date(text)
    if place is None:
        return text.strip()
    before, after = _tidy(text[: place[0]]), _tidy(text[place[1] :])
    return text.strip() if before and after else before or after
