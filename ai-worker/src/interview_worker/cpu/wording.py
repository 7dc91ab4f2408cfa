"""How lines of a résumé are taken apart: bullets, labels, separators, roles."""

import re
from collections.abc import Sequence

from interview_worker.cpu.documents import Line
from interview_worker.cpu.periods import find_date

MAX_HEADER = 120
_MAX_ITEMS = 50

_BULLET = re.compile(r"^\s*(?:[•‣◦▪▫●○■□◆◇▶▷►※✔✓*·ㆍ∙-]|[–—]\s|\d{1,2}[.)]\s)\s*")
_SEPARATOR = re.compile(r"\s*\|\s*|\s+[/·•ㆍ∙]\s+|\s{2,}|\s+[-–—]\s+|,\s+|\s+@\s+|\s+at\s+|\s*[–—]\s+")
_LABEL = re.compile(r"^([가-힣A-Za-z ]{1,20}?)\s?[:：]\s?(?=\S)")

_ROLE_WORDS = (
    "개발자|엔지니어|디자이너|매니저|기획자|분석가|마케터|연구원|컨설턴트|관리자|과학자|사이언티스트|아키텍트|프로그래머|담당자|담당"
    "|팀장|팀원|리더|사원|주임|대리|과장|차장|부장|책임|선임|수석|인턴|간호사|교사|회계사|에디터|강사|운영자|프로듀서"
    r"|engineer|developer|manager|designer|analyst|scientist|architect|consultant|lead|intern|director|administrator"
    r"|specialist|researcher|programmer|coordinator|accountant|marketer|assistant|associate|representative|producer"
    r"|editor|writer|teacher|nurse|devops|sre|cto|ceo|cfo|pm|po|dba"
)
_ROLE = re.compile(
    rf"(?:^|[\s가-힣/(-])(?:{_ROLE_WORDS})(?:\s?\((?=[^()]*\))[^()]{{1,30}}\)|\s(?:i{{1,3}}|iv|v|\d))?$", re.IGNORECASE
)
_ROLE_MODIFIER = re.compile(
    r"(?:백엔드|프론트엔드|프런트엔드|풀스택|서버|웹|앱|모바일|데이터|플랫폼|소프트웨어|시스템|시니어|주니어|수석|선임|책임|품질|보안"
    r"|클라우드|인프라|머신러닝|게임|서비스|제품|프로덕트|프로젝트|마케팅|영업|인사|재무|안드로이드|UX|UI|UX/UI|UI/UX|QA|iOS|Android|AI"
    r"|ML|DevOps|Backend|Frontend|Java|Python|Node\.js|senior|junior|staff|principal|lead|software|web|server)$",
    re.IGNORECASE,
)


def is_bullet(text: str) -> bool:
    return _BULLET.match(text) is not None


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
    return len(text) <= 60 and _ROLE.search(text) is not None


def split_role(text: str) -> tuple[str, str]:
    """Return "네이버클라우드" and "백엔드 개발자" of "네이버클라우드 백엔드 개발자"; either may be empty."""
    if not is_role(text):
        return text, ""
    words = text.split(" ")
    first = len(words) - 1
    while first > 0 and (_ROLE_MODIFIER.match(words[first - 1]) or words[first].startswith("(")):
        first -= 1
    if not re.search("[가-힣]", text):
        return "", text
    return " ".join(words[:first]), " ".join(words[first:])


def join_lines(lines: Sequence[Line], max_length: int) -> str | None:
    """Return the lines as one text, cut at a line's end."""
    text = ""
    for line in lines:
        if len(text) + len(line.text) > max_length:
            break
        text = f"{text}\n{line.text}" if text else line.text
    return text or None


def list_items(lines: Sequence[Line]) -> list[str]:
    """Return the entries of a list, such as certificates, without bullets and without a date at either end."""
    items = (_without_date(without_bullet(line.text)) for line in lines)
    return [item for item in dict.fromkeys(items) if 1 < len(item) <= MAX_HEADER][:_MAX_ITEMS]


def _without_date(text: str) -> str:
    place = find_date(text)
    if place is None:
        return text.strip()
    before, after = _tidy(text[: place[0]]), _tidy(text[place[1] :])
    return text.strip() if before and after else before or after
